//! A generation opened for reading: candidates, frequencies, spellings.

use std::borrow::Cow;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::collector::TopDocs;
use tantivy::directory::{FileSlice, MmapDirectory};
use tantivy::query::{
    BooleanQuery, BoostQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Directory, DocAddress, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::corpus::passages::Passage;
use crate::index::Error;
use crate::index::frequencies::{self, Frequencies};
use crate::index::manifest::{self, ArticleEntry, Manifest};
use crate::index::readonly::ReadOnly;
use crate::index::schema::{self, Fields};
use crate::index::synonyms::{self, Table};
use crate::index::terms::{self, Terms};
use crate::index::vectors::{self, Vectors};

/// How the places in the search library and its parts begin, for telling its panics, which
/// are caught in `guarded`, from those of the program.
pub const LIBRARIES: [&str; 4] = ["/tantivy", "/ownedbytes", "/bitpacking", "/lz4_flex"];

/// Share of a word's lesser fields that is added to its best one.
const TIE_BREAKER: f32 = 0.1;

/// One word of the question: terms that stand for it, each with its weight.
#[derive(Debug, Clone, Default)]
pub struct Clause {
    /// Stems and their weights; the best matching one counts.
    pub stems: Vec<(String, f32)>,
}

/// How much a match in each field counts when candidates are gathered.
#[derive(Debug, Clone, Copy)]
pub struct FieldWeights {
    /// The question of a FAQ entry.
    pub question: f32,
    /// Its other phrasings.
    pub alternates: f32,
    /// The article's title.
    pub title: f32,
    /// The heading of the section.
    pub heading: f32,
    /// The passage itself.
    pub text: f32,
}

/// A passage that shares words with the question, with its terms.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The passage.
    pub passage: Passage,
    /// What ranking looks at.
    pub terms: Terms,
    /// Whether it is an entry that asks just what was asked.
    pub verbatim: bool,
    /// Its running number, which its vectors are found by.
    pub number: u32,
}

/// What candidates are gathered by.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The question as entries are looked up by it (see [`question_key`]); these come first.
    ///
    /// [`question_key`]: crate::corpus::passages::question_key
    pub asked: Option<&'a str>,
    /// What to look for in each field.
    pub clauses: &'a [Clause],
    /// How fields count, and how many passages are taken so.
    pub searches: &'a [(FieldWeights, usize)],
    /// Passages that are wanted anyway, by running number.
    pub also: &'a [u32],
    /// Most candidates in all.
    pub limit: usize,
}

/// An open generation. Cheap to clone; all clones read the same files.
#[derive(Clone)]
pub struct Reader {
    folder: PathBuf,
    manifest: Manifest,
    fields: Fields,
    searcher: Searcher,
    /// The list of articles, opened with the rest: a generation that is in use may be removed.
    articles: FileSlice,
    frequencies: Arc<Frequencies>,
    synonyms: Table,
    vectors: Option<Vectors>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Reader {
    /// Opens a generation folder.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let damaged = |reason: String| Error::Damaged { path: folder.to_owned(), reason };
        let manifest = Manifest::read(folder).map_err(|e| damaged(format!("{e:#}")))?;
        if !manifest.is_ours() {
            return Err(Error::Outdated(folder.to_owned()));
        }
        let (searcher, articles, frequencies, synonyms, vectors) = guarded(|| {
            let files = ReadOnly(MmapDirectory::open(folder)?);
            let articles = files.open_read(Path::new(manifest::ARTICLES))?;
            let counts = files.open_read(Path::new(frequencies::FILE))?.read_bytes()?;
            let counts = Frequencies::decode(&counts);
            let counts = counts.ok_or_else(|| corrupt("unreadable frequencies"))?;
            let synonyms = files.open_read(Path::new(synonyms::TABLE))?.read_bytes()?;
            let vectors = Path::new(vectors::FILE);
            let vectors = if files.exists(vectors)? {
                let bytes = files.open_read(vectors)?.read_bytes()?;
                let vectors = Vectors::open(bytes, manifest.passages);
                Some(vectors.ok_or_else(|| corrupt("unreadable vectors"))?)
            } else {
                None
            };
            let index = tantivy::Index::open(files)?;
            if index.schema() != schema::schema().0 {
                return Err(tantivy::TantivyError::SchemaError(
                    "other fields than expected".to_owned(),
                ));
            }
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
            Ok((reader.searcher(), articles, Arc::new(counts), synonyms, vectors))
        })
        .map_err(damaged)?;
        // Vectors are found by the place of a passage in the one segment that was written.
        if searcher.segment_readers().len() > 1 {
            return Err(damaged("several segments".to_owned()));
        }
        if searcher.num_docs() != manifest.passages {
            return Err(damaged(format!(
                "{} passages instead of {}",
                searcher.num_docs(),
                manifest.passages
            )));
        }
        let synonyms = Table::checked(synonyms, &manifest.synonyms).ok_or_else(|| {
            damaged("a table of synonyms that does not match its hash".to_owned())
        })?;
        let fields = schema::schema().1;
        let folder = folder.to_owned();
        Ok(Self { folder, manifest, fields, searcher, articles, frequencies, synonyms, vectors })
    }

