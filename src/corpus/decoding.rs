//! Bytes in, text out, with the way back: where in the file each character of the text stands.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::corpus::article::{Article, Text};

/// Bytes that tell whether every other one is zero, as in UTF-16.
const PROBE: usize = 2048;

/// The text of a file.
#[derive(Debug)]
pub struct Decoded {
    /// The text in UTF-8; where the file is that, exactly its bytes.
    pub text: String,
    encoding: &'static Encoding,
    /// Bytes of the mark that tells the encoding, where they are no part of the text.
    mark: usize,
    /// Whether some bytes mean nothing in the encoding.
    pub is_damaged: bool,
    /// Bytes of the file.
    size: usize,
    /// Where its lines end, where the text is not its bytes.
    lines: Vec<usize>,
}

/// Reads bytes as what their mark says, as UTF-8 where they are that, and otherwise as what they
/// look like.
pub fn decode(bytes: Vec<u8>) -> Decoded {
    let marked = Encoding::for_bom(&bytes).filter(|(encoding, _)| *encoding != UTF_8);
    if let Some((encoding, mark)) = marked.or_else(|| wide(&bytes).map(|wide| (wide, 0))) {
        return decoded(&bytes, encoding, mark);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded {
            size: text.len(),
            text,
            encoding: UTF_8,
            mark: 0,
            is_damaged: false,
            lines: Vec::new(),
        },
        Err(error) => {
            let bytes = error.as_bytes();
            // A character that is cut off at the end is from a file that was not written whole.
            let is_cut = error.utf8_error().error_len().is_none();
            decoded(bytes, if is_cut || mostly_utf8(bytes) { UTF_8 } else { likely(bytes) }, 0)
        }
    }
}

fn likely(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

fn decoded(bytes: &[u8], encoding: &'static Encoding, mark: usize) -> Decoded {
    let (text, is_damaged) = encoding.decode_without_bom_handling(&bytes[mark..]);
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n' && !wide);
    Decoded {
        text: text.into_owned(),
        encoding,
        mark,
        is_damaged,
        size: bytes.len(),
        lines: ends.map(|(at, _)| at + 1).collect(),
    }
}

/// UTF-16 without a mark: every other byte of Western text is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let probe = &bytes[..bytes.len().min(PROBE) & !1];
    let zeros = |odd: usize| probe.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), probe.len() / 2);
    let mostly = |many: usize, few: usize| pairs > 1 && many * 10 > pairs * 4 && few * 20 < pairs;
    if mostly(odd, even) {
        Some(UTF_16LE)
    } else if mostly(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether hardly any character beyond ASCII is broken, of some.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > 20 * broken
}

impl Decoded {
    /// Whether the text is the bytes of the file.
    pub fn is_literal(&self) -> bool {
        self.encoding == UTF_8 && !self.is_damaged
    }

    /// The name of the encoding that the file is in.
    pub fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// What a person should mend: bytes that mean nothing, text that was decoded once too often.
    pub fn doubts(&self) -> impl Iterator<Item = (u32, String)> {
        let broken = self.is_damaged.then(|| {
            let line = self.text.lines().position(|line| line.contains('\u{fffd}')).unwrap_or(0);
            let encoding = self.encoding.name();
            (
                u32::try_from(line).map_or(0, |line| line + 1),
                format!("holds bytes that are no {encoding} text, shown as `\u{fffd}`: save the file as UTF-8"),
            )
        });
        let garbled = garbled(&self.text).map(|(line, word, lines)| {
            let lines = if lines == 1 { "this line".to_owned() } else { format!("this and {} more lines", lines - 1) };
            (line, format!("is garbled (`{word}`), {lines}: the text was saved as UTF-8 and read as Windows-1252; save it anew from where it is whole"))
        });
        broken.into_iter().chain(garbled)
    }

    /// Brings the places of an article, which are those of the text, to those of the file.
    pub fn place(&self, article: &mut Article) {
        if self.is_literal() {
            return;
        }
        let paragraphs = article
            .summary
            .iter_mut()
            .chain(article.sections.iter_mut().flat_map(|s| &mut s.paragraphs));
        let faqs = article.faqs.iter_mut().flat_map(|f| [&mut f.question, &mut f.answer]);
        let mut texts: Vec<&mut Text> = paragraphs.map(|p| &mut p.body).chain(faqs).collect();
        let ends = texts.iter().flat_map(|t| [t.span.bytes.start, t.span.bytes.end]);
        let mut wanted: Vec<usize> = ends.collect();
        wanted.sort_unstable();
        wanted.dedup();
        let places = self.places(&wanted);
        let place = |at: usize| places[wanted.partition_point(|w| *w < at).min(places.len() - 1)];
        for text in &mut texts {
            let bytes = &mut text.span.bytes;
            *bytes = place(bytes.start)..place(bytes.end);
            text.literal = false;
        }
    }

