//! What a Markdown file says of itself above its text: YAML between `---`, TOML between `+++`,
//! TOML in a comment.

use toml::de::{DeTable, DeValue};
use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::Marker;
use yaml_rust2::{Yaml, YamlLoader};

use crate::corpus::dates;
use crate::corpus::formats::markup::Head;
use crate::text::language::Language;

/// More bytes are text.
const LONGEST: usize = 64 << 10;
/// Lists inside of lists; nobody writes more.
const DEEPEST: usize = 12;

/// A value, as far as it is of use here.
type Field = (String, String);

/// What is wrong, and in which line of the file.
type Mistake = (u32, String);

/// What stands above the text, where the text begins, and the line and mistake where it cannot
/// be read.
pub fn read(text: &str) -> (Head, usize, Option<Mistake>) {
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
        Some((Err(mistake), end)) => (Head::default(), start + end, Some(mistake)),
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

fn yaml(text: &str) -> Result<Vec<Field>, Mistake> {
    let mistake = |at: &Marker, why: &str| {
        // What is read begins in the second line of the file.
        let line = u32::try_from(at.line()).map_or(0, |line| line + 1);
        (line, format!("what stands between `---` cannot be read: {why}"))
    };
    let wrong = |error: yaml_rust2::ScanError| mistake(error.marker(), error.info());
    // A few lines of references to one another can stand for more than any memory holds, so they
    // are looked for before anything is put together.
    let (mut parser, mut depth) = (Parser::new_from_str(text), 0);
    loop {
        let (event, at) = parser.next_token().map_err(wrong)?;
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth -= 1,
            Event::Alias(_) => {
                return Err(mistake(&at, "it refers to another line with `*`; write the value"));
            }
            Event::StreamEnd => break,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(mistake(&at, "its lists are nested too deeply"));
        }
    }
    let documents = YamlLoader::load_from_str(text).map_err(wrong)?;
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

fn toml(text: &str) -> Result<Vec<Field>, Mistake> {
    let table = DeTable::parse(text).map_err(|error| {
        let above = &text[..error.span().map_or(0, |place| place.start)];
        let line = u32::try_from(above.matches('\n').count()).map_or(0, |line| line + 2);
        (line, format!("what stands between `+++` cannot be read: {}", error.message()))
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

    #[test]
    fn what_would_grow_without_end_is_refused_with_its_line() {
        let doubled = |line: u8| {
            format!("{}: &{} [*{}, *{0}]\n", line as char, line as char, (line - 1) as char)
        };
        let grown: String = (b'b'..=b'z').map(doubled).collect();
        let nested = format!("title: x\nlist: {}", "[".repeat(200));
        let stairs = format!("title: x\n{}x", "- ".repeat(20_000));
        for (inside, line) in [
            (format!("a: &a [x, x]\n{grown}"), 3),
            (nested, 3),
            (stairs, 3),
            ("a: x\nb: [".into(), 4),
        ] {
            let (_, start, mistake) = read(&format!("---\n{inside}\n---\nText"));
            let (at, why) = mistake.expect("a mistake");
            assert!(start > 0 && at == line && !why.contains('\n'), "{at}: {why}");
        }
        let (_, _, mistake) = read("+++\ntitle = 'x'\ndate = [[\n+++\nText");
        assert!(matches!(mistake, Some((3 | 4, _))), "{mistake:?}");
    }
}
