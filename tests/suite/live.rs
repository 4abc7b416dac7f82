//! Answers while articles change.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use faqbot::answering::reply::Outcome;
use faqbot::evaluation::bootstrap::Random;
use faqbot::index::generations::Generations;
use faqbot::index::reader::Reader;

use crate::town::{TOPICS, article};
use crate::world::{World, tell};

/// How long articles are changed and asked.
const LONG: Duration = Duration::from_secs(5);
/// How old an answer may be on a machine that does much else; elsewhere it is far below 2 seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks into the current generation until it says this; gives up after a while.
#[track_caller]
fn answers_soon(world: &World, topic: &str, part: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    // Asking would renew the index; only who watches may.
    let index = world.index().to_owned();
    loop {
        let folder = Generations::new(&index).current();
        let found =
            folder.ok().and_then(|folder| Reader::open(&folder).ok()).is_some_and(|reader| {
                let mut found = false;
                let _ = reader.visit_all(|passage| {
                    found |= passage.text.contains(topic) && passage.text.contains(part);
                    !found
                });
                found
            });
        if found {
            return;
        }
        let told = fs::read_to_string(world.home().join("told")).unwrap_or_default();
        assert!(Instant::now() < deadline, "`{part}` of the {topic} never came: {told}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn who_watches_brings_changes_in() {
    let world = World::new().article("ferry.txt", article("ferry", "txt", 9));
    let mut watching = world.command(["index", "--watch", "--json"]);
    let told = File::create(world.home().join("told")).expect("a file");
    let watching = watching.stdout(Stdio::piped()).stderr(told).spawn().expect("the program");
    let mut watching = Running(Some(watching));
    answers_soon(&world, "ferry", "open at 9");
    world.write("new/market.md", article("market", "md", 12));
    answers_soon(&world, "market", "open at 12");
    world.write("new/market.md", article("market", "md", 17));
    answers_soon(&world, "market", "open at 17");
    fs::rename(world.corpus().join("new"), world.corpus().join("old")).expect("a folder moves");
    fs::remove_file(world.corpus().join("ferry.txt")).expect("a file goes");
    world.write("old/school.csv", article("school", "csv", 21));
    answers_soon(&world, "school", "open at 21");
    let mut child = watching.0.take().expect("it runs");
    child.kill().expect("it runs");
    let out = child.wait_with_output().expect("its output").stdout;
    let reports: Vec<serde_json::Value> = String::from_utf8(out)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a report"))
        .collect();
    assert_eq!((reports[0]["added"].as_u64(), reports[1]["added"].as_u64()), (Some(1), Some(1)));
    world.run(["check", "--verify"]).exits(0).says("2 articles");
    let reply = &world.ask_all(&["When does the ferry open?"])[0];
    assert!(!reply.json.to_string().contains("The ferry will"), "{reply}");
}

/// A program that is stopped whatever becomes of the test.
struct Running(Option<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A file and what it held from when on; `None` while it is not there.
struct Version {
    path: String,
    text: Option<Vec<u8>>,
    from: Instant,
}

/// Changes articles as people and their editors do, and remembers what each file held when.
struct Editor<'a> {
    world: &'a World,
    random: Random,
    versions: Vec<Version>,
    number: usize,
}

impl Editor<'_> {
    fn now(&self, path: &str) -> Option<&Vec<u8>> {
        self.versions.iter().rev().find(|v| v.path == path).and_then(|v| v.text.as_ref())
    }

    fn remember(&mut self, path: &str, text: Option<Vec<u8>>) {
        self.versions.push(Version { path: path.to_owned(), text, from: Instant::now() });
    }

    /// Another text is there before it is remembered, as it may be read at once.
    fn write(&mut self, path: &str, text: impl Into<Vec<u8>>) {
        let text = text.into();
        self.versions.push(Version {
            path: path.to_owned(),
            text: Some(text.clone()),
            from: Instant::now(),
        });
        self.world.write(path, text);
    }

    fn remove(&mut self, path: &str) {
        fs::remove_file(self.world.corpus().join(path)).expect("a file goes");
        self.remember(path, None);
    }

    fn change(&mut self) {
        let topic = TOPICS[self.random.below(TOPICS.len())];
        let path = format!("{topic}.txt");
        let moved = format!("moved/{topic}.txt");
        self.number += 1;
        let text = article(topic, "txt", self.number);
        match (self.random.below(6), self.now(&path).cloned()) {
            (0, Some(_)) => self.remove(&path),
            // Half of it, as an editor that is not done.
            (1, Some(_)) => self.write(&path, &text.as_bytes()[..text.len() / 2]),
            (2, Some(_)) => self.write(&path, b"\0\xff\xfe no text at all".as_slice()),
            (3, Some(text)) if self.now(&moved).is_none() => {
                self.write(&moved, text);
                self.remove(&path);
            }
            (4, _) if self.now(&moved).is_some() => self.remove(&moved),
            // An editor that writes beside and renames.
            (5, _) => {
                self.world.write(&format!("{path}~"), &text);
                self.remember(&path, Some(text.into_bytes()));
                let beside = self.world.corpus().join(format!("{path}~"));
                fs::rename(beside, self.world.corpus().join(&path)).expect("a file moves");
            }
            _ => self.write(&path, text),
        }
    }

    /// How long ago a file held this text last; `None` where it never did.
    fn age(&self, path: &str, text: &str, asked: Instant) -> Option<Duration> {
        let of_file: Vec<&Version> = self.versions.iter().filter(|v| v.path == path).collect();
        let holds = |version: &Version| {
            let held = version.text.as_deref().unwrap_or_default();
            String::from_utf8_lossy(held).contains(text)
        };
        let ends = of_file.iter().skip(1).map(|next| next.from).chain([asked]);
        let held = of_file.iter().zip(ends).filter(|(version, _)| holds(version));
        held.map(|(_, end)| asked.saturating_duration_since(end)).min()
    }
}

#[test]
fn every_answer_stands_in_its_file_as_it_was_a_moment_ago() {
    let world = World::new();
    for topic in TOPICS {
        world.write(&format!("{topic}.txt"), article(topic, "txt", 1));
    }
    let mut editor =
        Editor { world: &world, random: Random::new(3), versions: Vec::new(), number: 1 };
    for topic in TOPICS {
        editor.remember(&format!("{topic}.txt"), Some(article(topic, "txt", 1).into_bytes()));
    }
    world.sync();
    let mut watching = world.command(["index", "--watch", "-q"]);
    let watching = watching.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let _watching = Running(Some(watching.expect("the program")));
    let sources = world.sources();
    let generations = Generations::new(world.index());
    // As faces do, which take up a generation when there is another.
    let open = || {
        let (folder, reader) = generations.open(Reader::open).expect("a generation");
        (folder, sources.answerer(reader).expect("an answerer"))
    };
    let (mut folder, mut answerer) = open();
    let (started, mut changed, mut answers, mut oldest) =
        (Instant::now(), Instant::now(), 0, Duration::ZERO);
    let mut at = 0;
    while started.elapsed() < LONG {
        if changed.elapsed() > Duration::from_millis(150) {
            editor.change();
            changed = Instant::now();
        }
        at += 1;
        let topic = TOPICS[at % TOPICS.len()];
        let asked = Instant::now();
        if generations.current().expect("a generation") != folder {
            (folder, answerer) = open();
        }
        let reply = answerer.answer(&format!("When does the {topic} open?")).expect("a reply");
        let Outcome::Answer(answer) = reply.outcome else { continue };
        let also = answer.also.iter().map(|also| (&also.source, &also.text));
        for (source, text) in also.chain([(&answer.source, &answer.text)]) {
            let path = Path::new(&source.file).strip_prefix(world.corpus()).expect("a place");
            let age = editor.age(&path.to_string_lossy(), text, asked);
            let age = age.unwrap_or_else(|| panic!("{}: never held {text:?}", source.file));
            answers += 1;
            oldest = oldest.max(age);
        }
    }
    tell(&format!(
        "{answers} answers, the oldest {} ms after its file held it",
        oldest.as_millis()
    ));
    assert!(answers > 50 && oldest < PATIENCE, "{answers} answers, {oldest:?}");
}
