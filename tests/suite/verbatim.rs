//! A question asked as it is written down brings up its own entry first, however short it is.

use std::fs;
use std::path::Path;
use std::thread;

use faqbot::corpus::article::{Article, FaqEntry, Text};
use faqbot::corpus::formats;
use faqbot::corpus::passages::{Kind, Passage, normalized};
use faqbot::corpus::source::Span;
use faqbot::evaluation::beir;
use faqbot::evaluation::temporary::{self, Index};
use faqbot::index::reader::Reader;
use faqbot::retrieval::ranking::Ranked;
use faqbot::retrieval::{self, Settings};
use faqbot::text::detection;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;

use crate::world::{World, repository, tell};

/// Least log-odds of an entry that was asked for word for word.
const SURE: f32 = 4.0;

/// Without optimization the sets would take minutes with as many candidates as by default.
const CANDIDATES: usize = if cfg!(debug_assertions) { 20 } else { 100 };

fn settings() -> Settings {
    Settings {
        candidates: CANDIDATES,
        max_question_chars: 1000,
        repair_spelling: true,
        related_words: true,
    }
}

/// Whether an entry asks just this.
fn asks(passage: &Passage, asked: &str) -> bool {
    let mut phrasings = passage.question.iter().chain(&passage.alternates);
    phrasings.any(|phrasing| normalized(phrasing) == normalized(asked))
}

/// What comes first when a question is asked.
fn first(reader: &Reader, asked: &str) -> Option<Ranked> {
    let found =
        retrieval::find(reader, None, &settings(), asked, None).expect("the index is readable");
    found.ranked.into_iter().next()
}

/// Asks every question and other phrasing of an index; how many there were, and what came
/// first instead of the own entry.
fn ask_all(index: &Reader) -> (usize, Vec<String>) {
    let mut entries = Vec::new();
    let visit = |passage: Passage| {
        entries.push(passage);
        true
    };
    index.visit_all(visit).expect("the index is readable");
    entries.retain(|passage| passage.kind == Kind::Faq);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = entries.len().div_ceil(threads).max(1);
    let parts: Vec<(usize, Vec<String>)> = thread::scope(|scope| {
        let workers = entries.chunks(share).map(|part| scope.spawn(|| ask_for(index, part)));
        let workers: Vec<_> = workers.collect();
        workers.into_iter().map(|w| w.join().expect("no panic")).collect()
    });
    let asked = parts.iter().map(|(asked, _)| asked).sum();
    (asked, parts.into_iter().flat_map(|(_, wrong)| wrong).collect())
}

/// The same for some of its entries.
fn ask_for(index: &Reader, entries: &[Passage]) -> (usize, Vec<String>) {
    let (mut asked, mut wrong) = (0, Vec::new());
    for entry in entries {
        let phrasings = entry.question.iter().chain(&entry.alternates);
        for phrasing in phrasings.filter(|p| !normalized(p).is_empty()) {
            asked += 1;
            match first(index, phrasing) {
                Some(best) if asks(&best.passage, phrasing) && best.right >= SURE => {}
                Some(best) => wrong.push(format!(
                    "{}: {phrasing:?} brings up {} ({:?}, {:.2})",
                    entry.id, best.passage.id, best.passage.question, best.right
                )),
                None => wrong.push(format!("{}: {phrasing:?} brings up nothing", entry.id)),
            }
        }
    }
    (asked, wrong)
}

#[track_caller]
fn all_come_first(index: &Reader, at_least: usize) {
    let (asked, wrong) = ask_all(index);
    assert!(asked >= at_least, "{asked} questions were asked");
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
}

fn built(articles: Vec<Article>) -> Index {
    temporary::build(articles, "verbatim", None, &|_, _| {}).expect("an index")
}

