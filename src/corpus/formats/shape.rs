//! What a line is, told from its shape: heading, bullet, question, label, byline, dateline.
//!
//! Each function looks at one line and gives the parts it recognised as slices of it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::corpus::article::Dateline;
use crate::corpus::dates;
use crate::text::normalize;

/// Longest heading, in characters and in words.
const HEADING_CHARS: usize = 90;
const HEADING_WORDS: usize = 13;

/// A labelled part of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The points above the body.
    Summary,
    /// The questions and answers.
    Faq,
}

/// Names of parts and marks, folded, by what they mean.
struct Names {
    summary: HashSet<String>,
    faq: HashSet<String>,
    question: HashSet<String>,
    answer: HashSet<String>,
    alternates: HashSet<String>,
    invitation: HashSet<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let list = |key: &str| {
        let lines = include_str!("shape.txt").lines();
        let names = lines.filter_map(|l| l.strip_prefix(key)?.strip_prefix(": "));
        names.flat_map(|l| l.split(" | ")).map(|name| normalize::fold(name).into_owned()).collect()
    };
    Names {
        summary: list("summary"),
        faq: list("faq"),
        question: list("question"),
        answer: list("answer"),
        alternates: list("alternates"),
        invitation: list("invitation"),
    }
});

/// The part that a line opens, where the line is nothing but its name.
pub fn part(line: &str) -> Option<Part> {
    if line.chars().count() > 40 {
        return None;
    }
    let words: Vec<String> = line
        .split(|c: char| !(c.is_alphanumeric() || normalize::is_mark(c)))
        .filter(|w| !w.is_empty())
        .map(|w| normalize::fold(&normalize::word(w)).into_owned())
        .collect();
    let name = words.join(" ");
    if NAMES.summary.contains(&name) {
        Some(Part::Summary)
    } else {
        NAMES.faq.contains(&name).then_some(Part::Faq)
    }
}

/// Whether a heading only invites to ask: "Still have questions?"
pub fn invites(heading: &str) -> bool {
    NAMES.invitation.contains(&folded(heading).join(" "))
}

fn folded(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.map(|w| normalize::fold(&normalize::word(w)).into_owned()).collect()
}

/// Whether a title, or the path of a file, says that questions and answers stand there.
pub fn names_questions(title: &str) -> bool {
    let text = format!(" {} ", folded(title).join(" "));
    let mut names = NAMES.faq.iter();
    names.any(|name| {
        text.contains(&format!(" {name} ")) || (!name.is_ascii() && text.contains(name))
    })
}

/// The text of a bullet point: `- text`, `* text`, `• text`.
pub fn bullet(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['-', '*', '•', '–', '·', '‣', '▪'])?;
    let text = rest.trim_start();
    (rest.len() != text.len() && !text.is_empty()).then_some(text)
}

/// The label of a point written as `Label: text`.
pub fn label(point: &str) -> Option<&str> {
    let (label, rest) = point.split_once(':')?;
    let plain = label.trim_matches('*');
    let fits = plain.chars().count() <= 50 && !plain.contains(['.', '?', '!']) && !plain.is_empty();
    (fits && rest.starts_with([' ', '*']) && !rest.trim().is_empty()).then_some(plain)
}

/// A line without the marks that other formats put around a heading.
pub fn bare(line: &str) -> &str {
    let line = line.trim_start_matches('#').trim();
    line.strip_prefix("**").and_then(|l| l.strip_suffix("**")).unwrap_or(line).trim()
}

/// Whether a line has the shape of a heading: short, and without final punctuation.
pub fn is_heading(line: &str) -> bool {
    if line.starts_with('#') {
        return line.chars().count() <= 2 * HEADING_CHARS;
    }
    let line = bare(line);
    let starts_well = line.chars().next().is_some_and(|c| c.is_alphanumeric() && !c.is_lowercase());
    starts_well
        && line.chars().count() <= HEADING_CHARS
        && line.split_whitespace().count() <= HEADING_WORDS
        && !line.ends_with(['.', '!', ':', ';', ',', '…', '。', '”', '"', ')', '।'])
}

/// A question of a FAQ entry, with whether it carries a marker of its own (`Q1.`).
pub struct Question<'a> {
    /// The question without its marker.
    pub text: &'a str,
    /// What said that it is a question, besides its own question mark.
    pub mark: Option<Mark>,
}

/// What stands before a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `Q1.`, `Question:`
    Word,
    /// `1.`, which may also begin a step of an answer.
    Number,
}

/// A line marked as a question by a word: `Q1. text`, `Q: text`, `F2) text`, `Question 3: …`.
pub fn marked_question(line: &str) -> Option<&str> {
    marked(bare(line), &NAMES.question)
}

