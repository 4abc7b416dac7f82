//! The passages nearest to a question: every vector is compared, first by a few of its numbers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::panic::resume_unwind;
use std::thread;

use crate::index::vectors::{Asked, Vectors, product, word};

/// For each passage that is wanted so many are compared whole after their heads were, and one more
/// for so many that are searched: the more there are, the more are equally near by their heads.
const CLOSER: usize = 5;
/// See [`CLOSER`].
const PER: usize = 2_000;
/// More heads than this are looked at by several threads.
const ALONE: usize = 150_000;

impl Vectors {
    /// The passages nearest to a question by their question or as a whole, at most `count`, by
    /// running number, nearest first.
    ///
    /// The first numbers of all are compared, then the nearest whole.
    pub fn nearest(&self, asked: &Asked, count: usize) -> Vec<u32> {
        if count == 0 || self.searched == 0 || asked.numbers.len() != self.dimensions {
            return Vec::new();
        }
        let closer = count.saturating_mul(CLOSER) + self.searched / PER;
        let closer = closer.min(self.searched);
        let mut near: Vec<(f32, u32)> = if closer < self.searched {
            let heads = self.heads(asked, closer);
            heads.into_iter().filter_map(|slot| self.compared(asked, slot)).collect()
        } else {
            (0..self.searched).filter_map(|slot| self.compared(asked, slot)).collect()
        };
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut seen = HashSet::new();
        let passages = near.into_iter().map(|(_, passage)| passage);
        passages.filter(|passage| seen.insert(*passage)).take(count).collect()
    }

    fn compared(&self, asked: &Asked, slot: usize) -> Option<(f32, u32)> {
        let vector = word(&self.bytes, self.parts.owners + 8 * slot)?;
        let passage = word(&self.bytes, self.parts.owners + 8 * slot + 4)?;
        let (row, scale) = self.row(vector)?;
        Some((asked.likeness(row, scale), passage))
    }

    /// The places of the heads that are nearest.
    fn heads(&self, asked: &Asked, count: usize) -> Vec<usize> {
        let threads = if self.searched > ALONE {
            thread::available_parallelism().map_or(1, usize::from)
        } else {
            1
        };
        let share = self.searched.div_ceil(threads);
        let mut best: Vec<(i32, Reverse<usize>)> = if threads == 1 {
            self.heads_in(asked, 0, self.searched, count)
        } else {
            thread::scope(|scope| {
                let work = |thread: usize| {
                    let from = (thread * share).min(self.searched);
                    let to = (from + share).min(self.searched);
                    scope.spawn(move || self.heads_in(asked, from, to, count))
                };
                let workers: Vec<_> = (0..threads).map(work).collect();
                let ended =
                    workers.into_iter().map(|w| w.join().unwrap_or_else(|p| resume_unwind(p)));
                ended.flatten().collect()
            })
        };
        if best.len() > count {
            best.select_nth_unstable_by(count - 1, |a, b| b.cmp(a));
            best.truncate(count);
        }
        best.into_iter().map(|(_, Reverse(slot))| slot).collect()
    }

    fn heads_in(
        &self,
        asked: &Asked,
        from: usize,
        to: usize,
        count: usize,
    ) -> Vec<(i32, Reverse<usize>)> {
        let heads =
            &self.bytes[self.parts.heads + from * self.head..self.parts.heads + to * self.head];
        let asked = &asked.numbers[..self.head];
        let mut best: BinaryHeap<Reverse<(i32, Reverse<usize>)>> =
            BinaryHeap::with_capacity(count + 1);
        let mut least = i32::MIN;
        for (at, head) in heads.chunks_exact(self.head).enumerate() {
            let near = product(asked, head);
            if near > least || best.len() < count {
                best.push(Reverse((near, Reverse(from + at))));
                if best.len() > count {
                    best.pop();
                }
                if best.len() == count {
                    least = best.peek().map_or(i32::MIN, |Reverse((near, _))| *near);
                }
            }
        }
        best.into_iter().map(|Reverse(one)| one).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::{prop_assert, proptest};
    use tantivy::directory::OwnedBytes;

    use crate::index::aspects::Aspect;
    use crate::index::vector_writer::VectorWriter;
    use crate::index::vectors::{FILE, Row, Vectors};

    const WIDTH: usize = 96;
    const MODEL: &str = "0123456789abcdef";

    /// Vectors by a generator (Numerical Recipes).
    fn rows(count: usize) -> Vec<Vec<f32>> {
        let mut state = 7u32;
        let mut number = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| (0..WIDTH).map(|_| number()).collect()).collect()
    }

