//! The index: built when it must be, and usable whatever happens to its files.

use std::fs::{self, File, FileTimes};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::world::{Run, World, permissions_bind, repository};

const HOURS: &str = "Opening hours\nBy Ann Lee | 3 Mar 2026\n\nFAQs\n\nQ1. When does the shop open?\n\
                     The shop opens at nine.\n";
const PRICES: &str = "Bread prices\nBy Ann Lee | 4 Mar 2026\n\nFAQs\n\nQ1. What does a loaf cost?\n\
                      A loaf costs two euros.\n";

fn bakery() -> World {
    World::new().article("hours.txt", HOURS).article("prices.txt", PRICES)
}

/// Added, changed and removed files of a report, and whether a generation was built.
fn changes(report: &Value) -> (bool, [u64; 3]) {
    let count = |key: &str| report[key].as_u64().expect("a count");
    let built = report["built"].as_bool().expect("a flag");
    (built, [count("added"), count("changed"), count("removed")])
}

/// The answer, or one line of trouble: never a panic, never silence.
#[track_caller]
fn answers_or_says_why(run: &Run, answer: &str, what: &str) {
    assert!(!run.stderr.contains("fault in faqbot"), "{what}\n{run}");
    if run.status == 2 {
        assert_eq!(run.stderr.lines().count(), 1, "{what}\n{run}");
        assert!(run.stderr.contains("run `faqbot index"), "{what}\n{run}");
    } else {
        assert!(run.stdout.contains(answer), "{what}\n{run}");
    }
}

/// Asks in turn until a condition holds; a look at the folder may run out of time.
#[track_caller]
fn ask_until(world: &World, question: &str, holds: impl Fn(&Run) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let run = world.run(["ask", question]);
        if holds(&run) {
            return;
        }
        assert!(Instant::now() < deadline, "it never came\n{run}");
    }
}

#[test]
fn only_changes_are_built() {
    let world = bakery();
    assert_eq!(changes(&world.sync()), (true, [2, 0, 0]));
    assert_eq!(changes(&world.sync()), (false, [0, 0, 0]));
    assert_eq!(world.generations().len(), 1);

    world.write("hours.txt", HOURS.replace("nine", "eight"));
    assert_eq!(changes(&world.sync()), (true, [0, 1, 0]));
    world.ask("When does the shop open?").answers("at eight");

    world.write("sub/staff.txt", "Staff\n\nFAQs\n\nQ1. Who bakes the bread?\nAda bakes it.\n");
    assert_eq!(changes(&world.sync()), (true, [1, 0, 0]));
    world.ask("Who bakes the bread?").answers("Ada");

    fs::remove_file(world.corpus().join("prices.txt")).unwrap();
    assert_eq!(changes(&world.sync()), (true, [0, 0, 1]));
    world.ask("What does a loaf cost?").is_unknown();

    fs::rename(world.corpus().join("sub/staff.txt"), world.corpus().join("people.txt")).unwrap();
    assert_eq!(changes(&world.sync()), (true, [1, 0, 1]));
    world.ask("Who bakes the bread?").answers_from("people");
}

#[test]
fn a_touched_file_is_not_built_again() {
    let world = bakery();
    world.sync();
    let file = File::options().write(true).open(world.corpus().join("hours.txt")).unwrap();
    let later = SystemTime::now() + Duration::from_secs(100);
    file.set_times(FileTimes::new().set_modified(later)).unwrap();
    assert_eq!(changes(&world.sync()), (false, [0, 0, 0]));
    world.write("prices.txt", PRICES);
    assert_eq!(changes(&world.sync()), (false, [0, 0, 0]));
    let rebuilt = world.run(["index", "--json", "--rebuild"]).exits(0);
    assert_eq!(changes(&serde_json::from_str(&rebuilt.stdout).unwrap()), (true, [0, 0, 0]));
}

