//! Golden questions: changes go live only where none of their answers gets worse.

use std::fs;

use serde_json::{Value, json};

use crate::world::{Run, World};

const OPENS: &str = "When does the ferry open?";

fn ferry(entries: &[(&str, &str)]) -> String {
    let entries = entries.iter().map(|(question, answer)| format!("Q: {question}\n{answer}\n"));
    format!("The ferry\n\nFAQs\n{}", entries.collect::<String>())
}

fn golden(questions: &[(&str, &str)]) -> String {
    let table = |(ask, expect): &(&str, &str)| {
        format!("[[question]]\nask = \"{ask}\"\nexpect = \"{expect}\"\n")
    };
    questions.iter().map(table).collect()
}

/// A town with a ferry and a market, and what must go on answering.
fn town() -> World {
    let world = World::new()
        .article("ferry.txt", ferry(&[(OPENS, "At nine."), ("Are dogs allowed?", "On a lead.")]))
        .article("market.txt", "The market\n\nFAQs\nQ: Who sells cheese?\nThe farmers.\n")
        .article(
            "questions.toml",
            golden(&[
                (OPENS, "ferry#q1"),
                ("Who sells cheese?", "market"),
                ("Why is Mars red?", "none"),
            ]),
        );
    let report = world.sync();
    assert_eq!(report["golden"]["right"], 3, "{report}");
    world
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).expect("a report as JSON")
}

#[test]
fn what_makes_an_answer_worse_is_held_back_until_it_is_forced() {
    let world = town();
    let before = world.generations();
    world.write("ferry.txt", ferry(&[("Are dogs allowed?", "On a lead.")]));
    let run = world.run(["index"]).exits(1);
    let run = run.complains("held back: +0 ~1 −0 files, as 1 of 3 golden questions");
    let run = run.complains("questions.toml:3: “When does the ferry open?” expects ferry#q1");
    run.complains("  now:  At nine. (ferry#q1)").complains("  then: not known");
    assert_eq!(world.generations(), before, "nothing is left of what was not live");
    // Who asks gets the answer from before, and nothing is built again.
    let run = world.run(["ask", OPENS]).exits(0).says("At nine.");
    run.complains("held back by the golden questions: run `faqbot index`");
    assert_eq!(world.generations(), before);
    world.run(["check"]).says("held back by the golden questions");
    let report = report(&world.run(["index", "--json"]).exits(1));
    assert_eq!(report["held"], json!({ "added": 0, "changed": 1, "removed": 0 }));
    let worse = &report["golden"]["worse"][0];
    assert_eq!(
        (&worse["question"], &worse["before"]["answer"]["text"], &worse["after"]["outcome"]),
        (&json!(OPENS), &json!("At nine."), &json!("unknown"))
    );
    let run = world.run(["index", "--force"]).exits(0);
    run.says("+0 ~1 −0 files, 2 articles, 2 passages");
    assert_ne!(world.ask(OPENS).outcome(), "answer");
    world.run(["ask", "Are dogs allowed?"]).exits(0).quietly();
}

#[test]
fn what_makes_none_worse_goes_live() {
    let world = town();
    // Entries above change the numbers of those below, and texts may change.
    let entries = [("Does it rain?", "Yes."), (OPENS, "At ten.")];
    world.write("ferry.txt", ferry(&entries));
    let report = world.sync();
    assert_eq!((&report["built"], &report["held"]), (&json!(true), &json!(null)), "{report}");
    world.ask(OPENS).answers("At ten.");
}

