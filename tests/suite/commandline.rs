//! The command line as people and shells meet it: help, slips of the keyboard, starter articles,
//! export, completions, closed pipes and full disks.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use faqbot::corpus::dates::Date;
use faqbot::faces::wording::Tongue;
use serde_json::Value;

use crate::world::{Run, World, program, run, tell};

const HOURS: &str = "Opening hours\nBy Ann Lee | 3 Mar 2026\nurl: https://shop.example/hours\n\n\
                     Parking\n\nCars find room behind the shop.\n\nFAQs\n\n\
                     Q1. When does the shop open?\nAlso asked: What are your hours?\n\
                     The shop opens at nine.\n";
/// All that can be typed, without options.
const COMMANDS: &[&str] = &[
    "",
    "repl",
    "ask",
    "telegram",
    "index",
    "check",
    "init",
    "new",
    "export",
    "eval",
    "model",
    "model install",
    "model list",
    "model remove",
    "model distill",
    "completions",
    "man",
];

fn shop() -> World {
    World::new().article("hours.txt", HOURS)
}

/// Runs the program in a folder, without naming articles and index.
fn at(folder: &Path, args: &[&str]) -> Run {
    let mut command = program(folder);
    command.args(args);
    run(command, b"")
}

#[test]
fn every_command_has_help_with_examples_that_fits() {
    let world = World::new();
    for command in COMMANDS {
        let words = command.split(' ').filter(|word| !word.is_empty());
        let run = world.run(words.chain(["--help"])).exits(0).quietly();
        assert!(run.stdout.contains("Examples:\n  "), "{run}");
        assert!(run.stdout.contains("\nExit status: 0 "), "{run}");
        assert!(run.stdout.contains(format!("faqbot {command}").trim_end()), "{run}");
        let widest = run.stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{widest:?}: {run}");
    }
}

#[test]
fn slips_of_the_keyboard_are_told_with_what_may_be_meant() {
    let world = World::new();
    for (typed, meant) in [
        (&["aks", "when?"][..], "'ask'"),
        (&["chekc"], "'check'"),
        (&["model", "lsit"], "'list'"),
        (&["index", "--rebiuld"], "'--rebuild'"),
        (&["completions", "bsh"], "'bash'"),
    ] {
        let run = world.run(typed).exits(2).complains("similar").complains(meant);
        assert_eq!(run.stdout, "", "{run}");
    }
    let run = world.run(["frobnicate"]).exits(2).complains("'frobnicate'");
    assert!(!run.stderr.contains("similar"), "{run}");
}

#[test]
fn colour_of_help_and_mistakes_is_for_terminals_or_on_demand() {
    let world = World::new();
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = program(world.home());
        command.args(args).envs(variables.iter().copied());
        let run = run(command, b"");
        format!("{}{}", run.stdout, run.stderr).contains('\u{1b}')
    };
    for wrong in [&["--help"][..], &["aks"]] {
        let with = |more: &[&'static str]| [more, wrong].concat();
        assert!(!coloured(wrong, &[]));
        assert!(coloured(&with(&["--color", "always"]), &[]));
        assert!(coloured(&with(&["--color=always"]), &[("NO_COLOR", "1")]));
        assert!(coloured(wrong, &[("CLICOLOR_FORCE", "1")]));
        assert!(!coloured(wrong, &[("NO_COLOR", "1")]));
        assert!(!coloured(&with(&["--color=never"]), &[("CLICOLOR_FORCE", "1")]));
    }
}

#[test]
fn progress_is_told_in_lines_where_there_is_no_terminal_and_on_demand() {
    let world = shop().article("b.csv", "question,answer\nWhy?,So.\n");
    world.run(["index", "--rebuild"]).exits(0).quietly();
    world
        .run(["-v", "index", "--rebuild"])
        .exits(0)
        .complains("faqbot: reading articles: 2 of 2\n")
        .complains("faqbot: building the index\n");
}

