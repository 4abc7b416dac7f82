//! The passages that match best, without scoring all that match.
//!
//! Passages are gone through in windows. What a list of passages can add at most is known, so that
//! once enough good ones are found, the long lists of common words need not be gone through: a
//! passage that only they have is not among the best. They are looked at for the few others (`MaxScore`:
//! Turtle and Flood, Query Evaluation: Strategies and Optimizations, 1995). What comes out is the
//! same as if all were scored.

pub(super) mod list;

pub(super) mod bounds;

mod window;

mod walks;

mod exact;

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use tantivy::{DocAddress, DocId, SegmentReader};

use crate::index::maxscore::exact::Exact;
use crate::index::maxscore::list::List;
use crate::index::maxscore::walks::Walks;
use crate::index::maxscore::window::Window;
use crate::text::bits::set_bits;

/// Goes through passages for the best of them.
pub(super) struct Best {
    hits: Hits,
    /// Nothing has been given to any passage of it but while passages are gone through.
    window: Box<Window>,
}

/// The best passages of those that were gone through.
struct Hits {
    limit: usize,
    /// The worst of them first.
    heap: BinaryHeap<Reverse<Hit>>,
}

/// A passage and how well it matches; what is better is greater.
struct Hit {
    score: f32,
    /// A hash of its id, the same in whatever segment it stands.
    order: u64,
    address: DocAddress,
}

impl Best {
    /// At most so many.
    pub(super) fn new(limit: usize) -> Self {
        let heap = BinaryHeap::with_capacity(limit + 1);
        Self { hits: Hits { limit, heap }, window: Window::new() }
    }

    /// Best first.
    pub(super) fn into_addresses(self) -> Vec<DocAddress> {
        self.hits.heap.into_sorted_vec().into_iter().map(|Reverse(hit)| hit.address).collect()
    }

    /// Goes through a segment with the lists of words, in the order of these. Each word tells whether
    /// passages must have it; `order` tells a passage's place among equals.
    pub(super) fn gather(
        &mut self,
        number: u32,
        segment: &SegmentReader,
        (lists, words): (Vec<List<'_>>, &[bool]),
        order: impl Fn(DocId) -> u64,
    ) {
        let Self { hits, window } = self;
        let mut walks = Walks::new(lists, words);
        let mut exact = None;
        loop {
            walks.leave_out(hits.threshold());
            // Made before any list is past the passages that it is asked for.
            if walks.rest > 0.0 && exact.is_none() {
                exact = Some(Exact::new(&walks, words));
            }
            if walks.fill(window).is_none() {
                return;
            }
            window.drain(|first, sums| {
                let least = walks.wanted(hits.threshold()).max(f32::MIN_POSITIVE);
                // Counted and not stopped at the first, so that all are compared at once.
                if sums.iter().filter(|sum| **sum >= least).count() == 0 {
                    return;
                }
                let may = sums.iter().zip(0..).map(|(sum, at)| u64::from(*sum >= least) << at);
                for at in set_bits(may.fold(0, |all, bit| all | bit)) {
                    let (doc, sum) = (first + at, sums[at as usize]);
                    let threshold = hits.threshold();
                    if sum < walks.wanted(threshold) || segment.is_deleted(doc) {
                        continue;
                    }
                    let score = match &mut exact {
                        // No list was left out: all has been added up.
                        None => Some(sum),
                        Some(exact) if walks.reaches(doc, sum, threshold) => {
                            exact.score(doc, threshold)
                        }
                        Some(_) => None,
                    };
                    if let Some(score) = score {
                        let address = DocAddress::new(number, doc);
                        hits.add(Hit { score, order: order(doc), address });
                    }
                }
            });
        }
    }
}

impl Hits {
    /// What a passage must reach to be among them.
    fn threshold(&self) -> f32 {
        let worst = self.heap.peek().filter(|_| self.heap.len() >= self.limit);
        worst.map_or(0.0, |Reverse(hit)| hit.score)
    }

    fn add(&mut self, hit: Hit) {
        self.heap.push(Reverse(hit));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }
}

impl Ord for Hit {
    fn cmp(&self, other: &Self) -> Ordering {
        let ties = || (other.order, other.address).cmp(&(self.order, self.address));
        self.score.total_cmp(&other.score).then_with(ties)
    }
}

impl PartialOrd for Hit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Hit {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Hit {}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tantivy::fieldnorm::FieldNormReader;
    use tantivy::indexer::NoMergePolicy;
    use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
    use tantivy::{DocAddress, DocId, Index, Searcher, SegmentReader, TantivyDocument, Term};

    use super::{Best, Hit};
    use crate::index::bm25::Lengths;
    use crate::index::maxscore::bounds::Bounds;
    use crate::index::maxscore::list::{List, adds};
    use crate::index::maxscore::window::WINDOW;

    /// Passages of each segment: more than two windows, one of them by a single passage, and not the same,
    /// to tell them by.
    const PASSAGES: [u32; 2] = [2 * WINDOW + 1, 5_001];
    const FIELDS: usize = 2;
    /// Terms, the n-th in every (2n + 1)th passage or so.
    const TERMS: usize = 9;

    /// The terms of each field of each passage, segment by segment.
    type Texts = Vec<Vec<[Vec<usize>; FIELDS]>>;

