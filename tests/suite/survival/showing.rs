//! What a terminal is shown of an article.

use faqbot::faces::plain::layout::Layout;
use faqbot::faces::plain::markup;

use super::{next, text_of};

/// A passage on a screen of any width: nothing in it steers the terminal but our own colours and
/// links, and no letter is lost outside of escape sequences, addresses and what encloses code.
pub(super) fn screen(mut bytes: &[u8]) {
    let width = usize::from(next(&mut bytes));
    let (from, long) = (usize::from(next(&mut bytes)), usize::from(next(&mut bytes)));
    let text = text_of(bytes);
    let place = |at: usize| text.floor_char_boundary(at);
    let marked = [place(from)..place(from + long)];
    let marked = if marked[0].is_empty() { &[][..] } else { &marked[..] };
    let layout = Layout { width: Some(width), links: width % 2 == 0, ..Layout::default() };
    for (code, sentences) in [(marked, &[][..]), (&[][..], marked)] {
        let shown = unsteered(&markup::passage(&text, code, sentences, layout));
        let kept = |c: char| {
            c.is_alphanumeric()
                || " \n.,!?".contains(c)
                || matches!(c, '\u{7}' | '\u{80}'..='\u{9f}')
        };
        if text.chars().all(kept) {
            assert_eq!(letters(&shown), letters(&text));
        }
    }
}

/// The text without our own colours and links; fails where anything else steers a terminal.
fn unsteered(shown: &str) -> String {
    let (mut out, mut rest) = (String::new(), shown);
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&rest[..at]);
        let code = &rest[at + 1..];
        let length = if let Some(colour) = code.strip_prefix('[') {
            let figures = colour.find(|c: char| !c.is_ascii_digit() && c != ';').expect("an end");
            assert!(colour[figures..].starts_with('m'), "{shown:?}");
            figures + 2
        } else {
            let link = code.strip_prefix("]8;;").unwrap_or_else(|| panic!("{shown:?}"));
            let end = link.find("\u{1b}\\").expect("the end of a link");
            assert!(link[..end].bytes().all(|b| b.is_ascii_graphic()), "{shown:?}");
            end + 6
        };
        rest = &code[length..];
    }
    out.push_str(rest);
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!out.contains(steers) && !out.contains(['\u{202d}', '\u{202e}']), "{out:?}");
    // A direction that begins ends.
    let count = |marks: &[char]| out.matches(marks).count();
    assert_eq!(count(&['\u{202a}', '\u{202b}']), count(&['\u{202c}']), "{out:?}");
    assert_eq!(count(&['\u{2066}', '\u{2067}', '\u{2068}']), count(&['\u{2069}']), "{out:?}");
    out
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
