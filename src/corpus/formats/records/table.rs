//! Tables in CSV and its relatives.

use csv::{ReaderBuilder, StringRecord};

use crate::corpus::article::{Article, Text};
use crate::corpus::formats::markup::outline;
use crate::corpus::formats::records::{self, Field, Record};
use crate::corpus::formats::{Format, Parsed};
use crate::corpus::problem::{Problem, Problems};
use crate::corpus::source::Source;

/// Tables.
#[derive(Debug)]
pub struct Table;

impl Format for Table {
    fn endings(&self) -> &'static [&'static str] {
        &["csv", "tsv"]
    }

    fn parse(&self, file: &str, text: &str) -> Parsed {
        let source = Source::new(text);
        let mut rows = Rows {
            source: &source,
            delimiter: delimiter(text.trim_start_matches('\u{feff}')),
            article: Article::new(file),
            problems: Problems::default(),
        };
        rows.read();
        records::article(rows.article, rows.problems)
    }

    fn probe(&self) -> &'static str {
        "id;Category;Question;Answer;Keywords;enabled\n7;Hours;When?;\"At \"\"nine\"\"\";open;yes\n8;;Who?;Me;;no\n"
    }
}

struct Rows<'a> {
    source: &'a Source<'a>,
    delimiter: u8,
    article: Article,
    problems: Problems,
}

impl Rows<'_> {
    fn problem(&mut self, line: u32, why: impl Into<String>) {
        self.problems.push(Problem::new(&self.article.file, line, why));
    }

    fn read(&mut self) {
        let text = self.source.text;
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let body = &text[start..];
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(body.as_bytes());
        let (mut header, mut row) = (None, StringRecord::new());
        loop {
            let from = place(&reader);
            match reader.read_record(&mut row) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    let why = format!("cannot be read as a table: {error}");
                    self.problem(0, why);
                    return;
                }
            }
            let bytes = start + from..start + place(&reader);
            if row.iter().all(|field| field.trim().is_empty()) {
                continue;
            }
            let Some(fields) = &header else {
                let fields = columns(&row);
                let Some(fields) = fields else {
                    let why = "has no columns that are called question and answer: name them in the first line";
                    self.problem(1, why);
                    return;
                };
                let is_row = fields.1;
                header = Some(fields.0);
                if is_row && let Some(header) = header.clone() {
                    self.row(&header, &row, bytes);
                }
                continue;
            };
            let fields = fields.clone();
            self.row(&fields, &row, bytes);
        }
    }

    fn row(&mut self, fields: &[Option<Field>], row: &StringRecord, bytes: std::ops::Range<usize>) {
        let raw = &self.source.text[bytes.clone()];
        let lead = raw.len() - raw.trim_start().len();
        let whole = bytes.start + lead..bytes.start + raw.trim_end().len();
        let line = self.source.span(whole.clone()).lines.0;
        let surplus = row.len().saturating_sub(fields.len());
        let fields = if surplus == 0 {
            fields.to_vec()
        } else {
            let why = format!(
                "has {} columns where the first line has {}: put a text with commas in quotation marks",
                row.len(),
                fields.len()
            );
            self.problem(line, why);
            widened(fields, surplus)
        };
        let mut record = Record::default();
        let mut written = pieces(raw.trim_start_matches(['\r', '\n']), self.delimiter);
        for (value, field) in row.iter().zip(fields) {
            let value = value.trim();
            let found = written.next().and_then(|piece| piece.get(piece.find(value)?..));
            let found = found.map(|found| self.source.span_of(found).bytes.start);
            let place = found.map_or(whole.clone(), |from| from..from + value.len());
            let text = Text {
                text: value.to_owned(),
                literal: found.is_some(),
                code: Vec::new(),
                span: self.source.span(place),
            };
            if let Some(field) = field {
                record.set(field, text);
            }
        }
        if record.disabled {
            return;
        }
        match record.entry() {
            Ok(entry) => self.article.faqs.push(entry),
            Err(lacks) => {
                self.problem(line, format!("a row without {lacks}: add one or remove it"));
            }
        }
    }
}

/// The values of a row as they are written: what stands between two marks that part columns.
fn pieces(row: &str, delimiter: u8) -> impl Iterator<Item = &str> {
    // Quotation marks mean something only in a value that begins with one.
    let (mut begins, mut marked, mut quoted) = (true, false, false);
    row.split(move |c| {
        marked = if begins { c == '"' } else { marked };
        quoted ^= marked && c == '"';
        begins = c == char::from(delimiter) && !quoted;
        begins
    })
}

fn place(reader: &csv::Reader<&[u8]>) -> usize {
    usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)
}

/// What parts the columns: what is in the first line most often.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |mark: &u8| first.bytes().filter(|b| b == mark).count();
    // Of equals the rarer one in texts, the last.
    let marks = [b',', b';', b'\t', b'|'];
    marks.into_iter().max_by_key(count).unwrap_or(b',')
}

/// What the columns are, and whether the first row is an entry already.
fn columns(row: &StringRecord) -> Option<(Vec<Option<Field>>, bool)> {
    let fields = records::fields(row.iter());
    let whole = fields.contains(&Some(Field::Question)) && fields.contains(&Some(Field::Answer));
    if whole {
        return Some((fields, false));
    }
    let asks = row.len() == 2 && row.get(0).is_some_and(outline::asks);
    asks.then(|| (vec![Some(Field::Question), Some(Field::Answer)], true))
}

/// The columns of a row that has more: a list of words was written without quotation marks.
fn widened(fields: &[Option<Field>], surplus: usize) -> Vec<Option<Field>> {
    let list = |field: &Option<Field>| matches!(field, Some(Field::Keywords | Field::Alternates));
    let mut out = fields.to_vec();
    if let Some(at) = fields.iter().position(list) {
        let field = fields[at];
        out.splice(at..at, std::iter::repeat_n(field, surplus));
    }
    out
}
