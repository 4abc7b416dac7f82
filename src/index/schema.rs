//! The fields of the index.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};

use crate::index::analyzer;

/// Raised by hand when the fields or the manifest change their meaning, or texts are read otherwise
/// in a way that no fingerprint tells.
pub const FORMAT: u32 = 11;

/// Where each part of a passage is indexed.
///
/// Matching happens on stems, field by field. `spellings` holds question, alternates and text
/// together: every spelling in the corpus. Whether a word was matched as written is judged
/// later, on the passage's terms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) question: Field,
    pub(super) alternates: Field,
    pub(super) title: Field,
    pub(super) heading: Field,
    pub(super) text: Field,
    pub(super) spellings: Field,
    /// The whole question and each whole alternate, a term each: what is asked word for word is
    /// found by it, though every word be too common to find anything.
    pub(super) asked: Field,
    /// A hash of the passage's id: equal scores are ordered by it, wherever the passages stand.
    pub(super) order: Field,
    /// The file that the passage is from, as one term.
    pub(super) file: Field,
    /// The short id, as one term.
    pub(super) link: Field,
    /// The passage and what ranking looks at (see [`stored`](crate::index::stored)); nothing else is
    /// stored.
    pub(super) stored: Field,
}

/// The name of the field of that hash.
pub(super) const ORDER: &str = "order";

pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let mut terms = |name: &str, record: IndexRecordOption| {
        let indexing = TextFieldIndexing::default().set_tokenizer(analyzer::TOKENIZER);
        let indexing = indexing.set_index_option(record);
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    };
    let freqs = IndexRecordOption::WithFreqs;
    let fields = Fields {
        question: terms("question", freqs),
        alternates: terms("alternates", freqs),
        title: terms("title", freqs),
        heading: terms("heading", freqs),
        text: terms("text", freqs),
        spellings: terms("spellings", IndexRecordOption::Basic),
        asked: terms("asked", IndexRecordOption::Basic),
        link: terms("link", IndexRecordOption::Basic),
        file: terms("file", IndexRecordOption::Basic),
        order: builder.add_u64_field(ORDER, FAST),
        stored: builder.add_bytes_field("stored", STORED),
    };
    (builder.build(), fields)
}
