//! Passages in, a BEIR folder out: whole or not at all, as it is written beside its place.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::json;

use crate::corpus::passages::{Kind, Passage};
use crate::faces::wording::count;

/// A folder on its way to its place; one that does not get there is removed.
pub(super) struct Folder {
    place: PathBuf,
    staging: PathBuf,
    corpus: BufWriter<File>,
    queries: BufWriter<File>,
    qrels: BufWriter<File>,
    pub(super) documents: u64,
    asked: u64,
}

impl Folder {
    /// Begins a folder, which must be new or empty.
    pub(super) fn create(place: &Path) -> anyhow::Result<Self> {
        let free = match fs::read_dir(place) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        ensure!(free, "{}: is there already: name a new folder with --out", place.display());
        let name = place.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.with_context(|| {
            format!("{}: is no name for a folder: name a new one with --out", place.display())
        })?;
        // Beside its place, so that it can be moved there in one step; hidden till then.
        let staging = place.with_file_name(format!(".{name}.{}.partial", std::process::id()));
        let cannot = || cannot(place);
        if let Some(above) = place.parent() {
            fs::create_dir_all(above).with_context(cannot)?;
        }
        fs::create_dir(&staging).with_context(cannot)?;
        let open = || -> io::Result<[BufWriter<File>; 3]> {
            fs::create_dir(staging.join("qrels"))?;
            let new = |name| File::create_new(staging.join(name)).map(BufWriter::new);
            let mut files = [new("corpus.jsonl")?, new("queries.jsonl")?, new("qrels/dev.tsv")?];
            writeln!(files[2], "query-id\tcorpus-id\tscore")?;
            Ok(files)
        };
        let files = open().inspect_err(|_| drop(fs::remove_dir_all(&staging)));
        let [corpus, queries, qrels] = files.with_context(cannot)?;
        let place = place.to_owned();
        Ok(Self { place, staging, corpus, queries, qrels, documents: 0, asked: 0 })
    }

    /// Writes the passages of an article.
    pub(super) fn add(&mut self, passages: &[Passage]) -> anyhow::Result<()> {
        let mut taken = HashSet::new();
        for passage in passages {
            self.passage(passage, &mut taken).with_context(|| cannot(&self.place))?;
        }
        Ok(())
    }

    fn passage(&mut self, passage: &Passage, taken: &mut HashSet<String>) -> io::Result<()> {
        let name = in_a_table(&passage.id);
        // A heading may have the name that a question goes by.
        let names = (2u32..).map(|n| format!("{name}.{n}"));
        let id = std::iter::once(name.clone()).chain(names).find(|id| taken.insert(id.clone()));
        let id = id.unwrap_or(name);
        let is_entry = passage.kind == Kind::Faq;
        let document = json!({
            "_id": id,
            "title": passage.question.as_deref().unwrap_or(&passage.title),
            "text": passage.text,
            "metadata": {
                "kind": if is_entry { "faq" } else { "passage" },
                "alts": passage.alternates,
                "lang": passage.language.code(),
                "article": passage.article,
                "section": passage.section,
                "published": passage.published,
                "url": passage.url,
            },
        });
        writeln!(self.corpus, "{document}")?;
        self.documents += 1;
        let phrasings = passage.question.iter().chain(&passage.alternates);
        for (number, text) in (1u32..).zip(phrasings.filter(|text| !text.trim().is_empty())) {
            let query = format!("{id}/{number}");
            let lang = passage.language.code();
            let object = json!({"_id": query, "text": text, "metadata": {"lang": lang}});
            writeln!(self.queries, "{object}")?;
            writeln!(self.qrels, "{query}\t{id}\t1")?;
            self.asked += 1;
        }
        Ok(())
    }

    /// Moves the folder to its place; gives what is to be said of it.
    pub(super) fn finish(mut self, json: bool) -> anyhow::Result<String> {
        for file in [&mut self.corpus, &mut self.queries, &mut self.qrels] {
            file.flush().with_context(|| cannot(&self.place))?;
        }
        fs::rename(&self.staging, &self.place).with_context(|| cannot(&self.place))?;
        let (documents, asked) = (self.documents, self.asked);
        if json {
            let report = json!({
                "version": 1,
                "folder": self.place,
                "documents": documents,
                "queries": asked,
            });
            return Ok(report.to_string());
        }
        let place = self.place.display();
        let documents = count(documents, "document");
        Ok(match asked {
            0 => format!("{place}: {documents}, but no question, as no article has FAQs"),
            _ => format!("{place}: {documents}, {}", count(asked, "question")),
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Not there any more where it was moved to its place.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

/// A name without what separates columns and lines.
fn in_a_table(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_control() {
            let mut bytes = [0; 4];
            out.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            out.push(c);
        }
    }
    out
}

fn cannot(place: &Path) -> String {
    format!("{}: cannot be written: name another folder with --out", place.display())
}

#[cfg(test)]
mod tests {
    use super::in_a_table;

    #[test]
    fn names_fit_into_tables() {
        assert_eq!(in_a_table("a b/ü#q1"), "a b/ü#q1");
        assert_eq!(in_a_table("a\tb\u{85}"), "a%09b%C2%85");
    }
}
