//! An article made ready to be indexed: cut into passages, analyzed, and laid out in fields. That is
//! most of the work of building, and needs nothing but the article: any thread can do it.

use tantivy::TantivyDocument;

use crate::corpus::article::Article;
use crate::corpus::passages::{self, Passage};
use crate::index::analysis::{Analyzed, Maker};
use crate::index::analyzer::Joined;
use crate::index::manifest::{ArticleEntry, QuestionEntry};
use crate::index::schema::{self, Fields};
use crate::index::stored;
use crate::index::terms::Terms;

/// Makes articles ready, remembering words.
#[derive(Debug)]
pub struct Preparer {
    maker: Maker,
    fields: Fields,
}

/// An article that is ready.
#[derive(Debug)]
pub struct Prepared {
    pub(super) entry: ArticleEntry,
    /// The file that it is from.
    pub(super) file: String,
    pub(super) passages: Vec<Ready>,
}

/// A passage that is ready.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) passage: Passage,
    pub(super) terms: Terms,
    pub(super) document: TantivyDocument,
}

impl Default for Preparer {
    fn default() -> Self {
        Self { maker: Maker::default(), fields: schema::schema().1 }
    }
}

impl Preparer {
    /// Makes an article ready.
    pub fn prepare(&mut self, article: &Article) -> anyhow::Result<Prepared> {
        let passages = passages::of_article(article);
        let entry = entry(article, &passages);
        let ready = |passage: Passage| -> anyhow::Result<Ready> {
            let analyzed = self.maker.analyze(&passage);
            let (document, terms) = document(&self.fields, &passage, analyzed)?;
            Ok(Ready { passage, terms, document })
        };
        let passages = passages.into_iter().map(ready).collect::<Result<_, _>>()?;
        Ok(Prepared { entry, file: article.file.clone(), passages })
    }
}

fn document(
    fields: &Fields,
    passage: &Passage,
    analyzed: Analyzed,
) -> anyhow::Result<(TantivyDocument, Terms)> {
    let mut doc = TantivyDocument::new();
    let mut asked = Joined::default();
    for phrasing in passage.question.iter().chain(&passage.alternates) {
        asked.push(&passages::question_key(phrasing));
    }
    for (field, terms) in [
        (fields.question, analyzed.question),
        (fields.alternates, analyzed.alternates),
        (fields.title, analyzed.title),
        (fields.heading, analyzed.heading),
        (fields.text, analyzed.text),
        (fields.spellings, analyzed.spellings),
        (fields.asked, asked),
        (fields.link, Joined::of(&passage.link)),
        (fields.file, Joined::of(&passage.file)),
    ] {
        doc.add_text(field, terms.0);
    }
    doc.add_u64(fields.order, order(&passage.id));
    doc.add_bytes(fields.stored, &stored::encode(passage, &analyzed.terms)?);
    Ok((doc, analyzed.terms))
}

/// A hash of a passage's id.
pub(super) fn order(id: &str) -> u64 {
    let hash = blake3::hash(id.as_bytes());
    hash.as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

fn entry(article: &Article, passages: &[Passage]) -> ArticleEntry {
    let question =
        |p: &Passage| Some(QuestionEntry { text: p.question.clone()?, link: p.link.clone() });
    ArticleEntry {
        id: article.id.clone(),
        title: article.title.clone(),
        published: article.published,
        questions: passages.iter().filter_map(question).collect(),
    }
}
