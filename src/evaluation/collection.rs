//! What questions are asked against: one set alone, several with all their documents
//! together, or the operator's own articles.

use std::path::Path;

use crate::corpus::article::Article;
use crate::corpus::passages::{self, Passage, hash, normalized};
use crate::evaluation::baseline::{self, Baseline};
use crate::evaluation::beir::Set;
use crate::evaluation::catalogue::Catalogue;
use crate::evaluation::question::{Question, Unit};
use crate::evaluation::temporary::{self, Index};
use crate::semantic::model::Model;
use crate::text::language::Language;

/// What most documents of a set are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    /// FAQ entries.
    Faq,
    /// Paragraphs.
    Passages,
    /// The operator's own articles, which hold both.
    Own,
}

impl Genre {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Faq => "faq",
            Self::Passages => "passages",
            Self::Own => "own",
        }
    }
}

/// The questions of a set.
#[derive(Debug)]
pub struct Part {
    /// The name of the set.
    pub name: String,
    /// Its questions.
    pub questions: Vec<Question>,
    /// What its documents are.
    pub genre: Genre,
    /// How many there are.
    pub documents: usize,
}

/// The baseline over the same documents.
#[derive(Debug)]
pub struct Baselines {
    /// Whole articles.
    pub articles: Baseline,
    /// Single passages, where questions name them.
    pub passages: Baseline,
}

impl Baselines {
    /// The one that ranks what a right answer is named by.
    pub fn of(&self, unit: Unit) -> &Baseline {
        match unit {
            Unit::Article => &self.articles,
            Unit::Passage => &self.passages,
        }
    }
}

/// How a collection is built.
#[derive(Debug, Clone, Copy, Default)]
pub struct How<'a> {
    /// Whether the baseline is wanted too.
    pub with_baseline: bool,
    /// What gives passages their vectors, and the folder that those are kept in for the next time.
    pub model: Option<(&'a Model, &'a Path)>,
}

/// Sets of questions over an index of their documents.
#[derive(Debug)]
pub struct Collection {
    /// The sets.
    pub parts: Vec<Part>,
    /// All documents.
    pub catalogue: Catalogue,
    /// The index of all documents.
    pub index: Index,
    /// The same documents for the baseline, where it is wanted.
    pub baselines: Option<Baselines>,
}

impl Collection {
    /// Builds the index over one set.
    pub fn of_set(
        set: Set,
        how: &How<'_>,
        progress: &dyn Fn(usize, usize),
    ) -> anyhow::Result<Self> {
        let hash = set.hash.clone();
        let (part, documents) = taken_apart(set);
        Self::build(vec![part], documents, &hash, how, false, progress)
    }

    /// Builds one index over several sets. Ids get the name of their set before them; texts
    /// that differ in case, accents or punctuation only count as one another.
    pub fn of_sets(
        sets: Vec<Set>,
        how: &How<'_>,
        progress: &dyn Fn(usize, usize),
    ) -> anyhow::Result<Self> {
        let (mut parts, mut documents, mut hashes) = (Vec::new(), Vec::new(), String::new());
        for set in sets {
            hashes.push_str(&set.hash);
            let (mut part, own) = taken_apart(set);
            let named = |id: &str| format!("{}/{id}", part.name);
            documents.extend(own.into_iter().map(|(mut article, language)| {
                article.id = named(&article.id);
                (article, language)
            }));
            for question in &mut part.questions {
                question.relevant.iter_mut().for_each(|(id, _)| *id = named(id));
            }
            parts.push(part);
        }
        Self::build(parts, documents, &hash(&hashes), how, true, progress)
    }

    fn build(
        parts: Vec<Part>,
        mut documents: Vec<(Article, Language)>,
        hash: &str,
        how: &How<'_>,
        pooled: bool,
        progress: &dyn Fn(usize, usize),
    ) -> anyhow::Result<Self> {
        documents.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let mut catalogue = Catalogue::new(documents.iter().map(|(article, _)| article.id.clone()));
        if pooled {
            catalogue = catalogue.with_same(documents.iter().map(|(article, _)| key(article)));
        }
        let baselines = how.with_baseline.then(|| {
            let mut articles = Baseline::default();
            for (article, language) in &documents {
                articles.add(&baseline::bag(article), *language);
            }
            Baselines { articles, passages: Baseline::default() }
        });
        let articles = documents.into_iter().map(|(article, _)| article).collect();
        let index = temporary::build(articles, hash, how.model, progress)?;
        Ok(Self { parts, catalogue, index, baselines })
    }
}

/// The questions of a set, and its documents each with the language of the set.
fn taken_apart(set: Set) -> (Part, Vec<(Article, Language)>) {
    let Set { name, articles, questions, is_faq, language, .. } = set;
    let genre = if is_faq { Genre::Faq } else { Genre::Passages };
    let part = Part { name, questions, genre, documents: articles.len() };
    (part, articles.into_iter().map(|article| (article, language)).collect())
}

/// What near-identical documents have in common; one without words is like no other.
fn key(article: &Article) -> String {
    // "Yes." answers many questions.
    let own = |passage: &Passage| {
        let question = passage.question.as_deref().unwrap_or_default();
        normalized(&format!("{question} {}", passage.text))
    };
    let texts: Vec<String> = passages::of_article(article).iter().map(own).collect();
    let text = texts.join(" ");
    if text.trim().is_empty() { article.id.clone() } else { hash(&text) }
}
