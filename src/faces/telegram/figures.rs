//! What the bot counts, without a word of what people write.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::answering::reply::Outcome;
use crate::index::manifest::Manifest;

/// Upper ends of the stretches that times are counted in, in milliseconds.
const ENDS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/// Counters; they only grow.
#[derive(Debug, Default)]
pub struct Figures {
    updates: AtomicU64,
    answers: AtomicU64,
    choices: AtomicU64,
    unknown: AtomicU64,
    limited: AtomicU64,
    troubles: AtomicU64,
    send_errors: AtomicU64,
    /// Whether the last try to get updates failed.
    deaf: AtomicBool,
    /// Updates done within each stretch, and beyond.
    times: [AtomicU64; ENDS.len() + 1],
    /// Microseconds in all.
    time: AtomicU64,
}

/// What is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Updates that are written down and not done.
    pub queued: usize,
    /// Updates in memory, under way or waiting for their turn.
    pub waiting: usize,
}

impl Figures {
    /// An update was taken.
    pub fn taken(&self) {
        self.updates.fetch_add(1, Relaxed);
    }

    /// A question was answered somehow.
    pub fn replied(&self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::Answer(_) => &self.answers,
            Outcome::Choices(_) => &self.choices,
            Outcome::Unknown => &self.unknown,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// Somebody said more than is taken.
    pub fn limited(&self) {
        self.limited.fetch_add(1, Relaxed);
    }

    /// A question had no answer because something broke.
    pub fn troubled(&self) {
        self.troubles.fetch_add(1, Relaxed);
    }

    /// A request to Telegram failed.
    pub fn send_failed(&self) {
        self.send_errors.fetch_add(1, Relaxed);
    }

    /// Whether the last try to get updates from Telegram failed.
    pub fn polled(&self, failed: bool) {
        self.deaf.store(failed, Relaxed);
    }

    /// Whether updates come in, as far as the bot can know.
    pub fn hears(&self) -> bool {
        !self.deaf.load(Relaxed)
    }

    /// An update was done so long after it was taken.
    pub fn took(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let at = ENDS.iter().position(|end| millis < *end).unwrap_or(ENDS.len());
        self.times[at].fetch_add(1, Relaxed);
        self.time.fetch_add(u64::try_from(time.as_micros()).unwrap_or(0), Relaxed);
    }

    /// All of it for Prometheus.
    pub fn metrics(&self, manifest: &Manifest, load: Load) -> String {
        let mut out = String::new();
        let mut one = |name: &str, kind: &str, help: &str, rows: &[(&str, u64)]| {
            let _ = writeln!(out, "# HELP faqbot_{name} {help}\n# TYPE faqbot_{name} {kind}");
            for (label, value) in rows {
                let _ = writeln!(out, "faqbot_{name}{label} {value}");
            }
        };
        let get = |counter: &AtomicU64| counter.load(Relaxed);
        one("updates_total", "counter", "Updates taken.", &[("", get(&self.updates))]);
        let outcomes = [
            ("{outcome=\"answer\"}", get(&self.answers)),
            ("{outcome=\"choices\"}", get(&self.choices)),
            ("{outcome=\"unknown\"}", get(&self.unknown)),
        ];
        one("questions_total", "counter", "Questions by what came of them.", &outcomes);
        one("limited_total", "counter", "Messages beyond the limits.", &[("", get(&self.limited))]);
        one("troubles_total", "counter", "Questions lost to faults.", &[("", get(&self.troubles))]);
        let errors = get(&self.send_errors);
        one("send_errors_total", "counter", "Failed requests to Telegram.", &[("", errors)]);
        let hears = u64::from(self.hears());
        one("hears", "gauge", "1 unless getting updates fails.", &[("", hears)]);
        let (queued, waiting) = (load.queued as u64, load.waiting as u64);
        one("queued", "gauge", "Updates written down and not done.", &[("", queued)]);
        one("waiting", "gauge", "Updates in memory and not done.", &[("", waiting)]);
        one("articles", "gauge", "Articles in the index.", &[("", manifest.articles)]);
        one("passages", "gauge", "Passages in the index.", &[("", manifest.passages)]);
        let generation = format!("{{generation=\"{}\"}}", manifest.generation);
        one("index_info", "gauge", "The generation that answers.", &[(&generation, 1)]);
        self.push_times(&mut out);
        out
    }

    fn push_times(&self, out: &mut String) {
        let name = "faqbot_update_seconds";
        let _ = writeln!(out, "# HELP {name} From taking an update to its answer.");
        let _ = writeln!(out, "# TYPE {name} histogram");
        let mut sum = 0;
        for (at, count) in self.times.iter().enumerate() {
            sum += count.load(Relaxed);
            let end = ENDS.get(at).map(|end| (*end as f64 / 1000.0).to_string());
            let end = end.unwrap_or_else(|| "+Inf".to_owned());
            let _ = writeln!(out, "{name}_bucket{{le=\"{end}\"}} {sum}");
        }
        let seconds = Duration::from_micros(self.time.load(Relaxed)).as_secs_f64();
        let _ = writeln!(out, "{name}_sum {seconds}\n{name}_count {sum}");
    }

    /// The same in a few lines for those who keep the bot.
    pub fn told(&self, manifest: &Manifest) -> String {
        let get = |counter: &AtomicU64| counter.load(Relaxed);
        let (answers, choices, unknown) =
            (get(&self.answers), get(&self.choices), get(&self.unknown));
        format!(
            "Since the start: {} questions\n{answers} answered, {choices} with choices, {unknown} not known\n\
             {} messages beyond the limits\n{} lost to faults, {} failed requests\n\
             {} articles, {} passages, generation {}",
            answers + choices + unknown,
            get(&self.limited),
            get(&self.troubles),
            get(&self.send_errors),
            manifest.articles,
            manifest.passages,
            manifest.generation
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Figures;

    #[test]
    fn times_are_counted_in_growing_stretches() {
        let figures = Figures::default();
        for millis in [1, 5, 30, 60_000] {
            figures.took(Duration::from_millis(millis));
        }
        let mut out = String::new();
        figures.push_times(&mut out);
        for line in [
            "{le=\"0.005\"} 1",
            "{le=\"0.01\"} 2",
            "{le=\"0.05\"} 3",
            "{le=\"10\"} 3",
            "{le=\"+Inf\"} 4",
            "_count 4",
        ] {
            assert!(out.contains(line), "{line}: {out}");
        }
    }
}