#[test]
fn init_writes_what_can_be_asked_at_once_and_overwrites_nothing() {
    let world = World::new();
    let desk = world.home().join("help desk");
    let run = at(world.home(), &["init", "help desk"]).exits(0).quietly();
    assert!(run.stdout.contains("cd -- 'help desk' && faqbot ask"), "{run}");
    let question = run.stdout.split('"').nth(1).expect("a question").to_owned();
    at(&desk, &["ask", &question]).exits(0).says("For seven days.");
    at(&desk, &["check", "--verify"]).exits(0).says("0 problems\n");
    let settings = fs::read_to_string(desk.join("config.toml")).unwrap();
    assert!(settings.contains("[corpus]\n# Folder of articles"), "{settings}");

    // What is in the way is named, and nothing else is written.
    at(world.home(), &["init", "help desk"]).refuses(&["corpus", "holds files already"]);
    for taken in ["config.toml", "corpus", "file"] {
        let other = World::new();
        let folder = other.home().join("new");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(taken), "mine").unwrap();
        let target = if taken == "file" { "new/file" } else { "new" };
        at(other.home(), &["init", target]).refuses(&[&format!("new/{taken}")]);
        let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, [taken]);
        assert_eq!(fs::read_to_string(folder.join(taken)).unwrap(), "mine");
    }
    // Wrong settings are not in the way; options that would be passed over are refused.
    let broken = World::new();
    fs::write(broken.home().join("config.toml"), "[nonsense").unwrap();
    at(broken.home(), &["init", "-q", "below/it"]).exits(0).quietly();
    at(broken.home(), &["init", "other", "--corpus", "x"]).refuses(&["--corpus"]);
}

