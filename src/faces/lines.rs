//! Lines from a pipe, of a bounded length.

use std::io::{BufRead, Read};

use anyhow::{Context, ensure};

/// Longer lines, in bytes without their end, are no questions.
pub const LONGEST: usize = 4 << 20;
/// The longest end of a line.
const END: &[u8] = b"\r\n";

/// The next line with its end; empty where there is none. `number` is told where it is too long.
pub fn next(input: &mut impl BufRead, number: u64) -> anyhow::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut some = input.take(LONGEST as u64 + END.len() as u64);
    some.read_until(b'\n', &mut line).context("standard input: cannot be read")?;
    ensure!(
        line.strip_suffix(END).or(line.strip_suffix(b"\n")).unwrap_or(&line).len() <= LONGEST,
        "standard input: line {number} has more than {LONGEST} bytes: write one question a line"
    );
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, next};

    #[test]
    fn a_line_is_as_long_as_it_is_without_its_end() {
        for (length, end, fits) in [
            (LONGEST, "", true),
            (LONGEST, "\n", true),
            (LONGEST, "\r\n", true),
            (LONGEST + 1, "", false),
            (LONGEST + 1, "\n", false),
            (LONGEST + 1, "\r\n", false),
        ] {
            let text = "x".repeat(length) + end;
            assert_eq!(next(&mut text.as_bytes(), 1).is_ok(), fits, "{length} {end:?}");
        }
    }
}
