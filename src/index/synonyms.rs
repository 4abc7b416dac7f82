//! Synonyms as a generation keeps them: a table of lines, sorted by what may be asked.
//!
//! ```text
//! =1 ⇥ laptop ⇥ portable computer     what entry 1 may be read as
//! laptop ⇥ 1                          the stems of a phrase, and the entries that hold it
//! portabl comput ⇥ 1
//! ```
//! It is searched where it lies, so that a long list costs a question nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use tantivy::directory::OwnedBytes;

use crate::corpus::synonyms::Entry;
use crate::text::language::Language;
use crate::text::lookup;
use crate::text::stem;
use crate::text::tokenize;

/// The name of the file in the folder of a generation.
pub(super) const TABLE: &str = "synonyms.tsv";

/// Most entries that a phrase is looked up in.
const MOST: usize = 20;

/// The table of one generation.
#[derive(Clone)]
pub(super) struct Table(OwnedBytes);

impl Table {
    /// The table of these bytes, where they have this hash.
    pub(super) fn checked(bytes: OwnedBytes, hash: &str) -> Option<Self> {
        (self::hash(&bytes) == hash).then_some(Self(bytes))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a phrase, given by its stems with blanks between, may be read as by every entry
    /// that holds it; the phrase itself may be among it.
    pub(super) fn readings(&self, stems: &str) -> Vec<&str> {
        let entries = lookup::line(&self.0, stems).unwrap_or_default().split(' ');
        let lists = entries.filter_map(|entry| lookup::line(&self.0, &format!("={entry}")));
        lists.flat_map(|list| list.split('\t')).collect()
    }
}

/// Writes the table of these entries into the folder of a generation; gives its hash.
pub(super) fn write(
    folder: &Path,
    entries: &[Entry],
    languages: &[Language],
) -> anyhow::Result<String> {
    let table = table(entries, languages);
    let path = folder.join(TABLE);
    File::create(&path)
        .and_then(|mut file| file.write_all(table.as_bytes()).and_then(|()| file.sync_all()))
        .with_context(|| format!("{}: cannot be written", path.display()))?;
    Ok(hash(table.as_bytes()))
}

fn hash(table: &[u8]) -> String {
    blake3::hash(table).to_hex()[..16].to_owned()
}

/// Each entry by its number, and by the stems of its phrases in every language of the corpus.
fn table(entries: &[Entry], languages: &[Language]) -> String {
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (number, entry) in entries.iter().enumerate() {
        for key in entry.from.iter().flat_map(|phrase| keys(phrase, languages)) {
            let numbers = lines.entry(key).or_default();
            let number = number.to_string();
            if numbers.len() < MOST && numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
    }
    let numbers = lines.into_iter().map(|(key, numbers)| (key, numbers.join(" ")));
    let lists = entries.iter().map(|entry| entry.to.join("\t")).enumerate();
    // No word begins with the sign, so that no phrase is taken for a number.
    let lists = lists.map(|(number, list)| (format!("={number}"), list));
    let mut lines: Vec<(String, String)> = numbers.chain(lists).collect();
    lines.sort();
    let lines = lines.iter().map(|(key, rest)| format!("{key}\t{rest}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn keys(phrase: &str, languages: &[Language]) -> BTreeSet<String> {
    let tokens = tokenize::tokens(phrase);
    let key = |language: &Language| {
        let stems: Vec<String> = tokens.iter().map(|t| stem::stem(&t.text, *language)).collect();
        stems.join(" ")
    };
    languages.iter().map(key).collect()
}

#[cfg(test)]
mod tests {
    use tantivy::directory::OwnedBytes;

    use super::{Table, hash, table};
    use crate::corpus::synonyms::Entry;
    use crate::text::language::Language;

    fn entry(from: &[&str], to: &[&str]) -> Entry {
        let owned = |list: &[&str]| list.iter().map(|p| (*p).to_owned()).collect();
        Entry { from: owned(from), to: owned(to) }
    }

    #[test]
    fn phrases_are_found_by_their_stems() {
        let same = ["laptops", "Portable Computer", "laptop"];
        let entries =
            [entry(&same, &same), entry(&["pwd"], &["password"]), entry(&["laptop"], &["pc"])];
        let bytes = table(&entries, &[Language::English, Language::German]).into_bytes();
        let hash = hash(&bytes);
        let table = Table::checked(OwnedBytes::new(bytes.clone()), &hash).unwrap();
        assert_eq!(table.readings("laptop"), ["laptops", "Portable Computer", "laptop", "pc"]);
        assert_eq!(table.readings("portabl comput"), same);
        assert_eq!(table.readings("portabl computer"), [""; 0]);
        assert_eq!(table.readings("comput"), [""; 0]);
        assert_eq!(table.readings("pwd"), ["password"]);
        assert_eq!(table.readings("password"), [""; 0]);
        assert!(Table::checked(OwnedBytes::new(bytes[1..].to_vec()), &hash).is_none());
    }
}