    /// Where in the file these places of the text are, which come in order. Exact but for lines
    /// with bytes that mean nothing, where it is the right line.
    fn places(&self, wanted: &[usize]) -> Vec<usize> {
        let mut out = Vec::with_capacity(wanted.len());
        let (mut from, mut at, mut line) = (0, self.mark, 0);
        for wanted in wanted {
            let part = self.text.get(from..*wanted).unwrap_or_default();
            for piece in part.split_inclusive('\n') {
                let end = self.lines.get(line).copied().unwrap_or(self.size);
                at = (at + self.length(piece)).min(end);
                if piece.ends_with('\n') && !self.is_wide() {
                    (at, line) = (end, line + 1);
                }
            }
            from = *wanted;
            out.push(at);
        }
        out
    }

    /// How many bytes of the file a part of the text is.
    fn length(&self, part: &str) -> usize {
        if self.is_wide() {
            return 2 * part.encode_utf16().count();
        }
        self.encoding.encode(part).0.len()
    }

    fn is_wide(&self) -> bool {
        self.encoding == UTF_16LE || self.encoding == UTF_16BE
    }
}

/// The first line with a word that was written in UTF-8 and read as Windows-1252 once more
/// (`cafÃ©`), the word, and how many lines have any.
pub fn garbled(text: &str) -> Option<(u32, &str, usize)> {
    let lines = text.lines().zip(1u32..).filter(|(line, _)| !line.is_ascii());
    let mut found = lines.filter_map(|(line, number)| {
        Some((number, line.split_whitespace().find(|w| is_garbled(w))?))
    });
    let (line, word) = found.next()?;
    Some((line, word, 1 + found.count()))
}

fn is_garbled(word: &str) -> bool {
    if word.is_ascii() {
        return false;
    }
    let (bytes, _, lost) = WINDOWS_1252.encode(word);
    !lost && std::str::from_utf8(&bytes).is_ok_and(|once| once.len() < word.len())
}

#[cfg(test)]
mod tests {
    use super::{decode, garbled};
    use crate::corpus::article::{Article, FaqEntry, Text};
    use crate::corpus::source::Source;

    fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        let units = mark.into_iter().chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn what_a_file_is_in_is_found_out() {
        let text = "Größe und Preis: 5 €\nEin Café.";
        assert_eq!(decode(text.into()).text, text);
        for (mark, big) in [(true, false), (true, true), (false, false), (false, true)] {
            assert_eq!(decode(utf16(text, mark, big)).text, text, "{mark} {big}");
        }
        let western = b"Gr\xf6\xdfe und Preis: 5 \x80\nEin Caf\xe9.".to_vec();
        let decoded = decode(western);
        assert_eq!((decoded.text.as_str(), decoded.encoding()), (text, "windows-1252"));
        assert!(!decoded.is_literal() && !decoded.is_damaged);
    }

    #[test]
    fn a_broken_byte_does_not_change_the_encoding() {
        let mut bytes =
            "Größe und Straße, früher und später, für alle: äöüäöüäöüäöüäöü".as_bytes().to_vec();
        bytes.push(0xff);
        let decoded = decode(bytes);
        assert!(decoded.is_damaged && decoded.text.starts_with("Größe"), "{decoded:?}");
    }

    #[test]
    fn what_was_decoded_twice_is_told() {
        assert_eq!(garbled("A café.\nNÃO é Größe\nЭто"), None);
        assert_eq!(garbled("fine\na cafÃ© here\nitâ€™s"), Some((2, "cafÃ©", 2)));
    }

    #[test]
    fn places_are_those_of_the_file() {
        let text = "é Why? Because é.";
        let source = Source::new(text);
        let piece = |part: &str| {
            let at = text.find(part).unwrap();
            Text {
                text: part.into(),
                span: source.span(at..at + part.len()),
                literal: true,
                code: Vec::new(),
            }
        };
        let entry = FaqEntry::new(piece("Why?"), Vec::new(), piece("Because é."));
        let mut article = Article::new("a.txt");
        article.faqs.push(entry);
        let bytes = utf16(text, true, false);
        decode(bytes.clone()).place(&mut article);
        let answer = &article.faqs[0].answer;
        assert_eq!(&bytes[answer.span.bytes.clone()], utf16("Because é.", false, false));
        assert!(!answer.literal);
    }
}
