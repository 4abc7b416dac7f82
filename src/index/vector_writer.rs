//! Vectors in, the file of a segment out, document by document.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

use crate::index::aspects::Aspect;
use crate::index::row::{HEAD, Row, Sum, head_of};
use crate::index::vector_file::{HEADER, MAGIC, VECTOR_BITS, beginning, name};

/// Writes the file; see [`vector_file`](crate::index::vector_file) for its layout.
#[derive(Debug)]
pub struct VectorWriter {
    out: BufWriter<File>,
    /// Of all that is written behind the header and the sum.
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
    /// Of the vectors of questions.
    sum: Sum,
}

impl VectorWriter {
    /// Begins the file of a segment in the folder of a generation.
    pub fn create(folder: &Path, segment: &str, dimensions: usize) -> std::io::Result<Self> {
        let path = folder.join(name(segment));
        // What is there of another model may be shared with a generation that is being read: the name
        // goes, the file stays.
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut out = BufWriter::new(File::create_new(path)?);
        // Header and sum come last.
        out.write_all(&vec![0; HEADER + 8 * dimensions])?;
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
            sum: Sum::new(dimensions),
        })
    }

    /// Adds a document of the segment with what it has, in the order of their numbers; those before it
    /// that were not added have nothing.
    pub fn add(
        &mut self,
        document: u32,
        rows: impl IntoIterator<Item = (Aspect, u64, Row)>,
    ) -> std::io::Result<()> {
        if (document as usize) + 1 < self.starts.len() {
            return Err(ErrorKind::InvalidInput.into());
        }
        self.skip_to(document);
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
                self.owners.push((vector, document));
                if aspect == Aspect::Question {
                    self.sum.add(&row.numbers, row.scale);
                }
            }
            self.entries.push((aspect.number() << VECTOR_BITS) | vector);
        }
        self.starts.push(number(self.entries.len()));
        Ok(())
    }

    /// Documents before this one have nothing but what was added.
    fn skip_to(&mut self, document: u32) {
        let end = number(self.entries.len());
        self.starts.resize(self.starts.len().max(document as usize + 1), end);
    }

    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hasher.update(bytes);
        self.out.write_all(bytes)
    }

    /// Ends the file of a segment of so many documents; `model` is the fingerprint of what made the
    /// vectors, 16 characters.
    pub fn finish(mut self, documents: u32, model: &str) -> std::io::Result<()> {
        self.skip_to(documents);
        let mut tables = std::mem::take(&mut self.heads);
        tables.extend(self.scales.iter().flat_map(|scale| scale.to_le_bytes()));
        tables.extend(self.hashes.iter().flat_map(|hash| hash.to_le_bytes()));
        let mut sorted: Vec<u32> = (0..number(self.hashes.len())).collect();
        sorted.sort_unstable_by_key(|vector| self.hashes[*vector as usize]);
        tables.extend(sorted.iter().flat_map(|vector| vector.to_le_bytes()));
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
        header.extend(self.sum.count.to_le_bytes());
        header.extend(model.bytes().chain(std::iter::repeat(b' ')).take(16));
        let sum: Vec<u8> = self.sum.numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.hasher.update(&sum).update(&header);
        header.extend(beginning(&self.hasher));
        header.extend(sum);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header)?;
        let file = self.out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()
    }
}

/// Four bytes are enough: more than a thousand million vectors are refused when it is read.
fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tantivy::directory::OwnedBytes;

    use super::VectorWriter;
    use crate::index::aspects::Aspect;
    use crate::index::row::Row;
    use crate::index::vector_file::{VectorFile, name};

    #[test]
    fn documents_that_were_passed_over_have_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let row = |hash: u64| (Aspect::Whole, hash, Row::new(&[1.0, 0.5]));
        let mut writer = VectorWriter::create(folder.path(), "a", 2).unwrap();
        writer.add(1, [row(10), row(11)]).unwrap();
        writer.add(4, [row(12)]).unwrap();
        assert!(writer.add(4, [row(13)]).is_err(), "they come in their order");
        writer.finish(6, "0123456789abcdef").unwrap();
        let bytes = fs::read(folder.path().join(name("a"))).unwrap();
        let file = VectorFile::open(OwnedBytes::new(bytes), 6).unwrap();
        let vectors = |document| file.entries(document).map(|(_, vector)| vector).collect();
        let all: Vec<Vec<u32>> = (0..6).map(vectors).collect();
        assert_eq!(all, [vec![], vec![0, 1], vec![], vec![], vec![2], vec![]]);
    }
}
