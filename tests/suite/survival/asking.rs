//! What is asked, and what an index holds that is asked.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use faqbot::answering::Answerer;
use faqbot::answering::reply::{Outcome, Reply};
use faqbot::corpus::{Corpus, formats, synonyms};
use faqbot::faces::json;
use faqbot::faces::telegram::html;
use faqbot::faces::wording::Tongue;
use faqbot::index::reader::Reader;
use faqbot::index::{Error, writer};
use faqbot::publishing::{Sources, meaning};
use faqbot::retrieval::question;
use faqbot::semantic::model::Model;
use faqbot::settings::{Flags, Settings};

use super::{Once, files, sending, text_of, with_damage};

const ARTICLES: [(&str, &str); 4] = [
    (
        "ferry.txt",
        "The Ferry to the Islands\nBy Ann Lee | 3 Mar 2026\nSummary\n- The ferry runs in winter too.\n\
         GALWAY, March 3, 2026 — The ferry leaves from the old pier. Dr. Lee is its captain.\n\
         What it costs\nA ticket costs €6.50 (see https://a.example/?x=1&y=2 <now>).\nFAQs\n\
         Q1. When does the ferry leave?\nAlso asked: departure times? | When can I sail?\n\
         It leaves at nine. On Sundays it leaves at ten.\nQ2. May I bring a dog?\nYes, on a leash.\n",
    ),
    (
        "bibliothek.md",
        "# Die Bücherei\n\n## Wann hat die Bücherei geöffnet?\n\nVon **neun** bis 18 Uhr.\n\n\
         ## Was kostet ein Ausweis?\n\n- Erwachsene: 12 €\n- Kinder: nichts\n",
    ),
    (
        "shop.csv",
        "question,answer\n如何退货？,请在三十天内退货。\nWhere is my parcel?,On its way.\n",
    ),
    (
        "faq.json",
        "[{\"question\": \"How do I reset my password?\", \"answer\": \"Press 'Forgot'.\"}]",
    ),
];
const SYNONYMS: &str = "[[same]]\nwords = [\"ferry\", \"boat\"]\n\
    [[read]]\nfrom = [\"pwd\", \"pass code\"]\nas = \"password\"\n";

/// A small generation with everything that one can have, and what stands in it.
struct Sound {
    files: Vec<(String, Vec<u8>)>,
    texts: HashSet<String>,
    sources: Sources,
    answerer: Answerer,
}

fn sound() -> &'static Sound {
    static SOUND: Once<Sound> = Once::new();
    SOUND.get_or_init(|| {
        let articles =
            ARTICLES.iter().filter_map(|(file, text)| formats::parse(file, text).article);
        let mut corpus = Corpus { articles: articles.collect(), ..Corpus::default() };
        corpus.articles.sort_by(|a, b| a.id.cmp(&b.id));
        corpus.synonyms = synonyms::parse(SYNONYMS).entries;
        let folder = tempfile::tempdir().expect("a temporary folder");
        writer::build(folder.path(), &corpus, &|_, _| {}).expect("a generation");
        let model = Arc::new(Model::builtin().expect("the built-in model"));
        let kept = tempfile::tempdir().expect("a temporary folder");
        meaning::add_all(folder.path(), &model, kept.path(), &|_, _| {}).expect("vectors");
        let sources = Settings::load(&Flags::default()).expect("settings").sources(Some(model));
        let reader = Reader::open(folder.path()).expect("a generation");
        let mut texts = HashSet::new();
        let visit = |passage: faqbot::corpus::passages::Passage| texts.insert(passage.text);
        reader.visit_all(visit).expect("passages");
        let answerer = sources.answerer(reader).expect("an answerer");
        Sound { files: files(folder.path()), texts, sources, answerer }
    })
}

/// A reply holds texts of the articles alone, and every face can show it.
fn is_verbatim(reply: &Reply, sound: &Sound) {
    assert!((0.0..=1.0).contains(&reply.confidence), "{reply:?}");
    if let Outcome::Answer(answer) = &reply.outcome {
        assert!(sound.texts.contains(&answer.text), "{answer:?}");
        for also in &answer.also {
            assert!(sound.texts.contains(&also.text), "{also:?}");
        }
        for range in &answer.sentences {
            assert!(answer.text.get(range.clone()).is_some(), "{answer:?}");
        }
    }
    sending::can_be_sent(&html::render(reply, Tongue::English));
    let line = json::render(reply, Duration::ZERO).to_string();
    assert!(!line.contains('\n'));
}

/// Any question gets a reply, within what is allowed of its length.
pub(super) fn question(bytes: &[u8]) {
    let (text, sound) = (text_of(bytes), sound());
    let settings = &sound.sources.retrieval;
    let reader = sound.answerer.reader();
    let asked = question::analyze(reader, settings, &text, &[]).expect("the index is sound");
    assert!(asked.text.chars().count() <= settings.max_question_chars);
    for word in &asked.words {
        assert!(word.weight.is_finite() && word.information.is_finite(), "{word:?}");
        assert!(asked.text.get(word.place.clone()).is_some(), "{word:?}");
    }
    is_verbatim(&sound.answerer.answer(&text).expect("the index is sound"), sound);
}

/// A generation with a damaged file is refused in one line, or answers word for word.
pub(super) fn generation(bytes: &[u8]) {
    let sound = sound();
    let (folder, name) = with_damage(&sound.files, bytes);
    if let Err(error) = asked(folder.path(), sound) {
        let told = error.to_string();
        assert!(!told.contains('\n') && told.contains("faqbot index"), "{name}: {told:?}");
    }
}

fn asked(folder: &Path, sound: &Sound) -> Result<(), Error> {
    let reader = Reader::open(folder)?;
    let answerer = sound.sources.answerer(reader.clone()).expect("an answerer");
    for question in ["when does the boat leave", "wann geöffnet?", "退货", "forgot pwd", "parcell"]
    {
        is_verbatim(&answerer.answer(question)?, sound);
    }
    reader.articles()?;
    reader.verify_files(&HashSet::new())
}