/// A line in a FAQ section that asks: marked by a word or a number, or ending in `?`.
pub fn question(line: &str) -> Option<Question<'_>> {
    let line = bare(line);
    if let Some(text) = marked_question(line) {
        return Some(Question { text, mark: Some(Mark::Word) });
    }
    if let Some(text) = numbered(line) {
        return Some(Question { text, mark: Some(Mark::Number) });
    }
    let asks = line.ends_with(['?', '？', '؟']) && line.chars().count() <= 300;
    let text = bullet(line).unwrap_or(line);
    asks.then_some(Question { text, mark: None })
}

/// The text behind an answer's marker: `A: text`, `A1. text`, `Antwort: text`.
pub fn marked_answer(line: &str) -> Option<&str> {
    marked(line, &NAMES.answer)
}

/// `MARK:`, `MARK1.`, `MARK 1)`; a mark of one letter without a number needs a colon.
fn marked<'a>(line: &'a str, marks: &HashSet<String>) -> Option<&'a str> {
    let letters = line.find(|c: char| !c.is_alphabetic()).unwrap_or(line.len());
    if letters == 0 || !marks.contains(&*normalize::fold(&line[..letters].to_lowercase())) {
        return None;
    }
    let rest = line[letters..].trim_start_matches(' ');
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let ends: &[char] = if (1..=4).contains(&digits) { &['.', ')', ':'] } else { &[':'] };
    let text = rest[digits..].strip_prefix(ends)?;
    Some(text.trim_start_matches('*').trim())
}

/// The number before a question: `Q3. text`, `3) text`.
pub fn number(line: &str) -> Option<u32> {
    let line = bare(line);
    let letters = line.find(|c: char| !c.is_alphabetic()).unwrap_or(line.len());
    if letters > 0 && !NAMES.question.contains(&*normalize::fold(&line[..letters].to_lowercase())) {
        return None;
    }
    let rest = line[letters..].trim_start_matches(' ');
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    let ends = rest[digits..].starts_with(['.', ')', ':']) && digits <= 4;
    rest[..digits].parse().ok().filter(|_| ends)
}

/// `1. text`, `12) text`.
fn numbered(line: &str) -> Option<&str> {
    let digits = line.find(|c: char| !c.is_ascii_digit())?;
    let text = line[digits..].strip_prefix(['.', ')'])?;
    ((1..=3).contains(&digits) && text.starts_with(' ')).then(|| text.trim())
}

/// The other phrasings behind `Also asked:`, one each.
pub fn alternates(line: &str) -> Option<Vec<String>> {
    let (name, list) = line.split_once(':')?;
    let name = normalize::word(name.trim());
    if !NAMES.alternates.contains(&*normalize::fold(&name)) {
        return None;
    }
    let mut out = Vec::new();
    for piece in list.split(['|', ';']) {
        let mut rest = piece;
        while let Some(end) = rest.find(['?', '？', '؟']) {
            let end = end + rest[end..].chars().next().map_or(1, char::len_utf8);
            out.push(rest[..end].trim().to_owned());
            rest = &rest[end..];
        }
        out.push(rest.trim().to_owned());
    }
    out.retain(|a| a.chars().any(char::is_alphanumeric));
    Some(out)
}

/// What a line below the title says about the article.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Byline {
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published.
    pub date: Option<dates::Date>,
    /// `id`, `url`, `language`, `draft` lines, by lower-case name.
    pub fields: Vec<(&'static str, String)>,
}

/// What stands before the name of an author.
const BY: &[&str] = &["by ", "von ", "por ", "par ", "di ", "door ", "av ", "af ", "автор "];

/// Reads `By NAME | 10 Apr 2026`, `10 April 2026`, `Author: …`, `URL: …`; `None` for anything else.
pub fn byline(line: &str) -> Option<Byline> {
    if line.chars().count() > 200 {
        return None;
    }
    if let Some(found) = field(line) {
        return Some(found);
    }
    let bare_date = line.strip_prefix("Published on ").or_else(|| line.strip_prefix("Updated on "));
    if let Some(date) = dates::parse(bare_date.unwrap_or(line)) {
        return Some(Byline { date: Some(date), ..Byline::default() });
    }
    let lower = line.to_lowercase();
    let prefix = BY.iter().find(|p| lower.starts_with(**p))?;
    let rest = line.get(prefix.len()..)?;
    for separator in [" | ", " · ", " • ", " — ", " – ", " - ", "|", ", "] {
        for (at, _) in rest.match_indices(separator) {
            if let Some(date) = dates::parse(&rest[at + separator.len()..]) {
                return Some(Byline {
                    author: name(&rest[..at]),
                    date: Some(date),
                    ..Byline::default()
                });
            }
        }
    }
    let words = rest.split_whitespace().count();
    (words <= 8 && !line.ends_with('.')).then(|| Byline { author: name(rest), ..Byline::default() })
}

fn name(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '|' | ',' | '-'));
    (!text.is_empty()).then(|| text.to_owned())
}

