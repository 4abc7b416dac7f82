//! What a page tells machines (schema.org as JSON-LD): questions with answers, and who wrote it
//! when.

use std::ops::Range;

use serde_json::Value;

use crate::corpus::formats::markup::front_matter::day;
use crate::corpus::formats::markup::{Head, html};
use crate::text::language::Language;

/// Values inside of each other; beyond that nobody writes any.
const DEEPEST: usize = 12;
/// What is not found in so many bytes is written in another way.
const FAR: usize = 64 << 10;
/// So many letters in a row tell a text from others.
const TELLING: usize = 6;

/// Adds what a script of a page says; `script` stands at `start` in the file.
pub fn read(script: &str, start: usize, head: &mut Head) {
    let Ok(value) = serde_json::from_str::<Value>(script.trim()) else { return };
    let mut place = Place { script, start, at: 0 };
    visit(&value, DEEPEST, &mut place, head);
}

/// Where in a script the last thing was found: what comes next stands behind it.
struct Place<'a> {
    script: &'a str,
    start: usize,
    at: usize,
}

impl Place<'_> {
    /// Where a string stands, told from letters in it that JSON writes as they are.
    fn of(&mut self, text: &str) -> Option<Range<usize>> {
        let plain = |c: char| c.is_ascii() && !c.is_ascii_control() && !"\"\\/<>&'".contains(c);
        let mut runs = text.split(|c| !plain(c));
        let run = runs.find(|run| run.len() >= TELLING)?;
        let near = &self.script[self.at..self.script.floor_char_boundary(self.at + FAR)];
        let found = self.at + near.find(run)?;
        let ends = |at: &usize| {
            let escapes = self.script[..*at].bytes().rev().take_while(|b| *b == b'\\').count();
            escapes % 2 == 0
        };
        let before = self.script[..found].rmatch_indices('"').map(|(at, _)| at).find(ends)?;
        let mut behind = self.script[found..].match_indices('"').map(|(at, _)| found + at);
        let end = behind.find(ends)?;
        self.at = end;
        Some(self.start + before + 1..self.start + end)
    }
}

fn visit(value: &Value, depth: usize, place: &mut Place<'_>, head: &mut Head) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|v| visit(v, depth - 1, place, head)),
        Value::Object(fields) => {
            let is = |kind: &str| match fields.get("@type") {
                Some(Value::String(name)) => name == kind,
                Some(Value::Array(names)) => names.iter().any(|name| name == kind),
                _ => false,
            };
            if is("Question") {
                head.faqs.extend(question(value, place));
            } else if ["Article", "NewsArticle", "BlogPosting", "TechArticle"].into_iter().any(is) {
                article(value, head);
            }
            fields.values().for_each(|v| visit(v, depth - 1, place, head));
        }
        _ => {}
    }
}

fn question(value: &Value, place: &mut Place<'_>) -> Option<(String, String, Range<usize>)> {
    let question = text(value.get("name").or_else(|| value.get("text"))?)?;
    let answers = value.get("acceptedAnswer").or_else(|| value.get("suggestedAnswer"))?;
    let answer = match answers {
        Value::Array(answers) => answers.first()?,
        answer => answer,
    };
    let raw = answer.get("text")?.as_str()?;
    let bytes = place.of(raw).unwrap_or(place.start..place.start + place.script.len());
    let answer = html::visible(raw);
    (!answer.is_empty()).then_some((question, answer, bytes))
}

fn article(value: &Value, head: &mut Head) {
    let field = |name: &str| value.get(name).and_then(text);
    head.title = field("headline").or_else(|| field("name")).or(head.title.take());
    head.author = value.get("author").and_then(name).or(head.author.take());
    head.published = field("datePublished").and_then(|date| day(&date)).or(head.published);
    head.url = field("url").filter(|url| url.contains("://")).or(head.url.take());
    head.language =
        field("inLanguage").and_then(|code| Language::from_code(&code)).or(head.language);
}

fn text(value: &Value) -> Option<String> {
    let text = html::visible(value.as_str()?);
    (!text.is_empty()).then_some(text)
}

/// The name of a person, of several the first's.
fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(_) => text(value),
        Value::Array(values) => values.first().and_then(name),
        Value::Object(fields) => fields.get("name").and_then(text),
        _ => None,
    }
}
