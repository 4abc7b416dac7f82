//! A table of word pieces with a vector each in, the vector of a text out: the sum of the
//! vectors of its pieces, brought to length 1.
//!
//! The table is used as it lies in memory. Its layout: `FQTABLE1`, dimensions and number of
//! pieces (two u32), where each piece ends in the letters (u32), a scale for each (f32), their
//! coordinates (i8), the letters. All numbers are little-endian; pieces are in the order of
//! their bytes, those that continue a word begin with `##`.

use std::collections::HashMap;

use anyhow::{Context, ensure};

use crate::semantic::vectors::unit;
use crate::text::normalize;
use crate::text::tokenize;

const MAGIC: &[u8; 8] = b"FQTABLE1";
const HEADER: usize = 16;
/// What a piece that continues a word begins with.
pub const CONTINUES: &str = "##";
/// Longer words are not cut into pieces.
const MOST_LETTERS: usize = 64;

/// An open table.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    dimensions: usize,
    ends: &'a [u8],
    scales: &'a [u8],
    rows: &'a [u8],
    letters: &'a [u8],
    /// The first letters of each piece (see [`beginning`]): nearly all pieces are told apart by them.
    beginnings: Vec<u64>,
}

impl<'a> Table<'a> {
    /// Opens the bytes of a table. Fails where they are none.
    pub fn open(bytes: &'a [u8]) -> anyhow::Result<Self> {
        let damaged = "is no table of word pieces, or a damaged one";
        ensure!(bytes.len() >= HEADER && bytes.starts_with(MAGIC), damaged);
        let (dimensions, count) = (number(bytes, 8) as usize, number(bytes, 12) as usize);
        let rest = &bytes[HEADER..];
        let (ends, rest) =
            count.checked_mul(4).and_then(|n| rest.split_at_checked(n)).context(damaged)?;
        let (scales, rest) = rest.split_at_checked(ends.len()).context(damaged)?;
        let rows = count.checked_mul(dimensions).and_then(|n| rest.split_at_checked(n));
        let (rows, letters) = rows.context(damaged)?;
        let beginnings = Vec::new();
        let mut table = Self { dimensions, ends, scales, rows, letters, beginnings };
        let sound = (1..count).all(|at| table.end(at - 1) <= table.end(at));
        let last = count.checked_sub(1).map_or(0, |last| table.end(last));
        let finite = (0..count).all(|at| table.scale(at).is_finite());
        ensure!(dimensions > 0 && sound && finite && last == letters.len(), damaged);
        table.beginnings = (0..count).map(|at| beginning(table.piece(at))).collect();
        Ok(table)
    }

    /// The bytes of a table; pieces in any order, vectors all of the same length.
    pub fn encode(mut pieces: Vec<(String, Vec<f32>)>) -> Vec<u8> {
        pieces.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
        let dimensions = pieces.first().map_or(0, |(_, vector)| vector.len());
        let (mut ends, mut scales, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        let mut letters = Vec::new();
        for (piece, vector) in &pieces {
            letters.extend_from_slice(piece.as_bytes());
            ends.extend(word(letters.len()).to_le_bytes());
            let (scale, row) = quantized(vector);
            scales.extend(scale.to_le_bytes());
            rows.extend(row.iter().map(|x| x.to_le_bytes()[0]));
        }
        let mut out = MAGIC.to_vec();
        out.extend(word(dimensions).to_le_bytes());
        out.extend(word(pieces.len()).to_le_bytes());
        for part in [ends, scales, rows, letters] {
            out.extend(part);
        }
        out
    }

    /// Numbers of a vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The unit vector of a text; all zero where no piece of it is known.
    pub fn embed(&self, text: &str) -> Vec<f32> {
        self.mean(&self.pieces(text))
    }

    /// The same of many texts: each word is cut into pieces once.
    pub fn embed_all(&self, texts: &[String]) -> Vec<Vec<f32>> {
        let mut known: HashMap<String, Vec<usize>> = HashMap::new();
        let mut embed = |text: &String| {
            let mut pieces = Vec::new();
            for word in words(text) {
                if let Some(own) = known.get(&word) {
                    pieces.extend(own);
                } else {
                    let before = pieces.len();
                    cut(&word, |piece| self.find(piece), &mut pieces);
                    known.insert(word, pieces[before..].to_vec());
                }
            }
            self.mean(&pieces)
        };
        texts.iter().map(&mut embed).collect()
    }

    /// The unit vector of these pieces.
    fn mean(&self, pieces: &[usize]) -> Vec<f32> {
        let mut sum = vec![0.0; self.dimensions];
        for &piece in pieces {
            let scale = self.scale(piece);
            let row = &self.rows[piece * self.dimensions..][..self.dimensions];
            for (slot, x) in sum.iter_mut().zip(row) {
                *slot += scale * f32::from(i8::from_le_bytes([*x]));
            }
        }
        unit(sum)
    }

    /// The places of the pieces of a text, in order.
    pub fn pieces(&self, text: &str) -> Vec<usize> {
        let mut out = Vec::new();
        for word in words(text) {
            cut(&word, |piece| self.find(piece), &mut out);
        }
        out
    }

    fn find(&self, piece: &str) -> Option<usize> {
        let begins = beginning(piece.as_bytes());
        let first = self.beginnings.partition_point(|other| *other < begins);
        let alike = self.beginnings[first..].iter().take_while(|other| **other == begins).count();
        let mut alike = first..first + alike;
        alike.find(|at| self.piece(*at) == piece.as_bytes())
    }

    fn piece(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.end(before));
        self.letters.get(start..self.end(at)).unwrap_or_default()
    }

