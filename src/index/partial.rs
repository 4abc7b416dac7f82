//! Vectors that are worked out and not yet part of a generation: a file that only grows, so
//! that whatever ends the program, nothing is worked out twice.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::index::row::Row;

const MAGIC: &[u8; 8] = b"FQPART01";
const HEADER: u64 = 28;

/// The file of one model.
#[derive(Debug)]
pub struct Partial {
    path: PathBuf,
    file: File,
    dimensions: usize,
    /// Where the row of each hash begins.
    places: HashMap<u64, u64>,
    end: u64,
}

impl Partial {
    /// Opens the file in a folder, or begins a new one where there is none of this model, and
    /// keeps other processes from it. Where one has it already this waits, or gives `None`.
    pub fn open(
        folder: &Path,
        model: &str,
        dimensions: usize,
        wait: bool,
    ) -> io::Result<Option<Self>> {
        let path = path(folder, model);
        let file =
            File::options().create(true).read(true).write(true).truncate(false).open(&path)?;
        if wait {
            file.lock()?;
        } else if let Err(error) = file.try_lock() {
            return match error {
                TryLockError::WouldBlock => Ok(None),
                TryLockError::Error(error) => Err(error),
            };
        }
        let places = HashMap::new();
        let mut partial = Self { path, file, dimensions, places, end: HEADER };
        let mut header = MAGIC.to_vec();
        header.extend(model.bytes().chain(std::iter::repeat(b' ')).take(16));
        header.extend(u32::try_from(dimensions).unwrap_or(u32::MAX).to_le_bytes());
        if let Err(error) = partial.read(&header) {
            let other = [io::ErrorKind::InvalidData, io::ErrorKind::UnexpectedEof];
            if !other.contains(&error.kind()) {
                return Err(error);
            }
            partial.places.clear();
            partial.end = HEADER;
        }
        // Half a record at the end is from a program that was killed.
        partial.file.set_len(partial.end)?;
        partial.file.seek(SeekFrom::Start(0))?;
        partial.file.write_all(&header)?;
        Ok(Some(partial))
    }

    fn read(&mut self, wanted: &[u8]) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let mut file = BufReader::new(&self.file);
        let mut header = vec![0; wanted.len()];
        file.read_exact(&mut header)?;
        if header != wanted {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let size = 12 + self.dimensions as u64;
        let mut record = vec![0; 12 + self.dimensions];
        while self.end + size <= length {
            file.read_exact(&mut record)?;
            let hash = record.first_chunk().map_or(0, |hash| u64::from_le_bytes(*hash));
            self.places.insert(hash, self.end + 8);
            self.end += size;
        }
        Ok(())
    }

    /// Whether the vector of a text is there.
    pub fn has(&self, hash: u64) -> bool {
        self.places.contains_key(&hash)
    }

    /// The vector of a text.
    pub fn row(&mut self, hash: u64) -> io::Result<Option<Row>> {
        let Some(place) = self.places.get(&hash) else { return Ok(None) };
        self.file.seek(SeekFrom::Start(*place))?;
        let mut scale = [0; 4];
        self.file.read_exact(&mut scale)?;
        let mut numbers = vec![0; self.dimensions];
        self.file.read_exact(&mut numbers)?;
        Ok(Some(Row { numbers, scale: f32::from_le_bytes(scale) }))
    }

    /// Adds vectors.
    pub fn add(&mut self, rows: &[(u64, Row)]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        let mut out = BufWriter::new(&self.file);
        for (hash, row) in rows {
            out.write_all(&hash.to_le_bytes())?;
            out.write_all(&row.scale.to_le_bytes())?;
            out.write_all(&row.numbers)?;
        }
        out.flush()?;
        for (hash, _) in rows {
            self.places.insert(*hash, self.end + 8);
            self.end += 12 + self.dimensions as u64;
        }
        Ok(())
    }

    /// Removes the file once its vectors are part of a generation.
    pub fn remove(self) {
        drop(self.file);
        let _ = fs::remove_file(&self.path);
    }
}

/// Where the vectors of a model are in a folder, told by its fingerprint.
pub fn path(folder: &Path, model: &str) -> PathBuf {
    folder.join(format!("vectors-{model}.partial"))
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::Partial;
    use crate::index::row::Row;

    #[test]
    fn what_was_added_is_there_again_and_half_a_record_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vectors-a.partial");
        let open = |model: &str| Partial::open(folder.path(), model, 3, false).unwrap().unwrap();
        let row = |x| Row { numbers: vec![x, 2, 3], scale: 0.5 };
        open("a").add(&[(7, row(1)), (8, row(9))]).unwrap();
        let mut again = open("a");
        assert!(Partial::open(folder.path(), "a", 3, false).unwrap().is_none(), "it is taken");
        assert_eq!(again.row(8).unwrap(), Some(row(9)));
        assert_eq!(again.row(9).unwrap(), None);
        drop(again);
        let length = path.metadata().unwrap().len();
        File::options().write(true).open(&path).unwrap().set_len(length - 1).unwrap();
        let mut cut = open("a");
        assert!(cut.has(7) && !cut.has(8));
        cut.add(&[(8, row(4))]).unwrap();
        drop(cut);
        assert_eq!(open("a").row(8).unwrap(), Some(row(4)));
        assert!(!open("b").has(7), "of another model");
    }
}