#[test]
fn an_article_that_goes_is_gone_at_once_whatever_else_is_held_back() {
    let world = town();
    world.write("ferry.txt", ferry(&[("Are dogs allowed?", "On a lead.")]));
    world.write("new.txt", "The school\n\nFAQs\nQ: Who teaches?\nMs Ames.\n");
    fs::remove_file(world.corpus().join("market.txt")).expect("a file goes");
    let run = world.run(["index"]).exits(1).says("+0 ~0 −1 files, 1 article, 2 passages");
    let run = run.complains("held back: +1 ~1 −0 files");
    run.complains("questions.toml:6: expects `market`, which no article has: counts as `none`");
    world.ask(OPENS).answers("At nine.");
    assert_ne!(world.ask("Who sells cheese?").outcome(), "answer");
    assert_ne!(world.ask("Who teaches?").outcome(), "answer");
    // What is no article any more has gone too.
    world.write("ferry.txt", "\n");
    world.run(["index"]).exits(0).says("1 article");
    assert_ne!(world.ask(OPENS).outcome(), "answer");
    world.ask("Who teaches?").answers("Ms Ames.");
}

#[test]
fn a_file_that_is_renamed_is_no_article_that_goes() {
    let world = town();
    fs::rename(world.corpus().join("ferry.txt"), world.corpus().join("boat.txt")).expect("a move");
    let run = world.run(["index"]).exits(0).says("+1 ~0 −1 files, 2 articles");
    let run = run.says("3 of 3 golden questions answered as expected");
    run.complains("questions.toml:3: expects `ferry#q1`, which is `boat#q1` now: write that");
    world.ask(OPENS).answers_from("boat");
    fs::rename(world.corpus().join("boat.txt"), world.corpus().join("ship.txt")).expect("a move");
    // Held back with what else changes.
    let parking = "The market\n\nFAQs\nQ: Where can cars be parked?\nBehind the hall.\n";
    world.write("market.txt", parking);
    world.run(["index"]).exits(1).complains("held back: +1 ~1 −1 files");
    world.ask(OPENS).answers_from("boat");
}

#[test]
fn a_file_of_questions_that_cannot_be_read_holds_back_all_but_removals() {
    let world = town();
    world.write("ferry.txt", ferry(&[(OPENS, "At ten.")]));
    world.write("questions.toml", "[[question]\n");
    let run = world.run(["index"]).exits(1).complains("questions.toml cannot be read");
    run.complains("questions.toml:1: is no TOML");
    world.ask(OPENS).answers("At nine.");
    fs::remove_file(world.corpus().join("ferry.txt")).expect("a file goes");
    world.run(["index"]);
    assert_ne!(world.ask(OPENS).outcome(), "answer");
    // With a file that can be read the same changes are tried again, by whoever asks.
    world.write("ferry.txt", ferry(&[(OPENS, "At ten.")]));
    world.write("questions.toml", golden(&[(OPENS, "ferry#q1")]));
    world.ask(OPENS).answers("At ten.");
    // Without one nothing is held back, and the first build never is.
    fs::remove_file(world.corpus().join("questions.toml")).expect("a file goes");
    world.write("ferry.txt", ferry(&[("Are dogs allowed?", "On a lead.")]));
    world.run(["index"]).exits(0).quietly();
    world.write("questions.toml", "[[question]\n");
    world.run(["index"]).exits(0).complains("questions.toml:1: is no TOML");
    fs::remove_dir_all(world.index()).expect("the index goes");
    world.run(["index"]).exits(0).complains("questions.toml:1: is no TOML");
    assert_eq!(world.problems().len(), 1);
}

#[test]
fn check_tells_what_is_not_answered_as_expected() {
    let world = town();
    let questions = golden(&[
        (OPENS, "market"),
        ("Why is Mars red?", "none"),
        (OPENS, "ferry#q7"),
        (OPENS, "harbour"),
    ]);
    world.write("questions.toml", questions);
    world.run(["index"]).exits(0);
    let run = world.run(["check"]).exits(2);
    let run = run.says("questions.toml:3: “When does the ferry open?” expects market, but the reply is: At nine. (ferry#q1)");
    let run = run.says("questions.toml:9: expects `ferry#q7`, which ferry.txt does not hold");
    run.says("questions.toml:12: expects `harbour`, which no article has");
    world.write("more/questions.toml", golden(&[(OPENS, "ferry")]));
    world
        .run(["check"])
        .exits(2)
        .says("more/questions.toml: is read only as `questions.toml` in the corpus folder itself");
}
