//! Questions to the sample corpus: answers, choices, and the honest "I don't know".

use std::collections::HashMap;
use std::fs;

use faqbot::corpus::formats;
use faqbot::corpus::passages;

use crate::world::{Reply, World, run};

/// Every FAQ question of the sample corpus with its answer and the id of its passage.
fn entries() -> Vec<(String, String, String)> {
    let world = World::sample();
    let mut files: Vec<_> = fs::read_dir(world.corpus())
        .expect("a corpus")
        .map(|e| e.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    files.sort();
    let mut out = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("an article");
        let name = file.file_name().expect("a name").to_string_lossy();
        let article = formats::parse(&name, &text).article.expect("an article");
        for passage in passages::of_article(&article) {
            if let Some(question) = passage.question {
                out.push((question, passage.text, passage.id));
            }
        }
    }
    out
}

#[test]
fn every_question_of_the_articles_gets_its_own_answer() {
    let world = World::sample();
    let entries = entries();
    assert!(entries.len() > 50, "{}", entries.len());
    let mut asked: HashMap<&str, Vec<&str>> = HashMap::new();
    for (question, answer, _) in &entries {
        asked.entry(question).or_default().push(answer);
    }
    let questions: Vec<&str> = entries.iter().map(|(question, ..)| question.as_str()).collect();
    for (reply, (question, answer, passage)) in world.ask_all(&questions).iter().zip(&entries) {
        // A question of two articles is answered from the newer one; the next test is about it.
        if asked[question.as_str()].len() == 1 {
            assert_eq!(reply.text(), answer, "{reply}");
            assert_eq!(reply.json["answer"]["passage"], *passage, "{reply}");
        } else {
            assert!(asked[question.as_str()].contains(&reply.text()), "{reply}");
        }
        assert_eq!(reply.json["answer"]["question"], *question, "{reply}");
    }
}

#[test]
fn other_phrasings_of_a_question_get_its_answer() {
    let world = World::sample();
    let expected = [
        ("Who runs Tangvik?", "Ingrid Maune"),
        ("I forgot my password.", "Choose Forgot password"),
        ("Is shipping free?", "free for orders of €60 or more"),
        ("Does faqbot work offline?", "answers without a connection"),
        ("Wie sind die Öffnungszeiten?", "dienstags und donnerstags"),
        ("¿Está permitido vender las verduras?", "la cosecha es para consumo propio"),
    ];
    let questions = expected.map(|(question, _)| question);
    for (reply, (_, answer)) in world.ask_all(&questions).iter().zip(expected) {
        reply.answers(answer);
    }
}

/// Asserts the newer answer with the older one beside it.
#[track_caller]
fn newest_first(reply: &Reply, newer: &str, older: &str) {
    let source = &reply.json["answer"]["source"];
    let published = source["published"].as_str().expect("a date");
    assert!(published.starts_with("2026") && reply.article().ends_with("2026"), "{reply}");
    reply.answers(newer);
    let also = reply.json["also"].as_array().expect("a list");
    assert_eq!(also.len(), 1, "{reply}");
    assert!(also[0]["text"].as_str().expect("a text").contains(older), "{reply}");
    assert!(also[0]["source"]["published"].as_str().expect("a date").starts_with("2025"));
}

#[test]
fn of_two_articles_the_newer_answers_and_the_older_stands_below() {
    let world = World::sample();
    let expected = [
        ("What are the library's opening hours?", "9 am to 8 pm", "10 am to 6 pm"),
        ("Is the library open on Sundays?", "Yes, since January 2026", "closed every Sunday"),
        ("How many books can I borrow at once?", "20 items", "12 items"),
        ("How much does a late book cost?", "Nothing", "20 pence"),
        ("How much does a single ride cost?", "€2.50", "€2 for the first"),
        ("How much is the annual pass?", "€72", "€60"),
        ("Do electric bikes cost extra?", "nothing extra in 2026", "in 2025 every ride"),
    ];
    let questions = expected.map(|(question, ..)| question);
    for (reply, (_, newer, older)) in world.ask_all(&questions).iter().zip(expected) {
        newest_first(reply, newer, older);
    }
    let run = world.run(["ask", "Is the library open on Sundays?"]).exits(0);
    run.says("An older article says (6 Jan 2025):").says("5 Jan 2026");
}

