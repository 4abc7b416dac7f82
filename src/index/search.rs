//! Asking an open generation: candidates for a question, and the spellings of the corpus.
//!
//! Scores are made of what is counted over the passages that are there, so that neither segments
//! nor what was removed before change them.

use std::collections::{BTreeMap, HashSet};

use tantivy::postings::TermInfo;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, InvertedIndexReader, SegmentReader, TERMINATED, Term};

use crate::corpus::passages::Passage;
use crate::index::Error;
use crate::index::bm25::{self, Lengths};
use crate::index::maxscore::Best;
use crate::index::maxscore::bounds::Bounds;
use crate::index::maxscore::list::{List, WordScore};
use crate::index::place::Place;
use crate::index::reader::Reader;
use crate::index::schema::ORDER;
use crate::index::terms::{self, Role, Terms};

/// One word of the question: terms that stand for it, each with its weight.
#[derive(Debug, Clone, Default)]
pub struct Clause {
    /// Stems and their weights; the best matching one counts.
    pub stems: Vec<(String, f32)>,
    /// Whether passages without any of them are left out.
    pub must: bool,
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
    pub passage: Box<Passage>,
    /// What ranking looks at.
    pub terms: Terms,
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
                found = self.asking(key, limit)?;
            }
            let verbatim: HashSet<DocAddress> = found.iter().copied().collect();
            let also = also.iter().filter(|place| self.has(**place));
            let also = also.map(|place| DocAddress::new(place.segment, place.document));
            found.extend(also.filter(|address| !verbatim.contains(address)));
            for (weights, most) in searches {
                let hits = self.best(clauses, *weights, *most)?;
                let known: HashSet<DocAddress> = found.iter().copied().collect();
                found.extend(hits.into_iter().filter(|address| !known.contains(address)));
            }
            found.truncate(limit);
            // Read in the order in which they stand.
            found.sort_unstable();
            let candidate = |address: DocAddress| {
                let (passage, terms) = self.passage_and_terms(address)?;
                Ok(Candidate {
                    passage: Box::new(passage),
                    terms,
                    verbatim: verbatim.contains(&address),
                    place: Place { segment: address.segment_ord, document: address.doc_id },
                })
            };
            found.into_iter().map(candidate).collect()
        })
    }

    /// The entries that ask just this, at most so many, in the order of a hash of their ids.
    fn asking(&self, key: &str, most: usize) -> tantivy::Result<Vec<DocAddress>> {
        let term = Term::from_field_text(self.fields.asked, key);
        let mut found = Vec::new();
        for (number, segment) in (0..).zip(self.searcher.segment_readers()) {
            let inverted = segment.inverted_index(self.fields.asked)?;
            let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)?
            else {
                continue;
            };
            let order = segment.fast_fields().u64(ORDER)?;
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                if !segment.is_deleted(doc) {
                    found.push((order.first(doc), DocAddress::new(number, doc)));
                }
                postings.advance();
            }
        }
        found.sort_unstable();
        found.truncate(most);
        Ok(found.into_iter().map(|(_, address)| address).collect())
    }

    /// The passages that match best.
    fn best(
        &self,
        clauses: &[Clause],
        weights: FieldWeights,
        most: usize,
    ) -> tantivy::Result<Vec<DocAddress>> {
        let fields = self.searched(weights);
        let sought = |clause: &Clause| (self.sought(clause, &fields), clause.must);
        let mut words: Vec<(Vec<Sought<'_>>, bool)> = clauses.iter().map(sought).collect();
        // Whatever stands in a segment, scores are added up in the same order: that of what words
        // can give, so that soon nothing more can come.
        let bound = |word: &(Vec<Sought<'_>>, bool)| {
            WordScore::of(word.0.iter().map(|term| term.most)).score()
        };
        words.sort_by(|a, b| bound(b).total_cmp(&bound(a)));
        let musts: Vec<bool> = words.iter().map(|(_, must)| *must).collect();
        let mut best = Best::new(most.max(1));
        for (number, segment) in (0..).zip(self.searcher.segment_readers()) {
            let mut lists = Vec::new();
            for (word, (terms, _)) in words.iter().enumerate() {
                for (part, sought) in terms.iter().enumerate() {
                    lists.extend(sought.list((number, segment), word, part, &self.bounds)?);
                }
            }
            let order = segment.fast_fields().u64(ORDER)?;
            let order = |doc| order.first(doc).unwrap_or(u64::MAX);
            best.gather(number, segment, (lists, &musts), order);
        }
        Ok(best.into_addresses())
    }

    /// The fields that count, with the usual length of each.
    fn searched(&self, weights: FieldWeights) -> Vec<Searched> {
        let all = [
            (self.fields.question, Role::Question, weights.question),
            (self.fields.alternates, Role::Alternate, weights.alternates),
            (self.fields.title, Role::Title, weights.title),
            (self.fields.heading, Role::Heading, weights.heading),
            (self.fields.text, Role::Text, weights.text),
        ];
        let passages = self.manifest().passages.max(1);
        let searched = |(field, role, weight): (Field, Role, f32)| {
            let average = self.frequencies().words(role).max(1) as f32 / passages as f32;
            (weight > 0.0).then(|| Searched { field, role, weight, lengths: Lengths::new(average) })
        };
        all.into_iter().filter_map(searched).collect()
    }

    /// The terms that stand for a word, in all fields that count.
    fn sought<'a>(&self, clause: &Clause, fields: &'a [Searched]) -> Vec<Sought<'a>> {
        let passages = self.manifest().passages.max(1);
        let mut sought = Vec::with_capacity(clause.stems.len() * fields.len());
        for (stem, weight) in &clause.stems {
            let hash = terms::hash(stem);
            for field in fields {
                let having = match field.role {
                    Role::Title | Role::Heading => self.frequencies().above(hash),
                    Role::Text | Role::Question | Role::Alternate => self.frequencies().of(hash),
                };
                let rarity = bm25::rarity(having.clamp(1, passages), passages);
                let term = Term::from_field_text(field.field, stem);
                sought.push(Sought {
                    term,
                    field,
                    most: bm25::most(rarity) * weight * field.weight,
                });
            }
        }
        sought
    }

    fn has(&self, place: Place) -> bool {
        let segment = self.searcher.segment_readers().get(place.segment as usize);
        segment.is_some_and(|s| place.document < s.max_doc() && !s.is_deleted(place.document))
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

    /// Spellings of the corpus within `distance` edits (at most 2) of a word that begin as it does, with
    /// the number of passages that have each. A swap of two neighbours is one edit.
    pub fn spellings_near(&self, word: &str, distance: u8) -> Result<Vec<(String, u64)>, Error> {
        let field = self.fields.spellings;
        let first = &word[..word.chars().next().map_or(0, char::len_utf8)];
        // Behind all that begin so: no letter has the greatest byte.
        let behind = [first.as_bytes(), &[u8::MAX]].concat();
        self.guard(|| {
            let query =
                FuzzyTermQuery::new(Term::from_field_text(field, word), distance.min(2), true);
            let mut found: BTreeMap<String, u64> = BTreeMap::new();
            for segment in self.searcher.segment_readers() {
                let inverted = segment.inverted_index(field)?;
                // Without these bounds every first letter would be tried.
                let stream = inverted.terms().search(query.automaton()?).ge(first).lt(&behind);
                let mut stream = stream.into_stream()?;
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

/// A field that counts.
struct Searched {
    field: Field,
    role: Role,
    weight: f32,
    lengths: Lengths,
}

/// A term that stands for a word in a field, and what it can tell at most.
struct Sought<'a> {
    term: Term,
    field: &'a Searched,
    most: f32,
}

impl<'a> Sought<'a> {
    /// The passages of a segment that have it.
    fn list(
        &self,
        (number, segment): (u32, &SegmentReader),
        word: usize,
        part: usize,
        bounds: &Bounds,
    ) -> tantivy::Result<Option<List<'a>>> {
        let inverted = segment.inverted_index(self.field.field)?;
        let Some(term) = inverted.get_term_info(&self.term)? else { return Ok(None) };
        let postings =
            inverted.read_block_postings_from_terminfo(&term, IndexRecordOption::WithFreqs)?;
        let norms = segment.get_fieldnorms_reader(self.field.field)?;
        let (most, lengths) = (self.most, &self.field.lengths);
        let key = (number, self.field.field, term.postings_range.start);
        let bound = most * bounds.of(key, &postings, &norms, lengths);
        Ok(Some(List { word, part, most, bound, lengths, norms, postings }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::corpus::{Corpus, formats};
    use crate::index::reader::Reader;
    use crate::index::writer;
    use crate::text::distance::edits;

    #[test]
    fn near_spellings_are_all_that_begin_alike() {
        let words = "melon melons lemon molten menu zebra zebras żebra 水 ελιά ελιές ένα öl a az";
        let folder = tempfile::tempdir().unwrap();
        let article = formats::parse("a.txt", &format!("Words\n\n{words}\n")).article.unwrap();
        let corpus = Corpus { articles: vec![article], ..Corpus::default() };
        writer::build(folder.path(), &corpus, &|_, _| {}).unwrap();
        let reader = Reader::open(folder.path()).unwrap();
        let spelled = "melon melons lemon molten menu zebra zebras 水 ελια ελιεσ ενα ol a az";
        for asked in spelled.split(' ').chain(["meloon", "ezbra", "zbra", "ελιες", "ÿ"]) {
            for distance in 0..=2 {
                let near = reader.spellings_near(asked, distance).unwrap();
                let near: BTreeSet<String> = near.into_iter().map(|(word, _)| word).collect();
                let alike = |word: &&str| word.chars().next() == asked.chars().next();
                let wanted = spelled.split(' ').filter(alike);
                let wanted = wanted.filter(|word| edits(asked, word) <= usize::from(distance));
                let wanted: BTreeSet<String> = wanted.map(str::to_owned).collect();
                assert_eq!(near, wanted, "{asked} {distance}");
            }
        }
    }
}
