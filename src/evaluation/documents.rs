//! A document of a question set in, an article out, as if it had been read from a file.

use serde::Deserialize;

use crate::corpus::article::{Article, FaqEntry, Paragraph, Section, Text};
use crate::corpus::source::Span;
use crate::evaluation::lines::Line;
use crate::text::detection;
use crate::text::language::Language;

/// A line of `corpus.jsonl`.
#[derive(Debug, Deserialize)]
pub struct Document {
    /// Its name, which becomes the id of the article.
    #[serde(rename = "_id")]
    pub id: String,
    title: Option<String>,
    text: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    kind: Option<String>,
    lang: Option<String>,
    #[serde(default)]
    alts: Vec<String>,
}

impl Document {
    /// Whether it is a question with its answer.
    pub fn is_entry(&self) -> bool {
        self.kind() == Some("faq")
    }

    fn kind(&self) -> Option<&str> {
        self.metadata.as_ref()?.kind.as_deref()
    }
}

/// The language of a code; one without a stemmer is like any other.
pub fn language(code: &str) -> Language {
    Language::from_code(code).unwrap_or(Language::Other)
}

/// The article that a document becomes. A FAQ entry is an article of one entry and no title;
/// where question or answer is missing, what there is stands for both. Anything else is its
/// title and its text, one paragraph or, of kind `article`, one for each block of lines.
/// All of it stands at the line of the document.
pub fn article(document: Document, file: &str, line: &Line<'_>, alternates: bool) -> Article {
    let (is_entry, blocks) = (document.is_entry(), document.kind() == Some("article"));
    let metadata = document.metadata.unwrap_or_default();
    let title = document.title.unwrap_or_default().trim().to_owned();
    let text = document.text.unwrap_or_default();
    let text = text.trim();
    let place = Span { bytes: line.bytes.clone(), lines: (line.number, line.number) };
    let placed = |text: &str| {
        let (text, span) = (text.to_owned(), place.clone());
        Text { text, span, literal: true, code: Vec::new() }
    };
    let alternates = if alternates { metadata.alts } else { Vec::new() };
    let detected = || detection::of_article(&format!("{title}\n{}\n{text}", alternates.join("\n")));
    let mut article = Article::new(file);
    article.id = document.id;
    article.title = String::new();
    article.language = metadata.lang.as_deref().map_or_else(detected, language);
    if is_entry {
        let first = alternates.first().map_or(text, String::as_str);
        let question = if title.is_empty() { first.to_owned() } else { title };
        let answer = placed(if text.is_empty() { &question } else { text });
        article.faqs.push(FaqEntry::new(placed(&question), alternates, answer));
        return article;
    }
    let whole = if text.is_empty() { &title } else { text };
    let paragraphs = if blocks { paragraphs(whole) } else { vec![whole] };
    let paragraph = |text| Paragraph { label: None, body: placed(text) };
    let paragraphs = paragraphs.into_iter().map(paragraph).collect();
    article.sections.push(Section { heading: None, paragraphs });
    article.title = title;
    article
}

/// The texts between blank lines.
fn paragraphs(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = None;
    for line in text.split_inclusive('\n') {
        let at = line.as_ptr() as usize - text.as_ptr() as usize;
        match (line.trim().is_empty(), start) {
            (true, Some(from)) => {
                out.push(text[from..at].trim());
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    out.extend(start.map(|from| text[from..].trim()));
    out
}

#[cfg(test)]
mod tests {
    use super::{Document, article};
    use crate::corpus::article::Article;
    use crate::corpus::passages::of_article;
    use crate::evaluation::lines::Line;
    use crate::text::language::Language;

    fn read(json: &str, alternates: bool) -> Article {
        let document: Document = serde_json::from_str(json).unwrap();
        let line = Line { number: 3, text: json, bytes: 10..10 + json.len() };
        article(document, "corpus.jsonl", &line, alternates)
    }

    #[test]
    fn an_entry_is_an_article_of_one_entry() {
        let json = r#"{"_id": "a", "title": "Why?", "text": "Because.",
            "metadata": {"kind": "faq", "alts": ["What for?"], "lang": "de"}}"#;
        let entry = read(json, true);
        assert_eq!((entry.title.as_str(), entry.language), ("", Language::German));
        assert_eq!(entry.faqs[0].question.text, "Why?");
        assert_eq!(entry.faqs[0].alternates, ["What for?"]);
        assert_eq!(read(json, false).faqs[0].alternates, [""; 0]);
        assert_eq!(of_article(&entry)[0].lines, (3, 3));
    }

    #[test]
    fn what_is_missing_is_made_up_for() {
        let texts = |json: &str| {
            let passages = of_article(&read(json, true));
            assert_eq!(passages.len(), 1, "{json}");
            (passages[0].question.clone().unwrap_or_default(), passages[0].text.clone())
        };
        let owned = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let faq = r#""metadata": {"kind": "faq"}"#;
        assert_eq!(texts(&format!(r#"{{"_id": "a", "text": "B.", {faq}}}"#)), owned("B.", "B."));
        assert_eq!(texts(&format!(r#"{{"_id": "a", "title": "A?", {faq}}}"#)), owned("A?", "A?"));
        assert_eq!(texts(r#"{"_id": "a", "title": "A", "text": ""}"#), owned("", "A"));
        assert_eq!(texts(r#"{"_id": "a", "text": "B", "metadata": null}"#), owned("", "B"));
    }

    #[test]
    fn an_article_has_a_paragraph_for_each_block() {
        let json = r#"{"_id": "a", "title": "T", "text": "One\ntwo.\n \n\nThree.\n",
            "metadata": {"kind": "article", "lang": "hi"}}"#;
        let article = read(json, true);
        let texts: Vec<String> = of_article(&article).into_iter().map(|p| p.text).collect();
        assert_eq!(texts, ["One\ntwo.", "Three."]);
        assert_eq!((article.title.as_str(), article.language), ("T", Language::Other));
        let json = json.replace("article", "passage");
        assert_eq!(of_article(&read(&json, true)).len(), 1);
    }
}
