//! The program as scripts see it: standard output, standard error, exit status, JSON.

use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use serde_json::Value;

use crate::world::{Reply, World, program, run};

const HOURS: &str = "Opening hours\nBy Ann Lee | 3 Mar 2026\nurl: https://shop.example/hours\n\n\
                     FAQs\n\nQ1. When does the shop open?\nThe shop opens at nine.\n";

fn shop() -> World {
    World::new().article("hours.txt", HOURS)
}

#[test]
fn the_exit_status_tells_what_came() {
    let world = shop();
    world.run(["ask", "When does the shop open?"]).exits(0).says("The shop opens at nine.");
    world.run(["ask", "When", "does", "the", "shop", "open?"]).exits(0).says("at nine");
    world.run(["ask", "Who is the mayor of Lisbon?"]).exits(1).says("I don't know");
    world.run(["index"]).exits(0);
    world.run(["check"]).exits(0);
    world.run(["--help"]).exits(0).says("Usage").quietly();
    world.run(["--version"]).exits(0).says("faqbot ").quietly();
    for wrong in [&["ask"][..], &["frobnicate"], &["ask", "--frobnicate", "x"], &["index", "x"]] {
        let run = world.run(wrong).exits(2);
        assert!(run.stdout.is_empty() && !run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn only_answers_stand_on_standard_output() {
    let world = shop().article("broken.txt", b"Menu\nA caf\xc3");
    let run = world.run(["ask", "When does the shop open?"]).exits(0);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[0], "The shop opens at nine.", "{run}");
    assert!(lines[1].starts_with("— Opening hours · 3 Mar 2026 · FAQs ("), "{run}");
    assert!(lines[1].ends_with("hours.txt:8)") && lines.len() == 2, "{run}");
    run.complains("1 problem in the corpus: run `faqbot check`");

    let world = shop().article("broken.txt", b"Menu\nA caf\xc3");
    world.run(["-q", "ask", "When does the shop open?"]).exits(0).quietly();
    let run =
        world.run(["index", "--rebuild"]).exits(0).says("2 articles,").complains("broken.txt:2:");
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
}

#[test]
fn many_questions_are_answered_in_order() {
    let world = World::sample();
    let questions = ["What is Vidu?", "Who won the cup?", "", "How much does shipping cost?"];
    let replies = world.ask_all(&questions);
    let asked: Vec<&str> = replies.iter().map(|r| r.json["question"].as_str().unwrap()).collect();
    assert_eq!(asked, questions);
    let outcomes: Vec<&str> = replies.iter().map(Reply::outcome).collect();
    assert_eq!(outcomes, ["answer", "unknown", "unknown", "answer"]);

    // One that is not known is told by the exit status, wherever it stands.
    let status = |input: &str| world.run_with(["ask", "-"], input).status;
    assert_eq!(status("What is Vidu?\n"), 0);
    assert_eq!(status("What is Vidu?"), 0);
    assert_eq!(status("What is Vidu?\r\nWho won the cup?\r\nWhat is Vidu?\r\n"), 1);
    assert_eq!(status(""), 0);
    // An empty line has its reply and asks nothing.
    assert_eq!(status("\nWhat is Vidu?\n \n"), 0);
    assert_eq!(status("\nWho won the cup?\n"), 1);
    let run = world.run_with(["ask", "--json", "--conversation", "-"], "\nWhat is Vidu?\n\n");
    assert_eq!(run.replies().len(), 3, "{run}");
    run.exits(0);
    world.run(["ask", ""]).exits(1).says("Please type a question.");
}

#[test]
fn each_question_is_answered_without_waiting_for_the_next() {
    let world = shop();
    world.sync();
    let mut child = world
        .command(["ask", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut asks = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for question in ["When does the shop open?", "Who is the mayor of Lisbon?"] {
        writeln!(asks, "{question}").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let reply: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(reply["question"], question);
    }
    drop(asks);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn questions_that_are_no_utf8_are_survived() {
    let world = shop();
    let input = b"When does the sh\xffop open?\n\xfe\xff\n\0\nWhen does the shop open?\n";
    let run = world.run_with(["ask", "--json", "-"], input).quietly();
    let replies = run.replies();
    assert_eq!(replies.len(), 4, "{run}");
    replies[3].answers("at nine");
}

#[test]
fn a_closed_pipe_is_no_trouble() {
    let world = shop();
    world.sync();
    for args in [["ask", "-"].as_slice(), &["ask", "--json", "-"], &["check", "-v"], &["--help"]] {
        let mut child = world
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        // The program may be gone before all of it is written.
        let _ = child.stdin.take().unwrap().write_all("open?\n".repeat(200).as_bytes());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(said, "", "{args:?}");
        assert_ne!(status.code(), Some(101), "{args:?}");
    }
}

/// Asserts the exact keys of an object, and gives it back.
#[track_caller]
fn keys<'a>(object: &'a Value, expected: &[&str]) -> &'a Value {
    let found: BTreeSet<&str> = object
        .as_object()
        .unwrap_or_else(|| panic!("no object: {object}"))
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(found, expected.iter().copied().collect(), "{object}");
    object
}

const SOURCE: &[&str] =
    &["article", "title", "section", "published", "url", "file", "lines", "bytes", "literal"];

/// Asserts the whole contract of `--json`; `question` is what was asked.
#[track_caller]
fn keeps_the_contract(reply: &Value, question: &str) {
    keys(
        reply,
        &[
            "version",
            "question",
            "outcome",
            "confidence",
            "answer",
            "also",
            "choices",
            "nearby",
            "changes",
            "unknown_words",
            "generation",
            "took_us",
        ],
    );
    assert_eq!((&reply["version"], &reply["question"]), (&1.into(), &question.into()));
    assert!(reply["took_us"].is_u64() && reply["generation"].is_string(), "{reply}");
    hundredths(&reply["confidence"]);
    let outcome = reply["outcome"].as_str().expect("a text");
    assert_eq!(outcome == "answer", reply["answer"].is_object(), "{reply}");
    assert_eq!(
        outcome == "choices",
        !reply["choices"].as_array().expect("a list").is_empty(),
        "{reply}"
    );
    if outcome == "answer" {
        let answer = &reply["answer"];
        keys(answer, &["text", "sentences", "kind", "question", "passage", "link", "source"]);
        stands_in_its_file(&answer["text"], &answer["source"]);
        assert!(
            ["faq", "summary", "body"].contains(&answer["kind"].as_str().expect("a text")),
            "{reply}"
        );
        assert_eq!(answer["kind"] == "faq", answer["question"].is_string(), "{reply}");
        let article = answer["source"]["article"].as_str().expect("a text");
        let passage = answer["passage"].as_str().expect("a text");
        assert!(passage.starts_with(&format!("{article}#")), "{reply}");
        is_link(&answer["link"]);
    }
    for also in reply["also"].as_array().expect("a list") {
        keys(also, &["text", "source"]);
        stands_in_its_file(&also["text"], &also["source"]);
    }
    for choice in reply["choices"].as_array().expect("a list") {
        keys(choice, &["text", "passage", "link", "confidence"]);
        is_link(&choice["link"]);
        hundredths(&choice["confidence"]);
    }
    for nearby in reply["nearby"].as_array().expect("a list") {
        is_link(&keys(nearby, &["text", "link"])["link"]);
    }
    for change in reply["changes"].as_array().expect("a list") {
        keys(change, &["from", "to", "why"]);
        let why = change["why"].as_str().expect("a text");
        assert!(["spelling", "spacing", "meaning", "length"].contains(&why), "{reply}");
    }
    assert!(reply["unknown_words"].as_array().expect("a list").iter().all(Value::is_string));
}

#[track_caller]
fn hundredths(value: &Value) {
    let value = value.as_f64().expect("a number");
    assert!((0.0..=1.0).contains(&value), "{value}");
    assert!(value.to_string().len() <= 4, "two decimals: {value}");
}

#[track_caller]
fn is_link(link: &Value) {
    let link = link.as_str().expect("a text");
    assert_eq!(link.len(), 10, "{link}");
    assert!(link.chars().all(|c| matches!(c, 'a'..='z' | '2'..='7')), "{link}");
}

#[track_caller]
fn stands_in_its_file(text: &Value, source: &Value) {
    keys(source, SOURCE);
    assert_eq!(source["literal"], true, "{source}");
    let number = |key: &str, n: usize| {
        usize::try_from(source[key][n].as_u64().expect("a number")).expect("a small number")
    };
    let file = fs::read(source["file"].as_str().expect("a file")).expect("the file is there");
    let (start, end) = (number("bytes", 0), number("bytes", 1));
    assert_eq!(&file[start..end], text.as_str().expect("a text").as_bytes(), "{source}");
    let line = |byte: usize| file[..byte].split(|b| *b == b'\n').count();
    assert_eq!((number("lines", 0), number("lines", 1)), (line(start), line(end)), "{source}");
    if let Some(date) = source["published"].as_str() {
        assert!(date.len() == 10 && date.is_ascii(), "{date}");
    }
}

#[test]
fn json_keeps_its_contract() {
    let world = World::sample();
    let questions = [
        "What is Vidu?",
        "What is Vdiu?",
        "How much does a single ride cost?",
        "annual pass price",
        "how much is it",
        "How do I log in?",
        "What does it cost?",
        "Who won the chess tournament in Reykjavik?",
        "Was kostet eine Reparatur?",
        "who paid for the rebuild of the museum",
        "password",
        "AND OR title:(",
        "",
    ];
    let mut seen = BTreeSet::new();
    for (reply, question) in world.ask_all(&questions).iter().zip(questions) {
        keeps_the_contract(&reply.json, question);
        seen.insert(reply.outcome().to_owned());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["answer", "choices", "unknown"]);

    let reply = shop().ask("When does the shop open?").json;
    let source = &reply["answer"]["source"];
    assert_eq!(source["url"], "https://shop.example/hours");
    assert_eq!((&source["article"], &source["section"]), (&"hours".into(), &"FAQs".into()));
    assert_eq!(
        (&source["title"], &source["published"]),
        (&"Opening hours".into(), &"2026-03-03".into())
    );
}

#[test]
fn files_are_named_as_they_open_from_where_one_stands() {
    let world = shop();
    let mut command = program(world.home());
    command.args(["ask", "--json", "When does the shop open?"]);
    let replies = run(command, b"").exits(0).replies();
    assert_eq!(replies[0].json["answer"]["source"]["file"], "corpus/hours.txt");
}

#[test]
fn colour_is_for_terminals_or_on_demand() {
    let world = shop();
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = world.command(["ask", "When does the shop open?"]);
        command.args(args).envs(variables.iter().copied());
        run(command, b"").exits(0).stdout.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]));
    assert!(!coloured(&["--color", "auto"], &[]));
    assert!(!coloured(&["--color", "never"], &[]));
    assert!(coloured(&["--color", "always"], &[]));
    assert!(!coloured(&[], &[("NO_COLOR", "1")]));
    assert!(!coloured(&[], &[("TERM", "dumb")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["--json", "--color", "always"], &[]));
    world.run(["ask", "--color", "sometimes", "x"]).exits(2).complains("always");
}

#[test]
fn an_article_cannot_steer_the_terminal() {
    let evil = "Evil \u{1b}]0;title\u{7}\nBy \u{1b}[31mAnn | 3 Mar 2026\n\nFAQs\n\n\
                Q1. What does the shop sell?\nBread\u{1b}[2J and \u{9b}31m cake\u{7}.\n\n\
                Q2. What does \u{1b}[2J the other shop sell?\nMilk \u{1b}]8;;https://evil.example\u{7}here.\n";
    let world = World::new().article("evil.txt", evil).article("bad\u{1b}[7m.txt", "");
    for color in ["never", "auto", "always"] {
        for args in [
            ["ask", "What does the shop sell?"],
            ["ask", "sell \u{1b}[2J?"],
            ["ask", "zzzz\u{1b}[2J\u{9b}"],
            ["check", "-v"],
            ["index", "--rebuild"],
        ] {
            let run = world.run(args.iter().chain(&["--color", color]));
            let said = format!("{}{}", run.stdout, run.stderr);
            let own = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m"];
            let left = own.iter().fold(said, |said, code| said.replace(code, ""));
            assert!(!left.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{left:?}\n{run}");
        }
        let bad = World::new().article("bad\u{1b}[7m.txt", "");
        let run = bad.run(["ask", "What?", "--color", color]).refuses(&["bad.txt: is empty"]);
        assert!(!run.stderr.contains('\u{1b}'), "{run}");
    }
    // Of a sequence nothing is left, of what only looks like one every letter, and no text runs
    // the other way.
    let turned = "Turned\n\nFAQs\n\nQ1. What is turned?\n\nThis \u{202e}runs\u{202c} back.\n";
    world.write("turned.txt", turned);
    let shown = world.run(["ask", "What does the shop sell?"]).exits(0);
    assert!(shown.stdout.starts_with("Bread and \u{fffd}31m cake\u{fffd}."), "{shown}");
    let asked = "Asked\n\nFAQs\n\nQ1. What is asked?\nAlso asked: What\u{7}?\nThis.\n";
    world.write("asked.txt", asked);
    world.write("told.json", "[\n{\"question\": \"Who told?\", \"answer\": \"\\u001b[1mI\"}]\n");
    world.run(["ask", "What is turned?"]).says("This \u{fffd}runs back.");
    let place = |file: &str| format!("advice: {}", world.corpus().join(file).display());
    world
        .run(["check"])
        .says(&format!("{}:1: has the character U+001B", place("evil.txt")))
        .says(&format!("{}:7: has the character U+202E", place("turned.txt")))
        .says(&format!("{}:6: has the character U+0007", place("asked.txt")))
        .says(&format!("{}:2: has the character U+001B", place("told.json")));
    // Programs get the bytes as they are, escaped as JSON has it.
    let run = world.run(["ask", "--json", "What does the shop sell?"]);
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
    run.replies()[0].answers("Bread\u{1b}[2J");
}

#[test]
fn a_corpus_that_is_not_there_is_told() {
    let world = World::new();
    let nowhere = world.home().join("nowhere");
    let corpus = nowhere.to_str().unwrap();
    for command in ["ask", "index", "check"] {
        let mut args = vec![command, "--corpus", corpus];
        args.extend((command == "ask").then_some("When?"));
        world.run(args).refuses(&["nowhere", "cannot be opened", "--corpus"]);
    }
    fs::write(&nowhere, "a file").unwrap();
    world.run(["ask", "x", "--corpus", corpus]).refuses(&["nowhere", "is not a folder"]);
}

#[test]
fn an_empty_corpus_is_told() {
    let world = World::new();
    let expected = ["corpus", "holds no article yet", ".txt"];
    world.run(["ask", "When?"]).refuses(&expected);
    world.run(["index"]).refuses(&expected);
    world.run(["check"]).exits(2).says("holds no article that can be read");
    let world = world.article("empty.txt", "");
    world.run(["ask", "When?"]).refuses(&["holds no article that can be read", "empty.txt"]);
}

#[test]
fn check_tells_every_problem_with_its_place() {
    let world = shop();
    let run = world.run(["check"]).exits(0).says("0 problems");
    assert_eq!(run.stdout.lines().count(), 2, "{run}");
    let world = world
        .article("a.txt", b"Caf\xc3")
        .article("b.txt", "Title\n\nFAQs\n\nQ1. Why?\n\nQ2. When?\nNow.\n");
    let run = world.run(["check", "-q"]).exits(2);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let place = |file: &str| world.corpus().join(file).display().to_string();
    assert!(
        lines.iter().any(|l| l.starts_with(&place("a.txt:1: holds bytes that are no UTF-8"))),
        "{run}"
    );
    assert!(lines.iter().any(|l| l.starts_with(&place("b.txt:5: a question without"))), "{run}");
    world.run(["check", "-v"]).exits(2).says("hours.txt: \"Opening hours\" by Ann Lee, 2026-03-03");
}

#[test]
fn verify_finds_what_changed_behind_the_back_of_the_index() {
    let world = shop();
    world.sync();
    world.run(["check", "--verify"]).exits(0).says("each compared with its file");
    let path = world.corpus().join("hours.txt");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    let mut file = File::options().write(true).open(&path).unwrap();
    file.write_all(HOURS.replace("nine", "five").as_bytes()).unwrap();
    file.set_times(FileTimes::new().set_modified(before)).unwrap();
    drop(file);
    world.run(["check"]).exits(0);
    let run = world.run(["check", "--verify"]).exits(2);
    let place = world.corpus().join("hours.txt:8: is not what passage hours#q1 holds");
    run.says(&place.display().to_string()).says("run `faqbot index`");
    world.run(["index"]).exits(0);
    world.run(["check", "--verify"]).exits(0);
    world.ask("When does the shop open?").answers("at five");
}
