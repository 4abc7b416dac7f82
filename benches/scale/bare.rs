//! What the search library does by itself with the same work: the bare reference.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use faqbot::corpus::passages::Passage;
use faqbot::retrieval::question::Question;
use faqbot::text::stopwords::Class;
use rust_stemmers::{Algorithm, Stemmer};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, Occur, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{
    LowerCaser, SimpleTokenizer, TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer,
};
use tantivy::{DocAddress, Index, Searcher, TantivyDocument, Term};

type Done<T> = Result<T, Box<dyn Error>>;

/// The index of a generation, opened by the library alone.
pub(crate) struct Bare {
    searcher: Searcher,
    fields: [Field; 5],
}

/// Fields as candidates are gathered by them: for entries, and for all passages.
const ENTRIES: [f32; 5] = [1.0, 1.0, 0.0, 0.0, 0.0];
const ALL: [f32; 5] = [2.0, 2.0, 0.5, 0.6, 1.0];

impl Bare {
    /// Of a generation folder.
    pub(crate) fn open(generation: &Path) -> Done<Self> {
        let index = Index::open_in_dir(generation)?;
        let schema = index.schema();
        let field = |name: &str| schema.get_field(name);
        let fields = [
            field("question")?,
            field("alternates")?,
            field("title")?,
            field("heading")?,
            field("text")?,
        ];
        Ok(Self { searcher: index.reader()?.searcher(), fields })
    }

    /// The candidate query of a question, run and fetched as it is for an answer.
    pub(crate) fn candidates(&self, question: &Question, most: usize) -> Done<usize> {
        let mut found = self.best(&self.query(question, ENTRIES), most / 2)?;
        for address in self.best(&self.query(question, ALL), most)? {
            if !found.contains(&address) {
                found.push(address);
            }
        }
        found.truncate(most);
        found.sort_unstable();
        for address in &found {
            std::hint::black_box(self.searcher.doc::<TantivyDocument>(*address)?);
        }
        Ok(found.len())
    }

    /// The ten best passages by their text, unfetched: the least that a search can be.
    pub(crate) fn top_ten(&self, question: &Question) -> Done<usize> {
        let only_text = [0.0, 0.0, 0.0, 0.0, 1.0];
        Ok(self.best(&self.query(question, only_text), 10)?.len())
    }

    fn best(&self, query: &dyn Query, most: usize) -> Done<Vec<DocAddress>> {
        let hits = self.searcher.search(query, &TopDocs::with_limit(most).order_by_score())?;
        Ok(hits.into_iter().map(|(_, address)| address).collect())
    }

    fn query(&self, question: &Question, weights: [f32; 5]) -> BooleanQuery {
        let carries = |class: Class| matches!(class, Class::Content | Class::Light);
        let words = question.words.iter().filter(|word| carries(word.class));
        let clause = |forms: Vec<(&str, f32)>| -> (Occur, Box<dyn Query>) {
            let mut terms: Vec<Box<dyn Query>> = Vec::new();
            for (stem, strength) in forms {
                for (field, weight) in self.fields.iter().zip(weights) {
                    if weight > 0.0 {
                        let term = Term::from_field_text(*field, stem);
                        let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                        terms.push(Box::new(BoostQuery::new(Box::new(query), strength * weight)));
                    }
                }
            }
            (Occur::Should, Box::new(DisjunctionMaxQuery::with_tie_breaker(terms, 0.1)))
        };
        let clauses = words.map(|word| {
            let forms = word.forms.iter();
            clause(forms.map(|f| (f.stem.as_str(), f.strength * word.weight.max(0.01))).collect())
        });
        BooleanQuery::new(clauses.collect())
    }
}

/// How long the library takes to index the same passages in the same fields, cut into words by its
/// own tokenizer, with as many threads; files are not read and nothing is counted. The fields of the
/// program hold `stems`, of English here, but for the one of spellings.
pub(crate) fn index(
    passages: &[Passage],
    threads: usize,
    stems: bool,
    folder: &Path,
) -> Done<Duration> {
    let mut builder = Schema::builder();
    let indexing = |tokenizer: &str, record| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer);
        TextOptions::default().set_indexing_options(indexing.set_index_option(record))
    };
    let terms = indexing(if stems { "stems" } else { "words" }, IndexRecordOption::WithFreqs);
    let spellings = indexing("words", IndexRecordOption::Basic);
    let names = ["question", "alternates", "title", "heading", "text"];
    let mut fields = names.map(|name| builder.add_text_field(name, terms.clone())).to_vec();
    fields.push(builder.add_text_field("spellings", spellings));
    let strings = ["asked", "file", "link"].map(|name| builder.add_text_field(name, STRING));
    let (order, stored) =
        (builder.add_u64_field("order", FAST), builder.add_bytes_field("p", STORED));
    let started = Instant::now();
    let index = Index::create_in_dir(folder, builder.build())?;
    let words = || TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser);
    index.tokenizers().register("words", words().build());
    index.tokenizers().register("stems", words().filter(Stems).build());
    let mut writer = index.writer_with_num_threads(threads, threads * 64_000_000)?;
    for (n, passage) in passages.iter().enumerate() {
        let question = passage.question.as_deref().unwrap_or_default();
        let alternates = passage.alternates.join("\n");
        let heading = passage.section.as_deref().unwrap_or_default();
        let mut doc = TantivyDocument::new();
        let all = format!("{question}\n{alternates}\n{}", passage.text);
        let texts = [question, &alternates, &passage.title, heading, &passage.text, &all];
        for (field, text) in fields.iter().zip(texts) {
            doc.add_text(*field, text);
        }
        for (field, text) in strings.iter().zip([question, &passage.file, &passage.link]) {
            doc.add_text(*field, text);
        }
        doc.add_u64(order, n as u64);
        doc.add_bytes(stored, &serde_json::to_vec(passage)?);
        writer.add_document(doc)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(started.elapsed())
}

/// Makes stems of words.
#[derive(Clone, Copy)]
struct Stems;

#[derive(Clone)]
struct Stemmed<T>(T);

struct Stemming<T> {
    words: T,
    stemmer: Stemmer,
}

impl TokenFilter for Stems {
    type Tokenizer<T: Tokenizer> = Stemmed<T>;

    fn transform<T: Tokenizer>(self, words: T) -> Stemmed<T> {
        Stemmed(words)
    }
}

impl<T: Tokenizer> Tokenizer for Stemmed<T> {
    type TokenStream<'a> = Stemming<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        let stemmer = Stemmer::create(Algorithm::English);
        Stemming { words: self.0.token_stream(text), stemmer }
    }
}

impl<T: TokenStream> TokenStream for Stemming<T> {
    fn advance(&mut self) -> bool {
        let more = self.words.advance();
        if more {
            let stem = self.stemmer.stem(&self.words.token().text).into_owned();
            self.words.token_mut().text = stem;
        }
        more
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}
