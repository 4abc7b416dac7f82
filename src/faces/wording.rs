//! Every sentence that faqbot says in its own words. Short, plain, kind.

use crate::answering::reply::{Age, Also, Citation, Outcome, Reply};
use crate::corpus::dates::Date;
use crate::retrieval::changes::{Change, Why};

/// What to type, in both faces.
pub const COMMANDS: &[(&str, &str)] = &[
    ("help", "what you can do here"),
    ("source", "where the last answer stands"),
    ("why", "why it was chosen"),
    ("more", "questions near the last one"),
    ("articles", "the newest articles"),
    ("new", "forget the last question"),
];

/// In the banner of the prompt.
pub const PROMPT_HELP: &str =
    "Ask in your own words; /help shows more, Ctrl-D leaves. For example:";
/// Above the list of commands.
pub const HELP: &str = "Ask in your own words; the answer is word for word from an article. A number asks the question\nbeside it. Also:";
/// What `/quit` does.
pub const QUIT: &str = "leave";

/// Said when there is nothing to go on.
pub const NOTHING_YET: &str = "Ask something first.";
/// Said to an empty question.
pub const EMPTY: &str = "Please type a question.";
/// Said after `/new`.
pub const FORGOTTEN: &str = "All right, let's start over.";
/// Above questions of the corpus, after a miss.
pub const NEAREST: &str = "Questions I can answer:";
/// Above questions of the corpus, after an answer.
pub const RELATED: &str = "See also:";
/// Said where something broke; the log has the details.
pub const TROUBLE: &str = "Sorry, something went wrong here. Please ask again in a moment.";
/// Said to what is not text.
pub const TEXT_ONLY: &str = "I can only read text. Please type your question.";
/// Said to who asks more than is taken.
pub const TOO_MUCH: &str = "That was a lot at once. Please wait a moment and ask again.";
/// Said for a passage that is no longer in the corpus.
pub const GONE: &str =
    "That answer is no longer in the articles. Please ask your question in your own words.";
/// On the button below an answer.
pub const MORE: &str = "Related questions";
/// Said where there are no questions near the last one.
pub const NO_MORE: &str = "I know of no question near this one.";
/// Said where no answer has been given.
pub const NO_ANSWER: &str = "Your last question had no answer yet.";
/// Said where there are no articles.
pub const NO_ARTICLES: &str = "There are no articles yet.";
/// Above the newest articles.
pub const NEWEST: &str = "The newest articles:";
/// Said to `/privacy`.
pub const PRIVACY: &str = "Nothing you write is stored. Your last answer stays in memory, so that /source, /why and /more work; /new forgets it at once, and so does a restart.";
/// Said to `/privacy` at the prompt.
pub const PROMPT_PRIVACY: &str = "Nothing leaves this computer. What you type is kept in a history file that only you can read; a line that begins with a blank is not.";
/// What only a bot has to say about itself.
pub const BOT_COMMANDS: &[(&str, &str)] =
    &[("start", "what this is"), ("privacy", "what becomes of your questions")];
/// Said for an unknown command.
pub const NO_SUCH_COMMAND: &str = "There is no such command. /help shows what there is.";

/// Said to who comes for the first time.
pub fn hello(articles: u64) -> String {
    let articles = match articles {
        1 => "one article".to_owned(),
        n => format!("{n} articles"),
    };
    format!(
        "Ask me a question in your own words.\nI answer word for word from {articles}, or say that I don't know."
    )
}

/// Every command with what it does.
pub fn commands(commands: &[(&str, &str)]) -> String {
    commands.iter().map(|(name, does)| format!("/{name}: {does}")).collect::<Vec<_>>().join("\n")
}

/// Which lines of the article the answer is.
pub fn lines(source: &Citation) -> String {
    match source.lines {
        (first, last) if first == last => format!("Line {first} of {}.", source.article),
        (first, last) => format!("Lines {first} to {last} of {}.", source.article),
    }
}

/// An address that leads back to one answer.
pub fn link(address: &str) -> String {
    format!("Link to this answer: {address}")
}

/// The honest "no".
pub fn unknown(reply: &Reply) -> String {
    if reply.question.trim().is_empty() {
        return EMPTY.to_owned();
    }
    match list(&reply.unknown_words) {
        Some(words) => format!("I don't know. No article mentions {words}."),
        None => "I don't know. I found nothing in the articles that answers this.".to_owned(),
    }
}

