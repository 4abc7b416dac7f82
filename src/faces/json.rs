//! The stable contract for programs: one object a reply, version 1.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::answering::reply::{Answer, Citation, Outcome, Reply};
use crate::corpus::passages::Passage;
use crate::retrieval::changes::Why;

/// The reply as one JSON object.
pub fn render(reply: &Reply, took: Duration) -> Value {
    let (name, answer, choices) = match &reply.outcome {
        Outcome::Answer(answer) => ("answer", Some(answer), [].as_slice()),
        Outcome::Choices(choices) => ("choices", None, choices.as_slice()),
        Outcome::Unknown => ("unknown", None, [].as_slice()),
    };
    let also = answer.map_or(&[][..], |a| a.also.as_slice());
    json!({
        "version": 1,
        "question": reply.question,
        "outcome": name,
        "confidence": hundredths(reply.confidence),
        "answer": answer.map(|a| self::answer(a)),
        "also": also.iter().map(|a| json!({"text": a.text, "source": source(&a.source)})).collect::<Vec<_>>(),
        "choices": choices.iter().map(|c| json!({
            "text": c.text, "passage": c.passage, "link": c.link, "confidence": hundredths(c.confidence),
        })).collect::<Vec<_>>(),
        "nearby": reply.nearby.iter().map(|n| json!({"text": n.text, "link": n.link})).collect::<Vec<_>>(),
        "changes": reply.changes.iter().map(|c| json!({"from": c.from, "to": c.to, "why": why(c.why)})).collect::<Vec<_>>(),
        "unknown_words": reply.unknown_words,
        "generation": reply.generation,
        "took_us": u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
    })
}

/// What is said to a line that is no question, such as thanks.
pub fn said(line: &str, text: &str) -> Value {
    json!({
        "version": 1,
        "question": line.trim(),
        "outcome": "said",
        "said": anstream::adapter::strip_str(text).to_string().trim_end(),
    })
}

/// A passage, with the keys of an answer; files are named below `folder`.
pub fn passage(passage: &Passage, folder: &Path) -> Value {
    json!({
        "version": 1,
        "passage": passage.id,
        "link": passage.link,
        "kind": passage.kind.name(),
        "question": passage.question,
        "alternates": passage.alternates,
        "text": passage.text,
        "language": passage.language.code(),
        "source": source(&Citation::of(passage, folder)),
    })
}

fn answer(answer: &Answer) -> Value {
    json!({
        "text": answer.text,
        "sentences": answer.sentences.iter().map(|r| [r.start, r.end]).collect::<Vec<_>>(),
        "kind": answer.kind.name(),
        "question": answer.question,
        "passage": answer.passage,
        "link": answer.link,
        "source": source(&answer.source),
    })
}

fn source(source: &Citation) -> Value {
    json!({
        "article": source.article,
        "title": source.title,
        "section": source.section,
        "published": source.published,
        "url": source.url,
        "file": source.file,
        "lines": [source.lines.0, source.lines.1],
        "bytes": [source.bytes.start, source.bytes.end],
        "literal": source.literal,
    })
}

fn why(why: Why) -> &'static str {
    match why {
        Why::Spelling => "spelling",
        Why::Spacing => "spacing",
        Why::Synonym => "synonym",
        Why::Meaning => "meaning",
        Why::Length => "length",
        Why::Reference => "reference",
        Why::Topic => "topic",
    }
}

/// Two decimals, without the noise of single precision.
fn hundredths(value: f32) -> f64 {
    (f64::from(value) * 100.0).round() / 100.0
}
