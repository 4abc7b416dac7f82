//! What holds for any articles and any questions: words are those of the files, and replies depend
//! on nothing but what the folder holds. And whatever comes in by a door does no harm.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use faqbot::answering::Answerer;
use faqbot::answering::reply::{Citation, Outcome, Reply};
use faqbot::faces::json;
use faqbot::index::generations::Generations;
use faqbot::index::reader::Reader;
use faqbot::publishing::Sources;
use faqbot::publishing::sync::{How, sync};
use faqbot::semantic::model::Model;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::{Index, select};
use proptest::test_runner::Config;
use serde_json::Value;

use crate::survival::{DOORS, Property};
use crate::world::{World, repository};

const WORDS: [&str; 28] = [
    "ferry", "Ferry", "boat", "ticket", "tickets", "pier", "captain", "island", "open", "opens",
    "cost", "leave", "winter", "dog", "the", "of", "a", "nine", "42", "€6.50", "Dr.", "Öffnung",
    "«zu»", "退货", "a&b", "<now>", "\"so\"", "C++",
];

/// A sentence of words that are common in one another.
fn words(most: usize) -> impl Strategy<Value = String> {
    let word = prop_oneof![20 => select(&WORDS[..]).prop_map(str::to_owned), 1 => "\\PC{1,12}"];
    vec(word, 1..most).prop_map(|words| words.join(" "))
}

/// Questions with their answers.
type Entries = Vec<(String, String)>;

/// The files of a folder by their paths, all about the same things, in all formats.
fn folder() -> impl Strategy<Value = BTreeMap<String, String>> {
    let entries = vec((words(7), words(25)), 1..4);
    let ending = select(&["txt", "md", "html", "csv", "json"][..]);
    let file = ("[a-e]/[a-d]", ending, words(6), entries);
    let file = file.prop_map(|(name, ending, title, entries)| {
        (format!("{name}.{ending}"), written(ending, &title, &entries))
    });
    vec(file, 1..6).prop_map(|files| files.into_iter().collect())
}

/// A file of these entries, in a format.
fn written(ending: &str, title: &str, entries: &Entries) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let list = entries.iter();
    match ending {
        "md" => {
            let entries =
                list.map(|(q, a)| format!("## What: {q}?\n\n{a}\n\nAnd *more* of {a}.\n\n"));
            format!("# {title}\n\nAbout {title}.\n\n{}", entries.collect::<String>())
        }
        "html" => {
            let entries = list.map(|(q, a)| {
                format!("<h2>What: {}?</h2>\n<p>{}<p>Once more.", escaped(q), escaped(a))
            });
            format!("<title>{}</title>\n{}", escaped(title), entries.collect::<String>())
        }
        "csv" => {
            let entries = list.map(|(q, a)| format!("{},{}\r\n", quoted(q), quoted(a)));
            format!("question,answer\r\n{}", entries.collect::<String>())
        }
        "json" => {
            let entry = |(q, a): &(String, String)| serde_json::json!({"question": q, "answer": a});
            Value::from(list.map(entry).collect::<Vec<_>>()).to_string()
        }
        _ => {
            let entries = list.map(|(q, a)| format!("Q: {q}?\n{a}\n"));
            let day = 1 + title.len() % 28;
            let head =
                format!("{title}\nBy Ann Lee | {day} Mar 2026\n\nIt is about {title}.\n\nFAQs\n");
            head + &entries.collect::<String>()
        }
    }
}

/// Brings the index up to date and opens it, in this process.
fn synced(sources: &Sources) -> Option<Answerer> {
    // A folder in which nothing is an article is refused.
    sync(sources, How::default(), &|_, _, _| {}).ok()?;
    let (_, reader) = Generations::new(&sources.index.folder).open(Reader::open).expect("an index");
    Some(sources.answerer(reader).expect("an answerer"))
}

fn sources(world: &World, with_model: bool) -> Sources {
    let model = with_model.then(|| Arc::new(Model::builtin().expect("the built-in model")));
    Sources { model, ..world.sources() }
}

/// All that a reply says, but where its folder is.
fn shown(answerer: &Answerer, question: &str, corpus: &Path) -> String {
    let reply = answerer.answer(question).expect("a reply");
    json::render(&reply, Duration::ZERO).to_string().replace(&corpus.display().to_string(), "")
}

