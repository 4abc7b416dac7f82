//! What is read from the folder of articles, and the settings.

use faqbot::corpus::decoding::decode;
use faqbot::corpus::passages::{self, Kind, Passage};
use faqbot::corpus::problem::Problem;
use faqbot::corpus::{formats, questions, synonyms};
use faqbot::settings::{Flags, Settings};
use faqbot::text::language::Language;
use faqbot::text::sentences::{cluster_starts, sentences};
use faqbot::text::{detection, expectation, letters, normalize, stem, tokenize};

use super::{file, text_of};

/// What is claimed of a passage: a literal one is the bytes of its place.
pub(crate) fn holds(passage: &Passage, file: &[u8]) {
    let place = file.get(passage.bytes.clone());
    assert!(place.is_some() && !passage.text.trim().is_empty(), "{passage:?}");
    assert!(!passage.literal || place == Some(passage.text.as_bytes()), "{passage:?}");
    assert!(passage.lines.0 >= 1 && passage.lines.0 <= passage.lines.1, "{passage:?}");
    assert!(passage.kind != Kind::Faq || passage.question.is_some(), "{passage:?}");
    assert!(passage.is_intact(), "{passage:?}");
}

/// A problem is one line about a line that the file has.
fn is_told(problem: &Problem, text: &str) {
    let told = problem.to_string();
    assert!(!told.contains('\n'), "{told:?}");
    assert!(problem.line as usize <= text.split('\n').count().max(1), "{told}");
}

fn article(ending: &str, bytes: &[u8]) {
    let decoded = decode(bytes.to_vec());
    let parsed = formats::parse(&format!("a.{ending}"), &decoded.text);
    for problem in &parsed.problems {
        is_told(problem, &decoded.text.replace('\r', "\n"));
    }
    let Some(mut article) = parsed.article else { return };
    decoded.place(&mut article);
    for passage in passages::of_article(&article) {
        holds(&passage, bytes);
    }
}

pub(super) fn plain(bytes: &[u8]) {
    article("txt", bytes);
}

pub(super) fn markdown(bytes: &[u8]) {
    article("md", bytes);
}

pub(super) fn html(bytes: &[u8]) {
    article("html", bytes);
}

pub(super) fn table(bytes: &[u8]) {
    article("csv", bytes);
    article("tsv", bytes);
}

pub(super) fn json(bytes: &[u8]) {
    article("json", bytes);
    article("jsonl", bytes);
}

/// The lists beside the articles: synonyms and golden questions.
pub(super) fn lists(bytes: &[u8]) {
    let text = text_of(bytes);
    let parsed = synonyms::parse(&text);
    for entry in &parsed.entries {
        for phrases in [&entry.from, &entry.to] {
            assert!((1..=synonyms::MAX_PHRASES).contains(&phrases.len()), "{entry:?}");
            assert!(phrases.iter().all(|p| !tokenize::tokens(p).is_empty()), "{entry:?}");
        }
    }
    for problem in &parsed.problems {
        is_told(problem, &text);
    }
    match questions::parse(questions::FILE, &text) {
        Ok(parsed) => assert!(parsed.questions.iter().all(|q| !q.expect.is_empty())),
        Err(problem) => is_told(&problem, &text),
    }
}

/// Settings are taken or refused in one line that names the file.
pub(super) fn settings(bytes: &[u8]) {
    let folder = file("own.toml", bytes);
    let config = Some(folder.path().join("own.toml"));
    match Settings::load(&Flags { config, ..Flags::default() }) {
        Ok(settings) => {
            assert!((10..=1000).contains(&settings.retrieval.candidates));
            assert!((50..=10_000).contains(&settings.retrieval.max_question_chars));
        }
        Err(error) => {
            let told = format!("{error:#}");
            assert!(told.contains("own.toml") && !told.trim().contains('\n'), "{told:?}");
        }
    }
}

/// Cutting into sentences and words loses nothing, and every word has terms.
pub(super) fn text(bytes: &[u8]) {
    let text = text_of(bytes);
    let solid = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let kept: String = sentences(&text).into_iter().map(|range| &text[range]).collect();
    assert_eq!(solid(&kept), solid(&text));
    assert!(cluster_starts(&text).all(|at| text.is_char_boundary(at)));
    let tokens = tokenize::tokens(&text);
    let mut last = 0;
    for token in &tokens {
        assert!(token.range.start >= last && !token.text.is_empty(), "{token:?}");
        assert!(text.get(token.range.clone()).is_some_and(|typed| !typed.is_empty()), "{token:?}");
        last = token.range.start;
        let folded = normalize::fold(&token.text);
        assert_eq!(normalize::fold(&folded), folded, "folding ends");
        for language in Language::STEMMED {
            assert!(!stem::stem(&token.text, language).is_empty(), "{token:?}");
        }
    }
    let language = detection::of_question(&text, &tokens, &[Language::English, Language::German]);
    expectation::of_question(&tokens, language);
    letters::of_tokens(&tokens, language);
    detection::of_article(&text);
}
