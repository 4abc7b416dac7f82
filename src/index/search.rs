//! Asking an open generation: candidates for a question, and the spellings of the corpus.
//!
//! Scores are made of what is counted over the passages that are there, so that neither segments
//! nor what was removed before change them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::postings::TermInfo;
use tantivy::query::{
    Bm25StatisticsProvider, BooleanQuery, BoostQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur,
    Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocSet, InvertedIndexReader, Order, SegmentReader, TERMINATED, TantivyDocument,
    Term,
};

use crate::corpus::passages::Passage;
use crate::index::Error;
use crate::index::frequencies::Frequencies;
use crate::index::kept::Stored;
use crate::index::place::Place;
use crate::index::reader::{Reader, corrupt};
use crate::index::schema::ORDER;
use crate::index::terms::{self, Role, Terms};

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
    pub passage: Arc<Passage>,
    /// What ranking looks at.
    pub terms: Arc<Terms>,
    /// Whether it is an entry that asks just what was asked.
    pub verbatim: bool,
    /// Where it is in the generation, which its vectors are found by.
    pub place: Place,
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
    /// Passages that are wanted anyway.
    pub also: &'a [Place],
    /// Most candidates in all.
    pub limit: usize,
}

impl Reader {
    /// The entries that ask just what was asked come first, then those wanted anyway, then the
    /// passages that match best, each search giving at most as many as stand beside it; ties in
    /// the order of a hash of their ids.
    pub fn candidates(&self, wanted: &Wanted<'_>) -> Result<Vec<Candidate>, Error> {
        let Wanted { asked, clauses, searches, also, limit } = *wanted;
        self.guard(|| {
            let mut found: Vec<DocAddress> = Vec::new();
            if let Some(key) = asked {
                let term = Term::from_field_text(self.fields.asked, key);
                let query = TermQuery::new(term, IndexRecordOption::Basic);
                found = self.best(&query, limit)?;
            }
            let verbatim: HashSet<DocAddress> = found.iter().copied().collect();
            let also = also.iter().filter(|place| self.has(**place));
            let also = also.map(|place| DocAddress::new(place.segment, place.document));
            found.extend(also.filter(|address| !verbatim.contains(address)));
            for (weights, most) in searches {
                let hits = self.best(&self.query(clauses, *weights), *most)?;
                let known: HashSet<DocAddress> = found.iter().copied().collect();
                found.extend(hits.into_iter().filter(|address| !known.contains(address)));
            }
            found.truncate(limit);
            // The stored passages of neighbours are unpacked together.
            found.sort_unstable();
            let stored = self.stored(&found)?.into_iter().zip(&found);
            let candidate = |(stored, address): (Stored, &DocAddress)| Candidate {
                passage: stored.passage,
                terms: stored.terms,
                verbatim: verbatim.contains(address),
                place: Place { segment: address.segment_ord, document: address.doc_id },
            };
            Ok(stored.map(candidate).collect())
        })
    }

    /// The documents that match best.
    fn best(&self, query: &dyn Query, most: usize) -> tantivy::Result<Vec<DocAddress>> {
        let order = SortByStaticFastValue::<u64>::for_field(ORDER);
        let keys = (SortBySimilarityScore, (order, Order::Asc));
        let best = TopDocs::with_limit(most.max(1)).order_by(keys);
        let live = Live { reader: self };
        let hits = self.searcher.search_with_statistics_provider(query, &best, &live)?;
        Ok(hits.into_iter().map(|(_, address)| address).collect())
    }

