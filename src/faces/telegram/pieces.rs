//! Marked text in, Telegram HTML in pieces that one message can hold out.
//!
//! Marks are kept beside the text and written as tags at the very end, so that no cut can
//! fall into a tag or an entity. Telegram counts UTF-16 units of the text without its tags.

use std::fmt::Write;
use std::ops::Range;

use crate::faces::rich::{Mark, Rich, visible};
use crate::text::sentences::{cluster_starts, sentences};

/// Most UTF-16 units in one message, as the Bot API has it.
pub const LIMIT: usize = 4096;

/// What one message holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// As Telegram HTML.
    pub html: String,
    /// The same without tags and entities.
    pub plain: String,
}

impl Rich {
    /// The messages that hold the whole text, none of them empty.
    pub fn pieces(&self, limit: usize) -> Vec<Piece> {
        cut(&self.text, limit)
            .into_iter()
            .filter(|range| !self.text[range.clone()].trim().is_empty())
            .map(|range| self.piece(&range))
            .collect()
    }

    fn piece(&self, range: &Range<usize>) -> Piece {
        let mut html = String::new();
        let mut folded = false;
        for (span, mark) in &self.spans {
            let inside = span.start.max(range.start)..span.end.min(range.end);
            if inside.is_empty() {
                continue;
            }
            if mark.folded != folded {
                html.push_str(if folded { "</blockquote>" } else { "<blockquote expandable>" });
                folded = mark.folded;
            }
            push_marked(&self.text[inside], mark, &mut html);
        }
        if folded {
            html.push_str("</blockquote>");
        }
        Piece { html, plain: self.text[range.clone()].to_owned() }
    }
}

fn push_marked(text: &str, mark: &Mark, html: &mut String) {
    if let Some(link) = &mark.link {
        let _ = write!(html, "<a href=\"{}\">", escape(link));
    }
    let italic = mark.italic || mark.dim;
    for (on, tag) in [(mark.bold, "<b>"), (italic, "<i>")] {
        html.push_str(if on { tag } else { "" });
    }
    html.push_str(&escape(text));
    for (on, tag) in [(italic, "</i>"), (mark.bold, "</b>"), (mark.link.is_some(), "</a>")] {
        html.push_str(if on { tag } else { "" });
    }
}

/// Text as Telegram HTML, also fit for an attribute.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// Length in UTF-16 units.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Neighbouring ranges of at most `limit` units that make up the whole text: cut between
/// paragraphs, else sentences, else words, else characters.
fn cut(text: &str, limit: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let fits = prefix(rest, limit.max(2));
        let length = if fits == rest.len() { fits } else { break_before(rest, fits) };
        out.push(at..at + length);
        at += length;
    }
    out
}

/// The most bytes of whole characters within so many units.
fn prefix(text: &str, limit: usize) -> usize {
    let mut left = limit;
    for (at, c) in text.char_indices() {
        if c.len_utf16() > left {
            return at;
        }
        left -= c.len_utf16();
    }
    text.len()
}

/// Where to break a text of which `fits` bytes fit; a break in the first half of them would
/// leave a message too empty.
fn break_before(text: &str, fits: usize) -> usize {
    let window = &text[..fits];
    let half = window.len() / 2;
    let fitting = |at: usize| Some(at).filter(|at| *at > half);
    let paragraph = window.rfind("\n\n").map(|at| at + 2).and_then(fitting);
    let sentence = || {
        // The last sentence may go on behind the window.
        let ends: Vec<usize> = sentences(window).iter().map(|s| s.end).collect();
        let end = ends.iter().rev().nth(1).copied()?;
        let space = window[end..].len() - window[end..].trim_start().len();
        fitting(end + space)
    };
    let word = || {
        let (at, space) = window.char_indices().rfind(|(_, c)| c.is_whitespace())?;
        fitting(at + space.len_utf8())
    };
    let cluster = || cluster_starts(text).take_while(|at| *at <= fits).last().and_then(fitting);
    paragraph.or_else(sentence).or_else(word).or_else(cluster).unwrap_or(window.len())
}

