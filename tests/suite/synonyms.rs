//! `synonyms.toml`: what it makes of questions, what it says of mistakes, and that it goes
//! with the generation.

use std::fmt::Write;
use std::fs;
use std::time::{Duration, Instant};

use faqbot::corpus::synonyms::{MAX_PHRASES, parse};
use proptest::prelude::{Strategy, prop, proptest};
use serde_json::json;

use crate::world::{Reply, World};

const DEVICES: &str = "Lending of devices\nBy Ana | 3 May 2026\nFAQs\n\
    Q1. How long may I keep a laptop?\nEvery laptop goes back after three weeks.\n\
    Q2. Who repairs a broken projector?\nBen repairs projectors in room 12.\n\
    Q3. How do I change my password?\nOpen Settings and choose New password.\n\
    Q4. What does pwd stand for?\nThe command pwd prints the working directory.\n";

const ROOMS: &str = "Rooms of the house\nBy Ana | 4 May 2026\nReading room\n\
    The reading room opens at nine. A portable computer may be used at every table.\n\
    FAQs\nQ1. Where do I charge a mobile phone?\nMobile phones are charged at the front desk.\n\
    Q2. What is the fee for a locker?\nA locker costs two euros.\n";

const SYNONYMS: &str = "[[same]]\nwords = [\"laptop\", \"notebook\", \"portable computer\"]\n\
    [[same]]\nwords = [\"mobile phone\", \"smartphone\", \"cell phone\"]\n\
    [[read]]\nfrom = [\"watchword\", \"pass code\"]\nas = \"password\"\n";

fn library() -> World {
    World::new().article("devices.txt", DEVICES).article("rooms.txt", ROOMS)
}

fn with_synonyms() -> World {
    library().article("synonyms.toml", SYNONYMS)
}

/// Asserts that the reply tells this and nothing else to have been read otherwise.
#[track_caller]
fn told(reply: &Reply, from: &str, to: &str) {
    let expected = json!([{"from": from, "to": to, "why": "synonym"}]);
    assert_eq!(reply.json["changes"], expected, "{reply}");
    assert_eq!(reply.json["unknown_words"], json!([]), "{reply}");
}

#[test]
fn synonyms_are_found_both_ways_and_told() {
    let world = with_synonyms();
    for (question, answer, from, to) in [
        ("How long may I keep a notebook?", "three weeks", "notebook", "laptop"),
        ("How long may I keep a portable computer?", "three weeks", "portable computer", "laptop"),
        ("how long may i keep PORTABLE COMPUTERS", "three weeks", "PORTABLE COMPUTERS", "laptop"),
        (
            "May a laptop be used at every table?",
            "A portable computer",
            "laptop",
            "portable computer",
        ),
        (
            "may notebooks be used at the tables",
            "A portable computer",
            "notebooks",
            "portable computer",
        ),
        ("Where do I charge a smartphone?", "front desk", "smartphone", "mobile phone"),
        ("Where do I charge a cell phone?", "front desk", "cell phone", "mobile phone"),
    ] {
        let reply = world.ask(question);
        reply.answers(answer);
        told(&reply, from, to);
    }
    let run = world.run(["ask", "How long may I keep a notebook?"]).exits(0);
    run.says("I read “notebook” as its synonym “laptop”.\nEvery laptop goes back");
}

#[test]
fn those_of_the_sample_corpus_are_of_use() {
    let world = World::sample();
    for (question, answer, from, to) in [
        ("how do I reset my pwd", "Forgot password", "pwd", "password"),
        ("Do pedelecs cost extra?", "nothing extra in 2026", "pedelecs", "electric bike"),
        ("I can't sign in", "Forgot password", "sign in", "log in"),
        ("I lost my phone, how does 2FA work?", "backup codes", "2FA", "two-step login"),
    ] {
        let reply = world.ask(question);
        reply.answers(answer);
        told(&reply, from, to);
    }
}

#[test]
fn without_the_file_they_are_strangers() {
    let world = library();
    for question in ["Where do I charge a smartphone?", "How do I change my watchword?"] {
        let reply = world.ask(question);
        assert_ne!(reply.json["unknown_words"], json!([]), "{reply}");
    }
}

#[test]
fn one_way_goes_one_way() {
    let world = with_synonyms();
    for word in ["watchword", "pass code"] {
        let reply = world.ask(&format!("How do I change my {word}?"));
        reply.answers("New password");
        told(&reply, word, "password");
    }
    // Nothing stands for "password" but itself.
    world.write("devices.txt", DEVICES.replace("password", "watchword"));
    world.ask("How do I change my watchword?").answers("New watchword");
    let reply = world.ask("How do I change my password?");
    assert_eq!(reply.list("unknown_words"), ["password"], "{reply}");
    assert_eq!(reply.json["changes"], json!([]), "{reply}");
}

