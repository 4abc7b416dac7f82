//! Syncs: what changed is brought in, the rest is shared, and whatever came and went before, the
//! same files give the same replies.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use faqbot::evaluation::bootstrap::Random;

use crate::world::World;

const TOPICS: [&str; 12] = [
    "library", "museum", "ferry", "market", "school", "garden", "harbour", "theatre", "bakery",
    "station", "hospital", "cinema",
];
const WHATS: [&str; 6] = ["open", "close", "cost", "start", "end", "move"];

/// An article about a topic, in one of the formats, that says a number.
fn article(topic: &str, ending: &str, number: usize) -> String {
    let entry = |what: &str, at: usize| {
        (
            format!("When does the {topic} {what}?"),
            format!("The {topic} will {what} at {}.", number + at),
        )
    };
    let entries = WHATS.iter().take(2 + number % 5).zip(0..).map(|(what, at)| entry(what, at));
    match ending {
        "md" => {
            let entries = entries.map(|(q, a)| format!("## {q}\n\n{a}\n\n"));
            format!(
                "# About the {topic}\n\nThe {topic} of Ostleigh is *old*.\n\n{}",
                entries.collect::<String>()
            )
        }
        "csv" => {
            let entries = entries.map(|(q, a)| format!("{q},{a}\n"));
            format!("question,answer\n{}", entries.collect::<String>())
        }
        _ => {
            let entries = entries.map(|(q, a)| format!("Q: {q}\n{a}\n"));
            format!(
                "About the {topic}\nBy Ann Lee | {} Mar 2026\n\nThe {topic} stands near the river Oste.\n\nFAQs\n{}",
                1 + number % 28,
                entries.collect::<String>()
            )
        }
    }
}

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
    let world = World::new();
    for topic in TOPICS {
        world.write(&format!("{topic}.txt"), article(topic, "txt", 9));
    }
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