/// An article of entries, each with its phrasings (the question first) and its answer.
fn article(id: &str, entries: &[(Vec<String>, String)]) -> Article {
    let text = |text: &str| {
        let span = Span { bytes: 0..text.len(), lines: (1, 1) };
        Text { text: text.to_owned(), span, literal: true, code: Vec::new() }
    };
    let faq = |(phrasings, answer): &(Vec<String>, String)| {
        FaqEntry::new(text(&phrasings[0]), phrasings[1..].to_vec(), text(answer))
    };
    let all: Vec<&str> = entries.iter().flat_map(|(p, _)| p).map(String::as_str).collect();
    let parsed = formats::parse(&format!("{id}.txt"), "A page\nSome words on many things.\n");
    let mut article = parsed.article.expect("an article");
    article.language = detection::of_article(&all.join("\n"));
    article.faqs = entries.iter().map(faq).collect();
    article
}

/// Entries whose answers speak of everything that is asked elsewhere.
fn article_of(id: &str, entries: &[&[&str]]) -> Article {
    let said = "How it works, what it is and why: who opens a card, when 42 or 2026 come, and \
        what a tour costs. 你好吗 退货 ทำไม café";
    let entry = |phrasings: &&[&str]| {
        let phrasings: Vec<String> = phrasings.iter().map(|&p| p.to_owned()).collect();
        let answer = format!("About this: {}. {said}", phrasings[phrasings.len() - 1]);
        (phrasings, answer)
    };
    article(id, &entries.iter().map(entry).collect::<Vec<_>>())
}

#[test]
fn the_sample_articles_bring_up_their_own_entries() {
    let world = World::sample();
    world.sync();
    let reader = Reader::open(&world.generation()).expect("an index");
    all_come_first(&reader, 50);
}

#[test]
fn awkward_questions_bring_up_their_own_entries() {
    let long =
        "Is it true that the card which was sold to us at the desk is still good? ".repeat(60);
    let longer = format!("{long}And in 2026?");
    let stops = article_of(
        "stops",
        &[
            &["How?", "How so?"],
            &["What is it?", "What's it?"],
            &["Why?", "Why not?", "why why why"],
            &["Who?", "Who are you?", "who is who"],
            &["Is it?", "is it it", "It is.", "To be or not to be?"],
            &["When?", "When and where?"],
        ],
    );
    let short = article_of(
        "short",
        &[
            &["42", "4 2", "4.2", "42 42"],
            &["2026?", "In 2026?"],
            &["Card", "Cards?", "CARD CARD"],
            &["?! card, then", "(-: a card :-)"],
            &["C", "C++", "C#?"],
            &["A", "X?", "x y"],
            &["cafe creme", "Café?", "CAFÉ AU LAIT?"],
            &["HOW DO I OPEN IT", "how do you open it"],
        ],
    );
    let inside = article_of(
        "inside",
        &[
            &["How do I get a card?", "get a card"],
            &["How do I get a card for my child?", "a card for my child"],
            &["How do I get a card for my child and my dog?"],
            &["How do I not get a card?"],
            &["A card: how do I get it?"],
            &[&long, &longer],
            &["What do tours cost?", "How do I get a card for a tour?"],
            &["what do tours cost", "What does a tour cost?"],
            &["How do I get a card for a tour?"],
        ],
    );
    let others = article_of(
        "others",
        &[
            &["我", "你好", "你好吗？", "退货"],
            &["如何退货？", "我如何退货？", "退货如何？"],
            &["ทำไม", "ทำไมต้องทำไม", "คืนสินค้าได้ไหม"],
            &["Γιατί;", "Τι είναι;"],
            &["क्या?", "यह क्या है?"],
            &["Was ist das?", "Wie?", "Warum denn nicht?"],
        ],
    );
    // Two entries that nothing but age tells apart.
    let again = article_of("again", &[&["How?"], &["What is it?"], &["Cards?"]]);
    let articles = vec![again, inside, others, short, stops];
    all_come_first(&built(articles).reader, 60);
}

#[test]
fn entries_too_common_to_be_gathered_are_found_all_the_same() {
    let entry = |n: usize| {
        let phrasings = vec![format!("How do I open the card of desk {n}?")];
        (phrasings, "Open the card, open the card, open the card of the desk.".to_owned())
    };
    let many: Vec<_> = (0..300).map(entry).collect();
    let short = article_of("short", &[&["The card?", "the open desk"], &["Do I?"]]);
    all_come_first(&built(vec![article("many", &many), short]).reader, 300);
}