    /// The file of passages that have one vector each, and one without any at the end.
    fn file(aspect: Aspect, rows: &[Vec<f32>]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = VectorWriter::create(folder.path(), WIDTH).unwrap();
        for (row, hash) in rows.iter().zip(0u64..) {
            writer.add([(aspect, hash, Row::new(row))]).unwrap();
        }
        writer.add([]).unwrap();
        writer.finish(MODEL).unwrap();
        fs::read(folder.path().join(FILE)).unwrap()
    }

    fn open(bytes: Vec<u8>, passages: u64) -> Option<Vectors> {
        Vectors::open(OwnedBytes::new(bytes), passages)
    }

    #[test]
    fn vectors_come_back_as_they_were_written() {
        let rows = rows(10);
        let vectors = open(file(Aspect::Whole, &rows), 11).unwrap();
        assert!(vectors.is_intact() && vectors.model() == MODEL);
        assert!(open(file(Aspect::Whole, &rows), 10).is_none(), "of another generation");
        let places = vectors.by_hash();
        for (row, hash) in rows.iter().zip(0u64..) {
            let Row { numbers, scale } = Row::new(row);
            assert_eq!(vectors.row(places[&hash]), Some((numbers.as_slice(), scale)));
        }
        assert!(vectors.has(9) && !vectors.has(10) && !vectors.has(11));
        let asked = vectors.asked(&rows[3]).unwrap();
        let near = vectors.likeness(&asked, 3).unwrap().whole;
        assert!(near > 0.995, "{near}");
        assert_eq!(vectors.likeness(&asked, 10), None);
        assert!(vectors.asked(&[0.0; WIDTH]).is_none(), "a text without meaning");
    }

    #[test]
    fn the_nearest_are_those_that_a_look_at_each_finds() {
        let rows = rows(400);
        let vectors = open(file(Aspect::Whole, &rows), 401).unwrap();
        let asked = vectors.asked(&self::rows(401)[400]).unwrap();
        let near = |at: u32| vectors.likeness(&asked, at).unwrap().whole;
        let mut all: Vec<u32> = (0..400).collect();
        all.sort_by(|a, b| near(*b).total_cmp(&near(*a)));
        // So many are wanted that all are compared whole.
        assert_eq!(vectors.nearest(&asked, 20), all[..20]);
        // Fewer are chosen by their first numbers; what is asked for itself is first.
        for at in [0, 123, 399] {
            let asked = vectors.asked(&rows[at as usize]).unwrap();
            assert_eq!(vectors.nearest(&asked, 3)[0], at);
        }
        assert!(vectors.nearest(&asked, 0).is_empty());
        assert!(vectors.asked(&[1.0]).is_none(), "another width");
    }

    #[test]
    fn questions_are_compared_beyond_what_they_have_in_common() {
        let alike = |row: Vec<f32>| -> Vec<f32> { row.iter().map(|x| x + 1.0).collect() };
        let unit = |row: &[f32]| -> Vec<f32> {
            let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            row.iter().map(|x| x / length).collect()
        };
        let rows: Vec<Vec<f32>> = rows(101).into_iter().map(|row| unit(&alike(row))).collect();
        let (question, rows) = rows.split_last().unwrap();
        let common: Vec<f32> =
            (0..WIDTH).map(|at| rows.iter().map(|row| row[at]).sum::<f32>() / 130.0).collect();
        let beyond =
            |row: &[f32]| unit(&row.iter().zip(&common).map(|(x, c)| x - c).collect::<Vec<_>>());
        let vectors = open(file(Aspect::Question, rows), 101).unwrap();
        let asked = vectors.asked(question).unwrap();
        for (row, at) in rows.iter().zip(0..) {
            let found = vectors.likeness(&asked, at).unwrap().question;
            let (a, b) = (beyond(question), beyond(row));
            let wanted: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            assert!((found - wanted).abs() < 0.03, "{found} {wanted}");
        }
    }

    proptest! {
        #[test]
        fn damage_is_found_and_never_more_than_a_wrong_answer(
            at in 0usize..3000,
            change in 1u8..,
            kept in 0usize..3000,
        ) {
            let rows = rows(12);
            let mut bytes = file(Aspect::Whole, &rows);
            let at = at % bytes.len();
            bytes[at] ^= change;
            for bytes in [bytes[..kept.min(bytes.len())].to_vec(), bytes] {
                let Some(vectors) = open(bytes, 13) else { continue };
                prop_assert!(!vectors.is_intact());
                let Some(asked) = vectors.asked(&rows[0]) else { continue };
                vectors.nearest(&asked, 5);
                vectors.by_hash();
                for passage in 0..20 {
                    vectors.likeness(&asked, passage);
                    vectors.row(passage);
                }
            }
        }
    }
}