/// Every text of a reply with where it stands.
fn texts(reply: &Reply) -> Vec<(&str, &Citation)> {
    let Outcome::Answer(answer) = &reply.outcome else { return Vec::new() };
    let also = answer.also.iter().map(|also| (also.text.as_str(), &also.source));
    also.chain([(answer.text.as_str(), &answer.source)]).collect()
}

proptest! {
    #![proptest_config(Config { cases: 12, ..Config::default() })]

    #[test]
    fn answers_are_the_bytes_of_their_files(files in folder(), asked in vec(words(6), 1..4), model: bool) {
        let world = World::new();
        for (path, text) in &files {
            world.write(path, text);
        }
        let Some(answerer) = synced(&sources(&world, model)) else { return Ok(()) };
        let mut asked = asked;
        answerer.reader().visit_all(|passage| {
            asked.extend(passage.question);
            true
        }).expect("passages");
        let mut answers = 0;
        for question in asked {
            let reply = answerer.answer(&question).expect("a reply");
            for (text, source) in texts(&reply) {
                let bytes = fs::read(&source.file).expect("the file that is cited");
                let place = &bytes[source.bytes.clone()];
                answers += 1;
                if source.literal {
                    prop_assert_eq!(place, text.as_bytes());
                } else {
                    // What a reader sees of the place: its letters in order, and no others. Marks
                    // may stand in the middle of a word.
                    let place = String::from_utf8_lossy(place);
                    let mut left = place.chars();
                    for letter in text.chars().filter(|c| c.is_alphanumeric()) {
                        prop_assert!(
                            left.any(|c| c == letter),
                            "{letter} of {text:?} is not in {place:?}"
                        );
                    }
                }
            }
        }
        prop_assert!(answers > 0 || files.is_empty(), "nothing was answered: {files:?}");
    }

    #[test]
    fn replies_depend_on_the_files_alone(
        files in folder(),
        passing in folder(),
        order in vec(any::<Index>(), 6),
        asked in vec(words(6), 1..4),
        model: bool,
    ) {
        let (at_once, bit_by_bit) = (World::new(), World::new());
        for (path, text) in &files {
            at_once.write(path, text);
        }
        // Others come first and go, and these come one by one in any order, some twice.
        for (path, text) in &passing {
            bit_by_bit.write(&format!("x/{path}"), text);
        }
        let by_bits = sources(&bit_by_bit, model);
        synced(&by_bits);
        let all: Vec<_> = files.iter().collect();
        for (path, text) in order.iter().map(|at| *at.get(&all)).chain(all.iter().copied().rev()) {
            bit_by_bit.write(path, text);
            synced(&by_bits);
        }
        fs::remove_dir_all(bit_by_bit.corpus().join("x")).expect("a folder goes");
        let (first, second) = (synced(&sources(&at_once, model)), synced(&by_bits));
        let (Some(first), Some(second)) = (first, second) else { return Ok(()) };
        let expected: Vec<String> = asked.iter().map(|q| shown(&first, q, at_once.corpus())).collect();
        let again: Vec<String> = thread::scope(|scope| {
            let (second, corpus) = (&second, bit_by_bit.corpus());
            let threads: Vec<_> = asked.iter().map(|q| scope.spawn(move || shown(second, q, corpus))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        prop_assert_eq!(expected, again);
    }
}

/// A word, and the same with one slip of the keyboard.
fn slip() -> impl Strategy<Value = (String, String)> {
    ("[b-z]{6,9}", any::<Index>(), 0..3, "[a-z]").prop_map(|(word, at, how, letter)| {
        let at = at.index(word.len());
        let mut slipped = word.clone();
        match how {
            0 => slipped.insert_str(at, &letter),
            1 => drop(slipped.remove(at)),
            _ => slipped.replace_range(at..=at, "a"),
        }
        (word, slipped)
    })
}

proptest! {
    #![proptest_config(Config { cases: 16, ..Config::default() })]

    #[test]
    fn a_repaired_slip_never_outranks_what_is_there_as_typed(
        (word, slipped) in slip(),
        (exact_first, model) in any::<(bool, bool)>(),
        (asked, entry) in select(&[
            ("{} cost", "What does the {} cost?"),
            ("when {} open", "When does the {} open?"),
            ("how do I get the {}", "How can I get a {}?"),
            ("tell me where is {} please", "Where is the {}?"),
        ][..]),
    ) {
        let put = |text: &str, word: &str| text.replace("{}", word);
        let file = |word: &str| {
            format!("Some things\nFAQs\nQ: {}\nThis is about it and says {word}.\n", put(entry, word))
        };
        let (first, second) = if exact_first { (&word, &slipped) } else { (&slipped, &word) };
        let world = World::new().article("a.txt", file(first)).article("b.txt", file(second));
        let answerer = synced(&sources(&world, model)).expect("an index");
        let (_, ranked) = answerer.answer_ranked(&put(asked, &word)).expect("a reply");
        let best = ranked.first().and_then(|ranked| ranked.passage.question.clone());
        prop_assert_eq!(best, Some(put(entry, &word)));
    }

    #[test]
    fn an_unrelated_article_changes_no_sure_answer(
        strange in vec(("[a-z]{5,9}", "[a-z ]{20,80}"), 1..5),
        title in "[a-z ]{5,30}",
        ending in select(&["txt", "md", "csv"][..]),
        model: bool,
    ) {
        let world = crate::town::town();
        let sources = sources(&world, model);
        let asked = ["When does the ferry open?", "what does the museum cost", "libary close when"];
        let before = synced(&sources).expect("an index");
        let strange: Entries = strange
            .into_iter()
            .map(|(word, text)| (format!("what is the {word}"), format!("It is {text}")))
            .collect();
        world.write(&format!("strange.{ending}"), written(ending, &title, &strange));
        let after = synced(&sources).expect("an index");
        let mut sure = 0;
        for question in asked {
            let reply = before.answer(question).expect("a reply");
            let Outcome::Answer(answer) = reply.outcome else { continue };
            if reply.confidence < 0.6 {
                continue;
            }
            sure += 1;
            let reply = after.answer(question).expect("a reply");
            let Outcome::Answer(now) = reply.outcome else { panic!("{question}: {reply:?}") };
            prop_assert_eq!(now.text, answer.text);
        }
        prop_assert!(sure > 0);
    }
}

/// What the fuzz targets have found to be worth keeping: small files that lead into many corners.
fn seeds(door: &str) -> Vec<Vec<u8>> {
    let folder = repository().join("fuzz/corpus").join(door);
    let entries = fs::read_dir(&folder).expect("a folder of seeds");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.into_iter().map(|path| fs::read(path).expect("a seed")).collect()
}

#[test]
fn the_seeds_of_the_fuzz_targets_do_no_harm() {
    for (door, property) in DOORS {
        for seed in seeds(door) {
            property(&seed);
        }
    }
}

/// Bytes that come in by a door: a seed with some bytes changed, and perhaps others in the middle.
fn bytes(door: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), any::<u8>());
    let seeds = seeds(door);
    let seed = (select(seeds.clone()), vec(change, 0..6));
    let seed = seed.prop_map(|(mut seed, changes)| {
        for (at, byte) in &changes {
            let at = at.index(seed.len() + 1);
            seed.splice(at..seed.len().min(at + 1), [*byte]);
        }
        seed
    });
    let spliced = (select(seeds.clone()), select(seeds), any::<Index>(), any::<Index>());
    let spliced = spliced.prop_map(|(a, b, from, to)| {
        [&a[..from.index(a.len() + 1)], &b[to.index(b.len() + 1)..]].concat()
    });
    prop_oneof![4 => seed, 2 => spliced, 1 => vec(any::<u8>(), 0..200), 1 => Just(Vec::new())]
}

/// Tries a door with so many inputs.
fn tried(door: &'static str, cases: u32) {
    let (_, property): &(_, Property) = DOORS.iter().find(|(name, _)| *name == door).expect(door);
    proptest!(Config { cases, ..Config::default() }, |(bytes in bytes(door))| property(&bytes));
}

#[test]
fn no_file_of_articles_does_harm() {
    for door in ["plain", "markdown", "html", "table", "json", "lists"] {
        tried(door, 100);
    }
}

#[test]
fn no_settings_do_harm() {
    tried("settings", 50);
}

#[test]
fn no_question_does_harm() {
    tried("text", 100);
    tried("question", 100);
}

#[test]
fn no_generation_does_harm() {
    tried("generation", 40);
}

#[test]
fn no_update_and_no_reply_does_harm() {
    tried("update", 200);
    tried("message", 100);
    tried("queue", 50);
}

#[test]
fn no_article_steers_the_screen() {
    tried("screen", 200);
}

#[test]
fn no_model_does_harm() {
    tried("model", 100);
}
