//! The prompt over pipes: what a person types and what comes back.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::terminal::{Terminal, plain};
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
    let answers = said.lines().filter(|line| *line == "A lesson costs 40 euros.").count();
    assert_eq!(answers, 1, "quit leaves: {run}");
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
fn our_own_words_are_in_the_letters_that_the_locale_shows() {
    let kites = KITES
        .replace("costs 40 euros", "costs “40 euros” — or less")
        .replace("Kite school", "Kite — school");
    let world = World::new().article("kites.txt", kites);
    let run = |locale: &str| {
        let mut command = world.command(["repl"]);
        command.env("LC_ALL", locale);
        let lines =
            "how much is a kite lesson\n/articles\nhow much is a kiet lesson\n/source\n/why\n";
        crate::world::run(command, lines.as_bytes()).exits(0)
    };
    let unicode =
        run("C.UTF-8").says("— Kite — school · 3 May 2026 · FAQs").says("“kiet”").says("█");
    let ascii = run("C").says("- Kite — school - 3 May 2026 - FAQs (").says("\"kiet\"").says("+++");
    for run in [unicode, ascii] {
        let run = run.says("A lesson costs “40 euros” — or less.\n");
        let own = run.stdout.replace("costs “40 euros” — or", "").replace("Kite — school", "");
        assert_eq!(own.is_ascii(), !own.contains('█'), "{run}");
    }
    // A path is nobody's words.
    world.write("c—d’e.txt", "");
    let mut command = world.command(["index"]);
    command.env("LC_ALL", "C");
    crate::world::run(command, b"").complains("c—d’e.txt: is empty");
}

#[test]
fn several_questions_in_one_line_are_told_to_be_too_many() {
    let both = "Q3. Who flies? And who falls?\nNobody does.\n";
    let world = World::new().article("kites.txt", format!("{KITES}{both}"));
    let phrased = r#"[{"question": "Which way do kites go?", "answer": "Up.",
        "alternates": ["Where do they end? And where do they begin?"]}]"#;
    world.write("ways.json", phrased);
    let told = |question: &str| {
        let run = world.run(["ask", question]);
        run.stdout.contains("I answer one question at a time")
    };
    assert!(told("How much is a kite lesson? And when is the kite school open?"));
    assert!(told("Who is the mayor? Where does she live?"));
    for one in [
        "How much is a kite lesson?",
        "Hello. How much is a kite lesson???",
        "who flies? And who falls?",
        "Who flies? And then who falls?",
        "Where do they end? And where do they begin?",
    ] {
        assert!(!told(one), "{one}");
    }
    let replies = world.run(["ask", "--json", "How much is a lesson? When is it open?"]).replies();
    assert_eq!(replies.len(), 1);
}

#[test]
fn a_goodbye_leaves_unless_the_articles_answer_it() {
    let world = World::new().article("kites.txt", KITES);
    for goodbye in ["bye", "Bye!", "exit", "EXIT", ":wq", "/bye"] {
        let lines = format!("?\n{goodbye}\nHow much is a kite lesson?\n");
        let said = world.run_with(["repl"], lines).exits(0).says("/articles");
        assert!(!said.stdout.contains("40 euros"), "{goodbye}: {said}");
        assert_eq!(said.stdout.contains("Goodbye!"), goodbye.starts_with(['b', 'B']), "{said}");
    }
    let asked = KITES.replace("FAQs\n", "FAQs\nQ0. Bye?\nA bye is a run in cricket.\n");
    let world = World::new().article("kites.txt", asked);
    let run = world.run_with(["repl"], "bye\nHow much is a kite lesson?\n").exits(0);
    run.says("A bye is a run in cricket.").says("40 euros");
}

