//! Figures as tables for people, at most 120 columns wide.

use std::time::Duration;

use crate::commands::eval::measured::{Measured, Miss};
use crate::corpus::questions::NONE;
use crate::evaluation::collection::Genre;
use crate::evaluation::figures::Figure;
use crate::evaluation::floors::Reached;
use crate::evaluation::measure::Measure;
use crate::faces::rich::visible;

/// Longest name of a set that is shown whole.
const LONGEST_NAME: usize = 27;
/// What is explained below the tables is wrapped here.
const COLUMNS: usize = 100;

/// A table: the first column to the left, all others to the right.
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(heads: &[&str]) -> Self {
        Self { rows: vec![heads.iter().map(|head| (*head).to_owned()).collect()] }
    }

    /// Adds a row for each set.
    fn with(mut self, sets: &[&Measured], cells: impl Fn(&Measured) -> Vec<String>) -> Self {
        for set in sets {
            let mut row = vec![shortened(&set.name)];
            row.extend(cells(set));
            self.rows.push(row);
        }
        self
    }

    fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let padding = " ".repeat(width - cell.chars().count());
                match column {
                    0 => line.extend([cell.as_str(), &padding]),
                    _ => line.extend(["  ", &padding, cell]),
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// All tables, and what went wrong where `misses` are told; with `explained`, the threshold that
/// answers are given from, also what the columns mean.
pub(super) fn render(
    sets: &[Measured],
    means: &[(&'static str, Measured)],
    threads: usize,
    misses: bool,
    explained: Option<f32>,
) -> String {
    let rows: Vec<&Measured> = sets.iter().chain(means.iter().map(|(_, mean)| mean)).collect();
    let mut tables = vec![ranking(&rows), replies(&rows), other(&rows)];
    let compared = rows.iter().any(|row| row.figures.against_baseline(Measure::P1).is_some());
    if compared {
        tables.push(beside_baseline(&rows));
    }
    let mut parts: Vec<String> = tables.iter().map(Table::render).collect();
    let wrong = sets.iter().flat_map(|set| set.misses.iter().map(|miss| missing(&set.name, miss)));
    parts.extend(wrong.reduce(|lines, line| lines + &line));
    if let Some(from) = explained {
        let mut text = explanation(from, threads, compared);
        if !misses && sets.iter().any(|set| set.genre != Genre::Own) {
            text.push_str(" --misses names each question that went wrong.");
        }
        parts.push(textwrap::fill(&text, COLUMNS) + "\n");
    }
    parts.join("\n")
}

/// A question that did not get what was expected.
fn missing(file: &str, miss: &Miss) -> String {
    let said = match miss.outcome {
        "answer" => "was answered from",
        "choices" => "got choices, first",
        _ => "is not known, nearest",
    };
    let expected = match miss.expected.as_slice() {
        [] => NONE.to_owned(),
        names => names.join(" or "),
    };
    let first = miss.first.as_deref().unwrap_or("nothing");
    let line =
        format!("{file}:{}: “{}” {said} {first}; expected {expected}", miss.line, miss.question);
    format!("{}\n", visible(&line))
}

fn ranking(rows: &[&Measured]) -> Table {
    let shown = [Measure::P1, Measure::Hit5, Measure::Mrr10, Measure::Ndcg10, Measure::Recall100];
    Table::new(&["Ranking", "asked", "P@1", "hit@5", "MRR@10", "nDCG@10", "recall@100"]).with(
        rows,
        |set| {
            let asked = match set.unanswerable {
                0 => set.answerable.to_string(),
                none => format!("{}+{none}", set.answerable),
            };
            let figures = shown.map(|measure| with_interval(set.figures.get(measure)));
            [asked].into_iter().chain(figures).collect()
        },
    )
}

fn replies(rows: &[&Measured]) -> Table {
    let heads = [
        "Replies", "AUROC", "first", "ECE", "answered", "wrong", "refused", "rightly", "choices",
        "right",
    ];
    Table::new(&heads).with(rows, |set| {
        let plain = |measure| share(set.figures.get(measure));
        vec![
            with_interval(set.figures.get(Measure::Auroc)),
            plain(Measure::AurocFirst),
            plain(Measure::Ece),
            plain(Measure::Answered),
            with_interval(set.figures.get(Measure::Wrong)),
            plain(Measure::Refused),
            plain(Measure::RefusedRightly),
            plain(Measure::Choices),
            plain(Measure::ChoicesRight),
        ]
    })
}

fn other(rows: &[&Measured]) -> Table {
    let heads = ["Sentences and time", "documents", "sentence", "median ms", "p99 ms"];
    Table::new(&heads).with(rows, |set| {
        vec![
            set.documents.to_string(),
            with_interval(set.figures.get(Measure::Marked)),
            milliseconds(set.times.0),
            milliseconds(set.times.1),
        ]
    })
}

fn beside_baseline(rows: &[&Measured]) -> Table {
    let heads = ["Plain BM25", "P@1", "AUROC", "Δ P@1", "Δ MRR@10", "Δ nDCG@10", "Δ AUROC"];
    let compared = [Measure::P1, Measure::Mrr10, Measure::Ndcg10, Measure::Auroc];
    Table::new(&heads).with(rows, |set| {
        let of = |measure| set.figures.against_baseline(measure);
        let base = |measure| of(measure).map_or(String::new(), |(base, _)| share(base));
        let above = compared.map(|m| of(m).map_or(String::new(), |(_, above)| difference(above)));
        [base(Measure::P1), base(Measure::Auroc)].into_iter().chain(above).collect()
    })
}

fn explanation(from: f32, threads: usize, compared: bool) -> String {
    let mut text = format!(
        "Brackets hold 95 % bootstrap intervals. asked: questions with an answer + without. AUROC: \
         how well the confidence tells the two apart; first: a right first passage from all else. \
         From a confidence of {from} on: answered, of the questions with an answer; wrong, of all \
         answers; refused, of the questions without an answer; rightly, of all refusals; choices, \
         of all questions; right, of all choices those that hold a right one. sentence: of right \
         first passages that hold the answer those where it is marked."
    );
    if compared {
        text.push_str(
            " Δ: faqbot less plain BM25 on the same questions, ▲ above or ▼ below where the interval \
             leaves out zero.",
        );
    }
    if threads > 1 {
        let times = format!(
            "with {threads} questions at once: ask with one thread for those of a question alone."
        );
        text.extend([" Times were taken ", &times]);
    }
    text
}

/// A floor that was not reached.
pub(super) fn missed(reached: &Reached) -> String {
    let (key, limit) = (reached.floor.measure.key(), reached.floor.limit);
    let wanted = if reached.floor.measure.is_better_low() { "at most" } else { "at least" };
    match reached.value {
        Some(value) => {
            format!(
                "floor missed: {key} of {} is {value:.4}, {wanted} {limit} is wanted",
                reached.of
            )
        }
        None => format!(
            "floor missed: {key} cannot be told of {}: it asks no such questions",
            reached.of
        ),
    }
}

fn shortened(name: &str) -> String {
    let name = visible(name);
    if name.chars().count() <= LONGEST_NAME {
        return name;
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

/// A share without its sign and without the zero before the point, as such tables are written;
/// one that is not below 1 has a decimal less, so that all are of one width.
fn digits(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    match text.strip_prefix('0') {
        Some(text) => text.to_owned(),
        None => text[..text.len() - 1].to_owned(),
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

fn share(figure: &Figure) -> String {
    figure.value().map_or("–".to_owned(), |value| digits(value, 3))
}

fn with_interval(figure: &Figure) -> String {
    match (figure.value(), figure.interval()) {
        (Some(value), Some((low, high))) => {
            format!("{} [{}–{}]", digits(value, 3), digits(low, 2), digits(high, 2))
        }
        _ => "–".to_owned(),
    }
}

fn difference(figure: &Figure) -> String {
    let signed = |value: f64, decimals| {
        let sign = if value < 0.0 { '−' } else { '+' };
        format!("{sign}{}", digits(value, decimals))
    };
    match (figure.value(), figure.interval()) {
        (Some(value), Some((low, high))) => {
            let mark = match () {
                () if low > 0.0 => "▲",
                () if high < 0.0 => "▼",
                () => "",
            };
            format!("{mark}{} [{} {}]", signed(value, 3), signed(low, 2), signed(high, 2))
        }
        _ => "–".to_owned(),
    }
}