#[test]
fn what_only_the_older_article_tells_is_answered_from_it() {
    let world = World::sample();
    world.ask("How do I rent a bike?").answers_from("bike-scheme-prices-2025");
    world.ask("What happens if I do not return a bike?").answers_from("bike-scheme-prices-2026");
}

#[test]
fn german_and_spanish_questions_are_understood() {
    let world = World::sample();
    let expected = [
        ("wann hat die werkstatt offen", "dienstags und donnerstags"),
        ("Welche Geräte repariert ihr nicht?", "Mikrowellen"),
        ("Brauche ich einen Termin?", "ohne Termin"),
        ("¿cuánto cuesta la parcela?", "45 euros al año"),
        ("puedo vender mi cosecha", "consumo propio"),
    ];
    let questions = expected.map(|(question, _)| question);
    for (reply, (_, answer)) in world.ask_all(&questions).iter().zip(expected) {
        reply.answers(answer);
    }
}

#[test]
fn what_no_article_tells_is_not_known() {
    let world = World::sample();
    let reply = world.ask("Who won the chess tournament in Reykjavik?");
    reply.is_unknown();
    let words = reply.list("unknown_words");
    assert!(words.contains(&"chess") && words.contains(&"Reykjavik"), "{reply}");
    assert!(!reply.list("nearby").is_empty(), "{reply}");
    assert!(reply.json["answer"].is_null() && reply.list("choices").is_empty(), "{reply}");

    let run = world.run(["ask", "Who won the chess tournament in Reykjavik?"]).exits(1);
    run.says("I don't know.").says("“Reykjavik”").says("Questions I can answer:").quietly();

    for reply in world.ask_all(&[
        "How deep is the Mariana trench?",
        "What is the boiling point of mercury?",
        "Wie hoch ist der Mount Everest?",
        "¿Quién escribió el Quijote?",
        "asdf qwertz jklö",
    ]) {
        reply.is_unknown();
    }
}

#[test]
fn typing_mistakes_are_mended_and_told() {
    let world = World::sample();
    let expected = [
        ("What is Vdiu?", "Vdiu", "vidu", "AI video platform"),
        (
            "Who led the funding round in Shenshu Technology?",
            "Shenshu",
            "ShengShu",
            "Alibaba Cloud",
        ),
        ("How do I reset my pasword?", "pasword", "password", "Choose Forgot password"),
        ("Was kostet eine Reperatur?", "Reperatur", "Reparatur", "Die Hilfe ist kostenlos"),
    ];
    let questions = expected.map(|(question, ..)| question);
    for (reply, (_, from, to, answer)) in world.ask_all(&questions).iter().zip(expected) {
        reply.answers(answer);
        let change = &reply.json["changes"][0];
        assert_eq!(
            (&change["from"], &change["why"]),
            (&from.into(), &"spelling".into()),
            "{reply}"
        );
        let read = change["to"].as_str().expect("a text");
        assert_eq!(read.to_lowercase(), to.to_lowercase(), "{reply}");
        assert!(reply.list("unknown_words").is_empty(), "{reply}");
    }
    world.run(["ask", "What is Vdiu?"]).exits(0).says("I read “Vdiu” as “Vidu”.");
    // What the corpus has is read as it is typed.
    assert!(world.ask("What is Vidu?").list("changes").is_empty());
}

