//! What ranking costs beside finding and fetching the candidates, over generated articles.
//!
//! `cargo bench --bench ranking [PASSAGES]`, 100,000 unless told. A ratio of times taken in one
//! run; at most 1 is wanted.

#![expect(clippy::print_stdout, reason = "a bench is read on standard output")]

use std::error::Error;
use std::time::{Duration, Instant};

use faqbot::corpus::Corpus;
use faqbot::corpus::article::{Article, FaqEntry, Paragraph, Section, Text};
use faqbot::corpus::source::Span;
use faqbot::evaluation::bootstrap::Random;
use faqbot::index::reader::Reader;
use faqbot::index::writer;
use faqbot::retrieval::{self, candidates, question, ranking};
use faqbot::text::language::Language;

/// Passages of each article: nine paragraphs and one FAQ entry with two alternates.
const PARAGRAPHS: usize = 9;
/// Words in all.
const VOCABULARY: usize = 60_000;
/// Questions asked.
const QUESTIONS: usize = 300;

/// A word by Zipf's law: the n-th commonest stands as often as 1/n.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers")]
fn word(random: &mut Random) -> String {
    let share = random.below(1 << 24) as f64 / f64::from(1 << 24);
    let rank = (VOCABULARY as f64).powf(share) as u64;
    let syllables = ["ba", "ke", "lo", "mi", "nu", "ra", "se", "to", "vi", "zan", "dor", "pel"];
    let (mut rest, mut word) = (rank + 11, String::new());
    while rest > 0 {
        word += syllables[(rest % 12) as usize];
        rest /= 12;
    }
    word
}

fn words(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

fn text(text: String) -> Text {
    let span = Span { bytes: 0..text.len(), lines: (1, 1) };
    Text { text, span, literal: true }
}

fn article(number: usize, random: &mut Random) -> Article {
    let mut paragraph = || {
        let sentences: Vec<String> = (0..6).map(|_| words(random, 15) + ".").collect();
        Paragraph { label: None, body: text(sentences.join(" ")) }
    };
    let paragraphs = (0..PARAGRAPHS).map(|_| paragraph()).collect();
    let alternates = vec![words(random, 8) + "?", words(random, 6) + "?"];
    let answer = text(words(random, 40) + ".");
    let faq = FaqEntry::new(text(words(random, 9) + "?"), alternates, answer);
    Article {
        id: format!("{number:07}"),
        title: words(random, 8),
        author: None,
        published: None,
        dateline: None,
        language: Language::English,
        url: None,
        file: format!("{number:07}.txt"),
        summary: Vec::new(),
        sections: vec![Section { heading: Some(words(random, 3)), paragraphs }],
        faqs: vec![faq],
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let passages = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(100_000usize);
    let mut random = Random::new(1);
    let articles = (0..passages / (PARAGRAPHS + 1)).map(|n| article(n, &mut random)).collect();
    let corpus = Corpus { articles, ..Corpus::default() };
    let folder = tempfile::tempdir()?;
    let started = Instant::now();
    writer::build(folder.path(), &corpus, &|_, _| {})?;
    drop(corpus);
    println!("{passages} passages indexed in {:.1} s", started.elapsed().as_secs_f32());
    let reader = Reader::open(folder.path())?;
    let settings = retrieval::Settings {
        candidates: 100,
        max_question_chars: 1000,
        repair_spelling: true,
        related_words: true,
    };
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..QUESTIONS {
        let asked = format!("what is the {} of {}?", words(&mut random, 2), words(&mut random, 3));
        let started = Instant::now();
        let question = question::analyze(&reader, &settings, &asked, &[])?;
        times[0].push(started.elapsed());
        let started = Instant::now();
        let found = candidates::gather(&reader, &question, None, settings.candidates)?;
        times[1].push(started.elapsed());
        let started = Instant::now();
        let ranked = ranking::rank(&reader, &question, None, None, found);
        times[2].push(started.elapsed());
        std::hint::black_box(ranked);
    }
    let [analysis, gathering, ranking] = times.map(|mut times| {
        times.sort_unstable();
        (
            times[times.len() / 2].as_secs_f64() * 1e3,
            times[times.len() * 99 / 100].as_secs_f64() * 1e3,
        )
    });
    println!("milliseconds, median and 99th of 100:");
    println!("  question analysis       {:8.3} {:8.3}", analysis.0, analysis.1);
    println!("  candidates and fetching {:8.3} {:8.3}", gathering.0, gathering.1);
    println!("  ranking                 {:8.3} {:8.3}", ranking.0, ranking.1);
    println!("ranking / candidates and fetching: {:.2}", ranking.0 / gathering.0);
    Ok(())
}
