//! An article made ready to be indexed: cut into passages, analyzed, and laid out in fields. That is
//! most of the work of building, and needs nothing but the article: any thread can do it.

use std::mem;

use tantivy::TantivyDocument;

use crate::corpus::article::Article;
use crate::corpus::passages::{self, Kind, Passage};
use crate::index::analysis::{Maker, Stems};
use crate::index::analyzer::Joined;
use crate::index::counting::Tally;
use crate::index::manifest::{ArticleEntry, QuestionEntry};
use crate::index::schema::{self, Fields};
use crate::index::stored;
use crate::text::language::Language;

/// Bytes that the length of a value takes at most, or a number.
const LENGTH: usize = 10;

/// Makes articles ready, remembering words.
#[derive(Debug)]
pub struct Preparer {
    maker: Maker,
    fields: Fields,
    /// Room for what is stored of a passage, used again.
    stored: Vec<u8>,
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
    pub(super) link: String,
    /// The line that it begins in.
    pub(super) line: u32,
    pub(super) kind: Kind,
    pub(super) language: Language,
    pub(super) tally: Tally,
    pub(super) document: TantivyDocument,
}

impl Default for Preparer {
    fn default() -> Self {
        Self { maker: Maker::default(), fields: schema::schema().1, stored: Vec::new() }
    }
}

impl Preparer {
    /// Makes an article ready.
    pub fn prepare(&mut self, article: &Article) -> anyhow::Result<Prepared> {
        let passages = passages::of_article(article);
        let entry = entry(article, &passages);
        let ready = |passage: Passage| -> anyhow::Result<Ready> {
            let terms = self.maker.analyze(&passage);
            self.stored.clear();
            self.stored = stored::encode(&passage, &terms, mem::take(&mut self.stored))?;
            let document = document(&self.fields, &passage, self.maker.stems(), &self.stored);
            let tally = Tally::of(&terms, passage.language);
            let Passage { link, lines, kind, language, .. } = passage;
            Ok(Ready { link, line: lines.0, kind, language, tally, document })
        };
        let passages = passages.into_iter().map(ready).collect::<Result<_, _>>()?;
        Ok(Prepared { entry, file: article.file.clone(), passages })
    }
}

fn document(fields: &Fields, passage: &Passage, stems: &Stems, stored: &[u8]) -> TantivyDocument {
    let mut asked = Joined::default();
    for phrasing in passage.question.iter().chain(&passage.alternates) {
        asked.push(&passages::question_key(phrasing));
    }
    let texts = [
        (fields.question, stems.question.0.as_str()),
        (fields.alternates, &stems.alternates.0),
        (fields.title, &stems.title.0),
        (fields.heading, &stems.heading.0),
        (fields.text, &stems.text.0),
        (fields.spellings, &stems.spellings.0),
        (fields.asked, &asked.0),
        (fields.link, &passage.link),
        (fields.file, &passage.file),
    ];
    let lengths = texts.iter().map(|(_, text)| text.len() + LENGTH);
    let mut doc =
        TantivyDocument::with_capacity(lengths.sum::<usize>() + stored.len() + 2 * LENGTH);
    for (field, text) in texts {
        doc.add_text(field, text);
    }
    doc.add_u64(fields.order, order(&passage.id));
    doc.add_bytes(fields.stored, stored);
    doc
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
