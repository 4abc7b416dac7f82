//! What a Markdown file says of itself above its text: YAML between `---`, TOML between `+++`,
//! TOML in a comment.

use toml::de::{DeTable, DeValue};
use yaml_rust2::{Yaml, YamlLoader};

use crate::corpus::dates;
use crate::corpus::formats::markup::Head;
use crate::text::language::Language;

/// More bytes are text.
const LONGEST: usize = 64 << 10;

/// A value, as far as it is of use here.
type Field = (String, String);

/// What stands above the text, where the text begins, and the line and mistake where it cannot
/// be read.
pub fn read(text: &str) -> (Head, usize, Option<(u32, String)>) {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let rest = &text[start..];
    let read = [
        fenced(rest, "---", "---").map(|(inside, end)| (yaml(inside), end)),
        fenced(rest, "+++", "+++").map(|(inside, end)| (toml(inside), end)),
        fenced(rest, "<!--", "-->").and_then(|(inside, end)| {
            // A comment that is no list of settings is only a comment.
            toml(inside).ok().filter(|fields| !fields.is_empty()).map(|fields| (Ok(fields), end))
        }),
    ];
    match read.into_iter().flatten().next() {
        None => (Head::default(), start, None),
        Some((Ok(fields), end)) => (head(&fields), start + end, None),
        Some((Err(mistake), end)) => (Head::default(), start + end, Some((1, mistake))),
    }
}

/// What stands between a first line and the next such, and where the text goes on.
fn fenced<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, usize)> {
    let inside = text.strip_prefix(open)?;
    let line = inside.find('\n')?;
    if !inside[..line].trim().is_empty() {
        return None;
    }
    let from = open.len() + line + 1;
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        if line.trim_end() == close {
            return Some((&text[from..at], at + line.len()));
        }
        at += line.len();
        if at > LONGEST {
            break;
        }
    }
    None
}

fn yaml(text: &str) -> Result<Vec<Field>, String> {
    let documents = YamlLoader::load_from_str(text)
        .map_err(|error| format!("what stands between `---` cannot be read: {error}"))?;
    let Some(Yaml::Hash(hash)) = documents.into_iter().next() else { return Ok(Vec::new()) };
    Ok(hash
        .into_iter()
        .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), scalar(&value)?)))
        .collect())
}

fn scalar(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) | Yaml::Real(text) => Some(text.clone()),
        Yaml::Integer(number) => Some(number.to_string()),
        Yaml::Boolean(yes) => Some(yes.to_string()),
        Yaml::Array(values) => {
            Some(values.iter().filter_map(scalar).collect::<Vec<_>>().join(", "))
        }
        Yaml::Hash(hash) => hash
            .iter()
            .find(|(key, _)| key.as_str() == Some("name"))
            .and_then(|(_, name)| scalar(name)),
        _ => None,
    }
}

fn toml(text: &str) -> Result<Vec<Field>, String> {
    let table = DeTable::parse(text).map_err(|error| {
        format!("what stands between `+++` cannot be read: {}", error.message())
    })?;
    let fields = table.get_ref().iter();
    Ok(fields
        .filter_map(|(key, value)| Some((key.get_ref().to_string(), plain(value.get_ref())?)))
        .collect())
}

fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(date) => Some(date.to_string()),
        DeValue::Array(values) => {
            Some(values.iter().filter_map(|v| plain(v.get_ref())).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

fn head(fields: &[Field]) -> Head {
    let first = |names: &[&str]| {
        let named = |name: &&str| {
            let found = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        names.iter().find_map(named)
    };
    let date = |names: &[&str]| first(names).and_then(|value| day(&value));
    Head {
        title: first(&["title", "question"]),
        fallback: first(&["linkTitle", "nav_title", "sidebar_label"]),
        id: first(&["id"]),
        author: first(&["author", "authors", "by"]),
        published: date(&["date", "published", "pubDate", "publishDate", "created"]).or_else(
            || date(&["lastmod", "updated", "last_updated", "last_modified_at", "modified"]),
        ),
        url: first(&["url", "canonical", "canonical_url", "permalink", "link"])
            .filter(|url| url.contains("://")),
        language: first(&["lang", "language", "locale"])
            .and_then(|code| Language::from_code(&code)),
        draft: first(&["draft"]).is_some_and(|value| value == "true"),
        faqs: Vec::new(),
    }
}

/// The day of a date, also where a time stands behind it.
pub fn day(text: &str) -> Option<dates::Date> {
    let bare =
        text.split(['T', 't']).next().filter(|_| text.starts_with(|c: char| c.is_ascii_digit()));
    let first = text.split_whitespace().next();
    [Some(text), bare, first].into_iter().flatten().find_map(dates::parse)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn yaml_toml_and_comments_are_read() {
        for text in [
            "---\ntitle: \"Opening hours\"\ndate: 2026-04-10T08:00:00Z\ntags: [a, b]\nid: hours\n---\nText",
            "+++\ntitle = 'Opening hours'\ndate = 2026-04-10\nid = 'hours'\n+++\nText",
            "<!--\ntitle = \"Opening hours\"\ncreated = 2026-04-10\nid = \"hours\"\n-->\nText",
        ] {
            let (head, start, mistake) = read(text);
            assert_eq!(head.title.as_deref(), Some("Opening hours"), "{text}");
            assert_eq!(head.published.unwrap().to_string(), "2026-04-10");
            assert_eq!(
                (head.id.as_deref(), &text[start..], mistake),
                (Some("hours"), "Text", None)
            );
        }
    }

    #[test]
    fn what_is_no_front_matter_stays_text() {
        for text in
            ["", "---", "---\n\nText", "<!-- a comment -->\nText", "<!--\nnothing = \n-->\nText"]
        {
            assert_eq!(read(text).1, 0, "{text}");
        }
        let (_, start, mistake) = read("---\ntitle: \"open\n---\nText");
        assert!(start > 0 && mistake.is_some());
    }
}