#[test]
fn a_question_renews_the_index_by_itself() {
    let world = bakery();
    world.ask("When does the shop open?").answers("at nine");
    world.write("hours.txt", HOURS.replace("nine", "ten"));
    ask_until(&world, "When does the shop open?", |run| run.stdout.contains("at ten"));
}

#[test]
fn only_two_generations_are_kept() {
    let world = bakery();
    let mut names = Vec::new();
    for hour in ["one", "two", "three", "four"] {
        world.write("hours.txt", HOURS.replace("nine", hour));
        world.sync();
        names.push(world.generation().file_name().unwrap().to_str().unwrap().to_owned());
    }
    assert_eq!(world.generations(), names[2..]);
}

#[test]
fn a_half_built_generation_is_ignored_and_goes() {
    let world = bakery();
    world.sync();
    let half = world.index().join("g2-0123456789abcdef");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("meta.json"), "{").unwrap();
    world.ask("When does the shop open?").answers("at nine");
    world.write("hours.txt", HOURS.replace("nine", "ten"));
    world.sync();
    assert!(!half.exists(), "{:?}", world.generations());
    world.ask("When does the shop open?").answers("at ten");
}

#[test]
fn damaged_files_are_built_again_or_told_in_one_line() {
    let world = bakery();
    world.sync();
    let sound = world.home().join("sound");
    copy(world.index(), &sound);
    let mut damaged = 0;
    for path in files(&world.generation()) {
        let bytes = fs::read(sound.join(path.strip_prefix(world.index()).unwrap())).unwrap();
        let mut middle = bytes.clone();
        let half = bytes.len() / 2;
        if let Some(byte) = middle.get_mut(half) {
            *byte ^= 0xff;
        }
        let flipped: Vec<u8> = bytes.iter().map(|b| !b).collect();
        for (what, wrong) in [("cut", &bytes[..half]), ("flipped", &flipped), ("bit", &middle)] {
            fs::remove_dir_all(world.index()).unwrap();
            copy(&sound, world.index());
            fs::write(&path, wrong).unwrap();
            let what = format!("{} {what}", path.file_name().unwrap().display());
            let asked = "What does a laof cost?\nbread\nWhen does the shop open?\n";
            let run = world.run_with(["ask", "-"], asked);
            answers_or_says_why(&run, "The shop opens at nine.", &what);
            damaged += 1;
        }
        world.run(["index", "--rebuild"]).exits(0);
        world.ask("When does the shop open?").answers("at nine");
    }
    assert!(damaged > 20, "{damaged}");
}

#[test]
fn a_missing_file_of_a_generation_is_no_end() {
    let world = bakery();
    world.sync();
    let sound = world.home().join("sound");
    copy(world.index(), &sound);
    for path in files(&world.generation()) {
        fs::remove_dir_all(world.index()).unwrap();
        copy(&sound, world.index());
        fs::remove_file(&path).unwrap();
        let run = world.run(["ask", "When does the shop open?"]);
        answers_or_says_why(&run, "The shop opens at nine.", &path.display().to_string());
    }
}

#[test]
fn check_finds_a_damaged_index() {
    let world = bakery();
    world.sync();
    let mut files = files(&world.generation()).into_iter();
    let store = files.find(|p| p.extension().is_some_and(|e| e == "store")).unwrap();
    let mut bytes = fs::read(&store).unwrap();
    bytes[10] ^= 1;
    fs::write(&store, bytes).unwrap();
    world.run(["check"]).exits(2).says("is damaged").says("faqbot index --rebuild");
}

