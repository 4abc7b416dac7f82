//! A passage and its terms as they are stored, with their length and a checksum at the end: so they are
//! found at the end of what the search library hands out, however it stores a value.

use tantivy::directory::OwnedBytes;

use crate::corpus::passages::Passage;
use crate::index::checked::{opened, sealed};
use crate::index::terms::Terms;

/// Bytes of length and checksum.
const FOOTER: usize = 8;

/// As bytes, to be stored as the only value of a document; in `room`, an empty buffer.
pub(super) fn encode(
    passage: &Passage,
    terms: &Terms,
    room: Vec<u8>,
) -> Result<Vec<u8>, postcard::Error> {
    let mut bytes = postcard::to_extend(passage, room)?;
    terms.encode(&mut bytes);
    let length = u32::try_from(bytes.len()).map_err(|_| postcard::Error::SerializeBufferFull)?;
    bytes.extend(length.to_le_bytes());
    Ok(sealed(bytes))
}

/// The bytes of a document, with whatever stands before what was stored.
pub(super) struct Document(pub(super) OwnedBytes);

impl Document {
    /// The passage as bytes, and behind it its terms.
    fn body(&self) -> Option<&[u8]> {
        let footer = self.0.last_chunk::<FOOTER>()?;
        let length = u32::from_le_bytes(*footer.first_chunk()?);
        let start = self.0.len().checked_sub(FOOTER)?.checked_sub(usize::try_from(length).ok()?)?;
        let body = opened(self.0.get(start..)?)?;
        body.get(..body.len() - size_of::<u32>())
    }

    fn parts(&self) -> Option<(Passage, &[u8])> {
        let (passage, terms) = postcard::take_from_bytes::<Passage>(self.body()?).ok()?;
        passage.is_intact().then_some((passage, terms))
    }

    /// The passage; `None` where the bytes are not what was stored.
    pub(super) fn passage(&self) -> Option<Passage> {
        self.parts().map(|(passage, _)| passage)
    }

    /// The passage with its terms.
    pub(super) fn passage_and_terms(&self) -> Option<(Passage, Terms)> {
        let (passage, terms) = self.parts()?;
        let terms = Terms::decode(terms).filter(|terms| terms.fit(&passage.text))?;
        Some((passage, terms))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};
    use tantivy::directory::OwnedBytes;

    use super::{Document, encode};
    use crate::corpus::formats;
    use crate::corpus::passages;
    use crate::index::analysis::Maker;

    fn document(before: &[u8], stored: &[u8]) -> Document {
        Document(OwnedBytes::new([before, stored].concat()))
    }

    proptest! {
        #[test]
        fn what_was_stored_comes_back_and_a_changed_byte_is_found(
            text in any::<String>(),
            before in prop::collection::vec(any::<u8>(), 0..9),
            at in any::<prop::sample::Index>(),
            by in 1..=u8::MAX,
        ) {
            let text = format!("Title\nBy Ann Lee | 1 Mar 2026\n\n{text}\n\nQ1. Is it?\nIt is.\n");
            let article = formats::parse("a.txt", &text).article.expect("an article");
            assert!(article.published.is_some());
            for passage in passages::of_article(&article) {
                let terms = Maker::default().analyze(&passage);
                let mut stored = encode(&passage, &terms, Vec::new()).expect("bytes");
                let read = document(&before, &stored);
                assert_eq!(read.passage().as_ref(), Some(&passage));
                assert_eq!(read.passage_and_terms(), Some((passage, terms)));
                let at = at.index(stored.len());
                stored[at] ^= by;
                assert_eq!(document(&before, &stored).passage(), None);
                assert_eq!(document(&before, &stored[..at]).passage(), None);
            }
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            assert!(document(&[], &bytes).passage_and_terms().is_none());
        }
    }
}
