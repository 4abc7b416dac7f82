//! Lines of a file around a passage, as they are now.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use crate::corpus::decoding::decode;

/// Longer lines are shown up to here, in characters: files of records may be a single one.
const LONGEST: usize = 2_000;

/// Some lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Each with its number, from 1.
    pub lines: Vec<(u32, String)>,
    /// Whether these bytes still are the text that was asked about.
    pub is_unchanged: bool,
}

/// The lines from `first` to `last`, and so many `around` them. `bytes` of the file are compared
/// with `text`. Fails where the file cannot be read.
pub fn read(
    file: &Path,
    (first, last): (u32, u32),
    around: u32,
    (bytes, text): (&Range<usize>, &str),
) -> io::Result<Excerpt> {
    let content = fs::read(file)?;
    let is_unchanged = content.get(bytes.clone()).is_some_and(|there| there == text.as_bytes());
    let decoded = decode(content);
    let wanted = first.saturating_sub(around).max(1)..=last.saturating_add(around);
    let lines = (1u32..).zip(decoded.text.lines());
    let lines =
        lines.skip_while(|(n, _)| n < wanted.start()).take_while(|(n, _)| n <= wanted.end());
    let lines = lines.map(|(n, line)| (n, line.chars().take(LONGEST).collect())).collect();
    Ok(Excerpt { lines, is_unchanged })
}

/// What stands in a file before each of these texts, from the one before it on, and behind the
/// last; `None` where the file does not have them there, in this order, or is not in UTF-8.
pub fn between(file: &Path, texts: &[(Range<usize>, &str)]) -> Option<Vec<String>> {
    let content = fs::read(file).ok()?;
    let mut at = 0;
    let mut out = Vec::with_capacity(texts.len() + 1);
    for (bytes, text) in texts {
        let before = content.get(at..bytes.start)?;
        (content.get(bytes.clone())? == text.as_bytes()).then_some(())?;
        out.push(str::from_utf8(before).ok()?.to_owned());
        at = bytes.end;
    }
    out.push(str::from_utf8(&content[at..]).ok()?.to_owned());
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{between, read};

    #[test]
    fn what_stands_between_texts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "One\n- two\n- three\nFour").unwrap();
        let texts = [(6..9, "two"), (12..17, "three")];
        assert_eq!(between(&file, &texts).unwrap(), ["One\n- ", "\n- ", "\nFour"]);
        for wrong in [[(6..9, "two"), (12..17, "other")], [(12..17, "three"), (6..9, "two")]] {
            assert_eq!(between(&file, &wrong), None);
        }
        assert_eq!(between(&file, &[(12..99, "three")]), None);
        assert_eq!(between(Path::new("/nowhere"), &[]), None);
        for bytes in [b"Caf\xe9 two" as &[u8], b"Cafe two \xe9"] {
            std::fs::write(&file, bytes).unwrap();
            assert_eq!(between(&file, &[(5..8, "two")]), None);
        }
    }

    #[test]
    fn lines_around_a_passage() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "one\ntwo\r\nthree\nfour\nfive").unwrap();
        let excerpt = read(&file, (3, 3), 1, (&(9..14), "three")).unwrap();
        let lines: Vec<_> = excerpt.lines.iter().map(|(n, line)| (*n, line.as_str())).collect();
        assert_eq!(lines, [(2, "two"), (3, "three"), (4, "four")]);
        assert!(excerpt.is_unchanged);
        let changed = read(&file, (9, u32::MAX), 2, (&(9..99), "three")).unwrap();
        assert!(!changed.is_unchanged && changed.lines.is_empty());
        assert!(read(Path::new("/nowhere"), (1, 1), 1, (&(0..1), "")).is_err());
    }
}
