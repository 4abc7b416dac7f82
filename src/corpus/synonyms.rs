//! `synonyms.toml` in, words that stand for each other out, with every problem as a value.
//!
//! ```toml
//! # These mean the same.
//! [[same]]
//! words = ["laptop", "notebook", "portable computer"]
//!
//! # Who writes the first means the second, but not the other way round.
//! [[read]]
//! from = ["pwd", "pass code"]
//! as = "password"
//! ```

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::corpus::problem::{Problem, Problems};
use crate::corpus::source::Source;
use crate::text::distance;
use crate::text::tokenize::tokens;

/// The name of the file, in the corpus folder itself.
pub const FILE: &str = "synonyms.toml";
/// Longest phrase, in words and in characters.
pub const MAX_WORDS: usize = 6;
const MAX_CHARS: usize = 100;
/// Most phrases that one entry lists on a side.
pub const MAX_PHRASES: usize = 20;

const MAX_ENTRIES: usize = 5000;
/// More of a phrase is not said in a problem, in characters.
const SHOWN: usize = 40;

/// Phrases that are read as others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What people write.
    pub from: Vec<String>,
    /// What it may stand for; the same list where it goes both ways.
    pub to: Vec<String>,
}

/// What the file gave.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The entries that were understood, in their order.
    pub entries: Vec<Entry>,
    /// What was not.
    pub problems: Vec<Problem>,
}

/// Parses the file. Where it is not TOML, what stands between two headers is parsed by
/// itself, so that one slip costs one entry.
pub fn parse(text: &str) -> Parsed {
    let mut parser = Parser { source: Source::new(text), seen: 0, out: Parsed::default() };
    if let Ok(document) = DeTable::parse(text) {
        parser.document(document.get_ref(), 0);
    } else {
        for block in blocks(text) {
            match DeTable::parse(&text[block.clone()]) {
                Ok(document) => parser.document(document.get_ref(), block.start),
                Err(error) => {
                    let at = block.start + error.span().map_or(0, |span| span.start);
                    parser.problem(at, not_toml(error.message()));
                }
            }
        }
    }
    parser.finish()
}

/// The parts of a text that begin with a line that opens a table.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > 0 && line.trim_start().starts_with('[') {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn not_toml(reason: &str) -> String {
    let reason = reason.lines().next().unwrap_or_default();
    format!(
        "is not TOML ({reason}): write texts in quotes and lists in brackets: words = [\"a\", \"b\"]"
    )
}

struct Parser<'a> {
    source: Source<'a>,
    /// Entries so far, with those that were not understood.
    seen: usize,
    out: Parsed,
}

impl Parser<'_> {
    fn problem(&mut self, at: usize, message: impl Into<String>) {
        let line = self.source.span(at..at).lines.0;
        self.out.problems.push(Problem::new(FILE, line, message));
    }

    /// A parsed part of the text, which begins at `offset`.
    fn document(&mut self, table: &DeTable<'_>, offset: usize) {
        let mut entries = Vec::new();
        for (key, value) in table {
            let (name, at) = (key.get_ref().as_ref(), offset + key.span().start);
            if !matches!(name, "same" | "read") {
                let message = unknown(name, "in this file", &["same", "read"]);
                self.problem(at, message);
                continue;
            }
            let items = value.get_ref().as_array().into_iter().flat_map(|list| list.iter());
            let tables = items
                .clone()
                .filter_map(|item| Some((name, item.span().start, item.get_ref().as_table()?)));
            let before = entries.len();
            entries.extend(tables);
            if entries.len() == before || entries.len() - before < items.count() {
                self.problem(
                    at,
                    format!(
                        "`{name}` must be opened by [[{name}]], with two brackets on each side"
                    ),
                );
            }
        }
        entries.sort_by_key(|(_, at, _)| *at);
        for (name, at, table) in entries {
            self.seen += 1;
            if self.seen > MAX_ENTRIES {
                if self.seen == MAX_ENTRIES + 1 {
                    self.problem(offset + at, format!("is entry {} of at most {MAX_ENTRIES}: this and what follows are not read: remove some", self.seen));
                }
                return;
            }
            let entry = Fields { name, at: offset + at, offset, table };
            let understood = if name == "same" { self.same(&entry) } else { self.read(&entry) };
            self.out.entries.extend(understood);
        }
    }

    fn same(&mut self, entry: &Fields<'_>) -> Option<Entry> {
        let before = self.out.problems.len();
        let [words] = self.lists(entry, ["words"])?;
        if words.len() < 2 {
            if self.out.problems.len() == before {
                self.problem(entry.at, "[[same]] has fewer than two `words`: write all that mean the same: words = [\"a\", \"b\"]");
            }
            return None;
        }
        Some(Entry { from: words.clone(), to: words })
    }

    fn read(&mut self, entry: &Fields<'_>) -> Option<Entry> {
        let before = self.out.problems.len();
        let [from, to] = self.lists(entry, ["from", "as"])?;
        for (name, list) in [("from", &from), ("as", &to)] {
            if list.is_empty() {
                if self.out.problems.len() == before {
                    self.problem(
                        entry.at,
                        format!("[[read]] has an empty `{name}`: write a word: {name} = \"a\""),
                    );
                }
                return None;
            }
        }
        Some(Entry { from, to })
    }

    /// The phrases of each of these keys; `None` where a key is missing, which is told, as
    /// any other key is.
    fn lists<const N: usize>(
        &mut self,
        entry: &Fields<'_>,
        keys: [&str; N],
    ) -> Option<[Vec<String>; N]> {
        let name = entry.name;
        let mut stray = false;
        for (key, _) in entry.table {
            if !keys.contains(&key.get_ref().as_ref()) {
                stray = true;
                let message = unknown(key.get_ref(), &format!("in [[{name}]]"), &keys);
                self.problem(entry.offset + key.span().start, message);
            }
        }
        let mut out = [const { Vec::new() }; N];
        for (key, slot) in keys.into_iter().zip(&mut out) {
            let Some(value) = entry.table.get(key) else {
                if !stray {
                    let message =
                        format!("[[{name}]] has no `{key}`: write {key} = [\"a\", \"b\"]");
                    self.problem(entry.at, message);
                }
                return None;
            };
            *slot = self.phrases(key, value, entry.offset);
        }
        Some(out)
    }

    /// The phrases of a list, or of a single text.
    fn phrases(&mut self, key: &str, value: &Spanned<DeValue<'_>>, offset: usize) -> Vec<String> {
        let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut out: Vec<String> = Vec::new();
        for item in items {
            let at = offset + item.span().start;
            if out.len() == MAX_PHRASES {
                self.problem(at, format!("is phrase {} of at most {MAX_PHRASES} in `{key}`: this and what follows are not read: remove some", MAX_PHRASES + 1));
                break;
            }
            match item.get_ref().as_str().map(phrase) {
                Some(Ok(phrase)) => out.push(phrase),
                Some(Err(message)) => self.problem(at, message),
                None => self.problem(
                    at,
                    format!(
                        "`{key}` holds {}: write texts in quotes: {key} = [\"a\", \"b\"]",
                        kind(item.get_ref())
                    ),
                ),
            }
        }
        out
    }

    fn finish(mut self) -> Parsed {
        self.out.problems.sort();
        let mut problems = Problems::default();
        self.out.problems.drain(..).for_each(|problem| problems.push(problem));
        self.out.problems = problems.told();
        self.out
    }
}

