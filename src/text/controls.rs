//! Characters that do something to a screen instead of standing on it.

use std::borrow::Cow;

/// Whether a character steers what shows it: a control character but those that end lines and
/// columns, or one that writes all behind it the other way round.
pub fn steers(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || overrides(c)
}

/// Whether a character turns the direction of whatever comes behind it.
fn overrides(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// A line without its escape sequences: commands (`ESC [`) and what is told to a terminal, such as a
/// title or an address (`ESC ]`), where they end in the line. Nothing else is one: the letters
/// behind any other control character may be text, as where bytes were read in a wrong encoding.
pub fn without_sequences(line: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('\u{1b}') {
        let length = sequence(&rest[at..]);
        out.push_str(&rest[..at + usize::from(length.is_none())]);
        rest = &rest[at + length.unwrap_or(1)..];
    }
    if rest.len() == line.len() {
        return Cow::Borrowed(line);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// How many bytes the escape sequence has that a line begins with; `None` where it begins with none
/// that ends. No more is looked at than up to the next control character.
fn sequence(line: &str) -> Option<usize> {
    let length = match line.strip_prefix('\u{1b}')?.as_bytes() {
        [b'[', rest @ ..] => {
            let digits = rest.iter().take_while(|b| matches!(b, b'0'..=b'?')).count();
            let parted = rest[digits..].iter().take_while(|b| matches!(b, b' '..=b'/'));
            let end = digits + parted.count();
            matches!(rest.get(end)?, b'@'..=b'~').then_some(end + 1)
        }
        [b']', ..] => {
            let told = &line[2..];
            let end = told.find(char::is_control)?;
            let ends = ["\u{7}", "\u{1b}\\"].into_iter().find(|e| told[end..].starts_with(e))?;
            Some(end + ends.len())
        }
        _ => None,
    };
    Some(2 + length?)
}

/// The places of marks of direction that belong together in a line, in order: each opens and ends
/// there. Overrides and what ends them are none.
pub fn paired(line: &str) -> Vec<usize> {
    let (mut open, mut paired) = (Vec::new(), Vec::new());
    let mut isolated = 0;
    for (at, c) in line.char_indices() {
        match c {
            '\u{202a}'..='\u{202b}' | '\u{202d}'..='\u{202e}' | '\u{2066}'..='\u{2068}' => {
                isolated += usize::from(isolates(c));
                open.push((at, c));
            }
            '\u{202c}' => {
                if let Some((start, c)) = open.pop_if(|(_, c)| !isolates(*c))
                    && !overrides(c)
                {
                    paired.extend([start, at]);
                }
            }
            '\u{2069}' => {
                // What was opened inside and not ended is over with it.
                while isolated > 0
                    && let Some((start, c)) = open.pop()
                {
                    if isolates(c) {
                        isolated -= 1;
                        paired.extend([start, at]);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    paired.sort_unstable();
    paired
}

/// Whether a mark keeps the direction of a text to itself.
fn isolates(c: char) -> bool {
    matches!(c, '\u{2066}'..='\u{2068}')
}

/// Whether a character is one of the marks that [`paired`] looks at.
pub fn directs(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use super::{directs, paired, without_sequences};

    #[test]
    fn escape_sequences_have_their_ends() {
        for sequence in [
            "\u{1b}[2J",
            "\u{1b}[38;5;1m",
            "\u{1b}[?25l",
            "\u{1b}[4 q",
            "\u{1b}]0;a title\u{7}",
            "\u{1b}]8;;https://a.example\u{1b}\\",
        ] {
            let text = format!("a{sequence}b{sequence}");
            assert_eq!(without_sequences(&text), "ab", "{text:?}");
        }
        for whole in [
            "",
            "x",
            "\u{1b}",
            "\u{1b}[",
            "\u{1b}[3ä",
            "\u{1b}[ 3m",
            "\u{1b}]0;no end",
            "\u{1b}]0;\n\u{7}",
            "\u{1b}]0;a\u{1b}b\u{7}",
            // Letters that other control characters stand before.
            "\u{1b}Hello",
            "\u{1b}(B",
            "\u{1b}Pa\u{1b}\\",
            "He said \u{9d}yes\u{9c} \u{9b} and",
        ] {
            assert_eq!(without_sequences(whole), whole);
        }
        assert_eq!(without_sequences("\u{1b}\u{1b}[0m[2J"), "\u{1b}[2J");
    }

    #[test]
    fn marks_of_direction_belong_together_in_pairs() {
        assert_eq!(paired("\u{2067}ab\u{2069}"), [0, 5]);
        assert_eq!(paired("\u{202b}a\u{2067}b\u{2069}\u{202c}"), [0, 4, 8, 11]);
        for text in
            ["\u{202e}a\u{202c}", "\u{202b}a", "a\u{202c}", "a\u{2069}", "\u{2067}a\u{202c}"]
        {
            assert!(paired(text).is_empty(), "{text:?}");
        }
        // An isolate ends what is open inside of it.
        assert_eq!(paired("\u{2066}\u{202b}a\u{2069}\u{202c}"), [0, 7]);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[\u{1b}\u{9b}\u{7}\\[\\]\\\\;0-9a-mä\u{202a}-\u{202e}\u{2066}-\u{2069}\n]{0,40}") {
            prop_assert!(without_sequences(&text).len() <= text.len());
            for at in paired(&text) {
                prop_assert!(text[at..].starts_with(directs));
            }
        }
    }
}
