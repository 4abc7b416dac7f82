//! What is said of golden questions: those that are not answered as expected, and those that hold
//! changes back, each with the reply of now and the one that would come.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::answering::reply::{Outcome, Reply};
use crate::commands::output;
use crate::corpus::problem::Problem;
use crate::corpus::questions::{FILE, Golden};
use crate::faces::json;
use crate::faces::wording::count;
use crate::publishing::changes::Counts;
use crate::publishing::gate::{Missed, Verdict, Worse};

/// More of an answer is not shown, in characters.
const SHOWN: usize = 300;

/// That changes are held back and why, a line each.
pub(super) fn held(folder: &Path, counts: &Counts, verdict: Option<&Verdict>) -> Vec<String> {
    let file = folder.join(FILE);
    let file = file.display();
    let why = match verdict {
        Some(verdict) => {
            let (worse, asked) = (verdict.worse.len() as u64, verdict.asked as u64);
            format!("{worse} of {} would get a worse answer", count(asked, "golden question"))
        }
        None => format!("{file} cannot be read"),
    };
    let mut lines = vec![format!(
        "held back: +{} ~{} {}{} files, as {why}; people still get the answers from before",
        counts.added,
        counts.changed,
        output::own("−"),
        counts.removed
    )];
    for Worse { golden, before, after } in verdict.iter().flat_map(|verdict| &verdict.worse) {
        lines.push(format!("{file}:{}: {}", golden.line, expects(golden)));
        lines.push(format!("  now:  {}", in_short(before)));
        lines.push(format!("  then: {}", in_short(after)));
    }
    lines.push(format!("mend the articles or {file}, or run `faqbot index --force`"));
    lines
}

/// That a question is not answered as expected.
pub(super) fn missed(missed: &Missed) -> Problem {
    let Missed { golden, reply } = missed;
    let message = format!("{}, but the reply is: {}", expects(golden), in_short(reply));
    Problem::new(FILE, golden.line, message)
}

fn expects(golden: &Golden) -> String {
    format!("“{}” expects {}", golden.ask, golden.expect.join(" or "))
}

/// A reply in one line.
fn in_short(reply: &Reply) -> String {
    let line = |text: &str| -> String {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut shown: String = words.chars().take(SHOWN).collect();
        if shown.len() < words.len() {
            shown.push('…');
        }
        shown
    };
    match &reply.outcome {
        Outcome::Answer(answer) => format!("{} ({})", line(&answer.text), answer.passage),
        Outcome::Choices(choices) => {
            let choices = choices.iter().map(|c| format!("{} ({})", line(&c.text), c.passage));
            format!("choices: {}", choices.collect::<Vec<_>>().join(" | "))
        }
        Outcome::Unknown => "not known".to_owned(),
    }
}

/// The golden questions of a report: `null` where none were asked.
pub(super) fn as_json(verdict: Option<&Verdict>) -> Value {
    let Some(verdict) = verdict else { return Value::Null };
    let question = |golden: &Golden| json!({ "line": golden.line, "question": golden.ask, "expect": golden.expect });
    let reply = |reply: &Reply| {
        let mut reply = json::render(reply, Duration::ZERO);
        if let Some(reply) = reply.as_object_mut() {
            reply.remove("took_us");
        }
        reply
    };
    let worse = verdict.worse.iter().map(|worse| {
        let mut out = question(&worse.golden);
        out["before"] = reply(&worse.before);
        out["after"] = reply(&worse.after);
        out
    });
    json!({
        "asked": verdict.asked,
        "right": verdict.right,
        "missed": verdict.missed.iter().map(|missed| question(&missed.golden)).collect::<Vec<_>>(),
        "worse": worse.collect::<Vec<_>>(),
    })
}
