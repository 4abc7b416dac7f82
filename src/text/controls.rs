//! Characters that do something to a screen instead of standing on it.

/// What is told to a terminal has fewer bytes: looking on for its end each time would take long.
const FARTHEST: usize = 1 << 12;

/// Whether a character steers what shows it: a control character but those that end lines and
/// columns, or one that writes all behind it the other way round.
pub fn steers(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || overrides(c)
}

/// Whether a character turns the direction of whatever comes behind it.
pub fn overrides(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// How many bytes the escape sequence has that a text begins with; `None` where it begins with
/// none that ends. One that holds text ends in its line.
pub fn sequence(text: &str) -> Option<usize> {
    let mut letters = text.chars();
    let second = match letters.next()? {
        '\u{1b}' => letters.next()?,
        // The same in one character.
        c @ '\u{80}'..='\u{9f}' => char::from_u32(u32::from(c) - 0x40)?,
        _ => return None,
    };
    let begun = text.len() - letters.as_str().len();
    let length = match second {
        '[' => commanded(letters.as_str())?,
        ']' | 'P' | 'X' | '^' | '_' => told(letters.as_str())?,
        // Choosing letters, as in `ESC ( B`.
        '#'..='/' if letters.next().is_some_and(|c| matches!(c, '0'..='~')) => 1,
        '0'..='~' if text.starts_with('\u{1b}') => 0,
        _ => return None,
    };
    Some(begun + length)
}

/// Bytes of the figures of a command, and of the letter that ends it.
fn commanded(text: &str) -> Option<usize> {
    let end = text.find(|c| !matches!(c, ' '..='?'))?;
    matches!(text[end..].chars().next()?, '@'..='~').then_some(end + 1)
}

/// Bytes of what is told to a terminal, such as a title or an address, with its end.
fn told(text: &str) -> Option<usize> {
    let line = text[..text.floor_char_boundary(FARTHEST)].lines().next()?;
    let ends = ["\u{7}", "\u{1b}\\", "\u{9c}"].into_iter();
    ends.filter_map(|end| Some(line.find(end)? + end.len())).min()
}

/// The places of marks of direction that belong together in a line, in order: each opens and ends
/// there.
/// Overrides and what ends them are none.
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

    use super::{directs, paired, sequence};

    #[test]
    fn escape_sequences_have_their_ends() {
        for (text, length) in [
            ("\u{1b}[2Jx", 4),
            ("\u{1b}[38;5;1mx", 9),
            ("\u{1b}[?25lx", 6),
            ("\u{9b}31mx", 5),
            ("\u{1b}]0;title\u{7}x", 10),
            ("\u{1b}]8;;https://a.example\u{1b}\\x", 24),
            ("\u{9d}0;t\u{9c}x", 7),
            ("\u{1b}(Bx", 3),
            ("\u{1b}cx", 2),
        ] {
            assert_eq!(sequence(text), Some(length), "{text:?}");
        }
        for text in [
            "",
            "x",
            "\u{1b}",
            "\u{1b}[",
            "\u{1b}[3ä",
            "\u{1b}]0;no end",
            "\u{1b}]0;\n\u{7}",
            "\u{1b} x",
            "\u{85}",
        ] {
            assert_eq!(sequence(text), None, "{text:?}");
        }
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
            for (at, _) in text.char_indices() {
                let end = sequence(&text[at..]).map(|length| at + length);
                prop_assert!(end.is_none_or(|end| end > at && text.is_char_boundary(end)));
            }
            for at in paired(&text) {
                prop_assert!(text[at..].starts_with(directs));
            }
        }
    }
}
