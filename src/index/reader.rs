//! A generation opened for reading. [`search`](crate::index::search) asks it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::collector::DocSetCollector;
use tantivy::directory::{FileSlice, MmapDirectory};
use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::store::StoreReader;
use tantivy::{Directory, DocAddress, ReloadPolicy, Searcher, TERMINATED, Term};

use crate::corpus::passages::{Passage, question_key};
use crate::index::Error;
use crate::index::counting;
use crate::index::frequencies::Frequencies;
use crate::index::manifest::{self, ArticleEntry, Manifest};
use crate::index::maxscore::bounds::Bounds;
use crate::index::readonly::ReadOnly;
use crate::index::schema::{self, Fields};
use crate::index::stored::Document;
use crate::index::synonyms::{self, Table};
use crate::index::terms::{self, Terms};
use crate::index::vector_file::{self, VectorFile};
use crate::index::vectors::Vectors;

/// How the places in the search library and its parts begin, for telling its panics, which
/// are caught in `guarded`, from those of the program.
pub const LIBRARIES: [&str; 3] = ["/tantivy", "/ownedbytes", "/bitpacking"];

/// An open generation. Cheap to clone; all clones read the same files.
#[derive(Clone)]
pub struct Reader {
    folder: PathBuf,
    manifest: Manifest,
    pub(super) fields: Fields,
    pub(super) searcher: Searcher,
    pub(super) bounds: Arc<Bounds>,
    /// What is stored of each segment.
    stores: Arc<Vec<StoreReader>>,
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
    /// Opens a generation folder; a small one is read as a whole, to see that it is what was
    /// written.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let damaged = |reason: String| Error::Damaged { path: folder.to_owned(), reason };
        let manifest = Manifest::read(folder).map_err(|e| damaged(format!("{e:#}")))?;
        if !manifest.is_ours() {
            return Err(Error::Outdated(folder.to_owned()));
        }
        let (searcher, stores, articles, frequencies, synonyms, vectors) = guarded(|| {
            let files = ReadOnly(MmapDirectory::open(folder)?);
            let articles = files.open_read(Path::new(manifest::ARTICLES))?;
            let counts = files.open_read(Path::new(counting::FILE))?.read_bytes()?;
            let counts = Frequencies::decode(&counts);
            let counts = counts.ok_or_else(|| corrupt("unreadable frequencies"))?;
            let synonyms = files.open_read(Path::new(synonyms::TABLE))?.read_bytes()?;
            let index = tantivy::Index::open(files.clone())?;
            if index.schema() != schema::schema().0 {
                return Err(tantivy::TantivyError::SchemaError(
                    "other fields than expected".to_owned(),
                ));
            }
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
            let reader = reader.doc_store_cache_num_blocks(0).try_into()?;
            let searcher = reader.searcher();
            // Blocks of passages are cheap to read, and threads would wait for each other at a cache.
            let stores =
                searcher.segment_readers().iter().map(|segment| segment.get_store_reader(0));
            let stores = stores.collect::<std::io::Result<Vec<_>>>()?;
            let vectors = vectors_of(&files, &searcher)?;
            Ok((searcher, stores, articles, Arc::new(counts), synonyms, vectors))
        })
        .map_err(damaged)?;
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
        let reader = Self {
            folder,
            manifest,
            fields,
            searcher,
            bounds: Arc::default(),
            stores: Arc::new(stores),
            articles,
            frequencies,
            synonyms,
            vectors,
        };
        if reader.is_small() {
            reader.verify_files(&HashSet::new())?;
        }
        Ok(reader)
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

