//! Articles in, the files of one generation out.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::indexer::NoMergePolicy;
use tantivy::{Index, IndexSettings, TantivyDocument};

use crate::corpus::article::Article;
use crate::corpus::passages::{self, Kind, Passage};
use crate::corpus::{self, Corpus};
use crate::index::analyzer;
use crate::index::frequencies::Counter;
use crate::index::manifest::{self, ArticleEntry, Manifest, QuestionEntry};
use crate::index::schema::{self, Fields};
use crate::index::synonyms;
use crate::index::terms::{Maker, Terms};
use crate::text::language::Language;

/// Memory of the writing thread; a full buffer becomes a segment.
const WRITER_BYTES: usize = 64 << 20;

/// Builds the generation of a corpus in an empty folder; `progress` is told articles done
/// and articles in all. Passages are added article by article in the order of article ids by one thread, so
/// that the same corpus gives the same index.
pub fn build(
    folder: &Path,
    corpus: &Corpus,
    progress: &dyn Fn(usize, usize),
) -> anyhow::Result<Manifest> {
    let cannot =
        || format!("{}: the index cannot be written: is there room on the disk?", folder.display());
    let (schema, fields) = schema::schema();
    let directory = MmapDirectory::open(folder).with_context(cannot)?;
    let index = Index::create(directory, schema, IndexSettings::default()).with_context(cannot)?;
    let mut writer = index.writer_with_num_threads(1, WRITER_BYTES).with_context(cannot)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let (mut counts, mut maker, mut frequencies) =
        (Counts::default(), Maker::default(), Counter::new());
    let mut entries = Vec::with_capacity(corpus.articles.len());
    for (done, article) in corpus.articles.iter().enumerate() {
        let passages = passages::of_article(article);
        entries.push(entry(article, &passages));
        for passage in passages {
            let number = counts.passages;
            let language = passage.language;
            counts.add(&passage);
            let terms = maker.terms(&passage);
            frequencies.add(&terms, language);
            let document = document(&fields, &passage, &terms, number)?;
            writer.add_document(document).with_context(cannot)?;
        }
        progress(done + 1, corpus.articles.len());
    }
    writer.commit().with_context(cannot)?;
    let segments = segments_in_order(&index).with_context(cannot)?;
    if segments.len() > 1 {
        writer.merge(&segments).wait().with_context(cannot)?;
    }
    writer.wait_merging_threads().with_context(cannot)?;
    let mut manifest = counts.manifest(corpus);
    manifest.synonyms = synonyms::write(folder, &corpus.synonyms, &manifest.languages)?;
    frequencies.write(folder).with_context(cannot)?;
    entries.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.id.cmp(&b.id)));
    manifest::write_articles(folder, &entries)?;
    manifest::write_stamps(folder, &corpus.stamps)?;
    manifest.write(folder)?;
    share_rights(folder).with_context(cannot)?;
    Ok(manifest)
}

/// The library makes some of its files readable by their owner alone; whoever may read the
/// others may read them all.
fn share_rights(folder: &Path) -> std::io::Result<()> {
    let rights = fs::metadata(folder.join(manifest::ARTICLES))?.permissions();
    for entry in fs::read_dir(folder)? {
        fs::set_permissions(entry?.path(), rights.clone())?;
    }
    Ok(())
}

/// The segments in the order they were written, told by the running number of their first
/// document: segment ids are random, and a merge keeps the order it is given.
fn segments_in_order(index: &Index) -> tantivy::Result<Vec<SegmentId>> {
    let searcher = index.reader()?.searcher();
    let mut segments = Vec::new();
    for reader in searcher.segment_readers() {
        let number = reader.fast_fields().u64("number")?.first(0);
        segments.push((number, reader.segment_id()));
    }
    segments.sort_by_key(|(number, _)| *number);
    Ok(segments.into_iter().map(|(_, id)| id).collect())
}

fn document(
    fields: &Fields,
    passage: &Passage,
    terms: &Terms,
    number: u64,
) -> anyhow::Result<TantivyDocument> {
    let mut doc = TantivyDocument::new();
    let stems = |text: &str| analyzer::stems(text, passage.language);
    let question = passage.question.as_deref().unwrap_or_default();
    let alternates = passage.alternates.join("\n");
    let own = format!("{question}\n{alternates}\n{}", passage.text);
    doc.add_pre_tokenized_text(fields.question, stems(question));
    doc.add_pre_tokenized_text(fields.alternates, stems(&alternates));
    doc.add_pre_tokenized_text(fields.title, stems(&passage.title));
    doc.add_pre_tokenized_text(fields.heading, stems(&passage.heading_words()));
    doc.add_pre_tokenized_text(fields.text, stems(&passage.text));
    doc.add_pre_tokenized_text(fields.spellings, analyzer::spellings(&own));
    let phrasings = passage.question.iter().chain(&passage.alternates);
    let keys = phrasings.map(|phrasing| passages::question_key(phrasing));
    doc.add_pre_tokenized_text(fields.asked, analyzer::whole(keys));
    doc.add_pre_tokenized_text(fields.link, analyzer::whole([passage.link.clone()]));
    doc.add_u64(fields.number, number);
    doc.add_bytes(fields.passage, &serde_json::to_vec(passage)?);
    doc.add_bytes(fields.terms, &terms.encode());
    Ok(doc)
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

#[derive(Default)]
struct Counts {
    passages: u64,
    questions: u64,
    languages: HashMap<Language, u64>,
}

impl Counts {
    fn add(&mut self, passage: &Passage) {
        self.passages += 1;
        self.questions += u64::from(passage.kind == Kind::Faq);
        *self.languages.entry(passage.language).or_default() += 1;
    }

    fn manifest(self, loaded: &Corpus) -> Manifest {
        let mut languages: Vec<_> = self.languages.into_iter().collect();
        languages.sort_by_key(|(language, count)| (std::cmp::Reverse(*count), *language));
        Manifest {
            format: schema::FORMAT,
            analyzer: analyzer::fingerprint(),
            parser: corpus::fingerprint(),
            generation: manifest::generation_id(&loaded.stamps),
            passages: self.passages,
            questions: self.questions,
            articles: loaded.articles.len() as u64,
            languages: languages.into_iter().map(|(language, _)| language).collect(),
            synonyms: String::new(),
            newest: loaded.articles.iter().filter_map(|a| a.published).max(),
            problems: loaded.problems.clone(),
        }
    }
}