#[test]
fn whatever_current_says_there_is_an_answer() {
    let outside = bakery();
    outside.sync();
    let elsewhere = outside.generation().display().to_string();
    for name in ["", "\n", "g", "g1", "g9-nowhere", "../corpus", "g1-/../..", &elsewhere, "\u{0}"] {
        let world = bakery();
        world.sync();
        fs::write(world.index().join("CURRENT"), name).unwrap();
        world.ask("When does the shop open?").answers("at nine");
        assert_ne!(fs::read_to_string(world.index().join("CURRENT")).unwrap(), name);
    }
    let world = bakery();
    world.sync();
    fs::remove_file(world.index().join("CURRENT")).unwrap();
    world.ask("When does the shop open?").answers("at nine");
    fs::write(world.index().join("CURRENT"), b"\xff\xfe\x00").unwrap();
    world.ask("When does the shop open?").answers("at nine");
}

#[test]
fn a_second_builder_is_told_who_is_building() {
    let world = bakery();
    world.sync();
    let path = world.index().join("LOCK");
    let mut lock = File::options().write(true).truncate(true).open(path).unwrap();
    lock.lock().unwrap();
    write!(lock, "process 4711").unwrap();
    world.run(["index"]).refuses(&["LOCK", "process 4711", "is building the index"]);
    world.ask("When does the shop open?").answers("at nine");
    drop(lock);
    world.run(["index"]).exits(0);
}