#[test]
fn a_synonym_never_outdoes_the_words_themselves() {
    let text = "Title\nBy A B | 10 Apr 2026\nFAQs\nQ1. The pass?\nA pass is a pass.\n\
        Q2. The portable travel card?\nThe pass, the pass, the pass.\n";
    let list = "[[same]]\nwords = [\"pass\", \"portable travel card\"]\n";
    let world = World::new().article("a.txt", text).article("synonyms.toml", list);
    world.sync();
    all_come_first(&Reader::open(&world.generation()).expect("an index"), 2);
}

#[test]
fn one_entry_of_several_that_ask_the_same_is_given() {
    let world = World::new()
        .article("a.txt", "Title A\nBy A B | 10 Apr 2026\nFAQs\nQ1. How?\nBy bus.\n")
        .article("b.txt", "Title B\nBy A B | 11 Apr 2026\nFAQs\nQ1. Why?\nFor fun.\n")
        .article("c.txt", "Title C\nBy A B | 12 Apr 2025\nFAQs\nQ1. how\nOn foot.\n");
    let reply = world.ask("How?");
    reply.answers("By bus.");
    assert!(reply.json["confidence"].as_f64().unwrap() > 0.9);
    assert_eq!(reply.json["also"][0]["text"], "On foot.");
    assert_eq!(reply.json["also"].as_array().unwrap().len(), 1);
    world.ask("WHY").answers("For fun.");
    world.ask("Where?").is_unknown();
}

/// Short questions of a few words that are common in one another.
fn questions() -> impl Strategy<Value = Vec<Vec<String>>> {
    const WORDS: [&str; 16] = [
        "how",
        "what",
        "is",
        "it",
        "the",
        "card",
        "Cards",
        "open",
        "42",
        "3.5",
        "café",
        "C++",
        "你好",
        "ทำไม",
        "Öffnung",
        "not",
    ];
    let word = prop_oneof![
        12 => (0..WORDS.len()).prop_map(|at| WORDS[at].to_owned()),
        1 => any::<String>(),
    ];
    let question = vec(word, 1..5).prop_map(|words| words.join(" "));
    vec(vec(question, 1..4), 1..12)
}

proptest! {
    #![proptest_config(Config { cases: 24, ..Config::default() })]

    #[test]
    fn whatever_is_written_down_comes_first(entries in questions()) {
        let entry = |(n, phrasings): (usize, Vec<String>)| {
            let answer = format!("How the card is not open, what it is: 42, 3.5, café. {n}");
            (phrasings, answer)
        };
        let entries: Vec<_> = entries.into_iter().enumerate().map(entry).collect();
        let index = built(vec![article("made", &entries)]);
        let (_, wrong) = ask_all(&index.reader);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// Whether a folder holds a set of FAQ entries.
fn set_of_entries(folder: &Path, alternates: bool) -> Option<Vec<Article>> {
    let options = beir::Options { split: None, alternates, sample: Some(1) };
    let set = beir::load(folder, &options).expect("a set");
    set.is_faq.then_some(set.articles)
}

#[test]
fn the_public_sets_beside_the_repository_bring_up_their_own_entries() {
    let folder = repository().join("../shared/eval");
    let Ok(entries) = fs::read_dir(&folder) else {
        tell(&format!("skipped: there is no {}", folder.display()));
        return;
    };
    let mut folders: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    folders.retain(|path| path.join("corpus.jsonl").is_file());
    folders.sort();
    let mut failed = Vec::new();
    for (folder, alternates) in folders.iter().flat_map(|f| [(f, true), (f, false)]) {
        let Some(articles) = set_of_entries(folder, alternates) else { continue };
        let (asked, wrong) = ask_all(&built(articles).reader);
        let name = folder.file_name().unwrap_or_default().display();
        let with = if alternates { "with" } else { "without" };
        tell(&format!("{name} {with} alternates: {asked} asked, {} wrong", wrong.len()));
        failed.extend(wrong.into_iter().map(|w| format!("{name}: {w}")));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