fn field(line: &str) -> Option<Byline> {
    let (key, value) = line.split_once(':')?;
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let mut out = Byline::default();
    match key.trim().to_lowercase().as_str() {
        "author" | "by" | "autor" | "autora" => out.author = name(value),
        "date" | "published" | "updated" | "last updated" | "datum" | "stand" | "fecha" => {
            out.date = Some(dates::parse(value)?);
        }
        "id" => out.fields.push(("id", value.to_owned())),
        "url" | "link" => out.fields.push(("url", value.to_owned())),
        "language" | "lang" => out.fields.push(("language", value.to_owned())),
        "draft" if ["yes", "true"].contains(&value.to_lowercase().as_str()) => {
            out.fields.push(("draft", value.to_owned()));
        }
        _ => return None,
    }
    Some(out)
}

/// The place and date at the head of a paragraph: `BEIJING, April 10, 2026 — …`.
pub fn dateline(paragraph: &str) -> Option<Dateline> {
    let end = ["—", "–", " - ", "--"].iter().filter_map(|dash| paragraph.find(dash)).min()?;
    let head = paragraph[..end].trim();
    let (place, date) = head
        .match_indices([',', '('])
        .find_map(|(at, _)| {
            let date = dates::parse(head[at + 1..].trim_end_matches(')'))?;
            Some((head[..at].trim(), Some(date)))
        })
        .unwrap_or((head, None));
    let letters: Vec<char> = place.chars().filter(|c| c.is_alphabetic()).collect();
    let upper = letters.iter().filter(|c| c.is_uppercase()).count();
    let shouted = letters.len() >= 3 && upper * 10 >= letters.len() * 6;
    let short = place.chars().count() <= 60;
    (short && (shouted || (date.is_some() && upper > 0)))
        .then(|| Dateline { place: place.to_owned(), date })
}

#[cfg(test)]
mod tests {
    use super::{
        Part, alternates, bullet, byline, dateline, is_heading, label, marked_answer, number, part,
        question,
    };

    #[test]
    fn parts_are_known_by_their_names() {
        assert_eq!(part("Summary"), Some(Part::Summary));
        assert_eq!(part("## FAQs:"), Some(Part::Faq));
        assert_eq!(part("Häufige Fragen"), Some(Part::Faq));
        assert_eq!(part("Q&A"), Some(Part::Faq));
        assert_eq!(part("Summary of the trial"), None);
    }

    #[test]
    fn questions_and_answers_carry_many_marks() {
        for line in [
            "Q1. Why?",
            "Q1) Why?",
            "Q: Why?",
            "1. Why?",
            "F3. Why?",
            "**Q2. Why?**",
            "Question 4: Why?",
            "Why?",
            "- Why?",
        ] {
            assert_eq!(question(line).map(|q| q.text), Some("Why?"), "{line}");
        }
        assert!(question("Because it rains.").is_none());
        assert_eq!(
            ["Q3. Why?", "12) Why?", "Why?", "Frage 4: Was?"].map(number),
            [Some(3), Some(12), None, Some(4)]
        );
        assert!(question("Q. E. D. is Latin.").is_none());
        for line in ["A: So.", "A1. So.", "Antwort: So."] {
            assert_eq!(marked_answer(line), Some("So."), "{line}");
        }
        assert_eq!(marked_answer("A. Smith came."), None);
        assert_eq!(alternates("Also asked: a b? | c d").unwrap(), ["a b?", "c d"]);
        assert_eq!(alternates("Auch gefragt: Was? Wann?").unwrap(), ["Was?", "Wann?"]);
    }

    #[test]
    fn lines_below_the_title() {
        let read = byline("By Cygnus | 10 Apr 2026").unwrap();
        assert_eq!(
            (read.author.as_deref(), read.date.unwrap().to_string()),
            (Some("Cygnus"), "2026-04-10".into())
        );
        let read = byline("By Ann Lee, April 10, 2026").unwrap();
        assert_eq!(read.author.as_deref(), Some("Ann Lee"));
        assert!(byline("By noon the whole town had heard of it and came.").is_none());
        assert_eq!(byline("id: hours").unwrap().fields, [("id", "hours".to_owned())]);
    }

    #[test]
    fn headings_points_and_datelines() {
        assert!(is_heading("Focus on Multimodal AI"));
        assert!(!is_heading("It ends here."));
        assert!(!is_heading("- a point"));
        assert_eq!(bullet("- Label: text"), Some("Label: text"));
        assert_eq!(label("Next-Gen AI: text"), Some("Next-Gen AI"));
        assert_eq!(label("at 10:30 we met"), None);
        let line = dateline("BEIJING, April 10, 2026 — It has").unwrap();
        assert_eq!(
            (line.place.as_str(), line.date.unwrap().to_string()),
            ("BEIJING", "2026-04-10".into())
        );
        assert!(dateline("The shop – a small one – is open").is_none());
    }
}
