//! How many texts a transformer reads in a second, on all cores.
//!
//! `cargo bench --bench embedding -- FOLDER TEXTS`, a model folder and a file of texts, one a
//! line. `peers/embedding.py` beside this reads the same with `PyTorch`.

#![expect(clippy::print_stdout, reason = "a bench is read on standard output")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use faqbot::semantic::parallel;
use faqbot::semantic::transformer::Transformer;

/// Texts that a thread takes at a time, as when articles are indexed.
const SHARE: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let [folder, texts] = args.as_slice() else {
        println!("skipped: name the folder of a model and a file of texts");
        return Ok(());
    };
    let model = Transformer::open(Path::new(folder))?;
    let texts = std::fs::read_to_string(texts)?;
    let texts: Vec<&str> = texts.lines().collect();
    let started = Instant::now();
    let vectors = parallel::map(&texts, SHARE, &|share| model.embed(share))?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{} texts in {seconds:.2} s: {:.0} a second",
        vectors.len(),
        vectors.len() as f64 / seconds
    );
    let mut times: Vec<f64> = texts
        .iter()
        .take(200)
        .map(|text| {
            let started = Instant::now();
            let _ = model.embed(&[text]);
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("one alone: {:.2} ms (median of {})", times[times.len() / 2], times.len());
    Ok(())
}
