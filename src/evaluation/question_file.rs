//! A file of one's own questions in, each with what is expected: `questions.toml`, or a line each:
//! question, tab, what is expected.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};

use crate::corpus::questions::{self, Golden};
use crate::evaluation::floors::Floor;
use crate::evaluation::lines;

/// What a file holds.
#[derive(Debug, Default, PartialEq)]
pub struct QuestionFile {
    /// Its questions.
    pub questions: Vec<Golden>,
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

fn read_columns(path: &Path) -> anyhow::Result<Vec<Golden>> {
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
        questions.push(Golden { line: line.number, ask: ask.to_owned(), expect });
        Ok(())
    })?;
    Ok(questions)
}

fn read_toml(path: &Path) -> anyhow::Result<QuestionFile> {
    let bytes = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|b| *b == b'\n').count();
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        lines::at(path, line, &"holds bytes that are not UTF-8: save the file as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let read = questions::parse(&path.to_string_lossy(), text);
    let read = read.map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let floor = |demand: &questions::Demand| {
        Floor::parse(&demand.figure, &demand.number)
            .map_err(|problem| lines::at(path, demand.line, &problem))
    };
    let floors = read.demands.iter().map(floor).collect::<anyhow::Result<_>>()?;
    Ok(QuestionFile { questions: read.questions, floors })
}
