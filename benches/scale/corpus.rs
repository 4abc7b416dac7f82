//! A corpus as large as wanted, the same on every machine: words by Zipf's law among the common ones
//! of English, lengths as in real articles.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use faqbot::evaluation::bootstrap::Random;

/// Passages of each article: two points, six paragraphs, four entries. The headings of its two sections are read as
/// paragraphs too, so that a corpus of 100,000 has 116,662.
pub(crate) const PER_ARTICLE: usize = 12;
/// Words that carry meaning.
const VOCABULARY: usize = 60_000;
/// Words that every text has.
const COMMON: [&str; 20] = [
    "the", "of", "to", "and", "in", "is", "for", "on", "with", "as", "by", "at", "from", "that",
    "it", "this", "are", "be", "or", "an",
];

/// An article of the corpus.
pub(crate) struct Article {
    /// Its entries: questions and answers.
    entries: Vec<(String, Vec<String>, String)>,
    title: String,
    points: Vec<String>,
    sections: Vec<(String, Vec<String>)>,
}

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

fn words(random: &mut Random, least: usize, most: usize) -> String {
    let count = least + random.below(most - least + 1);
    let word = |random: &mut Random| match random.below(100) {
        0..35 => COMMON[random.below(COMMON.len())].to_owned(),
        _ => word(random),
    };
    (0..count).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

fn sentences(random: &mut Random, count: usize) -> String {
    let mut out = String::new();
    for _ in 0..count {
        let text = words(random, 8, 22);
        let _ = write!(out, "{}{}. ", text[..1].to_uppercase(), &text[1..]);
    }
    out.trim_end().to_owned()
}

/// The article of this number.
pub(crate) fn article(number: usize) -> Article {
    let random = &mut Random::new(number as u64 + 1);
    let section =
        |random: &mut Random| (words(random, 2, 4), (0..3).map(|_| sentences(random, 4)).collect());
    let entry = |random: &mut Random| {
        let alternates = (0..random.below(3)).map(|_| words(random, 5, 9) + "?").collect();
        (words(random, 6, 10) + "?", alternates, sentences(random, 2))
    };
    Article {
        title: words(random, 5, 9),
        points: (0..2).map(|_| words(random, 10, 18) + ".").collect(),
        sections: (0..2).map(|_| section(random)).collect(),
        entries: (0..4).map(|_| entry(random)).collect(),
    }
}

impl Article {
    fn text(&self, number: usize) -> String {
        let mut out = format!("{}\nBy Ann Lee | {} Mar 2026\n", self.title, 1 + number % 28);
        out.push_str("Summary\n");
        for point in &self.points {
            let _ = writeln!(out, "- {point}");
        }
        for (heading, paragraphs) in &self.sections {
            let _ = writeln!(out, "\n{heading}\n");
            for paragraph in paragraphs {
                let _ = writeln!(out, "{paragraph}\n");
            }
        }
        out.push_str("FAQs\n");
        for (n, (question, alternates, answer)) in self.entries.iter().enumerate() {
            let _ = writeln!(out, "Q{}. {question}", n + 1);
            if !alternates.is_empty() {
                let _ = writeln!(out, "Also asked: {}", alternates.join(" | "));
            }
            let _ = writeln!(out, "{answer}");
        }
        out
    }
}

/// Writes so many articles into a folder, unless they are there.
pub(crate) fn write(folder: &Path, articles: usize) -> io::Result<()> {
    let done = folder.join(".whole");
    if done.exists() {
        return Ok(());
    }
    for number in 0..articles {
        let part = folder.join("corpus").join(format!("{:03}", number % 1_000));
        if number < 1_000 {
            fs::create_dir_all(&part)?;
        }
        fs::write(part.join(format!("{number}.txt")), article(number).text(number))?;
    }
    fs::write(done, "")
}

/// So many questions: every second one about an entry, in some of its words, the others about
/// anything.
pub(crate) fn questions(count: usize, articles: usize, seed: u64) -> Vec<String> {
    let random = &mut Random::new(seed);
    let about = |random: &mut Random| {
        let article = article(random.below(articles));
        let (question, ..) = &article.entries[random.below(article.entries.len())];
        let kept: Vec<&str> = question.split(' ').filter(|_| random.below(5) > 0).collect();
        format!("how {}", kept.join(" "))
    };
    let any = |random: &mut Random| format!("what is {} of {}?", words(random, 2, 4), word(random));
    (0..count).map(|n| if n % 2 == 0 { about(random) } else { any(random) }).collect()
}
