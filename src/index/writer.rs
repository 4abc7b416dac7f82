//! Articles in, the files of one generation out.
//!
//! A generation is begun afresh, or after another one: what that has is shared by hard links, what
//! was taken out of the corpus is removed and what is new added, so that the work is that of the
//! changes. The same articles give the same counts and the same answers either way.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tantivy::directory::MmapDirectory;
use tantivy::indexer::NoMergePolicy;
use tantivy::store::Compressor;
use tantivy::{Index, IndexSettings, IndexWriter, Term};

use crate::corpus::files::FileRecord;
use crate::corpus::passages::Kind;
use crate::corpus::synonyms::Entry;
use crate::corpus::{self, Corpus};
use crate::index::analyzer::{self, Cutter};
use crate::index::compaction;
use crate::index::counting::{Counter, Move, Tally};
use crate::index::manifest::{self, ArticleEntry, Manifest};
use crate::index::preparation::{Prepared, Preparer, Ready, order};
use crate::index::reader::Reader;
use crate::index::schema::{self, Fields};
use crate::index::synonyms;
use crate::index::vector_file;
use crate::text::language::Language;

/// Memory of a thread that writes a segment; a full buffer becomes one.
const WRITER_BYTES: usize = 64 << 20;

/// A generation that is being built.
pub struct Builder<'a> {
    folder: PathBuf,
    before: Option<&'a Reader>,
    index: Index,
    writer: IndexWriter,
    fields: Fields,
    frequencies: Counter,
    counts: Counts,
    /// Articles that were added, and ids of those that were removed.
    entries: Vec<ArticleEntry>,
    removed: HashSet<String>,
    /// Short ids that were added, each with where that was.
    links: HashMap<u64, (u32, u32)>,
    files: Vec<String>,
    /// Files whose passages were taken out.
    gone: HashSet<String>,
}

/// Another passage that has the same short id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// Where the passage stands that was added.
    pub line: u32,
    /// Whether it is a question, and no other text.
    pub is_question: bool,
    /// Where the other one stands.
    pub other: (String, u32),
}

/// What the generation is told of the corpus at the end.
#[derive(Debug)]
pub struct Told<'a> {
    /// All files.
    pub records: &'a [FileRecord],
    /// What may be read as something else; `None` for what the generation before has.
    pub synonyms: Option<&'a [Entry]>,
}

/// A generation that was built.
#[derive(Debug)]
pub struct Finished {
    /// Its identity and counts.
    pub manifest: Manifest,
    /// The articles that were added to what the generation before has.
    pub added: Vec<ArticleEntry>,
}

/// How passages are stored: as they are and one by one, as a hundred are read for each question, from
/// all over the index.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_blocksize: 1,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}

impl<'a> Builder<'a> {
    /// Begins in an empty folder, with what another generation has where one is given. So many segments
    /// are written at once, as each is written by one thread; questions are quickest with one in all.
    pub fn new(folder: &Path, before: Option<&'a Reader>, at_once: usize) -> anyhow::Result<Self> {
        let (schema, fields) = schema::schema();
        let begin = || -> anyhow::Result<(Index, Counter, Counts)> {
            let Some(before) = before else {
                let directory = MmapDirectory::open(folder)?;
                let index = Index::create(directory, schema, settings())?;
                return Ok((index, Counter::new(), Counts::default()));
            };
            share(before.folder(), folder)?;
            let counter = Counter::of(&before.counted()?).context("its frequencies are damaged")?;
            let index = Index::open(MmapDirectory::open(folder)?)?;
            Ok((index, counter, Counts::of(before.manifest())))
        };
        let (index, frequencies, counts) = begin().with_context(|| cannot(folder))?;
        index.tokenizers().register(analyzer::TOKENIZER, Cutter);
        let writer = index.writer_with_num_threads(at_once, at_once * WRITER_BYTES);
        let writer: IndexWriter = writer.with_context(|| cannot(folder))?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Self {
            folder: folder.to_owned(),
            before,
            index,
            writer,
            fields,
            frequencies,
            counts,
            entries: Vec::new(),
            removed: HashSet::new(),
            links: HashMap::new(),
            files: Vec::new(),
            gone: HashSet::new(),
        })
    }

    /// Adds an article. Gives where its passages share a short id with others, so that one link
    /// would mean two answers.
    pub fn add(&mut self, article: Prepared) -> anyhow::Result<Vec<Same>> {
        let Prepared { entry, file, passages } = article;
        self.entries.push(entry);
        self.files.push(file);
        let file = u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX);
        let mut same = Vec::new();
        for Ready { link, line, kind, language, tally, document } in passages {
            if let Some(other) = self.linked(&link, (file, line))? {
                same.push(Same { line, is_question: kind == Kind::Faq, other });
            }
            self.counts.count(kind, language, Move::In);
            self.frequencies.count(&tally, Move::In);
            self.writer.add_document(document).with_context(|| cannot(&self.folder))?;
        }
        Ok(same)
    }

    /// Where another passage with the short id of this one stands.
    fn linked(&mut self, link: &str, place: (u32, u32)) -> anyhow::Result<Option<(String, u32)>> {
        let key = order(link);
        if let Some((file, line)) = self.links.get(&key) {
            return Ok(Some((self.files[*file as usize].clone(), *line)));
        }
        self.links.insert(key, place);
        let Some(before) = self.before else { return Ok(None) };
        let other = before.passage_by_link(link)?;
        let other = other.filter(|other| !self.gone.contains(&other.file));
        Ok(other.map(|other| (other.file, other.lines.0)))
    }

    /// Removes what a file gave to the generation before; its article had this id.
    pub fn remove(&mut self, file: &str, id: &str) -> anyhow::Result<()> {
        let Some(before) = self.before else { return Ok(()) };
        before.visit_file(file, |passage, terms| {
            self.counts.count(passage.kind, passage.language, Move::Out);
            self.frequencies.count(&Tally::of(&terms, passage.language), Move::Out);
        })?;
        self.writer.delete_term(Term::from_field_text(self.fields.file, file));
        self.removed.insert(id.to_owned());
        self.gone.insert(file.to_owned());
        Ok(())
    }

    /// Ends the generation.
    pub fn finish(mut self, told: &Told<'_>) -> anyhow::Result<Finished> {
        let folder = self.folder.clone();
        let cannot = || cannot(&folder);
        self.writer.commit().with_context(cannot)?;
        compaction::compact(&self.index, &mut self.writer).with_context(cannot)?;
        self.writer.wait_merging_threads().with_context(cannot)?;
        remove_vectors_of_none(&self.index, &folder).with_context(cannot)?;
        let articles = match self.before {
            Some(before) => before.article_lines()?,
            None => String::new(),
        };
        let newest = manifest::write_articles(&folder, &articles, &self.removed, &self.entries)?;
        let mut manifest = self.counts.manifest(told.records, newest);
        manifest.synonyms = match (told.synonyms, self.before) {
            (None, Some(before)) => {
                let table = folder.join(synonyms::TABLE);
                fs::copy(before.folder().join(synonyms::TABLE), &table)
                    .and_then(|_| fs::File::open(&table)?.sync_all())
                    .with_context(cannot)?;
                before.manifest().synonyms.clone()
            }
            (entries, _) => {
                synonyms::write(&folder, entries.unwrap_or_default(), &manifest.languages)?
            }
        };
        self.frequencies.write(&folder).with_context(cannot)?;
        manifest::write_records(&folder, told.records)?;
        manifest.write(&folder)?;
        share_rights(&folder).with_context(cannot)?;
        Ok(Finished { manifest, added: self.entries })
    }
}