#[test]
fn a_build_that_is_killed_loses_nothing() {
    let world = bakery();
    for n in 0..3000 {
        let text =
            format!("Note {n}\nlanguage: en\n\nThe parcel number {n} waits on shelf {}.\n", n % 97);
        world.write(&format!("many/{n}.txt"), text);
    }
    // Once before there is any index, once with one that is being replaced.
    for round in ["first", "second"] {
        world.write("hours.txt", HOURS.replace("nine", round));
        let mut child =
            world.command(["index"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let before = usize::from(round != "first");
        let building = || {
            let folders = fs::read_dir(world.index()).into_iter().flatten().flatten();
            folders.filter(|e| e.path().join("meta.json").exists()).count() > before
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while !building() && child.try_wait().unwrap().is_none() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        world.run(["ask", "When does the shop open?"]).exits(0).says("The shop opens at");
        ask_until(&world, "When does the shop open?", |run| run.stdout.contains(round));
        world.run(["check"]).exits(0);
        world.run(["index"]).exits(0);
    }
}

#[test]
fn an_index_that_cannot_be_written_still_answers() {
    let world = bakery();
    world.sync();
    if !permissions_bind(world.home()) {
        crate::world::tell("skipped: permissions do not bind the superuser");
        return;
    }
    let mode = |mode| fs::set_permissions(world.index(), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    world.ask("When does the shop open?").answers("at nine");
    world.write("hours.txt", HOURS.replace("nine", "ten"));
    ask_until(&world, "When does the shop open?", |run| {
        run.stdout.contains("at nine") && run.stderr.contains("the index is from before")
    });
    world.run(["index"]).refuses(&["cannot be written", "--index"]);
    mode(0o755);
}

#[test]
fn an_index_folder_that_cannot_be_made_is_told() {
    let world = bakery();
    fs::write(world.home().join("file"), "").unwrap();
    let world = World::new().article("hours.txt", HOURS).index_at(world.home().join("file/index"));
    world.run(["ask", "When does the shop open?"]).refuses(&["file/index", "--index"]);
}

#[test]
fn the_index_may_stand_in_the_corpus_and_be_the_corpus() {
    for below in ["", "index", "deep/below/index"] {
        let world = bakery();
        let index = world.corpus().join(below);
        let world = world.index_at(index);
        world.ask("When does the shop open?").answers("at nine");
        assert_eq!(world.problems(), [""; 0], "{below}");
        assert_eq!(changes(&world.sync()), (false, [0, 0, 0]), "{below}");
        world.write("hours.txt", HOURS.replace("nine", "ten"));
        assert_eq!(changes(&world.sync()), (true, [0, 1, 0]), "{below}");
        world.ask("When does the shop open?").answers("at ten");
    }
}

#[test]
fn the_same_corpus_gives_the_same_replies() {
    let sample = World::sample();
    let files: Vec<_> = fs::read_dir(sample.corpus()).unwrap().map(|e| e.unwrap().path()).collect();
    let copied = |files: &mut dyn Iterator<Item = &std::path::PathBuf>| {
        let world = World::new();
        for file in files {
            world.write(file.file_name().unwrap().to_str().unwrap(), fs::read(file).unwrap());
        }
        world
    };
    let forwards = copied(&mut files.iter());
    let backwards = copied(&mut files.iter().rev());
    // This one comes to the same files by another way.
    let changed = copied(&mut files.iter().skip(3));
    changed.write("passing.txt", HOURS);
    changed.sync();
    fs::remove_file(changed.corpus().join("passing.txt")).unwrap();
    for file in &files {
        changed.write(file.file_name().unwrap().to_str().unwrap(), fs::read(file).unwrap());
        changed.sync();
    }
    let questions = [
        "What are the library's opening hours?",
        "how much is it",
        "annual pass",
        "Was kostet eine Reparatur?",
        "¿Cuánto cuesta una parcela?",
        "who won the world cup",
        "price",
        "when",
    ];
    let replies = |world: &World| -> Vec<String> {
        let root = world.corpus().display().to_string();
        let replies = world.ask_all(&questions);
        replies.iter().map(|r| r.timeless().replace(&root, "corpus")).collect()
    };
    let expected = replies(&forwards);
    assert_eq!(replies(&backwards), expected);
    assert_eq!(replies(&changed), expected);
    assert_eq!(replies(&forwards), expected);
    forwards.run(["index", "--rebuild"]).exits(0);
    assert_eq!(replies(&forwards), expected);
}

#[test]
fn much_text_is_written_as_two_segments_and_answers_alike() {
    let (at_once, by_parts) = (World::new(), World::new());
    let write = |world: &World, numbers: std::ops::Range<usize>| {
        for n in numbers {
            // Two of a thousand words are the article's own, so that questions have one answer.
            let filling = "Bread is baked in the morning and sold until it is gone. ".repeat(20);
            let entries: Vec<String> = (0..60)
                .map(|m| format!("Q{m}. What is loaf{n}x{m}?\nIt is crust{n}x{m}. {filling}\n\n"))
                .collect();
            world.write(
                &format!("{n:02}.txt"),
                format!("Loaves {n}\n\nFAQs\n\n{}", entries.concat()),
            );
        }
    };
    write(&at_once, 0..31);
    at_once.sync();
    write(&by_parts, 0..4);
    by_parts.sync();
    write(&by_parts, 4..31);
    by_parts.sync();
    let segments = |world: &World| {
        let files = files(&world.generation());
        files.iter().filter(|file| file.extension().is_some_and(|e| e == "store")).count()
    };
    assert_eq!((segments(&at_once), segments(&by_parts)), (2, 2));
    let questions = ["What is loaf7x9?", "crust3x0", "bread in the morning", "loaf30x59 loaf1x1"];
    let replies = |world: &World| -> Vec<String> {
        let root = world.corpus().display().to_string();
        let replies = world.ask_all(&questions);
        replies.iter().map(|r| r.timeless().replace(&root, "corpus")).collect()
    };
    let expected = replies(&at_once);
    assert!(expected[0].contains("crust7x9"), "{}", expected[0]);
    assert_eq!(replies(&by_parts), expected);
}

#[test]
fn nothing_is_written_beside_the_index() {
    let world = bakery();
    world.ask("When does the shop open?");
    let mut names: Vec<_> =
        fs::read_dir(world.home()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["corpus", "index"]);
    let kept = fs::read_to_string(repository().join(".gitignore")).unwrap();
    assert!(kept.contains("/index/*"));
}

/// The files of a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
    files.sort();
    files
}

/// Copies a folder with everything below it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|e| e.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            let mut bytes = Vec::new();
            File::open(entry.path()).and_then(|mut f| f.read_to_end(&mut bytes)).expect("read");
            fs::write(target, bytes).expect("written");
        }
    }
}
