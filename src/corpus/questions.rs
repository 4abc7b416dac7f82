//! `questions.toml` in: what people ask, each with what should answer it.
//!
//! ```toml
//! [[question]]
//! ask = "When is the library open?"
//! expect = "opening-hours#q1"     # a passage, an article, a short link, several, or "none"
//!
//! [floors]                        # what `faqbot eval` demands of its figures
//! p1 = 0.9
//! ```

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::corpus::problem::Problem;

/// The name of the file, in the corpus folder itself.
pub const FILE: &str = "questions.toml";
/// What is expected where nothing answers.
pub const NONE: &str = "none";

/// A question as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Golden {
    /// The line of what is expected, from 1.
    pub line: u32,
    /// What is asked.
    pub ask: String,
    /// Names of what answers, or [`NONE`] alone.
    pub expect: Vec<String>,
}

/// What a figure must reach, as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Its line, from 1.
    pub line: u32,
    /// The name of the figure.
    pub figure: String,
    /// The number; empty where there is none.
    pub number: String,
}

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Questions {
    /// Its questions.
    pub questions: Vec<Golden>,
    /// What must be reached.
    pub demands: Vec<Demand>,
}

/// Parses a file of this name; the first thing that is not understood is the problem.
pub fn parse(file: &str, text: &str) -> Result<Questions, Problem> {
    let toml = Toml { file, text };
    let table = DeTable::parse(text).map_err(|error| {
        toml.wrong(error.span().unwrap_or_default(), format!("is no TOML: {}", error.message()))
    })?;
    let mut out = Questions::default();
    for (key, value) in table.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("question", DeValue::Array(questions)) => {
                for question in questions {
                    out.questions.push(toml.question(question.get_ref(), question.span())?);
                }
            }
            ("floors", DeValue::Table(floors)) => {
                let demand = |(figure, value): (&_, &_)| toml.demand(figure, value);
                out.demands.extend(floors.iter().map(demand));
            }
            (other, _) => {
                let problem =
                    format!("`{other}` is not known here: write [[question]] or [floors]");
                return Err(toml.wrong(key.span(), problem));
            }
        }
    }
    Ok(out)
}

/// A file while it is read.
struct Toml<'a> {
    file: &'a str,
    text: &'a str,
}

impl Toml<'_> {
    fn line(&self, at: usize) -> u32 {
        let lines = self.text.as_bytes()[..at.min(self.text.len())].split(|b| *b == b'\n').count();
        u32::try_from(lines).unwrap_or(u32::MAX)
    }

    fn wrong(&self, span: Range<usize>, problem: impl Into<String>) -> Problem {
        let problem = problem.into().replace(['\n', '\r'], " ");
        Problem::new(self.file, self.line(span.start), problem)
    }

    fn question(&self, value: &DeValue<'_>, span: Range<usize>) -> Result<Golden, Problem> {
        let Some(table) = value.as_table() else {
            return Err(self.wrong(span, "is no table: write [[question]], then ask and expect"));
        };
        let (mut ask, mut expect, mut line) = (String::new(), Vec::new(), 0);
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let texts = texts(value.get_ref()).filter(|texts| texts.iter().all(|t| !t.is_empty()));
            match (name, texts) {
                ("ask", Some(texts)) if value.get_ref().is_str() => ask = texts.concat(),
                ("expect", Some(texts)) => (expect, line) = (texts, self.line(value.span().start)),
                ("ask", _) => return Err(self.wrong(value.span(), "`ask` must be a text")),
                ("expect", _) => {
                    let problem = "`expect` must be a text, or a list of texts";
                    return Err(self.wrong(value.span(), problem));
                }
                _ => {
                    let problem = format!("`{name}` is not known here: write `ask` and `expect`");
                    return Err(self.wrong(key.span(), problem));
                }
            }
        }
        if ask.is_empty() || expect.is_empty() {
            let missing = if ask.is_empty() { "ask" } else { "expect" };
            return Err(self.wrong(span, format!("this question lacks `{missing}`")));
        }
        if expect.len() > 1 && expect.iter().any(|name| name == NONE) {
            let problem = format!("`{NONE}` stands beside other answers: keep it or them");
            return Err(Problem::new(self.file, line, problem));
        }
        Ok(Golden { line, ask, expect })
    }

    fn demand(
        &self,
        figure: &toml::Spanned<std::borrow::Cow<'_, str>>,
        value: &toml::Spanned<DeValue<'_>>,
    ) -> Demand {
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) => number.as_str(),
            _ => "",
        };
        Demand {
            line: self.line(value.span().start),
            figure: figure.get_ref().to_string(),
            number: number.to_owned(),
        }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::{Demand, Golden, Questions, parse};

    #[test]
    fn questions_come_with_the_line_of_what_is_expected() {
        let text = "[floors]\nwrong = 0\n\n[[question]]\nask = \" A? \"\nexpect = \"none\"\n\n\
            [[question]]\nexpect = [\n  \"a#q1\",\n  \"b\",\n]\nask = \"B?\"\n";
        let golden = |line, ask: &str, expect: &[&str]| Golden {
            line,
            ask: ask.to_owned(),
            expect: expect.iter().map(|e| (*e).to_owned()).collect(),
        };
        let questions = vec![golden(6, "A?", &["none"]), golden(9, "B?", &["a#q1", "b"])];
        let demands = vec![Demand { line: 2, figure: "wrong".into(), number: "0".into() }];
        assert_eq!(parse("a.toml", text).unwrap(), Questions { questions, demands });
    }

    #[test]
    fn none_stands_alone() {
        let text = "[[question]]\nask = \"A?\"\nexpect = [\"none\", \"a\"]\n";
        let told = parse("a.toml", text).unwrap_err().to_string();
        assert_eq!(told, "a.toml:3: `none` stands beside other answers: keep it or them");
    }

    proptest! {
        #[test]
        fn any_text_is_a_file_or_trouble_in_one_line(text in "\\PC{0,80}|[\\[\\]\"=a-z#.0-9{}, \\n]{0,80}") {
            if let Err(problem) = parse("a.toml", &text) {
                let told = problem.to_string();
                assert!(told.starts_with("a.toml:") && !told.contains('\n'), "{told}");
            }
        }
    }
}