#[test]
fn what_is_found_as_it_was_asked_is_not_told() {
    let world = with_synonyms();
    for (question, answer) in [
        ("How long may I keep a laptop?", "three weeks"),
        ("May a portable computer be used at every table?", "A portable computer"),
        ("Where do I charge a mobile phone?", "front desk"),
        ("Who repairs a broken projector?", "room 12"),
    ] {
        let reply = world.ask(question);
        reply.answers(answer);
        assert_eq!(reply.json["changes"], json!([]), "{reply}");
    }
}

#[test]
fn a_phrase_stands_together_in_the_question_and_in_the_article() {
    let world = with_synonyms();
    for question in ["How long may I keep a portable red computer?", "keep a computer, portable"] {
        let reply = world.ask(question);
        assert_eq!(reply.json["changes"], json!([]), "{reply}");
    }
    let apart = ROOMS.replace("A portable computer", "A portable lamp beside a computer");
    world.write("rooms.txt", apart);
    let reply = world.ask("May a laptop be used at every table?");
    assert_eq!(reply.json["changes"], json!([]), "{reply}");
}

#[test]
fn several_phrases_of_a_question_are_exchanged_together() {
    let entry = "Cables\nFAQs\nQ1. Does a mobile phone work with a portable computer?\n\
        With the blue cable both work.\nQ2. Does a mobile phone work with a projector?\nIt does not.\n";
    let world = with_synonyms().article("cables.txt", entry);
    let reply = world.ask("Does a smartphone work with a notebook?");
    reply.answers("With the blue cable");
    let expected = json!([
        {"from": "smartphone", "to": "mobile phone", "why": "synonym"},
        {"from": "notebook", "to": "portable computer", "why": "synonym"},
    ]);
    assert_eq!(reply.json["changes"], expected, "{reply}");
}

#[test]
fn the_word_itself_comes_before_its_synonym() {
    let entry = "Paper\nFAQs\nQ1. How much is a notebook?\nA notebook is one euro.\n\
        Q2. How much is a laptop?\nA laptop is 900 euros.\n\
        Q3. How much is a portable computer?\nA portable computer is 800 euros.\n";
    let world = with_synonyms().article("paper.txt", entry);
    for (word, price) in [("notebook", "one"), ("laptop", "900"), ("portable computer", "800")] {
        let reply = world.ask(&format!("How much is a {word}?"));
        reply.answers(&format!("{price} euro"));
        assert_eq!(reply.json["changes"], json!([]), "{reply}");
    }
}

#[test]
fn other_languages_meet_without_accents_and_endings() {
    let garden = "Garten\nLanguage: de\nFAQs\nQ1. Wo stehen die Schubkarren?\nDie Schubkarren \
        stehen hinter der Hütte.\nQ2. Wann wird der Wertstoffbehälter geleert?\nDer Behälter wird \
        freitags geleert.\n";
    let desk = "服务台\n常见问题\n问1. 如何借笔记本？\n请到二楼服务台登记。\n";
    let synonyms = "[[same]]\nwords = [\"Schubkarre\", \"Garette\", \"Bäre\"]\n\
        [[same]]\nwords = [\"Wertstoffbehälter\", \"gelbe Tonne\"]\n\
        [[same]]\nwords = [\"笔记本\", \"手提电脑\"]\n";
    let world = World::new()
        .article("garten.txt", garden)
        .article("desk.txt", desk)
        .article("synonyms.toml", synonyms);
    for (question, answer, from, to) in [
        ("Wo stehen die Garetten?", "hinter der Hütte", "Garetten", "Schubkarren"),
        ("wo stehen garetten", "hinter der Hütte", "garetten", "Schubkarren"),
        ("Wo stehen die Baren?", "hinter der Hütte", "Baren", "Schubkarren"),
        (
            "Wann werden die gelben Tonnen geleert?",
            "freitags",
            "gelben Tonnen",
            "Wertstoffbehälter",
        ),
        ("如何借手提电脑？", "二楼", "手提电脑", "笔记本"),
    ] {
        let reply = world.ask(question);
        reply.answers(answer);
        told(&reply, from, to);
    }
}

