//! Bytes with a checksum behind them, so that damage is found whenever they are read: CRC-32, as it
//! costs next to nothing beside decoding them. What people are shown has a hash besides.

/// Bytes of the checksum.
const SIZE: usize = 4;

/// The bytes with their checksum.
pub(super) fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = crc32fast::hash(&bytes);
    bytes.extend(sum.to_le_bytes());
    bytes
}

/// The bytes before a checksum; `None` where they are not what was sealed.
pub(super) fn opened(bytes: &[u8]) -> Option<&[u8]> {
    let (body, sum) = bytes.split_last_chunk::<SIZE>()?;
    (crc32fast::hash(body).to_le_bytes() == *sum).then_some(body)
}

/// A text with its checksum behind a sign that the reader of the text does not know.
pub(super) fn sealed_text(text: &str, sign: char) -> String {
    format!("{text}{sign}{:08x}", crc32fast::hash(text.as_bytes()))
}

/// The text before such a sign and checksum; `None` where it is not what was sealed.
pub(super) fn opened_text(text: &str, sign: char) -> Option<&str> {
    let (body, sum) = text.rsplit_once(sign)?;
    (format!("{:08x}", crc32fast::hash(body.as_bytes())) == sum).then_some(body)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{opened, opened_text, sealed, sealed_text};

    proptest! {
        #[test]
        fn a_changed_byte_is_found(bytes: Vec<u8>, at in any::<usize>(), by in 1..=u8::MAX) {
            let mut sealed = sealed(bytes.clone());
            assert_eq!(opened(&sealed), Some(bytes.as_slice()));
            let at = at % sealed.len();
            sealed[at] ^= by;
            assert_eq!(opened(&sealed), None);
            assert_eq!(opened(&sealed[..at]), None);
        }

        #[test]
        fn a_changed_letter_is_found(text in "[a-z\t]{0,20}", at in any::<usize>()) {
            let sealed = sealed_text(&text, '\t');
            assert_eq!(opened_text(&sealed, '\t'), Some(text.as_str()));
            let at = at % sealed.len();
            assert_eq!(opened_text(&(sealed[..at].to_owned() + "-" + &sealed[at + 1..]), '\t'), None);
        }
    }
}
