//! The prompt over pipes: what a person types and what comes back.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::world::World;

const KITES: &str = "Kite school\nBy Ana | 3 May 2026\nFAQs\nQ1. How much is a kite lesson?\n\
    A lesson costs 40 euros.\nQ2. When is the kite school open?\nThe school is open from May to \
    September.\n";

#[test]
fn a_conversation_runs_over_a_pipe_without_prompt_and_banner() {
    let world = World::new().article("kites.txt", KITES);
    let lines = "How much is a kite lesson?\n/source\n/why\n1\n/new\n/source\n/frob\n/help\nquit\n\
        How much is a kite lesson?\n";
    let run = world.run_with(["repl"], lines.as_bytes()).exits(0);
    let said = &run.stdout;
    assert!(!said.contains("? How much") && !said.contains("faqbot:"), "{run}");
    for part in [
        "A lesson costs 40 euros.",
        "kites.txt, line 5",
        "This answer is right with a likelihood of",
        "open from May to September.",
        "All right, let's start over.",
        "Ask something first.",
        "There is no such command.",
        "/articles",
    ] {
        assert!(said.contains(part), "`{part}` is missing: {run}");
    }
    assert_eq!(said.matches("A lesson costs 40 euros.").count(), 1, "quit leaves: {run}");
}

#[test]
fn changed_articles_are_taken_up_between_lines() {
    let world = World::new().article("kites.txt", KITES);
    world.sync();
    let mut command = world.command(["repl"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut asks = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    let mut ask = |question: &str, part: &str| {
        writeln!(asks, "{question}").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert!(line.contains(part), "{question}: {line}");
        // The reply ends in an empty line.
        while !line.trim().is_empty() {
            line.clear();
            answers.read_line(&mut line).unwrap();
        }
    };
    ask("Who repairs a broken kite?", "I don't know.");
    let more = KITES.replace("Q2.", "Q2. Who repairs a broken kite?\nAna repairs kites.\nQ3.");
    world.write("kites.txt", more);
    ask("Who repairs a broken kite?", "Ana repairs kites.");
    drop(asks);
    assert!(child.wait().unwrap().success());
}

#[test]
fn lines_from_a_pipe_leave_no_history() {
    let world = World::new().article("kites.txt", KITES);
    world.run_with(["repl"], b"How much is a kite lesson?\n").exits(0);
    let names = fs::read_dir(world.home()).unwrap().map(|e| e.unwrap().file_name());
    assert!(names.map(|n| n.into_string().unwrap()).all(|n| n != ".local"), "nothing is kept");
}