/// A label of at most `limit` units on one line, cut between words.
pub fn label(text: &str, limit: usize) -> String {
    let line = visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if units(&line) <= limit {
        return line;
    }
    let fits = &line[..prefix(&line, limit.saturating_sub(1))];
    let word = fits.rfind(' ').filter(|at| *at > fits.len() / 2);
    format!("{}…", fits[..word.unwrap_or(fits.len())].trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop};
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::{cut, label, units};
    use crate::faces::rich::{Mark, Rich};

    #[test]
    fn everything_is_escaped() {
        let mut rich = Rich::default();
        rich.push(
            "a<b> & \"c\"",
            Mark { link: Some("https://x.example/?a=1&b=\"2\"".into()), ..Mark::none() },
        );
        rich.push("\u{1b}[0m</b>", Mark { bold: true, ..Mark::none() });
        let pieces = rich.pieces(100);
        assert_eq!(
            pieces[0].html,
            "<a href=\"https://x.example/?a=1&amp;b=&quot;2&quot;\">a&lt;b&gt; &amp; &quot;c&quot;</a><b>&lt;/b&gt;</b>"
        );
    }

    #[test]
    fn quotations_stay_whole_over_cuts() {
        let mut rich = Rich::default();
        let folded = Mark { folded: true, ..Mark::none() };
        rich.push("One two. ", folded.clone());
        rich.push("Three four. ", Mark { bold: true, ..folded.clone() });
        rich.push("Five six.", folded);
        let html: Vec<String> = rich.pieces(22).into_iter().map(|p| p.html).collect();
        assert_eq!(
            html,
            [
                "<blockquote expandable>One two. <b>Three four. </b></blockquote>",
                "<blockquote expandable>Five six.</blockquote>"
            ]
        );
    }

    #[test]
    fn cuts_fall_between_paragraphs_sentences_words() {
        let parts = |text: &'static str, limit| -> Vec<&'static str> {
            cut(text, limit).into_iter().map(|r| &text[r]).collect()
        };
        assert_eq!(parts("One two.\n\nThree four.", 14), ["One two.\n\n", "Three four."]);
        assert_eq!(parts("One two six. Three four.", 18), ["One two six. ", "Three four."]);
        assert_eq!(parts("one two three", 9), ["one two ", "three"]);
        assert_eq!(parts("aaaaaaaa", 3), ["aaa", "aaa", "aa"]);
        assert_eq!(parts("😀😀😀", 5), ["😀😀", "😀"]);
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(label("What\nis  it?", 64), "What is it?");
        let long = label(&"wording ".repeat(20), 64);
        assert!(units(&long) <= 64 && long.ends_with("wording…"), "{long}");
        assert!(units(&label(&"😀".repeat(80), 64)) <= 64);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_tag_is_closed(
            spans in prop::collection::vec(("(?s).{0,40}", any::<[bool; 4]>()), 0..12),
            limit in 2..60usize,
        ) {
            let mut rich = Rich::default();
            for (text, [bold, italic, folded, link]) in &spans {
                let link = link.then(|| "https://a.example/".to_owned());
                rich.push(text, Mark { bold: *bold, italic: *italic, folded: *folded, link, ..Mark::none() });
            }
            let ranges = cut(&rich.text, limit);
            let whole: String = ranges.iter().map(|r| &rich.text[r.clone()]).collect();
            prop_assert_eq!(&whole, &rich.text);
            for piece in rich.pieces(limit) {
                prop_assert!(units(&piece.plain) <= limit && !piece.plain.trim().is_empty());
                prop_assert_eq!(&untagged(&piece.html), &piece.plain);
            }
        }
    }

    /// The text of HTML; panics where a tag is not closed by its own end tag.
    fn untagged(html: &str) -> String {
        let (mut out, mut open, mut rest) = (String::new(), Vec::new(), html);
        while let Some(start) = rest.find('<') {
            out.push_str(&rest[..start]);
            let end = start + rest[start..].find('>').unwrap();
            let tag = &rest[start + 1..end];
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name)),
                None => open.push(tag.split(' ').next().unwrap()),
            }
            rest = &rest[end + 1..];
        }
        assert!(open.is_empty());
        out.push_str(rest);
        for (entity, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
            out = out.replace(entity, c);
        }
        out
    }
}