    /// The articles, newest first, until `visit` says stop.
    pub fn visit_articles(&self, mut visit: impl FnMut(ArticleEntry) -> bool) -> Result<(), Error> {
        self.guard(|| {
            let bytes = self.articles.read_bytes()?;
            let list = std::str::from_utf8(&bytes);
            let list = list.map_err(|_| corrupt("an unreadable list of articles"))?;
            for article in manifest::articles(list, self.manifest().articles) {
                let article = article.ok_or_else(|| corrupt("an unreadable list of articles"))?;
                if !visit(article) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// All articles, newest first.
    pub fn articles(&self) -> Result<Vec<ArticleEntry>, Error> {
        let mut all = Vec::new();
        self.visit_articles(|article| {
            all.push(article);
            true
        })?;
        Ok(all)
    }

    /// The list of articles as it was written.
    pub(super) fn article_lines(&self) -> Result<String, Error> {
        self.guard(|| {
            let list = String::from_utf8(self.articles.read_bytes()?.to_vec()).ok();
            let list = list.filter(|list| manifest::is_intact(list, self.manifest().articles));
            list.ok_or_else(|| corrupt("an unreadable list of articles"))
        })
    }

    /// The file of what is counted, as it stands.
    pub(super) fn counted(&self) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.folder.join(counting::FILE))
    }

    /// The folder of the generation.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The segments, each with its name and how many documents it has, those that have gone
    /// included.
    pub fn segments(&self) -> impl Iterator<Item = (String, u32)> {
        let segments = self.searcher.segment_readers().iter();
        segments.map(|segment| (segment.segment_id().uuid_string(), segment.max_doc()))
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

    /// The passage of this short id, in whatever case it was typed, if the generation has one.
    pub fn passage_by_link(&self, link: &str) -> Result<Option<Passage>, Error> {
        let term = Term::from_field_text(self.fields.link, &link.to_ascii_lowercase());
        self.first(&TermQuery::new(term, IndexRecordOption::Basic))
    }

    /// The FAQ entry of this short id, if it is found by this question (see [`question_key`]).
    pub fn entry(&self, key: &str, link: &str) -> Result<Option<Passage>, Error> {
        let terms = [(self.fields.asked, key), (self.fields.link, link)];
        let must = |(field, value)| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(field, value);
            (Occur::Must, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
        };
        self.first(&BooleanQuery::new(terms.map(must).into()))
    }

    /// Whether an entry asks just this.
    pub fn asks(&self, question: &str) -> Result<bool, Error> {
        let term = Term::from_field_text(self.fields.asked, &question_key(question));
        let found = self.first(&TermQuery::new(term, IndexRecordOption::Basic))?;
        Ok(found.is_some())
    }

    /// Any passage that matches; however many do, the first ends the search.
    fn first(&self, query: &dyn Query) -> Result<Option<Passage>, Error> {
        self.guard(|| {
            let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
            for (number, segment) in (0u32..).zip(self.searcher.segment_readers()) {
                let mut matching = weight.scorer(segment, 1.0)?;
                while matching.doc() != TERMINATED && segment.is_deleted(matching.doc()) {
                    matching.advance();
                }
                if matching.doc() != TERMINATED {
                    let address = DocAddress::new(number, matching.doc());
                    return self.passage(address).map(Some);
                }
            }
            Ok(None)
        })
    }

    /// At most so many passages, from all over the generation.
    pub fn spread(&self, most: u64) -> Result<Vec<Passage>, Error> {
        let step = self.manifest.passages.div_ceil(most.max(1)).max(1);
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        self.guard(|| {
            let segments = (0u32..).zip(self.searcher.segment_readers());
            let documents = segments.flat_map(|(number, segment)| {
                segment.doc_ids_alive().map(move |document| DocAddress::new(number, document))
            });
            documents.step_by(step).map(|address| self.passage(address)).collect()
        })
    }

    /// Every passage, in the order of segments and documents, until `visit` says stop.
    pub fn visit_all(&self, mut visit: impl FnMut(Passage) -> bool) -> Result<(), Error> {
        for segment in 0..self.searcher.segment_readers().len() {
            let mut goes_on = true;
            self.visit_segment(segment, |_, passage| {
                goes_on = visit(passage);
                goes_on
            })?;
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    /// The passages of a segment with the numbers of their documents, until `visit` says stop.
    pub fn visit_segment(
        &self,
        segment: usize,
        mut visit: impl FnMut(u32, Passage) -> bool,
    ) -> Result<(), Error> {
        self.guard(|| {
            let number = u32::try_from(segment).unwrap_or(u32::MAX);
            for document in self.searcher.segment_reader(number).doc_ids_alive() {
                if !visit(document, self.passage(DocAddress::new(number, document))?) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// The passages that a file gave.
    pub fn passages_of(&self, file: &str) -> Result<Vec<Passage>, Error> {
        let mut passages = Vec::new();
        self.visit_file(file, |passage, _| passages.push(passage))?;
        Ok(passages)
    }

    /// The passages of a file, with their terms.
    pub(super) fn visit_file(
        &self,
        file: &str,
        mut visit: impl FnMut(Passage, Terms),
    ) -> Result<(), Error> {
        let term = Term::from_field_text(self.fields.file, file);
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        self.guard(|| {
            for address in self.searcher.search(&query, &DocSetCollector)? {
                let (passage, terms) = self.passage_and_terms(address)?;
                visit(passage, terms);
            }
            Ok(())
        })
    }

    fn passage(&self, address: DocAddress) -> tantivy::Result<Passage> {
        let passage = self.document(address)?.passage();
        passage.ok_or_else(|| corrupt("an unreadable passage"))
    }

    pub(super) fn passage_and_terms(
        &self,
        address: DocAddress,
    ) -> tantivy::Result<(Passage, Terms)> {
        let both = self.document(address)?.passage_and_terms();
        both.ok_or_else(|| corrupt("an unreadable passage"))
    }

    fn document(&self, address: DocAddress) -> tantivy::Result<Document> {
        let store = self.stores.get(address.segment_ord as usize);
        let store = store.ok_or_else(|| corrupt("a passage of no segment"))?;
        store.get_document_bytes(address.doc_id).map(Document)
    }

    pub(super) fn guard<T>(&self, read: impl FnOnce() -> tantivy::Result<T>) -> Result<T, Error> {
        guarded(read).map_err(|reason| Error::Damaged { path: self.folder.clone(), reason })
    }
}

/// The vectors of all segments; a file that cannot be read is damage.
fn vectors_of(files: &ReadOnly, searcher: &Searcher) -> tantivy::Result<Option<Vectors>> {
    let mut segments = Vec::new();
    for segment in searcher.segment_readers() {
        let name = vector_file::name(&segment.segment_id().uuid_string());
        let file = if files.exists(Path::new(&name))? {
            let bytes = files.open_read(Path::new(&name))?.read_bytes()?;
            let file = VectorFile::open(bytes, segment.max_doc());
            Some(file.ok_or_else(|| corrupt("unreadable vectors"))?)
        } else {
            None
        };
        segments.push((file, segment.max_doc(), segment.alive_bitset().cloned()));
    }
    Ok(Vectors::new(segments))
}

pub(super) fn corrupt(what: &str) -> tantivy::TantivyError {
    tantivy::TantivyError::DataCorruption(tantivy::error::DataCorruption::comment_only(what))
}

/// Runs a read of index files; some damage makes the library panic instead of failing.
pub(super) fn guarded<T>(read: impl FnOnce() -> tantivy::Result<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("its files cannot be decoded".to_owned()),
    }
}