#[test]
fn words_run_together_or_torn_apart_are_mended_and_told() {
    let world = World::sample();
    let expected = [
        ("How do I resetpassword?", "resetpassword", "reset password", "Choose Forgot password"),
        ("Who led the funding round in Sheng Shu?", "Sheng Shu", "shengshu", "Alibaba Cloud"),
    ];
    for (question, from, to, answer) in expected {
        let reply = world.ask(question);
        reply.answers(answer);
        let change = serde_json::json!({"from": from, "to": to, "why": "spacing"});
        assert_eq!(reply.json["changes"], serde_json::json!([change]), "{reply}");
    }
    world.run(["ask", "openinghours"]).says("I read “openinghours” as “opening hours”.");
    // "Is land" is no island, and what normalizing moves about is not cut.
    let world = World::new().article(
        "island.txt",
        "The island\nFAQs\nQ1. Where is the island?\nIt lies in the bay.\n\
         Q2. What does the internet2 network cost?\nMembers pay nothing.\n\
         Q3. Is the internet safe?\nIn 2 of 3 cases the network is.\n\
         Q4. Where do džep and čaše meet?\nAt the weir.\n",
    );
    world.ask("Where is land cheap?").is_unknown();
    world.ask("what does the internet 2 network cost").answers("Members pay nothing.");
    let reply = world.ask("\u{1c6}ep\u{10d}as\u{30c}e");
    assert_eq!(reply.json["changes"], serde_json::json!([]), "{reply}");
}

#[test]
fn a_question_about_another_name_is_not_answered_for_sure() {
    let world = World::sample();
    let confidence = |model: &str, question: &str| {
        let mut command = world.command(["ask", "--json", question]);
        command.env("FAQBOT__SEMANTIC__MODEL", model);
        let reply = run(command, b"").replies().remove(0);
        reply.json["confidence"].as_f64().expect("a number")
    };
    // Words alone hold nothing against a name but that it is missing; of questions in other
    // words many speak of a place or a product that the right answer does not name.
    for (model, share) in [("none", 0.5), ("builtin", 0.98)] {
        let sure = confidence(model, "how do I reset my password");
        for question in ["how do I reset my password at Philips", "delete my Facebook account"] {
            let left = confidence(model, question);
            assert!(left < sure * share, "{model} {question}: {left} {sure}");
        }
    }
    let named = world.run(["ask", "how do I reset my password at Philips"]);
    named.says("No article mentions “Philips”.");
    // Capitals everywhere tell no names.
    world.ask("How Do I Reset My Password?").answers("Choose Forgot password");
    world.ask("HOW DO I RESET MY PASSWORD").answers("Choose Forgot password");
}

#[test]
fn an_entry_of_the_newer_edition_stands_before_a_paragraph_of_the_older() {
    let reply = World::sample().ask("when do you open on saturday");
    newest_first(&reply, "10 am to 4 pm", "10 am to 1 pm");
}

#[test]
fn what_no_article_mentions_is_told_above_an_answer() {
    let world = World::sample();
    let said = world.run(["ask", "What are the opening hours of the library in snowfall?"]);
    said.exits(0).says("No article mentions “snowfall”.\n");
}

#[test]
fn nothing_that_can_be_typed_does_harm() {
    let world = World::sample();
    let many = "opening hours ".repeat(75_000);
    let endless = "x".repeat(1_000_000);
    let marks = "\"(".repeat(5000);
    let questions = [
        "AND OR title:(",
        "text:* NOT (a OR b) +c -d \"e~2",
        "[a TO z] {1 TO *} ^5 \\",
        "🚲🚲🚲?",
        "🏳️‍🌈👩‍👩‍👧‍👦",
        "\u{1b}[2J\u{7}\u{0}\u{8}",
        "ما هي ساعات العمل؟",
        "图书馆几点开门？",
        "図書館は何時に開きますか",
        "பைக் விலை என்ன",
        "e\u{301}\u{301}\u{301}\u{301}",
        "\u{202e}sruoh gninepo",
        "''' -- ; DROP TABLE",
        "../../etc/passwd",
        "-",
        "?",
        "   ",
        "",
        "0",
        "a",
        "1e309 -0 NaN 00000000000000000000000",
        &many,
        &endless,
        &marks,
    ];
    let run = world.run_with(["ask", "--json", "-"], questions.join("\n") + "\n");
    assert!((0..=1).contains(&run.status), "{run}");
    let run = run.quietly();
    assert_eq!(run.replies().len(), questions.len(), "{run}");
    for question in ["AND OR title:(", "", "🚲", "图书馆几点开门？", "-v", "\u{1b}[2J"] {
        world.ask(question);
    }
    let long = &run.replies()[21];
    assert_eq!(long.json["changes"][0]["why"], "length", "{long}");
    long.answers_from("library-opening-hours-2026");
}