    fn scale(&self, at: usize) -> f32 {
        f32::from_bits(number(self.scales, 4 * at))
    }

    fn end(&self, at: usize) -> usize {
        number(self.ends, 4 * at) as usize
    }
}

/// The words of a text as they are cut into pieces: without accents, and apart at apostrophes.
pub fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for token in tokenize::tokens(text) {
        let folded = normalize::fold(&token.text);
        let parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        out.extend(parts.map(str::to_owned));
    }
    out
}

/// Cuts a word into the longest pieces from the left (`WordPiece`, Schuster and Nakajima,
/// 2012); a word that cannot be cut whole has none.
pub fn cut(word: &str, find: impl Fn(&str) -> Option<usize>, out: &mut Vec<usize>) {
    let before = out.len();
    if word.len() > MOST_LETTERS {
        return;
    }
    let mut rest = word;
    while !rest.is_empty() {
        let mark = if rest.len() < word.len() { CONTINUES } else { "" };
        let marked = format!("{mark}{rest}");
        let mut ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
        let known = |end: usize| Some((end, find(&marked[..mark.len() + end])?));
        let Some((end, piece)) = ends.find_map(known) else {
            out.truncate(before);
            return;
        };
        out.push(piece);
        rest = &rest[end..];
    }
}

/// The first eight bytes of a piece as a number, in the order of pieces.
fn beginning(piece: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (byte, letter) in bytes.iter_mut().zip(piece) {
        *byte = *letter;
    }
    u64::from_be_bytes(bytes)
}

/// A vector in 127ths of its greatest number.
#[expect(clippy::cast_possible_truncation, reason = "at most 127")]
fn quantized(vector: &[f32]) -> (f32, Vec<i8>) {
    let most = vector.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    let scale = if most > 0.0 { most / 127.0 } else { 1.0 };
    (scale, vector.iter().map(|x| (x / scale).round() as i8).collect())
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
    four.map_or(0, u32::from_le_bytes)
}

fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Table, cut};

    fn table() -> Vec<u8> {
        let piece = |text: &str, x, y| (text.to_owned(), vec![x, y]);
        Table::encode(vec![piece("open", 1.0, 0.0), piece("##ing", 0.0, 2.0), piece("o", 5.0, 5.0)])
    }

    #[test]
    fn the_vector_of_a_text_is_that_of_its_pieces() {
        let bytes = table();
        let table = Table::open(&bytes).unwrap();
        assert_eq!(table.embed("Open!"), [1.0, 0.0]);
        let both = table.embed("opening");
        assert!((both[1] / both[0] - 2.0).abs() < 0.02, "{both:?}");
        assert_eq!(table.embed("closing"), [0.0, 0.0]);
        let texts = ["Open!", "opening open opening", "closing open"].map(str::to_owned);
        assert_eq!(table.embed_all(&texts), texts.each_ref().map(|text| table.embed(text)));
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces() {
        let known = ["a", "ab", "##c", "##cd", "##d"];
        let find = |piece: &str| known.iter().position(|k| *k == piece);
        for (word, expected) in [("abcd", vec![1, 3]), ("ad", vec![0, 4]), ("abx", vec![])] {
            let mut out = Vec::new();
            cut(word, find, &mut out);
            assert_eq!(out, expected, "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_table_or_refused(bytes: Vec<u8>, at in any::<usize>(), by in any::<u8>()) {
            let _ = Table::open(&bytes);
            let mut damaged = table();
            let at = at % damaged.len();
            damaged[at] ^= by;
            if let Ok(table) = Table::open(&damaged) {
                let _ = table.embed("opening of o");
            }
        }
    }
}