#[test]
fn new_writes_a_draft_that_stays_in_its_folder() {
    let world = shop();
    let (today, before) = (Date::today(), fs::read_dir(world.home()).unwrap().count());
    for (title, name) in [
        ("How to return a parcel", "how-to-return-a-parcel.txt"),
        ("../../evil", "evil.txt"),
        ("a/b", "a-b.txt"),
        ("Öffnungszeiten", "öffnungszeiten.txt"),
        ("営業時間", "営業時間.txt"),
        ("FAQ", "faq.txt"),
        ("…", "article.txt"),
    ] {
        let path = world.corpus().join(name);
        let run = world.run(["new", title]).exits(0);
        assert_eq!(run.stdout, format!("{}\n", path.display()), "{run}");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.lines().next().unwrap().ends_with(title), "{text}");
        world.run(["new", title]).refuses(&[name, "is there already"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    assert_eq!(fs::read_dir(world.home()).unwrap().count(), before);
    world.run(["new", "Hours"]).refuses(&["hours.txt", "is there already"]);
    for wrong in ["", "  ", "a\u{1b}[2J", &"x".repeat(201)] {
        world.run(["new", wrong]).refuses(&["the title"]);
    }
    // Drafts are no problem, no answer, and told.
    world.run(["check"]).exits(0).says("how-to-return-a-parcel.txt: is a draft").says("0 problems");
    world.ask("What do people ask?").is_unknown();
    let path = world.corpus().join("how-to-return-a-parcel.txt");
    let text = fs::read_to_string(&path).unwrap();
    // It may have become midnight meanwhile.
    let dated =
        |day| text.contains(&format!("By NAME | {}\nDraft: yes\n", Tongue::English.day(day)));
    assert!([today, Date::today()].into_iter().any(dated), "{text}");
    fs::write(
        &path,
        text.replace("Draft: yes\n", "").replace("What do people ask", "How do I return a parcel"),
    )
    .unwrap();
    world.ask("How do I return a parcel?").answers("The answer, one paragraph or several.");
    world.run(["new", "x", "--corpus", "nowhere"]).refuses(&["nowhere", "cannot be opened"]);
}

#[test]
fn export_gives_every_passage_with_its_place() {
    let world = shop()
        .article("broken.txt", b"Menu\nA caf\xc3")
        .article("b.csv", "question,answer\nWhy?,So.\n");
    let run = world.run(["export"]).exits(0).complains("1 problem in the corpus");
    let lines: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let ids: Vec<&str> = lines.iter().map(|line| line["passage"].as_str().unwrap()).collect();
    assert!(ids.contains(&"b#q1") && ids.contains(&"hours#parking-1"), "{ids:?}");
    let entry = lines.iter().find(|line| line["passage"] == "hours#q1").unwrap();
    assert_eq!(entry["question"], "When does the shop open?");
    assert_eq!(entry["alternates"][0], "What are your hours?");
    assert_eq!((&entry["kind"], &entry["version"]), (&"faq".into(), &1.into()));
    let source = &entry["source"];
    assert_eq!(source["published"], "2026-03-03");
    let file = fs::read(source["file"].as_str().unwrap()).unwrap();
    let place = |n: usize| usize::try_from(source["bytes"][n].as_u64().unwrap()).unwrap();
    assert_eq!(&file[place(0)..place(1)], entry["text"].as_str().unwrap().as_bytes());
    // The same ids and links as those of answers.
    let reply = world.ask("When does the shop open?").json;
    assert_eq!(reply["answer"]["source"], *source);
    assert_eq!(reply["answer"]["link"], entry["link"]);
    assert_eq!(reply["answer"]["passage"], entry["passage"]);
}

#[test]
fn an_exported_folder_is_measured_by_eval() {
    let world = shop();
    let folder = world.home().join("mine");
    let out = folder.to_str().unwrap();
    world
        .run(["export", "--format", "beir", "--out", out])
        .exits(0)
        .says("2 documents, 2 questions");
    let run = world.run(["eval", "--json", out]).exits(0);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["sets"][0]["figures"]["p1"]["value"], 1.0, "{run}");
    // It is whole or not there, and nothing is overwritten.
    world.run(["export", "--format", "beir", "--out", out]).refuses(&["mine", "is there already"]);
    let other = world.home().join("other");
    let other = other.to_str().unwrap();
    let empty = World::new();
    empty.run(["export", "--format", "beir", "--out", other]).refuses(&["holds no article"]);
    let names: Vec<_> =
        fs::read_dir(world.home()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("other")), "{names:?}");
    world.run(["export", "--format", "beir"]).refuses(&["--out"]);
    world.run(["export", "--out", other]).refuses(&["--out"]);
    world.run(["export", "--corpus", "nowhere"]).refuses(&["nowhere", "cannot be opened"]);
}