#[test]
fn what_stands_in_the_way_at_the_prompt_is_told() {
    let world = World::new().article("kites.txt", KITES);
    let question = b"How much is a kite lesson?\n";
    world.run_with(["repl", "--json"], question).exits(2).complains("faqbot ask --json -");
    world.run(["How", "much?"]).exits(2).complains("faqbot ask");
    let mut command = world.command(["repl"]);
    let full = fs::File::options().write(true).open("/dev/full").expect("a full disk");
    let child = command.stdin(Stdio::piped()).stdout(full).stderr(Stdio::piped());
    let mut child = child.spawn().expect("the program");
    child.stdin.take().expect("its input").write_all(question).expect("a question");
    let ended = child.wait_with_output().expect("its end");
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{told}");
    assert!(told.contains("standard output: cannot be written"), "{told}");
}

#[test]
fn a_folder_that_is_gone_is_told_when_it_is_to_be_looked_through() {
    let world = kites();
    let mut terminal = prompt(&world, 80, 40);
    terminal.types("How much is a kite lesson?\r").shows("40 euros");
    fs::rename(world.corpus(), world.home().join("elsewhere")).expect("the folder goes");
    let told = plain(&terminal.types("/reload\r").shows("folder"));
    assert!(!told.contains("Nothing has changed"), "{told}");
    // Answers go on from the index.
    terminal.types("How much is a kite lesson?\r").shows("40 euros");
}

#[test]
fn lines_typed_ahead_are_all_answered() {
    let world = World::new().article("kites.txt", KITES);
    let mut terminal = prompt(&world, 80, 40);
    terminal.types("/stats\r/privacy\r/frobnicate\r").shows("no such command");
    // Of a script without spaces, and after another question.
    terminal.types("How much is a kite lesson?\r中文在哪里开门?\r").shows("40 euros");
    terminal.shows("No article mentions “中文在哪里开门”");
    // What a number picked is told above its answer.
    let picked = plain(&terminal.types("/new\rkite lesson costs?\r1\r").shows("Answer to “"));
    assert!(picked.contains("start over"), "{picked}");
}

#[test]
fn a_history_that_cannot_be_kept_is_told_once_and_asked_on() {
    let world = kites();
    // A file where a folder would have to be.
    fs::write(world.home().join(".local"), "").unwrap();
    let mut terminal = prompt(&world, 100, 40);
    terminal.shows("history: cannot be written, so what you type is not kept.");
    terminal.shows("? ");
    terminal.types("How much is a kite lesson?\r").shows("40 euros");
    let rest = terminal.types("/stats\r").shows("1 question in this session");
    assert!(!rest.contains("cannot be written"), "{rest}");
}

#[test]
fn lines_from_a_pipe_leave_no_history() {
    let world = World::new().article("kites.txt", KITES);
    world.run_with(["repl"], b"How much is a kite lesson?\n").exits(0);
    let names = fs::read_dir(world.home()).unwrap().map(|e| e.unwrap().file_name());
    assert!(names.map(|n| n.into_string().unwrap()).all(|n| n != ".local"), "nothing is kept");
}

const LONG: &str = "Lake swimming\nBy Ana | 4 May 2026\nSummary\n- The lake is open.\n- Dogs stay out.\n\
    Rules\nThe lake belongs to everybody in the valley. Swimmers keep to the buoys near the shore. \
    Boats keep out of the bay.\nFAQs\nQ1. When is the lake warm enough?\nThe lake is *warm* from \
    June on, see [the chart](https://lake.example/chart).\n";

fn prompt(world: &World, columns: u16, lines: u16) -> Terminal {
    Terminal::run(world.command(["repl"]), columns, lines)
}

fn kites() -> World {
    let world = World::new().article("kites.txt", KITES).article("lake.txt", LONG);
    world.sync();
    world
}

