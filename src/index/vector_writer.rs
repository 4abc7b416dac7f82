//! Vectors in, the file of a generation out, passage by passage.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use crate::index::aspects::Aspect;
use crate::index::vectors::{
    Common, FILE, HEAD, HEADER, MAGIC, Row, VECTOR_BITS, beginning, head_of,
};

/// Vectors between which the likeness of unrelated texts is measured.
const SAMPLED: usize = 256;

/// Writes the file; see [`vectors`](crate::index::vectors) for its layout.
#[derive(Debug)]
pub struct VectorWriter {
    out: BufWriter<File>,
    /// Of all that is written behind the header and what is common.
    hasher: blake3::Hasher,
    dimensions: usize,
    head: usize,
    heads: Vec<u8>,
    scales: Vec<f32>,
    hashes: Vec<u64>,
    owners: Vec<(u32, u32)>,
    starts: Vec<u32>,
    entries: Vec<u32>,
    /// Titles stand above many passages.
    topics: HashMap<u64, u32>,
    sample: Sample,
    /// The sum of those of questions, and how many there are.
    sum: Vec<f32>,
    questions: usize,
}

/// Vectors from all over the file: every so many-th, ever fewer the more there are.
#[derive(Debug, Default)]
struct Sample {
    rows: Vec<Row>,
    every: usize,
    seen: usize,
}

impl VectorWriter {
    /// Begins the file in the folder of a generation.
    pub fn create(folder: &Path, dimensions: usize) -> std::io::Result<Self> {
        let mut out = BufWriter::new(File::create(folder.join(FILE))?);
        // Header and what is common come last.
        out.write_all(&vec![0; HEADER + 4 * dimensions])?;
        Ok(Self {
            out,
            hasher: blake3::Hasher::new(),
            dimensions,
            head: dimensions.min(HEAD),
            heads: Vec::new(),
            scales: Vec::new(),
            hashes: Vec::new(),
            owners: Vec::new(),
            starts: vec![0],
            entries: Vec::new(),
            topics: HashMap::new(),
            sample: Sample { every: 1, ..Sample::default() },
            sum: vec![0.0; dimensions],
            questions: 0,
        })
    }

    /// Adds the next passage, in the order of the index, with what it has.
    pub fn add(
        &mut self,
        rows: impl IntoIterator<Item = (Aspect, u64, Row)>,
    ) -> std::io::Result<()> {
        let passage = number(self.starts.len() - 1);
        for (aspect, hash, row) in rows {
            let known = self.topics.get(&hash).copied().filter(|_| aspect == Aspect::Topic);
            let vector = known.unwrap_or(number(self.scales.len()));
            if known.is_none() {
                self.put(&row.numbers)?;
                self.scales.push(row.scale);
                self.hashes.push(hash);
                if aspect == Aspect::Topic {
                    self.topics.insert(hash, vector);
                }
            }
            if aspect.is_searched() {
                self.heads.extend(head_of(&row, self.head));
                self.owners.push((vector, passage));
                if aspect == Aspect::Question {
                    row.add_to(&mut self.sum);
                    self.questions += 1;
                }
                self.sample.add(row);
            }
            self.entries.push((aspect.number() << VECTOR_BITS) | vector);
        }
        self.starts.push(number(self.entries.len()));
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hasher.update(bytes);
        self.out.write_all(bytes)
    }

    /// Ends the file; `model` is the fingerprint of what made the vectors, 16 characters.
    pub fn finish(mut self, model: &str) -> std::io::Result<()> {
        let mut tables = std::mem::take(&mut self.heads);
        tables.extend(self.scales.iter().flat_map(|scale| scale.to_le_bytes()));
        tables.extend(self.hashes.iter().flat_map(|hash| hash.to_le_bytes()));
        for (vector, passage) in &self.owners {
            tables.extend(vector.to_le_bytes());
            tables.extend(passage.to_le_bytes());
        }
        tables.extend(self.starts.iter().flat_map(|start| start.to_le_bytes()));
        tables.extend(self.entries.iter().flat_map(|entry| entry.to_le_bytes()));
        self.put(&tables)?;
        let sizes = [
            self.dimensions,
            self.head,
            self.scales.len(),
            self.owners.len(),
            self.starts.len() - 1,
            self.entries.len(),
        ];
        let mut header = MAGIC.to_vec();
        header.extend(sizes.iter().flat_map(|size| number(*size).to_le_bytes()));
        let common = Common::of(&self.sum, self.questions);
        let (mean, spread) = self.sample.unrelated();
        header.extend([mean, spread].iter().flat_map(|x| x.to_le_bytes()));
        header.extend(model.bytes().chain(std::iter::repeat(b' ')).take(16));
        let common: Vec<u8> = common.bytes().collect();
        self.hasher.update(&common).update(&header);
        header.extend(beginning(&self.hasher));
        header.extend(common);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header)?;
        let file = self.out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()
    }
}

impl Sample {
    fn add(&mut self, row: Row) {
        if self.seen.is_multiple_of(self.every) {
            if self.rows.len() == SAMPLED {
                let mut at = 0;
                self.rows.retain(|_| {
                    at += 1;
                    at % 2 == 1
                });
                self.every *= 2;
            }
            if self.seen.is_multiple_of(self.every) {
                self.rows.push(row);
            }
        }
        self.seen += 1;
    }

    /// Mean and spread of the likeness between vectors that do not stand beside each other.
    fn unrelated(&self) -> (f32, f32) {
        let far = self.rows.len() / 2;
        let pairs = self.rows.iter().zip(self.rows.iter().skip(far)).filter(|_| far > 0);
        let near: Vec<f32> = pairs.map(|(a, b)| a.likeness(b)).collect();
        let count = near.len().max(1) as f32;
        let mean = near.iter().sum::<f32>() / count;
        let spread = near.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / count;
        (mean, spread.sqrt())
    }
}

/// Four bytes are enough: more than a thousand million vectors are refused when it is read.
fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
