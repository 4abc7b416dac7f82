//! The passages nearest to a question: every vector is compared, first by a few of its numbers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::panic::resume_unwind;
use std::thread;

use crate::index::place::Place;
use crate::index::row::product;
use crate::index::vectors::{Asked, Vectors};

/// For each passage that is wanted so many are compared whole after their heads were, and one more
/// for so many that are searched: the more there are, the more are equally near by their heads.
const CLOSER: usize = 5;
/// See [`CLOSER`].
const PER: usize = 2_000;
/// More heads than this are looked at by several threads.
const ALONE: usize = 150_000;

/// A head by how near it is, and where it stands: its segment and its number in it.
type Head = (i32, Reverse<(usize, usize)>);

impl Vectors {
    /// The passages nearest to a question by their question or as a whole, nearest first: at most
    /// `count`, and those that are just as near as the last of them, up to as many again.
    ///
    /// The first numbers of all are compared, then the nearest whole.
    pub fn nearest(&self, asked: &Asked, count: usize) -> Vec<Place> {
        let searched: usize = self.sizes().map(|(_, size)| size).sum();
        if count == 0 || searched == 0 || asked.numbers.len() != self.dimensions() {
            return Vec::new();
        }
        let closer = count.saturating_mul(CLOSER) + searched / PER;
        let heads: Vec<(usize, usize)> = if closer < searched {
            self.heads(asked, searched, closer)
        } else {
            self.sizes().flat_map(|(at, size)| (0..size).map(move |slot| (at, slot))).collect()
        };
        let mut near: Vec<(f32, Place)> =
            heads.into_iter().filter_map(|(at, slot)| self.compared(asked, at, slot)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut seen = HashSet::new();
        near.retain(|(_, place)| seen.insert(*place));
        let last = near.get(count - 1).map_or(f32::MIN, |(near, _)| *near);
        let wanted = near.into_iter().take_while(|(near, _)| *near >= last);
        wanted.map(|(_, place)| place).take(count.saturating_mul(2)).collect()
    }

    /// The segments with vectors, each with how many are searched.
    fn sizes(&self) -> impl Iterator<Item = (usize, usize)> {
        let segments = self.segments.iter().enumerate();
        segments.filter_map(|(at, segment)| Some((at, segment.file.as_ref()?.searched())))
    }

    fn compared(&self, asked: &Asked, at: usize, slot: usize) -> Option<(f32, Place)> {
        let segment = &self.segments[at];
        let file = segment.file.as_ref()?;
        let (vector, document) = file.owner(slot)?;
        if !segment.is_alive(document) {
            return None;
        }
        let (row, scale) = file.row(vector)?;
        let place = Place { segment: u32::try_from(at).ok()?, document };
        Some((asked.likeness(row, scale), place))
    }

    /// The places of the heads that are nearest, of so many.
    fn heads(&self, asked: &Asked, searched: usize, count: usize) -> Vec<(usize, usize)> {
        let threads = if searched > ALONE {
            thread::available_parallelism().map_or(1, usize::from)
        } else {
            1
        };
        let share = searched.div_ceil(threads);
        let parts = self.sizes().flat_map(|(at, size)| {
            (0..size).step_by(share).map(move |from| (at, from, (from + share).min(size)))
        });
        let work = |(at, from, to)| self.heads_in(asked, at, from..to, count);
        let mut best: Vec<Head> = if threads == 1 {
            parts.flat_map(work).collect()
        } else {
            thread::scope(|scope| {
                let workers: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
                let ended =
                    workers.into_iter().map(|w| w.join().unwrap_or_else(|p| resume_unwind(p)));
                ended.flatten().collect()
            })
        };
        if best.len() > count {
            best.select_nth_unstable_by(count - 1, |a, b| b.cmp(a));
            best.truncate(count);
        }
        best.into_iter().map(|(_, Reverse(place))| place).collect()
    }

    fn heads_in(
        &self,
        asked: &Asked,
        at: usize,
        slots: std::ops::Range<usize>,
        count: usize,
    ) -> Vec<Head> {
        let Some(file) = &self.segments[at].file else { return Vec::new() };
        let (heads, size) = file.heads();
        let heads = &heads[slots.start * size..slots.end * size];
        let asked = &asked.numbers[..size];
        let mut best: BinaryHeap<Reverse<Head>> = BinaryHeap::with_capacity(count + 1);
        let mut least = i32::MIN;
        for (slot, head) in slots.zip(heads.chunks_exact(size)) {
            let near = product(asked, head);
            if near > least || best.len() < count {
                best.push(Reverse((near, Reverse((at, slot)))));
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
    use std::ops::Range;

    use proptest::{prop_assert, proptest};
    use tantivy::directory::OwnedBytes;
    use tantivy::fastfield::AliveBitSet;

    use crate::index::aspects::Aspect;
    use crate::index::place::Place;
    use crate::index::row::Row;
    use crate::index::vector_file::{VectorFile, name};
    use crate::index::vector_writer::VectorWriter;
    use crate::index::vectors::Vectors;

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
        let mut writer = VectorWriter::create(folder.path(), "a", WIDTH).unwrap();
        let documents = u32::try_from(rows.len()).unwrap();
        for (row, document) in rows.iter().zip(0..documents) {
            writer.add(document, [(aspect, u64::from(document), Row::new(row))]).unwrap();
        }
        writer.finish(documents + 1, MODEL).unwrap();
        fs::read(folder.path().join(name("a"))).unwrap()
    }

    fn open(bytes: Vec<u8>, documents: u32) -> Option<Vectors> {
        let file = VectorFile::open(OwnedBytes::new(bytes), documents)?;
        Vectors::new([(Some(file), documents, None)])
    }

    fn place(document: u32) -> Place {
        Place { segment: 0, document }
    }

    #[test]
    fn vectors_come_back_as_they_were_written() {
        let rows = rows(10);
        let vectors = open(file(Aspect::Whole, &rows), 11).unwrap();
        assert!(vectors.is_intact() && vectors.model() == MODEL);
        assert!(open(file(Aspect::Whole, &rows), 10).is_none(), "of another generation");
        for (row, hash) in rows.iter().zip(0u64..) {
            assert_eq!(vectors.find(hash), Some(Row::new(row)));
        }
        assert_eq!(vectors.find(10), None);
        assert!(vectors.has(place(9)) && !vectors.has(place(10)) && !vectors.has(place(11)));
        assert!(!vectors.is_complete(0), "the last has none");
        let asked = vectors.asked(&rows[3]).unwrap();
        let near = vectors.likeness(&asked, place(3)).unwrap().whole;
        assert!(near > 0.995, "{near}");
        assert_eq!(vectors.likeness(&asked, place(10)), None);
        assert!(vectors.asked(&[0.0; WIDTH]).is_none(), "a text without meaning");
    }

    #[test]
    fn the_nearest_are_those_that_a_look_at_each_finds() {
        let rows = rows(400);
        let vectors = open(file(Aspect::Whole, &rows), 401).unwrap();
        let asked = vectors.asked(&self::rows(401)[400]).unwrap();
        let near = |at: u32| vectors.likeness(&asked, place(at)).unwrap().whole;
        let mut all: Vec<u32> = (0..400).collect();
        all.sort_by(|a, b| near(*b).total_cmp(&near(*a)));
        // So many are wanted that all are compared whole.
        let numbers =
            |places: Vec<Place>| -> Vec<u32> { places.iter().map(|p| p.document).collect() };
        assert_eq!(numbers(vectors.nearest(&asked, 80)), all[..80]);
        // Fewer are chosen by their first numbers; what is asked for itself is first.
        for at in [0, 123, 399] {
            let asked = vectors.asked(&rows[at as usize]).unwrap();
            assert_eq!(vectors.nearest(&asked, 3)[0], place(at));
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
            let found = vectors.likeness(&asked, place(at)).unwrap().question;
            let (a, b) = (beyond(question), beyond(row));
            let wanted: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            assert!((found - wanted).abs() < 0.03, "{found} {wanted}");
        }
    }

    #[test]
    fn several_segments_are_as_good_as_one_and_what_has_gone_leaves_nothing() {
        let rows = rows(60);
        let one = |rows: &[Vec<f32>]| {
            let documents = u32::try_from(rows.len()).unwrap() + 1;
            (VectorFile::open(OwnedBytes::new(file(Aspect::Question, rows)), documents), documents)
        };
        let whole = |rows: &[Vec<f32>]| {
            let (file, documents) = one(rows);
            Vectors::new([(file, documents, None)]).unwrap()
        };
        let [(a, first), (b, second)] = [one(&rows[..40]), one(&rows[40..])];
        // The last ten of the first and all but the first of the second are gone.
        let alive = |documents: u32, gone: Range<u32>| {
            let bits =
                (0..documents).filter(|at| !gone.contains(at)).fold(0u64, |b, at| b | 1 << at);
            let bytes = [&documents.to_le_bytes()[..], &bits.to_le_bytes()].concat();
            Some(AliveBitSet::open(OwnedBytes::new(bytes)))
        };
        let (left, right) = (alive(first, 30..40), alive(second, 1..20));
        let parts = Vectors::new([(a, first, left), (b, second, right)]).unwrap();
        let left: Vec<Vec<f32>> = rows[..30].iter().chain(&rows[40..41]).cloned().collect();
        let left = whole(&left);
        let (here, there) = (parts.asked(&rows[40]).unwrap(), left.asked(&rows[40]).unwrap());
        assert_eq!(parts.nearest(&here, 1), [Place { segment: 1, document: 0 }]);
        assert_eq!(parts.likeness(&here, place(7)), left.likeness(&there, place(7)));
        assert_eq!(parts.nearest(&here, 60).len(), 31);
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
                vectors.unrelated();
                for passage in 0..20 {
                    vectors.likeness(&asked, place(passage));
                    vectors.find(u64::from(passage));
                }
            }
        }
    }
}
