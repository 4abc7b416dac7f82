//! Lines from a pipe, of a bounded length.

use std::io::{BufRead, Read};

use anyhow::{Context, ensure};

/// Longer lines, in bytes, are no questions.
pub const LONGEST: usize = 4 << 20;

/// The next line with its end; empty where there is none. `number` is told where it is too long.
pub fn next(input: &mut impl BufRead, number: u64) -> anyhow::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut some = input.take(LONGEST as u64 + 1);
    some.read_until(b'\n', &mut line).context("standard input: cannot be read")?;
    ensure!(
        line.len() <= LONGEST,
        "standard input: line {number} has more than {LONGEST} bytes: write one question a line"
    );
    Ok(line)
}