#[test]
fn a_first_session_in_a_terminal() {
    let world = kites();
    let mut terminal = prompt(&world, 80, 30);
    let banner = plain(&terminal.shows("? "));
    assert!(banner.starts_with("faqbot: 2 articles, 3 questions with an answer, "), "{banner}");
    assert!(banner.contains("/help shows more") && banner.contains("  1. When is the lake"));
    let answer = terminal.types("how much is a kite lesson\r").shows("kites.txt:5)");
    assert!(!answer.contains("Answer to"), "it was asked just so: {answer}");
    assert!(answer.contains("\u{1b}[2m— \u{1b}[0m"), "the place is pale: {answer:?}");
    terminal.shows("See also:");
    terminal.shows("1. When is the kite school open?");
    terminal.types("1\r").shows("The school is open from May to September.");
    // Keys that mean something to the terminal wait until the line is edited again.
    terminal.shows("\n? ");
    // What is cleared is not asked, and Ctrl-C does not end anything.
    terminal.types("nonsense\u{3}").shows("? ");
    terminal.interrupt();
    terminal.types(" how much is the lesson, secretly\r").shows("A lesson costs 40 euros.");
    terminal.types("/sorce\r").shows("There is no command /sorce. Did you mean /source?");
    terminal.types("/stats\r").shows("2 questions in this session: 2 answered");
    terminal.shows("\n? ");
    terminal.types("\u{4}");
    assert!(terminal.ends().success());
    let history = world.home().join(".local/state/faqbot/history");
    let kept = fs::read_to_string(&history).unwrap();
    assert_eq!(kept, "how much is a kite lesson\n1\n/sorce\n/stats\n");
    assert_eq!(fs::metadata(history).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_typed_is_completed_and_hinted_at() {
    let world = kites();
    let mut terminal = prompt(&world, 100, 30);
    terminal.shows("? ");
    // The hint stands behind the cursor, pale, as soon as the articles have been looked through.
    terminal.types("how m");
    terminal.types("\t\r").shows("A lesson costs 40 euros.");
    terminal.types("/op\tkite\t\r").shows("3 May 2026 · kites.txt");
    terminal.types("when is the k").shows("ite school open?");
    terminal.types("\u{5}\r").shows("The school is open");
}

#[test]
fn pasted_lines_are_one_question() {
    let world = kites();
    let mut terminal = prompt(&world, 80, 30);
    terminal.shows("? ");
    terminal.types("\u{1b}[200~how much is\na kite lesson\u{1b}[201~\r");
    terminal.shows("A lesson costs 40 euros.");
    terminal.types("/stats\r").shows("1 question in this session");
}

#[test]
fn answers_fit_the_terminal_as_it_is_now() {
    let world = kites();
    let mut command = world.command(["repl"]);
    command.env("FORCE_HYPERLINK", "1").env("LANG", "C.UTF-8").env("PAGER", "");
    let mut terminal = Terminal::run(command, 80, 30);
    terminal.shows("? ");
    let wide = terminal.types("when is the lake warm enough\r").shows("lake.txt:10)");
    assert!(plain(&wide).contains("The lake is warm from June on, see the chart."), "{wide}");
    assert!(wide.contains("\u{1b}]8;;https://lake.example/chart\u{1b}\\the chart\u{1b}]8;;"));
    assert!(wide.contains("\u{1b}]8;;file:///"), "{wide:?}");
    terminal.shows("? ");
    terminal.resize(30);
    let narrow = plain(&terminal.types("/source\r").shows("/chart)"));
    // Addresses and paths stay whole.
    let mut words = narrow.lines().filter(|line| !line.contains('/'));
    assert!(words.all(|line| line.chars().count() <= 30), "{narrow}");
    let why = plain(&terminal.types("/why\r").shows("in all;"));
    assert!(why.contains("██████████ "), "{why}");
}

#[test]
fn long_texts_go_through_the_pager_and_answers_do_not() {
    let world = kites();
    let steps: Vec<String> = (1..=20).map(|n| format!("Step {n}.")).collect();
    let steps = steps.join("\n");
    world.write("steps.txt", format!("Steps\nFAQs\nQ1. What are the steps?\n{steps}\n"));
    let paged = world.home().join("paged");
    let mut command = world.command(["repl"]);
    command.env("PAGER", format!("cat > '{}'", paged.display())).env("TERM", "dumb");
    // A machine that builds and tests calls itself so, and some take that for colour.
    command.env("CI", "true");
    let mut terminal = Terminal::run(command, 80, 12);
    terminal.shows("? ");
    terminal.types("/articles lake\r").shows("1. Lake swimming · 4 May 2026");
    // An answer stands where it was asked for, however long it is.
    terminal.types("what are the steps\r").shows("Step 20.");
    terminal.types("/stats\r").shows("in this session");
    assert!(!paged.exists());
    terminal.types("/open 1\r").shows("? ");
    terminal.types("/quit\r");
    assert!(terminal.ends().success());
    let text = fs::read_to_string(&paged).unwrap();
    assert!(!text.contains('\u{1b}'), "a dumb terminal has no colours: {text}");
    for part in
        ["Lake swimming\n4 May 2026 · lake.txt\n", "\nSummary\n- The lake is open.\n- Dogs stay"]
    {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn articles_are_listed_and_opened_over_a_pipe() {
    let world = kites();
    let lines = "/articles\n2\n/open lake\n/articles zebra\n/open zebra\n/open\n/reload\n";
    let run = world.run_with(["repl"], lines.as_bytes()).exits(0);
    for part in [
        "  1. Lake swimming · 4 May 2026\n  2. Kite school · 3 May 2026\n",
        "\nFAQs\nQ1. How much is a kite lesson?\nA lesson costs 40 euros.\nQ2. When is",
        "see [the chart](https://lake.example/chart).",
        "No article has these words in its title or its questions.",
        "No article is called that.",
        "Type /open and the number",
        "Nothing has changed.",
    ] {
        assert!(run.stdout.contains(part), "`{part}` is missing: {run}");
    }
}

#[test]
fn an_article_is_opened_as_its_file_has_it() {
    let text = "Garden\nBy Ana | 3 May 2026\n\nIt has beds.\n\nIt has trees.\n\nWhy this matters\n\
        - Food: People grow it.\n- Rest: People sit there.\n  In the sun.\n\nFAQs\n\n\
        Q1. Who digs?\nAlso asked: Who plants?\nEverybody does:\n* on Mondays\n* on Fridays\n\n\
        Q2. Who rests?\nA: Nobody.\n";
    let long = format!("Long\n\n{}\n", "It goes on and on. ".repeat(200).trim());
    let page = "# Page\n\nText.\n\n- one\n- two\n\n## FAQ\n\n### Who reads?\n\nAll do.\n";
    let world = World::new().article("garden.txt", text).article("long.txt", &long);
    world.write("page.md", page);
    let open = |what: &str| {
        let run = world.run_with(["repl"], format!("/open {what}\n")).exits(0);
        let body = run.stdout.split_once(&format!("{what}.")).expect("the file is named").1;
        body.split_once("\n\n").expect("a blank line").1.trim_end().to_owned()
    };
    let body = text.split_once("\n\n").expect("a head").1;
    assert_eq!(open("garden"), body.trim_end());
    // A paragraph that is cut for its length is shown in one piece.
    assert_eq!(open("long"), long.split_once("\n\n").expect("a title").1.trim_end());
    // Only what the head tells is left out, and nothing that stands behind the last passage.
    for (name, text) in [
        (
            "Vidu",
            "\"Vidu\"\nBy Ana | 3 May 2026\n\nFAQs\n\nQ1. What is Vidu?\nBy Ana: a film.\n\nStay tuned",
        ),
        ("Walks", "Walks\n\nWalks by the lake\n\nWe go on Sundays.\n\nWalks in the hills"),
    ] {
        world.write(&format!("{name}.txt"), text);
        assert_eq!(open(name), text.split_once("\n\n").expect("a head").1, "{text}");
    }
    // What is in no UTF-8 is shown as it was read.
    let latin = b"Caf\xe9s\n\nFAQs\n\nQ1. Wo ist das Caf\xe9?\nIm Park.\n";
    fs::write(world.corpus().join("latin.txt"), latin).expect("a file");
    let shown = open("latin");
    assert!(shown.contains("Café?\nIm Park.") && !shown.contains('\u{fffd}'), "{shown}");
    assert_eq!(open("page"), "Text.\n\n- one\n- two\n\nFAQ\n\nWho reads?\nAll do.");
}

#[test]
fn a_list_of_articles_goes_on_and_tells_how() {
    let world = World::new();
    for n in 1..=23 {
        let text = format!("Walk {n}a\nBy Ana | {n} May 2026\nWalk {n}a is a walk by the lake.\n");
        world.write(&format!("walk-{n}.txt"), text);
    }
    world.write("7.txt", "The year 1999\nBy Ana | 1 May 2020\nIt was a year like others.\n");
    let run = |lines: &str| world.run_with(["repl"], lines).exits(0);
    // Without a list a number is a title or an id.
    for what in ["1999", "7", "THE YEAR 1999"] {
        run(&format!("/open {what}\n")).says("It was a year like others.");
    }
    run("/open 99\n").says("No article is called that.");
    let pages = run("/articles\n/articles\n/articles\n/articles\n");
    let (first, rest) = pages.stdout.split_once("and 14 older; type /articles again").unwrap();
    assert!(first.starts_with("  1. Walk 23a") && first.contains("\n 10. Walk 14a"), "{pages}");
    let (second, rest) = rest.split_once("and 4 older; type /articles again").unwrap();
    assert!(second.contains("\n 11. Walk 13a") && second.contains("\n 20. Walk 4a"), "{pages}");
    let (third, again) = rest.split_once(" 24. The year 1999").unwrap();
    assert!(third.contains("\n 21. Walk 3a") && again.contains("  1. Walk 23a"), "{pages}");
    // Numbers go on, and mean articles of the whole list.
    run("/articles\n/articles\n12\n/open 20\n").says("Walk 12a is a walk").says("Walk 4a is");
    run("/articles\n/open 12\n").says("The last list goes from 1 to 10; /articles lists");
    run("/articles\n/open 1999\n").says("It was a year like others.");
    // Other words, and whatever is said between, begin anew.
    let run = run("/articles walk\n/articles WALK\n/new\n/articles WALK\n/articles WALK\n");
    let run = run.says("and 13 older; type /articles walk again for more");
    assert_eq!(run.stdout.matches("  1. Walk 23a").count(), 3, "{run}");
    assert_eq!(run.stdout.matches(" 11. Walk 13a").count(), 1, "{run}");
}

#[test]
fn the_file_around_an_answer_is_shown_as_it_is_now() {
    let world = kites();
    world.write("broken.txt", "Broken\nFAQs\nQ1. Is it broken?\nIt is not.\n");
    let mut command = world.command(["repl"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env("FAQBOT__PUBLISHING__WATCH", "false");
    let mut child = command.spawn().unwrap();
    let (mut asks, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut answers = BufReader::new(answers).lines().map(Result::unwrap);
    writeln!(asks, "Is it broken?\n/source").unwrap();
    let shown: Vec<String> =
        answers.by_ref().take_while(|line| !line.starts_with(">   4")).collect();
    assert!(shown.iter().any(|line| line.contains("   3  Q1. Is it broken?")), "{shown:?}");
    assert!(!shown.iter().any(|line| line.contains("has changed since")), "{shown:?}");
    drop(asks);
    assert!(child.wait().unwrap().success());
}

#[test]
fn changes_are_told_in_one_line_on_standard_error() {
    let world = kites();
    let mut terminal = Terminal::run(world.command(["repl", "--watch"]), 80, 30);
    terminal.shows("? ");
    world.write("new.txt", "New\nFAQs\nQ1. Who feeds the swans?\nNobody feeds the swans.\n");
    terminal.types("/reload\r").shows("The articles have changed: 3 articles, 4 questions");
    terminal.types("who feeds the swans\r").shows("Nobody feeds the swans.");
}