/// Builds the generation of a corpus in an empty folder; `progress` is told articles done and
/// articles in all.
pub fn build(
    folder: &Path,
    corpus: &Corpus,
    progress: &dyn Fn(usize, usize),
) -> anyhow::Result<Manifest> {
    let (mut builder, mut preparer) = (Builder::new(folder, None, 1)?, Preparer::default());
    for (done, article) in corpus.articles.iter().enumerate() {
        builder.add(preparer.prepare(article)?)?;
        progress(done + 1, corpus.articles.len());
    }
    let record = |stamp: &corpus::files::FileStamp| FileRecord::new(stamp.clone());
    let records: Vec<FileRecord> = corpus.stamps.iter().map(record).collect();
    let told = Told { records: &records, synonyms: Some(&corpus.synonyms) };
    Ok(builder.finish(&told)?.manifest)
}

fn cannot(folder: &Path) -> String {
    format!("{}: the index cannot be written: is there room on the disk?", folder.display())
}

/// Links the files of a generation that never change into the folder of the next one, and copies
/// those that do; copies where links fail.
fn share(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let target = to.join(name);
        let stem = name.split('.').next().unwrap_or_default();
        let is_segment = stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit());
        if matches!(name, "meta.json" | ".managed.json") {
            fs::copy(entry.path(), &target)?;
        } else if (is_segment || name.starts_with(vector_file::PREFIX))
            && fs::hard_link(entry.path(), &target).is_err()
        {
            fs::copy(entry.path(), &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}

/// Vectors of segments that were merged into others are of no more use.
fn remove_vectors_of_none(index: &Index, folder: &Path) -> anyhow::Result<()> {
    let segments = index.searchable_segment_ids()?;
    let names: HashSet<String> =
        segments.iter().map(|id| vector_file::name(&id.uuid_string())).collect();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(vector_file::PREFIX) && !names.contains(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The library makes some of its files readable by their owner alone; whoever may read the
/// others may read them all.
fn share_rights(folder: &Path) -> io::Result<()> {
    let rights = fs::metadata(folder.join(manifest::ARTICLES))?.permissions();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.metadata()?.permissions() != rights {
            fs::set_permissions(entry.path(), rights.clone())?;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    passages: u64,
    questions: u64,
    languages: HashMap<Language, u64>,
}

impl Counts {
    fn of(manifest: &Manifest) -> Self {
        let languages = manifest.languages.iter().copied();
        Self {
            passages: manifest.passages,
            questions: manifest.questions,
            languages: languages.zip(manifest.language_passages.iter().copied()).collect(),
        }
    }

    fn count(&mut self, kind: Kind, language: Language, to: Move) {
        let language = self.languages.entry(language).or_default();
        let questions = u64::from(kind == Kind::Faq);
        for (count, by) in
            [(&mut self.passages, 1), (&mut self.questions, questions), (language, 1)]
        {
            *count = match to {
                Move::In => *count + by,
                Move::Out => count.saturating_sub(by),
            };
        }
    }

    fn manifest(self, records: &[FileRecord], newest: manifest::Newest) -> Manifest {
        let mut languages: Vec<_> = self.languages.into_iter().filter(|(_, n)| *n > 0).collect();
        languages.sort_by_key(|(language, count)| (std::cmp::Reverse(*count), *language));
        let (languages, language_passages) = languages.into_iter().unzip();
        Manifest {
            format: schema::FORMAT,
            analyzer: analyzer::fingerprint().to_owned(),
            parser: corpus::fingerprint().to_owned(),
            generation: manifest::generation_id(records.iter().map(|record| &record.stamp)),
            passages: self.passages,
            questions: self.questions,
            articles: newest.articles,
            languages,
            language_passages,
            synonyms: String::new(),
            newest: newest.published,
        }
    }
}