#[test]
fn phrases_that_overlap_are_survived() {
    let desk = "服务台\n常见问题\n问1. 计算机说明书在哪里？\n在机器旁边。\n";
    let synonyms = "[[same]]\nwords = [\"电脑\", \"计算机\"]\n[[same]]\nwords = [\"脑手\", \"机器\"]\n\
        [[same]]\nwords = [\"手册\", \"说明书\"]\n";
    let world = World::new().article("desk.txt", desk).article("synonyms.toml", synonyms);
    let reply = world.ask("电脑手册在哪里？");
    reply.answers("在机器旁边");
    let expected = json!([
        {"from": "电脑", "to": "计算机", "why": "synonym"},
        {"from": "手册", "to": "说明书", "why": "synonym"},
    ]);
    assert_eq!(reply.json["changes"], expected, "{reply}");
}

#[test]
fn the_file_is_part_of_the_generation() {
    let world = library();
    let question = "How long may I keep a notebook?";
    let before = world.ask(question).json["generation"].clone();
    world.write("synonyms.toml", SYNONYMS);
    let with = world.ask(question);
    told(&with, "notebook", "laptop");
    assert_ne!(with.json["generation"], before);
    world.write("synonyms.toml", SYNONYMS.replace("notebook", "tablet"));
    let reply = world.ask(question);
    assert_ne!(reply.json["changes"][0]["why"], "synonym", "{reply}");
    fs::remove_file(world.corpus().join("synonyms.toml")).expect("it is removed");
    assert_eq!(world.ask(question).json["generation"], before);
    // The same file gives the same generation again.
    world.write("synonyms.toml", SYNONYMS);
    assert_eq!(world.ask(question).json["generation"], with.json["generation"]);
}

#[test]
fn a_damaged_table_of_synonyms_is_built_again() {
    let world = with_synonyms();
    world.sync();
    for damage in [Some("laptop\tcat"), None] {
        let table = world.generation().join("synonyms.tsv");
        match damage {
            Some(text) => fs::write(table, text).expect("it is damaged"),
            None => fs::remove_file(table).expect("it is removed"),
        }
        world.run(["check"]).exits(2).says("is damaged");
        let run = world.run(["ask", "How long may I keep a notebook?"]).exits(0);
        run.says("three weeks").complains("is damaged");
    }
    assert_eq!(world.problems(), [""; 0]);
}

#[test]
fn a_broken_file_is_one_line_and_the_rest_still_answers() {
    let broken = format!("{SYNONYMS}[[same]]\nwords = [\"locker\", \"cupboard\n");
    let world = library().article("synonyms.toml", broken);
    let problems = world.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("synonyms.toml:9: is not TOML ("), "{problems:?}");
    told(&world.ask("How long may I keep a notebook?"), "notebook", "laptop");
    world.ask("Who repairs a broken projector?").answers("room 12");
    world.write("synonyms.toml", b"\xff\xfe\x00");
    let problems = world.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    world.ask("Who repairs a broken projector?").answers("room 12");
}

#[test]
fn the_file_has_one_name_and_one_place() {
    let world = with_synonyms();
    assert_eq!(world.problems(), [""; 0]);
    assert_eq!(world.sync()["articles"], 2);
    world.run(["check", "-v"]).exits(0).says("synonyms.toml: 3 synonym lists\n");
    fs::write(world.home().join("config.toml"), "[corpus]\nignore = [\"toml\"]\n").unwrap();
    told(&world.ask("How long may I keep a notebook?"), "notebook", "laptop");
    fs::remove_file(world.home().join("config.toml")).unwrap();
    world.write("more/synonyms.toml", SYNONYMS);
    assert_eq!(
        world.problems(),
        [
            "more/synonyms.toml: is read only as `synonyms.toml` in the corpus folder itself: move it there"
        ]
    );
}

#[test]
fn synonyms_alone_are_no_corpus() {
    let world = World::new().article("synonyms.toml", SYNONYMS);
    world.run(["ask", "notebook?"]).refuses(&["holds no article"]);
}

#[test]
fn the_prompt_reads_them_too() {
    let run = with_synonyms().run_with(["repl"], "How long may I keep a notebook?\n").exits(0);
    run.says("I read “notebook” as its synonym “laptop”.");
}

#[test]
fn a_huge_file_does_not_slow_a_question() {
    let mut huge = SYNONYMS.to_owned();
    for n in 0..4000 {
        let words: Vec<String> = (0..20).map(|m| format!("\"kw{n}x{m} thing\"")).collect();
        let _ = writeln!(huge, "[[same]]\nwords = [{}]", words.join(", "));
    }
    assert!(huge.len() > 1 << 20);
    let questions = vec!["How long may I keep a notebook?"; 20];
    let time = |world: &World| -> Duration {
        world.sync();
        let started = Instant::now();
        for reply in world.ask_all(&questions) {
            told(&reply, "notebook", "laptop");
        }
        started.elapsed()
    };
    let (small, large) = (time(&with_synonyms()), time(&library().article("synonyms.toml", &huge)));
    assert!(large < small * 3 + Duration::from_millis(500), "{large:?}, without {small:?}");
}