    /// Numbers that look random, below a bound.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 33) as usize % bound
        }
    }

    fn texts(numbers: &mut Numbers) -> Texts {
        let mut field = || {
            let has = |term: &usize| numbers.below(2 * term + 1) == 0;
            let mut terms: Vec<usize> = (0..TERMS).filter(has).collect();
            for _ in 0..numbers.below(4) {
                terms.push(numbers.below(TERMS));
            }
            terms
        };
        PASSAGES.map(|count| (0..count).map(|_| [field(), field()]).collect()).into()
    }

    fn indexed(texts: &Texts) -> (Searcher, Vec<Field>) {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default().set_tokenizer("whitespace");
        let indexing = indexing.set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        let fields: Vec<Field> =
            ["a", "b"].map(|name| schema.add_text_field(name, options.clone())).into();
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 20_000_000).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for segment in texts {
            for passage in segment {
                let mut document = TantivyDocument::new();
                for (field, terms) in fields.iter().zip(passage) {
                    let words: Vec<String> = terms.iter().map(|term| format!("t{term}")).collect();
                    document.add_text(*field, words.join(" "));
                }
                writer.add_document(document).unwrap();
            }
            writer.commit().unwrap();
        }
        (index.reader().unwrap().searcher(), fields)
    }

    /// A word of a question: its term, what that can tell in each field, whether it must be there.
    type Asked = (usize, [f32; FIELDS], bool);

    fn order(segment: u32, doc: DocId) -> u64 {
        u64::from((segment * 7_919 + doc).wrapping_mul(2_654_435_761) % 97)
    }

    fn found(
        searcher: &Searcher,
        fields: &[Field],
        (lengths, bounds): (&Lengths, &Bounds),
        asked: &[Asked],
        limit: usize,
    ) -> Vec<DocAddress> {
        let mut best = Best::new(limit);
        let musts: Vec<bool> = asked.iter().map(|(_, _, must)| *must).collect();
        for (number, segment) in (0..).zip(searcher.segment_readers()) {
            let mut lists = Vec::new();
            for (word, (term, mosts, _)) in asked.iter().enumerate() {
                for (part, (field, most)) in fields.iter().zip(mosts).enumerate() {
                    let term = Term::from_field_text(*field, &format!("t{term}"));
                    let postings = segment.inverted_index(*field).unwrap();
                    let postings =
                        postings.read_block_postings(&term, IndexRecordOption::WithFreqs).unwrap();
                    let norms = segment.get_fieldnorms_reader(*field).unwrap();
                    let list = |postings| {
                        let key = (number, *field, asked[word].0);
                        let bound = most * bounds.of(key, &postings, &norms, lengths);
                        List { word, part, most: *most, bound, lengths, norms, postings }
                    };
                    lists.extend(postings.map(list));
                }
            }
            best.gather(number, segment, (lists, &musts), |doc| order(number, doc));
        }
        best.into_addresses()
    }

    /// All passages that match, scored one by one from their terms.
    fn scored(texts: &Texts, lengths: &Lengths, asked: &[Asked], limit: usize) -> Vec<DocAddress> {
        let mut hits = Vec::new();
        for (number, passages) in (0..).zip(texts) {
            for (doc, passage) in (0..).zip(passages) {
                let mut score = 0.0;
                let mut whole = true;
                for (term, mosts, must) in asked {
                    let parts = passage.iter().zip(mosts).map(|(terms, most)| {
                        let times = terms.iter().map(|other| u32::from(other == term)).sum();
                        let length =
                            FieldNormReader::fieldnorm_to_id(u32::try_from(terms.len()).unwrap());
                        most * lengths.share(length, times)
                    });
                    let mut best = 0.0;
                    for gives in parts {
                        score += adds(best, gives);
                        best = gives.max(best);
                    }
                    whole &= !must || best > 0.0;
                }
                if whole && score > 0.0 {
                    let address = DocAddress::new(number, doc);
                    hits.push(Hit { score, order: order(number, doc), address });
                }
            }
        }
        hits.sort_unstable_by(|a, b| b.cmp(a));
        hits.into_iter().take(limit).map(|hit| hit.address).collect()
    }

    #[test]
    fn what_is_left_out_is_never_missed() {
        let mut numbers = Numbers(7);
        let mut texts = texts(&mut numbers);
        let (searcher, fields) = indexed(&texts);
        let place = |passages: &Vec<_>| {
            let all = |segment: &SegmentReader| segment.max_doc() as usize == passages.len();
            searcher.segment_readers().iter().position(all)
        };
        texts.sort_by_key(place);
        let (lengths, bounds) = (Lengths::new(4.0), Bounds::default());
        let mut sizes = HashMap::new();
        for round in 0..60 {
            let words = 1 + numbers.below(5);
            let asked: Vec<Asked> = (0..words)
                .map(|_| {
                    let mut most = || (1 + numbers.below(40)) as f32 / 8.0;
                    let mosts = [most(), most()];
                    (numbers.below(TERMS), mosts, numbers.below(6) == 0)
                })
                .collect();
            let limit = [1, 10, 100, 20_000][round % 4];
            let found = found(&searcher, &fields, (&lengths, &bounds), &asked, limit);
            assert_eq!(found, scored(&texts, &lengths, &asked, limit), "{asked:?}, {limit}");
            *sizes.entry(found.len()).or_insert(0) += 1;
        }
        assert!(sizes.len() > 4, "questions that say something: {sizes:?}");
    }
}