#[test]
fn an_empty_question_is_not_known() {
    let world = World::sample();
    for question in ["", "   ", "?!"] {
        let run = world.run(["ask", "--", question]);
        assert_eq!(run.status, 1, "{run}");
        assert!(!run.stdout.is_empty(), "{run}");
    }
    world.run(["ask", ""]).says("Please type a question.");
}

#[test]
fn answers_are_whole_texts_of_the_corpus() {
    let world = World::sample();
    let texts: Vec<String> = entries().into_iter().map(|(_, answer, _)| answer).collect();
    for reply in world.ask_all(&["how long does a refund take", "speed of the internet", "Vidu?"]) {
        let text = reply.text();
        let sentences = reply.json["answer"]["sentences"].as_array().expect("ranges");
        assert!(!sentences.is_empty(), "{reply}");
        for range in sentences {
            let bound =
                |n: usize| usize::try_from(range[n].as_u64().expect("a byte")).expect("small");
            assert!(text.get(bound(0)..bound(1)).is_some_and(|s| !s.is_empty()), "{reply}");
        }
        if reply.json["answer"]["kind"] == "faq" {
            assert!(texts.iter().any(|t| t == text), "{reply}");
        }
    }
}

#[test]
fn a_short_slip_is_no_name() {
    let world = World::new().article(
        "arena.txt",
        "Arena\nBy Ana | 3 May 2026\nFAQs\nQ1. When will the new arena open?\nIt opens in August 2029.\n\
         Q2. Who pays for the new arena?\nThe town pays for half of it.\n",
    );
    world.ask("wen wil the new arena open").answers("It opens in August 2029.");
    let other = world.ask("Who pays for the new arena of Zurich Rovers and Basel City?");
    assert_ne!(other.outcome(), "answer", "{other}");
    assert!(format!("{other}").contains("Zurich"), "what is missing is told: {other}");
}

#[test]
fn a_yes_to_one_question_is_no_answer_to_another() {
    let world = World::sample();
    let questions = ["Can I smoke in the library?", "Can I bring my dog to the library?"];
    for reply in world.ask_all(&questions) {
        assert!(reply.json["answer"].is_null(), "the Wi-Fi is free: {reply}");
    }
    world.ask("Does the library have free wifi?").answers("Yes, the Wi-Fi is free");
}

#[test]
fn a_question_for_one_day_is_not_answered_with_another() {
    let world = World::sample();
    for question in ["is the library open on mondays?", "is the library open on Mondays?"] {
        world.ask(question).answers("on Monday to Friday");
    }
}

#[test]
fn the_opposite_of_what_was_asked_is_no_answer() {
    let world = World::copied().article(
        "pool.txt",
        "The pool and its app\nBy Ana | 3 May 2026\nFAQs\n\
         Q1. How do I enable notifications?\nOpen Settings and move the slider to the right.\n\
         Q2. When does the pool open?\nAt nine in the morning.\n\
         Q3. When do the lockers close?\nAt eight; they open again at six.\n",
    );
    let questions = ["How do I disable notifications?", "When does the pool close?"];
    for reply in world.ask_all(&questions) {
        assert!(reply.json["answer"].is_null(), "{reply}");
    }
    world.ask("How do I enable notifications?").answers("to the right");
    world.ask("When does the pool open?").answers("At nine");
    // The answer tells both.
    world.ask("When do the lockers open?").answers("open again at six");
}
