//! Tags of template languages, which the builder of a site would have filled in: Django, Jinja,
//! Liquid, Twig (`{% … %}`, `{# … #}`), Hugo (`{{< … >}}`, `{{% … %}}`).

use std::ops::Range;

/// What opens and closes a tag.
const TAGS: [(&str, &str); 4] = [("{%", "%}"), ("{#", "#}"), ("{{<", ">}}"), ("{{%", "%}}")];
/// A tag is no longer than this, in bytes.
const LONGEST: usize = 2000;

/// The text with blanks where tags were, so that all else stays where it is.
pub fn blanked(text: &str) -> String {
    replaced(text, |tag| tag.chars().map(blank).collect())
}

/// The text without its tags.
pub fn without(text: &str) -> String {
    let bare = replaced(text, |_| String::new());
    if bare.len() == text.len() { bare } else { bare.trim().to_owned() }
}

/// A blank of as many bytes; line ends stay.
fn blank(c: char) -> &'static str {
    match (c, c.len_utf8()) {
        ('\n', _) => "\n",
        (_, 1) => " ",
        (_, 2) => "  ",
        (_, 3) => "   ",
        _ => "    ",
    }
}

fn replaced(text: &str, with: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let comments = last_comment(text);
    let mut at = 0;
    while let Some(tag) = next(text, at, comments) {
        out.push_str(&text[at..tag.start]);
        out.push_str(&with(&text[tag.clone()]));
        at = tag.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Where the last comment ends, so that of many that do not end none is read to the end.
fn last_comment(text: &str) -> usize {
    let closed = text.rfind("%}").and_then(|close| text[..close].rfind("endcomment"));
    closed.unwrap_or(0)
}

/// The next tag; a comment with all that is in it.
fn next(text: &str, from: usize, last_comment: usize) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(found) = text[at..].find('{') {
        let start = at + found;
        let rest = &text[start..];
        let near = &rest[..rest.floor_char_boundary(LONGEST)];
        let end = TAGS.iter().rev().find_map(|(open, close)| {
            let inside = near.strip_prefix(open)?;
            Some(open.len() + inside.find(close)? + close.len())
        });
        let Some(end) = end else {
            at = start + 1;
            continue;
        };
        let name = rest[2..end].trim_start_matches(['-', '+', ' ', '%', '<']);
        let mut end = start + end;
        if name.starts_with("comment")
            && end <= last_comment
            && let Some(close) = text[end..].find("endcomment")
            && let Some(length) = text[end + close..].find("%}")
        {
            end += close + length + 2;
        }
        return Some(start..end);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{blanked, without};

    #[test]
    fn tags_go_and_the_rest_stays_where_it_is() {
        let text = "a {% trans \"é\" %}b {# x #}{% comment %}<p>\nno{% endcomment %} c {{< fig >}}{{ d }} {e}";
        let blank = blanked(text);
        assert_eq!(blank.len(), text.len());
        assert_eq!(blank.find("{{ d }} {e}"), text.find("{{ d }} {e}"));
        assert_eq!(
            without(text).split_whitespace().collect::<Vec<_>>(),
            ["a", "b", "c", "{{", "d", "}}", "{e}"]
        );
        assert!(!blank.contains("no") && blank.contains('\n'));
        assert_eq!(without(" {% open"), " {% open");
    }
}
