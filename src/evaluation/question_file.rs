//! A file of one's own questions in, each with what is expected.
//!
//! ```toml
//! [[question]]
//! ask = "When is the library open?"
//! expect = "opening-hours#q1"     # a passage, an article, a short link, several, or "none"
//!
//! [floors]
//! p1 = 0.9
//! ```
//! Or a line each: question, tab, what is expected.

use std::fmt::Display;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use toml::de::{DeTable, DeValue};

use crate::evaluation::floors::Floor;
use crate::evaluation::lines;

/// What is expected where nothing answers.
pub const NONE: &str = "none";

/// A question as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The line of what is expected, from 1.
    pub line: u32,
    /// What is asked.
    pub ask: String,
    /// Names of what answers, or [`NONE`].
    pub expect: Vec<String>,
}

/// What a file holds.
#[derive(Debug, Default, PartialEq)]
pub struct QuestionFile {
    /// Its questions.
    pub questions: Vec<Written>,
    /// What must be reached.
    pub floors: Vec<Floor>,
}

/// Reads a file of questions; one whose name ends in `.toml` is TOML.
pub fn read(path: &Path) -> anyhow::Result<QuestionFile> {
    let file = if path.extension().is_some_and(|ending| ending == "toml") {
        read_toml(path)?
    } else {
        QuestionFile { questions: read_columns(path)?, floors: Vec::new() }
    };
    ensure!(
        !file.questions.is_empty(),
        "{}: asks nothing: put a question there with what should answer it",
        path.display()
    );
    Ok(file)
}

fn read_columns(path: &Path) -> anyhow::Result<Vec<Written>> {
    let mut questions = Vec::new();
    lines::each(path, |line| {
        if line.text.trim_start().starts_with('#') {
            return Ok(());
        }
        let columns: Vec<&str> = line.text.split('\t').map(str::trim).collect();
        let [ask, expected] = columns[..] else {
            bail!(
                "needs two columns with a tab between them: a question, and what answers it or none"
            );
        };
        ensure!(!ask.is_empty() && !expected.is_empty(), "has an empty column: fill in both");
        let expect = vec![expected.to_owned()];
        questions.push(Written { line: line.number, ask: ask.to_owned(), expect });
        Ok(())
    })?;
    Ok(questions)
}

fn read_toml(path: &Path) -> anyhow::Result<QuestionFile> {
    let bytes = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = line_of(error.as_bytes(), error.utf8_error().valid_up_to());
        lines::at(path, line, &"holds bytes that are not UTF-8: save the file as UTF-8")
    })?;
    parse_toml(path, &text)
}

fn parse_toml(path: &Path, text: &str) -> anyhow::Result<QuestionFile> {
    let toml = Toml { path, text };
    let table = DeTable::parse(text).map_err(|error| {
        toml.wrong(
            error.span().unwrap_or_default(),
            &format_args!("is no TOML: {}", error.message()),
        )
    })?;
    let mut file = QuestionFile::default();
    for (key, value) in table.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("question", DeValue::Array(questions)) => {
                for question in questions {
                    file.questions.push(toml.question(question.get_ref(), question.span())?);
                }
            }
            ("floors", DeValue::Table(floors)) => {
                for (name, floor) in floors {
                    file.floors.push(toml.floor(name.get_ref(), floor.get_ref(), floor.span())?);
                }
            }
            (other, _) => {
                let problem =
                    format!("`{other}` is not known here: write [[question]] or [floors]");
                return Err(toml.wrong(key.span(), &problem));
            }
        }
    }
    Ok(file)
}

/// A file while it is read.
struct Toml<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Toml<'_> {
    fn line(&self, span: &Range<usize>) -> u32 {
        line_of(self.text.as_bytes(), span.start)
    }

    fn wrong(&self, span: Range<usize>, problem: &dyn Display) -> anyhow::Error {
        lines::at(self.path, self.line(&span), problem)
    }

    fn question(&self, value: &DeValue<'_>, span: Range<usize>) -> anyhow::Result<Written> {
        let Some(table) = value.as_table() else {
            return Err(self.wrong(span, &"is no table: write [[question]], then ask and expect"));
        };
        let (mut ask, mut expect, mut line) = (String::new(), Vec::new(), 0);
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let texts = texts(value.get_ref()).filter(|texts| texts.iter().all(|t| !t.is_empty()));
            match (name, texts) {
                ("ask", Some(texts)) if value.get_ref().is_str() => ask = texts.concat(),
                ("expect", Some(texts)) => (expect, line) = (texts, self.line(&value.span())),
                ("ask", _) => return Err(self.wrong(value.span(), &"`ask` must be a text")),
                ("expect", _) => {
                    let problem = "`expect` must be a text, or a list of texts";
                    return Err(self.wrong(value.span(), &problem));
                }
                _ => {
                    let problem = format!("`{name}` is not known here: write `ask` and `expect`");
                    return Err(self.wrong(key.span(), &problem));
                }
            }
        }
        if ask.is_empty() || expect.is_empty() {
            let missing = if ask.is_empty() { "ask" } else { "expect" };
            return Err(self.wrong(span, &format_args!("this question lacks `{missing}`")));
        }
        Ok(Written { line, ask, expect })
    }

    fn floor(&self, name: &str, value: &DeValue<'_>, span: Range<usize>) -> anyhow::Result<Floor> {
        let number = match value {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) => number.as_str(),
            _ => "",
        };
        Floor::parse(name, number).map_err(|problem| self.wrong(span, &problem))
    }
}

/// A text, or all texts of a list.
fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::String(text) => Some(vec![text.trim().to_owned()]),
        DeValue::Array(list) => {
            list.iter().map(|v| Some(v.get_ref().as_str()?.trim().to_owned())).collect()
        }
        _ => None,
    }
}

fn line_of(text: &[u8], at: usize) -> u32 {
    let lines = text[..at.min(text.len())].split(|b| *b == b'\n').count();
    u32::try_from(lines).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::proptest;

    use super::{QuestionFile, Written, parse_toml};
    use crate::evaluation::floors::Floor;
    use crate::evaluation::measure::Measure;

    #[test]
    fn questions_come_with_the_line_of_what_is_expected() {
        let text = "[floors]\nwrong = 0\n\n[[question]]\nask = \" A? \"\nexpect = \"none\"\n\n\
            [[question]]\nexpect = [\n  \"a#q1\",\n  \"b\",\n]\nask = \"B?\"\n";
        let written = |line, ask: &str, expect: &[&str]| Written {
            line,
            ask: ask.to_owned(),
            expect: expect.iter().map(|e| (*e).to_owned()).collect(),
        };
        let questions = vec![written(6, "A?", &["none"]), written(9, "B?", &["a#q1", "b"])];
        let floors = vec![Floor { measure: Measure::Wrong, limit: 0.0 }];
        let file = parse_toml(Path::new("a.toml"), text).unwrap();
        assert_eq!(file, QuestionFile { questions, floors });
    }

    proptest! {
        #[test]
        fn any_text_is_a_file_or_trouble_in_one_line(text in "\\PC{0,80}|[\\[\\]\"=a-z#.0-9{}, \\n]{0,80}") {
            if let Err(error) = parse_toml(Path::new("a.toml"), &text) {
                let told = error.to_string();
                assert!(told.starts_with("a.toml:") && !told.contains('\n'), "{told}");
            }
        }
    }
}
