//! What searching by meaning costs, over vectors made up around common topics.
//!
//! `cargo bench --bench meaning [VECTORS]`, 1,000,000 of 384 numbers unless told. Times stand
//! beside those of summing up the same bytes in the same run; how many of the ten nearest are
//! found stands beside them, against comparing all vectors whole.

#![expect(clippy::print_stdout, reason = "a bench is read on standard output")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use faqbot::evaluation::bootstrap::Random;
use faqbot::index::aspects::Aspect;
use faqbot::index::row::Row;
use faqbot::index::vector_file::{self, VectorFile};
use faqbot::index::vector_writer::VectorWriter;
use faqbot::index::vectors::{Asked, Vectors};
use faqbot::semantic::model::Model;
use tantivy::directory::OwnedBytes;

const NUMBERS: usize = 384;
const TOPICS: usize = 5_000;
const QUESTIONS: usize = 50;
const NEAREST: usize = 10;

/// A number around 0, of about this spread.
fn noise(random: &mut Random, spread: f32) -> f32 {
    let one = |random: &mut Random| random.below(1 << 16) as f32 / 65536.0 - 0.5;
    (one(random) + one(random) + one(random)) * 2.0 * spread
}

fn vector(random: &mut Random, around: &[f32], spread: f32) -> Vec<f32> {
    around.iter().map(|x| x + noise(random, spread)).collect()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn timed<T>(work: impl Fn() -> T) -> f64 {
    let once = || {
        let started = Instant::now();
        black_box(work());
        started.elapsed()
    };
    median((0..QUESTIONS).map(|_| once()).collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let count: usize = given.unwrap_or(1_000_000);
    let mut random = Random::new(7);
    let topics: Vec<Vec<f32>> =
        (0..TOPICS).map(|_| vector(&mut random, &[0.0; NUMBERS], 1.0)).collect();
    let folder = tempfile::tempdir()?;
    let mut writer = VectorWriter::create(folder.path(), "a", NUMBERS)?;
    for at in 0..count {
        let one = vector(&mut random, &topics[at % TOPICS], 0.8);
        writer.add(u32::try_from(at)?, [(Aspect::Whole, at as u64, Row::new(&one))])?;
    }
    let documents = u32::try_from(count)?;
    writer.finish(documents, "0123456789abcdef")?;
    let bytes = std::fs::read(folder.path().join(vector_file::name("a")))?;
    let heads = bytes[64..64 + count * 64].to_vec();
    let file = VectorFile::open(OwnedBytes::new(bytes), documents);
    let vectors = Vectors::new([(file, documents, None)]).ok_or("no vectors")?;
    let asked: Vec<Asked> = (0..QUESTIONS)
        .filter_map(|at| vectors.asked(&vector(&mut random, &topics[at * 7 % TOPICS], 0.8)))
        .collect();
    let times = asked.iter().map(|asked| {
        let started = Instant::now();
        black_box(vectors.nearest(asked, 30));
        started.elapsed()
    });
    let search = median(times.collect());
    let bare = timed(|| heads.iter().map(|x| u64::from(*x)).sum::<u64>());
    // All of them wanted means that all are compared whole.
    let (mut found, mut all) = (0, 0);
    for asked in &asked[..10] {
        let near = vectors.nearest(asked, NEAREST);
        let exact = vectors.nearest(asked, count);
        found += exact[..NEAREST].iter().filter(|one| near.contains(one)).count();
        all += NEAREST;
    }
    println!(
        "{count} vectors of {NUMBERS} numbers: {search:.2} ms a search (median of {QUESTIONS})"
    );
    println!(
        "beside summing up as many bytes as are scanned: {:.2} times of {bare:.2} ms",
        search / bare
    );
    println!("of the {NEAREST} nearest {found} of {all} are found");
    let model = Model::builtin()?;
    let embed = timed(|| model.question("How can I change the address of an order that I placed?"));
    println!("a question by the built-in model: {embed:.3} ms");
    Ok(())
}