/// `file:line: message` of every problem.
fn problems(text: &str) -> Vec<String> {
    parse(text).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn every_mistake_is_told_at_its_line_with_what_to_do() {
    for (text, told) in [
        (
            "\n[[same]]\nword = [\"a\", \"b\"]\n",
            "3: unknown key `word` in [[same]]: did you mean `words`? allowed is `words`",
        ),
        (
            "[[smae]]\nwords = [\"a\"]\n",
            "1: unknown key `smae` in this file: did you mean `same`? allowed are `same` and `read`",
        ),
        (
            "\"sa\\nme\" = 1\n",
            "1: unknown key `sa me` in this file: did you mean `same`? allowed are `same` and `read`",
        ),
        (
            "[same]\nwords = [\"a\", \"b\"]\n",
            "1: `same` must be opened by [[same]], with two brackets on each side",
        ),
        (
            "same = [[\"a\", \"b\"]]\n",
            "1: `same` must be opened by [[same]], with two brackets on each side",
        ),
        ("\n[[same]]\n", "2: [[same]] has no `words`: write words = [\"a\", \"b\"]"),
        (
            "\n[[same]]\nwords = [\"a\"]\n",
            "2: [[same]] has fewer than two `words`: write all that mean the same: words = [\"a\", \"b\"]",
        ),
        (
            "[[same]]\nwords = \"a\"\n",
            "1: [[same]] has fewer than two `words`: write all that mean the same: words = [\"a\", \"b\"]",
        ),
        (
            "[[read]]\nfrom = []\nas = \"b\"\n",
            "1: [[read]] has an empty `from`: write a word: from = \"a\"",
        ),
        ("[[read]]\nfrom = \"a\"\n", "1: [[read]] has no `as`: write as = [\"a\", \"b\"]"),
        (
            "[[read]]\nfrom = \"a\"\nas = 7\n",
            "3: `as` holds a number: write texts in quotes: as = [\"a\", \"b\"]",
        ),
        (
            "[[same]]\nwords = [\n  \"a\",\n  \"?\"\n]\n",
            "4: \"?\" holds no word: write one, or remove it",
        ),
        (
            "[[same]]\nwords = [\"a\", \"1 2 3 4 5 6 7\"]\n",
            "2: \"1 2 3 4 5 6 7\" has 7 words; up to 6 are read: shorten it",
        ),
        (
            "\n[[same]]\nwords = [a, b]\n",
            "3: is not TOML (string values must be quoted, expected literal string): write texts in quotes and lists in brackets: words = [\"a\", \"b\"]",
        ),
    ] {
        assert_eq!(problems(text), [format!("synonyms.toml:{told}")], "{text}");
        assert_eq!(parse(text).entries, [], "{text}");
    }
}

#[test]
fn what_is_too_much_is_cut_and_told() {
    let many = "[[same]]\nwords = [\"a\", \"b\"]\n".repeat(5003);
    assert_eq!(parse(&many).entries.len(), 5000);
    let told = problems(&many);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("synonyms.toml:10001: is entry 5001 of at most 5000"), "{told:?}");
    let long = format!("[[same]]\nwords = [{}]\n", "\"a\", ".repeat(MAX_PHRASES + 5));
    assert_eq!(parse(&long).entries[0].from.len(), MAX_PHRASES);
    assert_eq!(problems(&long).len(), 1);
    let broken = "[[same]\n".repeat(1000);
    assert_eq!(problems(&broken).len(), 51);
}

fn piece() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "[[same]]\n",
        "[[read]]\n",
        "[same]\n",
        "words = ",
        "from = ",
        "as = ",
        "[",
        "]",
        "\"",
        "\"laptop\"",
        "'a b'",
        ", ",
        "\n",
        "# no\n",
        "7",
        "ü",
        "\"\"\"",
        "{",
        "}",
        "same",
        ".",
        "=",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn what_is_almost_right_is_survived(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        let parsed = parse(&text);
        let lines = text.lines().count().max(1);
        for problem in parsed.problems {
            assert!(problem.line as usize <= lines && !problem.message.contains('\n'), "{problem}");
        }
        for entry in parsed.entries {
            assert!(!entry.from.is_empty() && !entry.to.is_empty());
        }
    }
}
