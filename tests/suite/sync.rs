//! Syncs: what changed is brought in, the rest is shared, and whatever came and went before, the
//! same files give the same replies.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use faqbot::evaluation::bootstrap::Random;
use faqbot::index::generations::Generations;
use faqbot::index::reader::Reader;

use crate::town::{TOPICS, article, town};
use crate::world::World;

fn questions() -> Vec<String> {
    let ask = |topic: &&str| {
        [
            format!("When does the {topic} open?"),
            format!("the {topic} costs how much"),
            format!("where is the {topic}"),
        ]
    };
    TOPICS
        .iter()
        .flat_map(ask)
        .chain(["river oste".into(), "who wrote it".into(), "librray opne".into()])
        .collect()
}

/// Replies to all questions, without what differs from run to run and from place to place.
fn replies(world: &World) -> Vec<String> {
    let folder = world.corpus().display().to_string();
    let replies = world.ask_all(&questions());
    replies.iter().map(|reply| reply.timeless().replace(&folder, "")).collect()
}

#[test]
fn whatever_came_and_went_the_same_files_give_the_same_replies() {
    let world = World::new();
    let mut random = Random::new(11);
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for round in 0..10 {
        for _ in 0..=random.below(4) {
            let topic = TOPICS[random.below(TOPICS.len())];
            let ending = ["txt", "md", "csv"][random.below(3)];
            let path = format!("{}/{topic}.{ending}", ["a", "b"][random.below(2)]);
            let known = files.contains_key(&path);
            if known && random.below(3) == 0 {
                fs::remove_file(world.corpus().join(&path)).expect("a file goes");
                files.remove(&path);
            } else {
                let text = article(topic, ending, random.below(40));
                world.write(&path, &text);
                files.insert(path, text);
            }
        }
        if files.is_empty() {
            continue;
        }
        world.run(["index"]);
        let afresh =
            files.iter().fold(World::new(), |world, (path, text)| world.article(path, text));
        afresh.run(["index"]);
        for (synced, built) in replies(&world).iter().zip(replies(&afresh)) {
            assert_eq!(*synced, built, "round {round}: {files:#?}");
        }
    }
    world.run(["check", "--verify", "-q"]);
}

/// The inodes of the files of the search library in a generation, by their names.
fn inodes(generation: &Path) -> BTreeMap<String, u64> {
    let entries =
        fs::read_dir(generation).expect("a generation").map(|entry| entry.expect("a file"));
    let names = entries.map(|entry| {
        let name = entry.file_name().into_string().expect("a name");
        (name, entry.metadata().expect("a file").ino())
    });
    names.filter(|(name, _)| name.contains(".store") || name.starts_with("vectors-")).collect()
}

#[test]
fn what_did_not_change_is_shared_and_not_written_again() {
    let world = town();
    world.sync();
    let before = inodes(&world.generation());
    world.write("ferry.txt", article("ferry", "txt", 10));
    let report = world.sync();
    assert_eq!((report["added"].as_u64(), report["changed"].as_u64()), (Some(0), Some(1)));
    let after = inodes(&world.generation());
    assert_eq!((before.len(), after.len()), (2, 4), "a segment more, each with vectors");
    assert!(before.iter().all(|(name, inode)| after.get(name) == Some(inode)));
    // Many syncs do not make many segments.
    for number in 11..30 {
        world.write("ferry.txt", article("ferry", "txt", number));
        world.sync();
    }
    assert!(inodes(&world.generation()).len() <= 16);
    world.ask("When does the ferry open?").answers("open at 29");
    world.run(["check", "--verify"]).exits(0).says("12 articles");
}

#[test]
fn ids_that_two_files_want_go_to_the_first_of_them() {
    let entry = |id: &str, answer: &str| {
        format!("Hours\nid: {id}\n\nFAQs\nQ: When do you open?\n{answer}\n")
    };
    let world = World::new().article("b.txt", entry("hours", "At nine."));
    let ids = |world: &World| -> HashSet<String> {
        let replies = world.ask_all(&["When do you open?"]);
        let answer = &replies[0].json;
        let also = answer["also"].as_array().into_iter().flatten();
        let sources = also.map(|also| &also["source"]).chain([&answer["answer"]["source"]]);
        sources.filter_map(|source| source["article"].as_str().map(str::to_owned)).collect()
    };
    world.sync();
    assert_eq!(ids(&world), HashSet::from(["hours".to_owned()]));
    // The first file in the order of paths has it, also where it comes later.
    world.write("a.txt", entry("hours", "At ten."));
    let report = world.sync();
    assert!(
        report["problems"].to_string().contains("has the same article id `hours` as a.txt"),
        "{report}"
    );
    let afresh = World::new()
        .article("a.txt", entry("hours", "At ten."))
        .article("b.txt", entry("hours", "At nine."));
    assert_eq!(ids(&world), ids(&afresh));
    fs::remove_file(world.corpus().join("a.txt")).expect("a file goes");
    let report = world.sync();
    assert_eq!(report["problems"], serde_json::json!([]));
    assert_eq!(ids(&world), HashSet::from(["hours".to_owned()]));
}

