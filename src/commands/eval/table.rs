//! Figures as tables for people, at most 120 columns wide.

use crate::commands::eval::Measured;
use crate::evaluation::figures::{Figure, Figures};
use crate::evaluation::measure::Measure;

/// Longest name of a set that is shown whole.
const LONGEST_NAME: usize = 27;

/// A table: the first column to the left, all others to the right.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
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

/// All tables.
pub(super) fn render(measured: &[Measured], threads: usize) -> String {
    let rows = with_means(measured);
    let mut ranking = Table::default();
    let shown = [Measure::P1, Measure::Hit5, Measure::Mrr10, Measure::Ndcg10, Measure::Recall100];
    let heads = ["P@1", "hit@5", "MRR@10", "nDCG@10", "recall@100"];
    ranking.row(["Ranking", "asked"].into_iter().chain(heads).map(str::to_owned));
    for (name, sets, figures) in &rows {
        let asked: usize =
            sets.iter().flat_map(|m| &m.judged).filter(|j| j.is_answerable()).count();
        let cells = shown.iter().map(|measure| with_interval(figures.get(*measure)));
        ranking.row([shortened(name), asked.to_string()].into_iter().chain(cells));
    }
    let mut out = ranking.render();
    let mut auroc = Table::default();
    auroc.row(["Confidence", "no answer", "AUROC", "of first", "BM25"].map(str::to_owned));
    for (name, sets, figures) in &rows {
        let none: usize =
            sets.iter().flat_map(|m| &m.judged).filter(|j| !j.is_answerable()).count();
        auroc.row([
            shortened(name),
            none.to_string(),
            with_interval(figures.get(Measure::Auroc)),
            with_interval(figures.get(Measure::AurocFirst)),
            figures
                .against_baseline(Measure::Auroc)
                .map_or(String::new(), |(base, _)| with_interval(base)),
        ]);
    }
    out.push('\n');
    out.push_str(&auroc.render());
    if rows.iter().any(|(_, _, figures)| figures.against_baseline(Measure::P1).is_some()) {
        out.push('\n');
        out.push_str(&against_baseline(&rows).render());
    }
    let _ = threads;
    out
}

type Row<'a> = (String, Vec<&'a Measured>, Figures);

/// A row for each set, and where there are several their means.
fn with_means(measured: &[Measured]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> =
        measured.iter().map(|m| (m.name.clone(), vec![m], m.figures.clone())).collect();
    if measured.len() > 1 {
        for (name, of_faq) in
            [("mean", None), ("mean of FAQ", Some(true)), ("mean of passages", Some(false))]
        {
            let belongs = |m: &&Measured| of_faq.is_none_or(|faq| m.is_faq == faq);
            let sets: Vec<&Measured> = measured.iter().filter(belongs).collect();
            if !sets.is_empty() {
                let figures = Figures::means(&sets.iter().map(|m| &m.figures).collect::<Vec<_>>());
                rows.push((name.to_owned(), sets, figures));
            }
        }
    }
    rows
}

fn against_baseline(rows: &[Row<'_>]) -> Table {
    let mut table = Table::default();
    let heads = ["BM25 P@1", "P@1 above BM25", "MRR@10 above", "nDCG@10 above", "AUROC above"];
    table.row(["Beside BM25"].into_iter().chain(heads).map(str::to_owned));
    for (name, _, figures) in rows {
        let above = [Measure::P1, Measure::Mrr10, Measure::Ndcg10, Measure::Auroc].map(|measure| {
            figures.against_baseline(measure).map_or(String::new(), |(_, above)| difference(above))
        });
        let base = figures
            .against_baseline(Measure::P1)
            .and_then(|(base, _)| base.value())
            .map_or(String::new(), |value| digits(value, 3));
        table.row([shortened(name), base].into_iter().chain(above));
    }
    table
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

/// A share without the zero before the point, as such tables are written.
fn digits(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    text.strip_prefix('0').map(str::to_owned).unwrap_or(text)
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
            let below = if high < 0.0 { " below" } else { "" };
            format!("{} [{} {}]{below}", signed(value, 3), signed(low, 3), signed(high, 3))
        }
        _ => "–".to_owned(),
    }
}