/// Longer words of a question are not said in full.
const LONGEST_WORD: usize = 40;

/// `“a”`, `“a” or “b”`, `“a”, “b” or “c”`; at most four.
fn list(words: &[String]) -> Option<String> {
    let shown = |word: &String| match word.char_indices().nth(LONGEST_WORD) {
        Some((cut, _)) => format!("“{}…”", &word[..cut]),
        None => format!("“{word}”"),
    };
    let quoted: Vec<String> = words.iter().take(4).map(shown).collect();
    let (last, rest) = quoted.split_last()?;
    Some(if rest.is_empty() { last.clone() } else { format!("{} or {last}", rest.join(", ")) })
}

/// Above a list of choices.
pub fn choices(number: usize) -> &'static str {
    if number == 1 { "Did you mean this?" } else { "Did you mean one of these?" }
}

/// `1 article`, `2 articles`.
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// What to know about how the question was read: above an answer also which of its words no
/// article has.
pub fn notes(reply: &Reply) -> Vec<String> {
    let mut notes: Vec<String> = reply.changes.iter().map(change).collect();
    let read = |word: &String| reply.changes.iter().any(|c| c.from == *word);
    let foreign: Vec<String> =
        reply.unknown_words.iter().filter(|word| !read(word)).cloned().collect();
    if !matches!(reply.outcome, Outcome::Unknown) {
        notes.extend(list(&foreign).map(|words| format!("No article mentions {words}.")));
    }
    notes
}

/// What was read otherwise than it was typed.
fn change(change: &Change) -> String {
    match change.why {
        Why::Spelling | Why::Spacing => format!("I read “{}” as “{}”.", change.from, change.to),
        Why::Synonym => format!("I read “{}” as its synonym “{}”.", change.from, change.to),
        Why::Meaning => format!("I took “{}” to be near “{}”.", change.from, change.to),
        Why::Length => format!("Your question has {}; I read {}.", change.from, change.to),
    }
}

/// Title · date · section.
pub fn citation(source: &Citation) -> String {
    let date = source.published.map(day);
    let parts = [Some(source.title.clone()), date, source.section.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Before the answer of another article.
pub fn also(also: &Also) -> String {
    let age = match also.age {
        Age::Older => "An older article",
        Age::Newer => "A newer article",
        Age::Same => "Another article",
    };
    match also.source.published {
        Some(date) => format!("{age} says ({}):", day(date)),
        None => format!("{age} says:"),
    }
}

/// `10 Apr 2026`.
pub fn day(date: Date) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = date.parts();
    format!("{day} {} {year}", MONTHS[usize::from(month) - 1])
}

/// Why an answer was chosen or none was given, a line each.
pub fn reasons(reply: &Reply) -> Vec<String> {
    let percent = |share: f32| format!("{:.0} %", share * 100.0);
    let Some(weighed) = &reply.weighed else {
        let chosen = matches!(reply.outcome, Outcome::Answer(_));
        let why = if chosen { "You chose this one." } else { "Nothing shares a word with it." };
        return vec![why.to_owned()];
    };
    let (likely, from) = (percent(weighed.confidence), percent(weighed.answer_from));
    let mut lines = vec![match &reply.outcome {
        Outcome::Answer(_) => {
            format!("This answer is right with a likelihood of {likely}; I answer from {from} on.")
        }
        Outcome::Choices(choices) if choices.len() > 1 => {
            format!("Several fit about equally well; the first with {likely}.")
        }
        Outcome::Choices(_) | Outcome::Unknown => format!(
            "The nearest passage is likely to answer with {likely} only; I answer from {from} on."
        ),
    }];
    lines.push(format!("What counted for and against {}:", weighed.passage));
    lines.extend(weighed.reasons.iter().map(|r| {
        let sign = if r.adds >= 0.0 { "for" } else { "against" };
        format!("{sign}: {} ({:.2}, counts {:+.1})", r.name, r.value, r.adds)
    }));
    let (start, sum) = (weighed.start, weighed.sum);
    lines.push(format!("Beginning at {start:+.1}, that is {sum:+.1} in all; 0 would be 50 %."));
    lines
}

/// `line 5`, `lines 5 to 7`.
pub fn line_range((first, last): (u32, u32)) -> String {
    if first == last { format!("line {first}") } else { format!("lines {first} to {last}") }
}