#[test]
fn files_with_a_passage_in_common_are_told_until_they_have_none() {
    let world = World::new()
        .article("a.csv", "question,answer\nWhy?,So.\nWhy?,Because.\n")
        .article("b.txt", "Hours\nFAQs\nQ: When?\nNow.\n");
    let told = world.sync()["problems"].to_string();
    assert!(told.contains("has the same question as a.csv:2"), "{told}");
    world.write("b.txt", "Hours\nFAQs\nQ: When?\nLater.\n");
    assert!(world.sync()["problems"].to_string().contains("same question as a.csv:2"));
    world.write("a.csv", "question,answer\nWhy?,So.\n");
    assert_eq!(world.sync()["problems"], serde_json::json!([]));
}

#[test]
fn a_rollback_stays_until_a_sync_is_asked_for() {
    let world = World::new().article("ferry.txt", article("ferry", "txt", 9));
    world.run(["index", "--rollback"]).exits(2).complains("no generation before the current one");
    world.sync();
    world.write("ferry.txt", article("ferry", "txt", 19));
    world.sync();
    world.ask("When does the ferry open?").answers("open at 19");
    world.run(["index", "--rollback"]).exits(0).says("back to the generation before, 1 article");
    let run = world.run(["ask", "When does the ferry open?"]).exits(0).says("open at 9");
    run.complains("the index was rolled back and stays as it was: run `faqbot index`");
    world.run(["index", "--rollback"]).exits(2).complains("no generation before");
    world.write("ferry.txt", article("ferry", "txt", 29));
    world.ask("When does the ferry open?").answers("open at 9");
    world.run(["index"]).exits(0);
    world.ask("When does the ferry open?").answers("open at 29");
    world.run(["index", "--rollback"]).exits(0);
    world.ask("When does the ferry open?").answers("open at 9");
}

#[test]
fn a_generation_that_cannot_be_used_is_not_rolled_back_to() {
    let world = World::new().article("ferry.txt", article("ferry", "txt", 9));
    world.sync();
    let manifest = world.generation().join("manifest.json");
    world.write("ferry.txt", article("ferry", "txt", 19));
    world.sync();
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, text.replacen("\"format\":", "\"format\":9", 1)).expect("a manifest");
    world.run(["index", "--rollback"]).exits(2).complains("by another version");
    let run = world.run(["ask", "When does the ferry open?"]).exits(0).says("open at 19");
    assert!(!run.stderr.contains("rolled back"), "{run}");
}

#[test]
fn what_is_too_large_to_be_read_is_looked_at_once() {
    let world = World::new().article("ferry.txt", article("ferry", "txt", 9));
    world.write("log.txt", "Log\nA line.\n");
    world.sync();
    let large = File::options().write(true).open(world.corpus().join("log.txt")).expect("a file");
    large.set_len(80 << 20).expect("room");
    let report = world.sync();
    assert!(report["problems"].to_string().contains("is 80 MiB large"), "{report}");
    assert_eq!(
        (report["articles"].as_u64(), world.sync()["built"].as_bool()),
        (Some(1), Some(false))
    );
    let run = world.run(["check"]).exits(2);
    assert!(!run.stdout.contains("is older than the corpus"), "{run}");
}

#[test]
fn a_kill_at_any_instant_leaves_an_index_that_answers() {
    let world = town();
    world.sync();
    let generations = Generations::new(world.index());
    let mut random = Random::new(5);
    let (mut killed, mut halfway, mut number) = (0, 0, 9);
    // An instant is as likely as another over about the time that a sync takes.
    let started = Instant::now();
    world.write("ferry.txt", article("ferry", "txt", 8));
    world.sync();
    let takes = started.elapsed();
    while killed < 200 {
        number += 1;
        let topic = TOPICS[random.below(TOPICS.len())];
        world.write(&format!("{topic}.txt"), article(topic, "txt", number % 40));
        let mut command = world.command(["index"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program");
        thread::sleep(
            takes.mul_f64(f64::from(u32::try_from(random.below(1000)).unwrap()) / 1000.0),
        );
        child.kill().expect("it is there");
        child.wait().expect("it was there");
        killed += 1;
        halfway += usize::from(world.generations().iter().any(|name| name.ends_with("-building")));
        let (_, reader) = generations.open(Reader::open).expect("a generation");
        reader.verify_files(&HashSet::new()).expect("whole files");
        let mut passages = 0;
        reader
            .visit_all(|_| {
                passages += 1;
                true
            })
            .expect("its passages");
        assert_eq!(passages, reader.manifest().passages, "after {killed}");
    }
    assert!(halfway > 0, "no build was cut off");
    // The next run repairs what was left half done.
    world.run(["index"]).exits(0);
    assert!(world.generations().len() <= 2, "{:?}", world.generations());
    world.run(["check", "--verify"]).exits(0).says("12 articles");
    let afresh = World::new();
    for topic in TOPICS {
        let path = format!("{topic}.txt");
        afresh.write(&path, fs::read(world.corpus().join(&path)).expect("an article"));
    }
    assert_eq!(replies(&world), replies(&afresh));
}
