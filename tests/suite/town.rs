//! Articles about a town, for tests in which they change: each says a number throughout.

use crate::world::World;

/// What there is an article about.
pub(crate) const TOPICS: [&str; 12] = [
    "library", "museum", "ferry", "market", "school", "garden", "harbour", "theatre", "bakery",
    "station", "hospital", "cinema",
];
const WHATS: [&str; 6] = ["open", "close", "cost", "start", "end", "move"];

/// An article about a topic, in one of the formats, that says a number.
pub(crate) fn article(topic: &str, ending: &str, number: usize) -> String {
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

/// A folder with an article about each topic.
pub(crate) fn town() -> World {
    let path = |topic: &str| format!("{topic}.txt");
    TOPICS
        .iter()
        .fold(World::new(), |world, topic| world.article(&path(topic), article(topic, "txt", 9)))
}