    /// What its folder is called: no other generation ever has this name.
    pub fn name(&self) -> Cow<'_, str> {
        self.folder.file_name().unwrap_or_default().to_string_lossy()
    }

    /// The vectors of its passages, where there are any.
    pub fn vectors(&self) -> Option<&Vectors> {
        self.vectors.as_ref()
    }

    /// What the generation was built from.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// All articles, newest first.
    pub fn articles(&self) -> Result<Vec<ArticleEntry>, Error> {
        self.guard(|| {
            let bytes = self.articles.read_bytes()?;
            serde_json::from_slice(&bytes).map_err(|_| corrupt("an unreadable list of articles"))
        })
    }

    /// Whether there are any synonyms.
    pub fn has_synonyms(&self) -> bool {
        !self.synonyms.is_empty()
    }

    /// What a phrase, given by its stems in one language with blanks between, may be read as;
    /// the phrase itself may be among it.
    pub fn synonyms(&self, stems: &str) -> Vec<&str> {
        self.synonyms.readings(stems)
    }

    /// Compares every file with the checksum written behind it.
    pub fn verify_files(&self) -> Result<(), Error> {
        let damaged = |reason: String| Error::Damaged { path: self.folder.clone(), reason };
        let bad = guarded(|| {
            let files = ReadOnly(MmapDirectory::open(&self.folder)?);
            tantivy::Index::open(files)?.validate_checksum()
        })
        .map_err(damaged)?;
        if self.vectors.as_ref().is_some_and(|vectors| !vectors.is_intact()) {
            return Err(damaged(format!("the checksum of {} does not match", vectors::FILE)));
        }
        match bad.into_iter().min() {
            None => Ok(()),
            Some(file) => {
                Err(damaged(format!("the checksum of {} does not match", file.display())))
            }
        }
    }

    /// The entries that ask just what was asked come first, then those wanted anyway, then the
    /// passages that match best, each search giving at most as many as stand beside it; ties in
    /// the order of the index.
    pub fn candidates(&self, wanted: &Wanted<'_>) -> Result<Vec<Candidate>, Error> {
        let Wanted { asked, clauses, searches, also, limit } = *wanted;
        self.guard(|| {
            let mut found: Vec<DocAddress> = Vec::new();
            if let Some(key) = asked {
                let term = Term::from_field_text(self.fields.asked, key);
                let query = TermQuery::new(term, IndexRecordOption::Basic);
                let best = TopDocs::with_limit(limit.max(1)).order_by_score();
                let hits = self.searcher.search(&query, &best)?;
                found.extend(hits.into_iter().map(|(_, address)| address));
            }
            let verbatim: HashSet<DocAddress> = found.iter().copied().collect();
            let there = |number: &&u32| u64::from(**number) < self.manifest.passages;
            let also = also.iter().filter(there).map(|number| DocAddress::new(0, *number));
            found.extend(also.filter(|address| !verbatim.contains(address)));
            for (weights, most) in searches {
                let query = self.query(clauses, *weights);
                // Equal scores come in the order of document numbers, which is that of articles.
                let best = TopDocs::with_limit((*most).max(1)).order_by_score();
                let hits = self.searcher.search(&query, &best)?;
                let known: HashSet<DocAddress> = found.iter().copied().collect();
                let new = hits.into_iter().map(|(_, address)| address);
                found.extend(new.filter(|address| !known.contains(address)));
            }
            found.truncate(limit);
            // The stored passages of neighbours are unpacked together.
            found.sort_unstable();
            let candidate = |address| self.candidate(address, verbatim.contains(&address));
            found.into_iter().map(candidate).collect()
        })
    }

    fn query(&self, clauses: &[Clause], weights: FieldWeights) -> BooleanQuery {
        let fields = [
            (self.fields.question, weights.question),
            (self.fields.alternates, weights.alternates),
            (self.fields.title, weights.title),
            (self.fields.heading, weights.heading),
            (self.fields.text, weights.text),
        ];
        let word = |clause: &Clause| -> (Occur, Box<dyn Query>) {
            let terms = clause.stems.iter().flat_map(|(stem, weight)| {
                fields.iter().filter(|(_, boost)| *boost > 0.0).map(
                    move |(field, boost)| -> Box<dyn Query> {
                        let term = Term::from_field_text(*field, stem);
                        let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                        Box::new(BoostQuery::new(Box::new(query), weight * boost))
                    },
                )
            });
            (
                Occur::Should,
                Box::new(DisjunctionMaxQuery::with_tie_breaker(terms.collect(), TIE_BREAKER)),
            )
        };
        BooleanQuery::new(clauses.iter().map(word).collect())
    }

    /// The passage of this short id, if the generation has one.
    pub fn passage_by_link(&self, link: &str) -> Result<Option<Passage>, Error> {
        let term = Term::from_field_text(self.fields.link, link);
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        self.guard(|| {
            let hits = self.searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
            hits.first().map(|(_, address)| self.passage(*address)).transpose()
        })
    }

    /// Every passage, in the order of documents, until `visit` says stop.
    pub fn visit_all(&self, mut visit: impl FnMut(Passage) -> bool) -> Result<(), Error> {
        self.guard(|| {
            for (segment, reader) in (0u32..).zip(self.searcher.segment_readers()) {
                for doc in reader.doc_ids_alive() {
                    if !visit(self.passage(DocAddress::new(segment, doc))?) {
                        return Ok(());
                    }
                }
            }
            Ok(())
        })
    }

    fn candidate(&self, address: DocAddress, verbatim: bool) -> tantivy::Result<Candidate> {
        let doc: TantivyDocument = self.searcher.doc(address)?;
        let terms = doc.get_first(self.fields.terms).and_then(|v| v.as_bytes());
        let terms = terms.and_then(Terms::decode);
        let passage = self.stored(&doc)?;
        let terms = terms.filter(|terms| terms.fit(&passage.text));
        let terms = terms.ok_or_else(|| corrupt("a passage without its terms"))?;
        Ok(Candidate { passage, terms, verbatim, number: address.doc_id })
    }

    fn passage(&self, address: DocAddress) -> tantivy::Result<Passage> {
        self.stored(&self.searcher.doc(address)?)
    }

    fn stored(&self, doc: &TantivyDocument) -> tantivy::Result<Passage> {
        let bytes = doc.get_first(self.fields.passage).and_then(|v| v.as_bytes());
        let bytes = bytes.ok_or_else(|| corrupt("a document without its passage"))?;
        let passage: Passage =
            serde_json::from_slice(bytes).map_err(|_| corrupt("an unreadable passage"))?;
        if passage.is_intact() {
            Ok(passage)
        } else {
            Err(corrupt("a passage that does not match its hash"))
        }
    }

    /// How many passages have each stem and each run of letters.
    pub fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }

    /// How many passages have this stem in their question, alternates or text.
    pub fn frequency(&self, stem: &str) -> u64 {
        self.frequencies.of(terms::hash(stem))
    }

    /// Whether any passage, title or heading has this stem.
    pub fn knows(&self, stem: &str) -> bool {
        self.frequencies.knows(stem)
    }

    /// Whether a word is spelled just so in any question, alternate or text.
    pub fn has_spelling(&self, word: &str) -> Result<bool, Error> {
        let term = Term::from_field_text(self.fields.spellings, word);
        self.guard(|| Ok(self.searcher.doc_freq(&term)? > 0))
    }

    /// Spellings of the corpus within `distance` edits (at most 2) of a word, with the number
    /// of passages that have each. A swap of two neighbours is one edit.
    pub fn spellings_near(&self, word: &str, distance: u8) -> Result<Vec<(String, u64)>, Error> {
        let field = self.fields.spellings;
        self.guard(|| {
            let query =
                FuzzyTermQuery::new(Term::from_field_text(field, word), distance.min(2), true);
            let mut found: Vec<(String, u64)> = Vec::new();
            for reader in self.searcher.segment_readers() {
                let inverted = reader.inverted_index(field)?;
                let mut stream = inverted.terms().search(query.automaton()?).into_stream()?;
                while let Some((term, info)) = stream.next() {
                    let Ok(spelling) = std::str::from_utf8(term) else { continue };
                    match found.iter_mut().find(|(known, _)| known == spelling) {
                        Some((_, count)) => *count += u64::from(info.doc_freq),
                        None => found.push((spelling.to_owned(), u64::from(info.doc_freq))),
                    }
                }
            }
            Ok(found)
        })
    }

    fn guard<T>(&self, read: impl FnOnce() -> tantivy::Result<T>) -> Result<T, Error> {
        guarded(read).map_err(|reason| Error::Damaged { path: self.folder.clone(), reason })
    }
}

fn corrupt(what: &str) -> tantivy::TantivyError {
    tantivy::TantivyError::DataCorruption(tantivy::error::DataCorruption::comment_only(what))
}

/// Runs a read of index files; some damage makes the library panic instead of failing.
fn guarded<T>(read: impl FnOnce() -> tantivy::Result<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("its files cannot be decoded".to_owned()),
    }
}