#[test]
fn bash_completes_commands_and_options() {
    let world = World::new();
    let script = world.run(["completions", "bash"]).exits(0).quietly().stdout;
    fs::write(world.home().join("faqbot.bash"), script).unwrap();
    let complete = |words: &[&str]| -> Option<String> {
        let last = words.len() - 1;
        let typed = format!(
            "source ./faqbot.bash; COMP_WORDS=({}); COMP_CWORD={last}; _faqbot faqbot '{}' '{}'; echo \"${{COMPREPLY[@]}}\"",
            words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
            words[last],
            words[last - 1],
        );
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", &typed]).current_dir(world.home());
        let output = bash.output().ok()?;
        Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    let Some(check) = complete(&["faqbot", "che"]) else {
        return tell("skipped: completions are not tried, as there is no bash");
    };
    assert_eq!(check, "check");
    assert_eq!(complete(&["faqbot", "index", "--ro"]).unwrap(), "--rollback");
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        world.run(["completions", shell]).exits(0).quietly().says("faqbot").says("rollback");
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let world = World::new();
    let page = world.run(["man"]).exits(0).quietly().says(".TH faqbot 1").says("NOTES").stdout;
    let folder = world.home().join("man/man1");
    world.run(["man", "--out", folder.to_str().unwrap()]).exits(0).quietly();
    assert_eq!(fs::read_to_string(folder.join("faqbot.1")).unwrap(), page);
    for command in COMMANDS {
        let name = format!("faqbot {command}");
        let file = folder.join(format!("{}.1", name.trim_end().replace(' ', "-")));
        let page = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        // The sections that others have too, with what stands in the help.
        let examples = page.split_once(".SH EXAMPLES\n").expect("examples").1;
        assert!(examples.contains(&format!("faqbot {command}").trim_end().replace('-', "\\-")));
        let status = page.split_once(".SH \"EXIT STATUS\"\n").expect("an exit status").1;
        assert!(status.starts_with(".nf\n0 ") && status.contains(", 2 "), "{page}");
    }
    fs::write(world.home().join("file"), "").unwrap();
    world.run(["man", "--out", "file"]).refuses(&["file", "cannot be written"]);
}

/// Commands that print something and end.
const PRINTING: &[&[&str]] = &[
    &["--help"],
    &["--version"],
    &["check", "-v"],
    &["index", "--rebuild"],
    &["export"],
    &["man"],
    &["completions", "bash"],
    &["model", "list"],
    &["ask", "When does the shop open?"],
    &["eval", "questions.tsv"],
];

#[test]
fn closed_pipes_and_full_disks_are_no_faults() {
    let world = shop();
    fs::write(world.home().join("questions.tsv"), "When does the shop open?\thours#q1\n").unwrap();
    world.sync();
    for args in PRINTING {
        let mut command = world.command(["-q"]);
        let mut child =
            command.args(*args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""), "{args:?}");
        let Ok(full) = File::options().write(true).open("/dev/full") else { continue };
        if args == &["index", "--rebuild"] {
            // Says nothing with -q.
            continue;
        }
        let mut command = world.command(["-q"]);
        let output = command.args(*args).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.starts_with("faqbot: standard output: cannot be written"), "{args:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    // Nor where nobody hears what is wrong.
    if let Ok(full) = File::options().write(true).open("/dev/full") {
        let output = world.command(["frobnicate"]).stderr(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn a_line_without_end_is_refused_after_the_replies_before_it() {
    let world = shop();
    world.sync();
    let mut child = world
        .command(["ask", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut asks = child.stdin.take().unwrap();
    writeln!(asks, "When does the shop open?").unwrap();
    let piece = vec![b'x'; 1 << 20];
    // Refused before all of the 100 MB are read, whereupon the pipe breaks.
    let written = (0..100).take_while(|_| asks.write_all(&piece).is_ok()).count();
    assert!(written < 100, "{written} MiB were read");
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("standard input: line 2 has more than 4194304 bytes"), "{said}");
    assert_eq!(output.stdout.split(|b| *b == b'\n').filter(|line| !line.is_empty()).count(), 1);
}

#[test]
fn a_closed_pipe_ends_questions_without_end() {
    let world = shop();
    world.sync();
    let mut child = world
        .command(["ask", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut asks = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    writeln!(asks, "When does the shop open?").unwrap();
    let mut line = String::new();
    answers.read_line(&mut line).unwrap();
    assert_eq!(line, "The shop opens at nine.\n");
    drop(answers);
    // The standard input stays open; a reply finds out that nobody reads. That need not be the next
    // one: a process that another test begins just now holds the pipe for a moment too.
    while writeln!(asks, "When does the shop open?").is_ok() {}
    let status = child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    drop(asks);
}

#[test]
fn words_that_are_no_utf8_and_folders_that_are_files_are_told() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let world = shop();
    let bad = OsStr::from_bytes(b"\xff\xfe");
    world.run([OsStr::new("new"), bad]).refuses(&["the title is not valid UTF-8"]);
    world.run([OsStr::new("ask"), bad]).exits(1);
    fs::write(world.home().join("file"), "").unwrap();
    for args in [
        &["init", "file"][..],
        &["export", "--format", "beir", "--out", "file"],
        &["export", "--format", "beir", "--out", "file/below"],
        &["man", "--out", "file/below"],
    ] {
        at(world.home(), args).refuses(&["file"]);
    }
    for command in ["check", "export", "index"] {
        at(world.home(), &[command, "--corpus", "file"]).refuses(&["file", "not a folder"]);
    }
}
