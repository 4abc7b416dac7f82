//! The lines of an input file, with what is wrong with them told as `file:line: message`.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;

use anyhow::Context;

/// A line that holds something.
#[derive(Debug)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// Its text without the line end.
    pub text: &'a str,
    /// Where it stands in the file.
    pub bytes: Range<usize>,
}

/// Shows every line that is not blank to `each`; a byte order mark belongs to none. What
/// `each` fails with is told with the file and the line.
pub fn each(path: &Path, each: impl FnMut(&Line<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let file = File::open(path).with_context(|| unreadable(path))?;
    each_of(path, BufReader::new(file), each)
}

fn unreadable(path: &Path) -> String {
    format!("{}: cannot be read", path.display())
}

fn each_of(
    path: &Path,
    mut file: impl BufRead,
    mut each: impl FnMut(&Line<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (mut bytes, mut start, mut number) = (Vec::new(), 0, 0);
    loop {
        bytes.clear();
        let length = file.read_until(b'\n', &mut bytes).with_context(|| unreadable(path))?;
        if length == 0 {
            return Ok(());
        }
        number += 1;
        let at = |problem: &dyn Display| at(path, number, problem);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| at(&"holds bytes that are not UTF-8: save the file as UTF-8"))?;
        let text = text.strip_prefix('\u{feff}').filter(|_| number == 1).unwrap_or(text);
        let text = text.trim_end_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            let line = Line { number, text, bytes: start..start + bytes.len() };
            each(&line).map_err(|problem| at(&format_args!("{problem:#}")))?;
        }
        start += length;
    }
}

/// What is wrong with a line of a file, told in one line.
pub fn at(path: &Path, line: u32, problem: &dyn Display) -> anyhow::Error {
    let problem = problem.to_string().replace(['\n', '\r'], " ");
    anyhow::anyhow!("{}:{line}: {problem}", path.display())
}

/// What a JSON parser has to say about a line, which is its only one.
pub fn json_problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(problem) if error.column() > 0 => format!("{problem} in column {}", error.column()),
        Some(problem) => problem.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::{any, proptest};

    use super::{each, each_of, json_problem};

    #[test]
    fn lines_come_with_number_and_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tsv");
        std::fs::write(&path, "\u{feff}one\r\n\n  \ntwo").unwrap();
        let mut seen = Vec::new();
        each(&path, |line| {
            seen.push((line.number, line.text.to_owned(), line.bytes.clone()));
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, [(1, "one".to_owned(), 0..8), (4, "two".to_owned(), 12..15)]);
        let error = each(&path, |line| if line.number == 4 { anyhow::bail!("no") } else { Ok(()) });
        let error = error.unwrap_err();
        assert_eq!(error.to_string(), format!("{}:4: no", path.display()));
        std::fs::write(&path, b"one\n\xff\n").unwrap();
        let error = each(&path, |_| Ok(())).unwrap_err().to_string();
        assert!(error.contains("a.tsv:2: holds bytes that are not UTF-8"), "{error}");
    }

    #[test]
    fn json_problems_tell_the_column() {
        let error = serde_json::from_str::<Vec<u8>>("[1, 2").unwrap_err();
        assert_eq!(json_problem(&error), "EOF while parsing a list in column 5");
    }

    proptest! {
        #[test]
        fn any_bytes_are_lines_or_trouble(bytes in any::<Vec<u8>>()) {
            let mut end = 0;
            let read = each_of(Path::new("a"), &bytes[..], |line| {
                assert!(line.bytes.start >= end && line.bytes.end <= bytes.len());
                end = line.bytes.end;
                Ok(())
            });
            assert_eq!(read.is_ok(), std::str::from_utf8(&bytes).is_ok());
        }
    }
}