    fn has(&self, place: Place) -> bool {
        let segment = self.searcher.segment_readers().get(place.segment as usize);
        segment.is_some_and(|s| place.document < s.max_doc() && !s.is_deleted(place.document))
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

    /// What is stored at these addresses, in their order; read of late or now.
    fn stored(&self, addresses: &[DocAddress]) -> tantivy::Result<Vec<Stored>> {
        let (mut all, mut read) = (Vec::with_capacity(addresses.len()), Vec::new());
        for (address, kept) in addresses.iter().zip(self.kept.find(addresses)) {
            let stored = if let Some(stored) = kept {
                stored
            } else {
                let (passage, terms) = self.passage_and_terms(*address)?;
                let stored = Stored { passage: Arc::new(passage), terms: Arc::new(terms) };
                read.push((*address, stored.clone()));
                stored
            };
            all.push(stored);
        }
        self.kept.keep(read);
        Ok(all)
    }

    pub(super) fn passage_and_terms(
        &self,
        address: DocAddress,
    ) -> tantivy::Result<(Passage, Terms)> {
        let doc: TantivyDocument = self.searcher.doc(address)?;
        let terms = doc.get_first(self.fields.terms).and_then(|v| v.as_bytes());
        let terms = terms.and_then(Terms::decode);
        let passage = self.passage_of(&doc)?;
        let terms = terms.filter(|terms| terms.fit(&passage.text));
        let terms = terms.ok_or_else(|| corrupt("a passage without its terms"))?;
        Ok((passage, terms))
    }

    /// Whether a word is spelled just so in any question, alternate or text.
    pub fn has_spelling(&self, word: &str) -> Result<bool, Error> {
        let term = Term::from_field_text(self.fields.spellings, word);
        self.guard(|| {
            for segment in self.searcher.segment_readers() {
                let inverted = segment.inverted_index(self.fields.spellings)?;
                if let Some(info) = inverted.get_term_info(&term)?
                    && alive(segment, &inverted, &info, 1)? > 0
                {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Spellings of the corpus within `distance` edits (at most 2) of a word, with the number
    /// of passages that have each. A swap of two neighbours is one edit.
    pub fn spellings_near(&self, word: &str, distance: u8) -> Result<Vec<(String, u64)>, Error> {
        let field = self.fields.spellings;
        self.guard(|| {
            let query =
                FuzzyTermQuery::new(Term::from_field_text(field, word), distance.min(2), true);
            let mut found: BTreeMap<String, u64> = BTreeMap::new();
            for segment in self.searcher.segment_readers() {
                let inverted = segment.inverted_index(field)?;
                let mut stream = inverted.terms().search(query.automaton()?).into_stream()?;
                while let Some((term, info)) = stream.next() {
                    let Ok(spelling) = std::str::from_utf8(term) else { continue };
                    let count = alive(segment, &inverted, info, u32::MAX)?;
                    if count > 0 {
                        *found.entry(spelling.to_owned()).or_default() += u64::from(count);
                    }
                }
            }
            Ok(found.into_iter().collect())
        })
    }
}

/// How many documents that are there have a term; counting ends at `enough`.
fn alive(
    segment: &SegmentReader,
    inverted: &InvertedIndexReader,
    info: &TermInfo,
    enough: u32,
) -> tantivy::Result<u32> {
    if !segment.has_deletes() {
        return Ok(info.doc_freq);
    }
    let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
    let mut count = 0;
    while postings.doc() != TERMINATED && count < enough {
        count += u32::from(!segment.is_deleted(postings.doc()));
        postings.advance();
    }
    Ok(count)
}

/// What scores are made of.
struct Live<'a> {
    reader: &'a Reader,
}

impl Live<'_> {
    fn frequencies(&self) -> &Frequencies {
        self.reader.frequencies()
    }

    fn role(&self, field: Field) -> Option<Role> {
        let fields = &self.reader.fields;
        let roles = [
            (fields.text, Role::Text),
            (fields.title, Role::Title),
            (fields.heading, Role::Heading),
            (fields.question, Role::Question),
            (fields.alternates, Role::Alternate),
        ];
        roles.into_iter().find(|(of, _)| *of == field).map(|(_, role)| role)
    }
}

impl Bm25StatisticsProvider for Live<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let words = self.role(field).map_or(0, |role| self.frequencies().words(role));
        Ok(words.max(1))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.reader.manifest().passages.max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let Some(role) = self.role(term.field()) else { return Ok(1) };
        let value = term.value();
        let stem = terms::hash(value.as_str().unwrap_or_default());
        let count = match role {
            Role::Title | Role::Heading => self.frequencies().above(stem),
            Role::Text | Role::Question | Role::Alternate => self.frequencies().of(stem),
        };
        Ok(count.clamp(1, self.total_num_docs()?))
    }
}