/// One `[[same]]` or `[[read]]`.
struct Fields<'a> {
    name: &'a str,
    /// Where it stands in the file.
    at: usize,
    /// Where the text begins that its places are counted from.
    offset: usize,
    table: &'a DeTable<'a>,
}

/// A phrase in one line, or why it is none.
fn phrase(text: &str) -> Result<String, String> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().filter(|c| !c.is_control()).collect())
        .collect();
    let phrase = words.join(" ");
    if phrase.chars().count() > MAX_CHARS {
        let shown = shown(&phrase);
        return Err(format!(
            "\"{shown}\" is too long; up to {MAX_CHARS} characters are read: shorten it"
        ));
    }
    match tokens(&phrase).len() {
        0 => Err(format!("\"{}\" holds no word: write one, or remove it", shown(&phrase))),
        1..=MAX_WORDS => Ok(phrase),
        many => Err(format!(
            "\"{}\" has {many} words; up to {MAX_WORDS} are read: shorten it",
            shown(&phrase)
        )),
    }
}

fn unknown(key: &str, place: &str, keys: &[&str]) -> String {
    let meant = distance::closest(key, keys.iter().copied(), 2)
        .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let allowed: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    let verb = if keys.len() == 1 { "is" } else { "are" };
    format!("unknown key `{}` {place}: {meant}allowed {verb} {}", shown(key), allowed.join(" and "))
}

/// The beginning of a text, in one line.
fn shown(text: &str) -> String {
    let line = text.replace(['\n', '\r'], " ");
    match line.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::String(_) => "a text",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::parse;

    /// `from > to` of every entry.
    fn entries(text: &str) -> Vec<String> {
        let entries = parse(text).entries.into_iter();
        entries.map(|e| format!("{} > {}", e.from.join("|"), e.to.join("|"))).collect()
    }

    fn problems(text: &str) -> Vec<String> {
        parse(text).problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn entries_go_both_ways_or_one() {
        let text = "# A comment\r\n[[same]]\r\nwords = [\"laptop\", \" portable  computer\"]\r\n\r\n\
            [[read]]\nfrom = [\"pwd\", 'pass code']\nas = \"password\"\n";
        let expected =
            ["laptop|portable computer > laptop|portable computer", "pwd|pass code > password"];
        for text in [text.to_owned(), format!("\u{feff}{text}"), text.replace("\r\n", "\n")] {
            assert_eq!(entries(&text), expected);
            assert_eq!(problems(&text), [""; 0]);
        }
        assert_eq!(problems("# nothing yet\n"), [""; 0]);
    }

    #[test]
    fn a_mistake_costs_one_entry() {
        let good = "[[same]]\nwords = [\"c\", \"d\"]\n";
        for bad in [
            "[[same]]\nwords = [\"a\", \"b\"\n",
            "[[same]\nwords = [\"a\", \"b\"]\n",
            "[[same]]\nwords = [a, b]\n",
            "[[same]]\nwords = [\"a]\n",
            "[[same]]\nwords = [\"a\", 7]\n",
            "[same]\n",
            "[[other]]\n",
        ] {
            for text in
                [format!("{bad}{good}"), format!("{good}{bad}"), format!("{good}{bad}{good}")]
            {
                let count = text.matches("\"c\"").count();
                assert_eq!(entries(&text), vec!["c|d > c|d"; count], "{text}");
                assert!(!problems(&text).is_empty(), "{text}");
            }
        }
        let phrases = "[[same]]\nwords = [\"a\", 7, \"b\", \"!\"]\n";
        assert_eq!((entries(phrases), problems(phrases).len()), (vec!["a|b > a|b".to_owned()], 2));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>()) {
            parse(&text);
        }
    }
}
