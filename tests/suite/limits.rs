//! The limits that the README states and that no other test comes to: what lies beyond each is
//! told or forgotten.

use std::fs;
use std::time::Duration;

use faqbot::answering::Answerer;
use faqbot::answering::conversation::Conversation;
use faqbot::index::generations::Generations;
use faqbot::index::reader::Reader;

use crate::world::{World, repository};

const HOURS: &str = "Hours\n\nFAQs\nQ1. When do you open?\nWe open at nine.\n";

fn world() -> World {
    World::new().article("hours.txt", HOURS)
}

fn answerer(world: &World) -> Answerer {
    world.sync();
    let (_, reader) = Generations::new(world.index()).open(Reader::open).expect("an index");
    world.sources().answerer(reader).expect("an answerer")
}

#[test]
fn more_words_than_are_read_are_told() {
    let world = world();
    let asked = "When do you open?";
    let fits = format!("{asked}{}", " so".repeat(124));
    assert_eq!(world.ask(&fits).json["changes"].as_array().map(Vec::len), Some(0));
    let beyond = world.ask(&format!("{fits} then"));
    let change = &beyond.json["changes"][0];
    assert_eq!(change["why"], "length", "{beyond}");
    assert_eq!(change["to"], format!("the first {}", fits.len()), "{beyond}");
}

#[test]
fn settings_as_large_as_no_one_writes_them_are_refused() {
    let world = world();
    let file = world.home().join("config.toml");
    let settings = "[answering]\nmax_choices = 3\n";
    let filled = |size: usize| format!("{settings}#{}\n", "x".repeat(size - settings.len() - 2));
    fs::write(&file, filled(1 << 20)).expect("settings");
    world.run(["ask", "When do you open?"]).exits(0);
    fs::write(&file, filled((1 << 20) + 1)).expect("settings");
    world.run(["ask", "When do you open?"]).refuses(&["config.toml", "1048577 bytes"]);
}

#[test]
fn a_line_without_end_ends_the_prompt_on_a_pipe() {
    let world = world();
    let run = world.run_with(["repl"], format!("When do you open?\n{}", "x".repeat((4 << 20) + 1)));
    run.exits(2).says("We open at nine.").complains("standard input: line 2 has more than 4194304");
}

#[test]
fn a_conversation_remembers_its_last_turns() {
    let world = world();
    let answerer = answerer(&world);
    let mut conversation = Conversation::default();
    for turn in 1..=20 {
        conversation.tell(&answerer, "When do you open?", "We open at nine.", Some("hours"));
        assert_eq!(conversation.len(), turn.min(8));
    }
}

#[test]
fn a_conversation_is_forgotten_after_a_while() {
    let world = world();
    let answerer = answerer(&world);
    let mut conversation = Conversation::default();
    for (minute, turns) in [(0, 1), (29, 2), (59, 3), (90, 1)] {
        let now = Duration::from_mins(minute);
        conversation.ask(&answerer, "When do you open?", now).expect("a reply");
        assert_eq!(conversation.len(), turns, "minute {minute}");
    }
}

#[test]
fn lists_inside_of_lists_are_read_so_deep() {
    let nested = |depth: usize| {
        let entry = "{\"question\": \"When do you open?\", \"answer\": \"At ten.\"}";
        format!("\n{}{entry}{}", "[".repeat(depth), "]".repeat(depth))
    };
    let world = World::new().article("deep.json", nested(11));
    assert_eq!(world.problems(), [""; 0]);
    world.write("deep.json", nested(12));
    let problems = world.problems();
    assert!(problems[0].starts_with("deep.json:2: is nested deeper than 12"), "{problems:?}");
}

#[test]
fn values_inside_of_values_are_read_so_deep() {
    let nested = |depth: usize| {
        let (open, close) = ("{\"text\": ".repeat(depth), "}".repeat(depth));
        format!("[{{\"question\": \"When?\", \"answer\": {open}\"At ten.\"{close}}}]")
    };
    let world = world().article("deep.json", nested(12));
    assert_eq!(world.problems(), [""; 0]);
    world.write("deep.json", nested(13));
    let problems = world.problems();
    assert!(problems[1].starts_with("deep.json:1: is nested deeper than 12"), "{problems:?}");
}

#[test]
fn the_first_problems_of_a_file_are_told_and_how_many_more_there_are() {
    let table = |rows: usize| "question,answer\n".to_owned() + &"Why?\n".repeat(rows);
    let world = world().article("long.csv", table(50));
    assert_eq!(world.problems().len(), 50);
    world.write("long.csv", table(1_000));
    let problems = world.problems();
    assert_eq!(problems.len(), 51);
    assert!(problems[0].starts_with("long.csv: has 950 more problems like these"), "{problems:?}");
}

#[test]
fn an_answer_of_any_length_is_whole() {
    let long = "It is so, and it is so again. ".repeat(1_000);
    let text = format!("{HOURS}Q2. What is the whole story?\n{}\n", long.trim_end());
    let world = World::new().article("hours.txt", text);
    world.ask("What is the whole story?").answers(long.trim_end());
}

#[test]
fn the_readme_has_a_row_for_each_limit_that_can_be_set() {
    let readme = fs::read_to_string(repository().join("README.md")).expect("the README");
    let from = readme.find("\n## Limits\n").expect("a section on limits") + 1;
    let section = readme[from..].split("\n## ").next().unwrap_or_default();
    for key in [
        "retrieval.max_question_chars",
        "retrieval.candidates",
        "corpus.max_file_mib",
        "answering.max_choices",
        "answering.forget_after_minutes",
        "telegram.questions_per_minute",
    ] {
        assert!(section.contains(key), "{key}");
    }
}
