//! Lists of objects in JSON, or one object a line.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::corpus::article::{Article, Text};
use crate::corpus::formats::markup::{html, outline};
use crate::corpus::formats::records::{self, Field, Record};
use crate::corpus::formats::{Format, Parsed};
use crate::corpus::problem::{Problem, Problems};
use crate::corpus::source::Source;

/// Lists in JSON.
#[derive(Debug)]
pub struct Json;

/// Lists inside of lists; nobody writes more.
const DEEPEST: usize = 12;
/// Names of lists that say nothing of what is in them.
const LISTS: &[&str] = &[
    "faq",
    "faqs",
    "question",
    "questions",
    "data",
    "items",
    "entries",
    "list",
    "results",
    "mainentity",
    "intents",
    "content",
    "children",
    "rows",
    "records",
    "qa",
    "qas",
];

impl Format for Json {
    fn endings(&self) -> &'static [&'static str] {
        &["json", "jsonl", "ndjson"]
    }

    fn parse(&self, file: &str, text: &str) -> Parsed {
        let source = Source::new(text);
        let mut list =
            List { source: &source, article: Article::new(file), problems: Problems::default() };
        if file.to_lowercase().ends_with(".json") {
            list.whole();
        } else {
            list.lines();
        }
        records::article(list.article, list.problems)
    }

    fn probe(&self) -> &'static str {
        r#"{"title": "T", "faqs": [{"question": "Why?", "answer": "A \"b\".", "alternates": ["What for?"]},
            {"category": "C", "questions": [{"q": "How?", "a": ["So.", "Thus."]}]}], "Who?": "Me."}"#
    }
}

/// The fields of an object in their order.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Object<'de>, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

struct List<'a> {
    source: &'a Source<'a>,
    article: Article,
    problems: Problems,
}

impl<'a> List<'a> {
    fn problem(&mut self, line: u32, why: impl Into<String>) {
        self.problems.push(Problem::new(&self.article.file, line, why));
    }

    fn whole(&mut self) {
        let text = self.source.text.trim_start_matches('\u{feff}');
        match serde_json::from_str::<&RawValue>(text) {
            Ok(value) => self.value(value, None, DEEPEST),
            Err(error) => {
                let line = u32::try_from(error.line()).unwrap_or(0);
                self.problem(line, format!("is not JSON: {error}"));
            }
        }
    }

    fn lines(&mut self) {
        for line in &self.source.lines {
            if line.text.is_empty() {
                continue;
            }
            match serde_json::from_str::<&RawValue>(line.text) {
                Ok(value) => self.value(value, None, DEEPEST),
                Err(error) => {
                    let number = self.source.span_of(line.text).lines.0;
                    self.problem(number, format!("is not JSON: {error}"));
                }
            }
        }
    }

    fn value(&mut self, value: &'a RawValue, section: Option<&str>, depth: usize) {
        if depth == 0 {
            self.too_deep(value);
            return;
        }
        if let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(value.get()) {
            for value in values {
                self.value(value, section, depth - 1);
            }
        } else if let Ok(Object(fields)) = serde_json::from_str(value.get()) {
            self.object(value, &fields, section, depth);
        }
    }

    /// Tells of what is not read, unless it is a value that nothing is in.
    fn too_deep(&mut self, value: &RawValue) {
        if value.get().starts_with(['[', '{']) && self.problems.is_empty() {
            let line = self.source.span_of(value.get()).lines.0;
            let why =
                format!("is nested deeper than {DEEPEST} lists, which are read: write them flat");
            self.problem(line, why);
        }
    }

    fn object(
        &mut self,
        whole: &'a RawValue,
        fields: &[(String, &'a RawValue)],
        section: Option<&str>,
        depth: usize,
    ) {
        if fields.iter().any(|(name, _)| name == "qas")
            && fields.iter().any(|(name, _)| name == "context")
        {
            let line = self.source.span_of(whole.get()).lines.0;
            if self.problems.is_empty() {
                self.problem(line, "is a set of questions about texts (SQuAD), not of answers: measure with it (`faqbot eval`), or remove it");
            }
            return;
        }
        let kinds = records::fields(fields.iter().map(|(name, _)| name.as_str()));
        let mut record = Record::default();
        for ((_, value), kind) in fields.iter().zip(&kinds) {
            let texts = kind.map(|_| self.texts(value, DEEPEST)).unwrap_or_default();
            for text in texts {
                record.set(kind.unwrap_or(Field::Name), text);
            }
        }
        if record.disabled {
            return;
        }
        let has = |field| kinds.contains(&Some(field));
        if !record.questions.is_empty() && (record.answer.is_some() || has(Field::Answer)) {
            record.section = record.section.or_else(|| section.map(str::to_owned));
            match record.entry() {
                Ok(entry) => self.article.faqs.push(entry),
                Err(lacks) => {
                    let line = self.source.span_of(whole.get()).lines.0;
                    self.problem(line, format!("an entry without {lacks}: add one or remove it"));
                }
            }
            return;
        }
        self.group(fields, &record, section, depth);
    }

    /// An object that holds entries: lists, or questions as the names of their answers.
    fn group(
        &mut self,
        fields: &[(String, &'a RawValue)],
        record: &Record,
        section: Option<&str>,
        depth: usize,
    ) {
        let own = record.section.as_deref().or_else(|| {
            record
                .questions
                .first()
                .map(|title| title.text.as_str())
                .filter(|_| section.is_some() || depth < DEEPEST)
        });
        for (name, value) in fields {
            let text = serde_json::from_str::<String>(value.get());
            if text.is_ok() && outline::asks(name) {
                let mut question = self.texts(value, DEEPEST);
                for text in &mut question {
                    (text.text, text.literal) = (name.clone(), false);
                }
                let mut record = Record { questions: question, ..Record::default() };
                record.section = section.map(str::to_owned);
                for answer in self.texts(value, DEEPEST) {
                    record.set(Field::Answer, answer);
                }
                self.article.faqs.extend(record.entry());
            } else if text.is_err() {
                let plain = records::plain(name);
                let named = (!LISTS.contains(&plain.as_str())).then_some(name.as_str());
                self.value(value, own.or(named).or(section), depth - 1);
            }
        }
    }

    /// The texts of a value: itself, those of a list, or the `text` of an object.
    fn texts(&mut self, value: &'a RawValue, depth: usize) -> Vec<Text> {
        let raw = value.get();
        if let Ok(text) = serde_json::from_str::<String>(raw) {
            let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
            let visible = if text.contains("</") || text.contains("<br") {
                html::visible(&text)
            } else {
                text.trim().to_owned()
            };
            let literal = inside.trim() == visible;
            let span = self.source.span_of(if literal { inside.trim() } else { raw });
            return vec![Text { text: visible, span, literal, code: Vec::new() }];
        }
        if depth == 0 {
            self.too_deep(value);
            return Vec::new();
        }
        if let Ok(values) = serde_json::from_str::<Vec<&'a RawValue>>(raw) {
            return values
                .into_iter()
                .filter(|v| v.get().starts_with('"') || v.get().starts_with('{'))
                .flat_map(|v| self.texts(v, depth - 1))
                .collect();
        }
        if let Ok(Object(fields)) = serde_json::from_str(raw) {
            let text = fields.iter().find(|(name, _)| name == "text" || name == "value");
            return text.map(|(_, text)| self.texts(text, depth - 1)).unwrap_or_default();
        }
        if raw == "null" {
            return Vec::new();
        }
        let (text, span) = (raw.to_owned(), self.source.span_of(raw));
        vec![Text { text, span, literal: true, code: Vec::new() }]
    }
}
