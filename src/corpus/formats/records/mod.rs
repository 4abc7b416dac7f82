//! Lists of questions with answers in, an article of entries out.
//!
//! [`table`] reads tables, [`json`] lists of objects; what a column or a field is, its usual
//! names tell.

pub mod table;

pub mod json;

use crate::corpus::article::{Article, FaqEntry, Text};
use crate::corpus::formats::Parsed;
use crate::corpus::problem::Problems;
use crate::text::detection;
use crate::text::language::Language;
use crate::text::normalize;

/// What a column or field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Question,
    Answer,
    Alternates,
    Keywords,
    Name,
    Section,
    Language,
    Enabled,
    Status,
}

/// The usual names, folded, without anything but letters.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::Question,
        &[
            "question",
            "questions",
            "q",
            "query",
            "queries",
            "prompt",
            "faq",
            "faqquestion",
            "questiontext",
            "userquestion",
            "pattern",
            "patterns",
            "utterance",
            "utterances",
            "input",
            "instruction",
            "frage",
            "fragen",
            "pregunta",
            "preguntas",
            "domanda",
            "pergunta",
            "vraag",
            "вопрос",
            "问题",
            "質問",
        ],
    ),
    (
        Field::Answer,
        &[
            "answer",
            "answers",
            "a",
            "response",
            "responses",
            "reply",
            "acceptedanswer",
            "faqanswer",
            "answertext",
            "completion",
            "output",
            "solution",
            "antwort",
            "antworten",
            "respuesta",
            "respuestas",
            "reponse",
            "risposta",
            "resposta",
            "antwoord",
            "ответ",
            "答案",
            "回答",
        ],
    ),
    (
        Field::Alternates,
        &[
            "alternate",
            "alternates",
            "alternative",
            "alternatives",
            "alternativequestions",
            "alternatequestions",
            "alsoasked",
            "variant",
            "variants",
            "variation",
            "variations",
            "paraphrase",
            "paraphrases",
            "phrasings",
            "otherphrasings",
            "similarquestions",
            "aliases",
            "alt",
            "alts",
            "varianten",
            "auchgefragt",
            "variantes",
        ],
    ),
    (Field::Keywords, &["keyword", "keywords", "stichworte", "palabrasclave"]),
    (Field::Name, &["id", "key", "slug", "uid", "identifier", "faqid"]),
    (
        Field::Section,
        &[
            "category",
            "categories",
            "section",
            "topic",
            "group",
            "tag",
            "subject",
            "theme",
            "kategorie",
            "thema",
            "categoria",
            "categorie",
            "rubrik",
            "class",
            "intent",
        ],
    ),
    (Field::Language, &["language", "lang", "locale", "sprache", "idioma"]),
    (Field::Enabled, &["enabled", "active", "published", "visible", "live", "isactive", "aktiv"]),
    (Field::Status, &["status", "state"]),
];
/// Names that are taken for the question where no other is one.
const TITLES: &[&str] = &["title", "name", "heading"];
/// Names that are taken for the answer where no other is one.
const TEXTS: &[&str] = &["text", "content", "body", "description"];

/// A name without case, accents, numbers and marks.
fn plain(name: &str) -> String {
    let letters: String = name.chars().filter(|c| c.is_alphabetic()).collect();
    normalize::fold(&letters.to_lowercase()).into_owned()
}

/// What columns or fields of these names are.
fn fields<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Option<Field>> {
    let names: Vec<String> = names.map(plain).collect();
    let known = |name: &String| {
        NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(field, _)| *field)
    };
    let mut fields: Vec<Option<Field>> = names.iter().map(known).collect();
    for (field, weak) in [(Field::Question, TITLES), (Field::Answer, TEXTS)] {
        let is_weak = |name: &String| weak.contains(&name.as_str());
        if !fields.contains(&Some(field))
            && let Some(at) = names.iter().position(is_weak)
        {
            fields[at] = Some(field);
        }
    }
    fields
}

/// One entry while its fields are read.
#[derive(Debug, Default)]
struct Record {
    questions: Vec<Text>,
    answer: Option<Text>,
    alternates: Vec<String>,
    name: Option<String>,
    section: Option<String>,
    language: Option<Language>,
    disabled: bool,
}

impl Record {
    /// Takes in a value.
    fn set(&mut self, field: Field, value: Text) {
        let text = value.text.trim();
        if text.is_empty() {
            return;
        }
        match field {
            Field::Question => self.questions.push(value),
            Field::Answer => self.answer = self.answer.take().or(Some(value)),
            Field::Alternates => self.alternates.extend(phrasings(text, &['|', ';', '\n'])),
            Field::Keywords => self.alternates.extend(phrasings(text, &['|', ';', '\n', ','])),
            Field::Name => self.name = Some(text.to_owned()),
            Field::Section => self.section = self.section.take().or_else(|| Some(text.to_owned())),
            Field::Language => self.language = Language::from_code(text),
            Field::Enabled => self.disabled |= is_no(text),
            Field::Status => self.disabled |= is_off(text),
        }
    }

    /// The entry, or what it lacks.
    fn entry(mut self) -> Result<FaqEntry, &'static str> {
        if self.questions.is_empty() {
            return Err("question");
        }
        let question = self.questions.remove(0);
        let answer = self.answer.ok_or("answer")?;
        let mut alternates: Vec<String> = self.questions.into_iter().map(|q| q.text).collect();
        alternates.append(&mut self.alternates);
        alternates.retain(|alternate| *alternate != question.text);
        let mut entry = FaqEntry::new(question, alternates, answer);
        (entry.section, entry.language, entry.name) = (self.section, self.language, self.name);
        Ok(entry)
    }
}

fn is_no(text: &str) -> bool {
    matches!(
        text.to_lowercase().as_str(),
        "no" | "false" | "0" | "n" | "off" | "nein" | "f" | "not"
    )
}

fn is_off(text: &str) -> bool {
    let off = ["draft", "archived", "inactive", "disabled", "deleted", "hidden", "unpublished"];
    off.contains(&text.to_lowercase().as_str())
}

/// Phrasings that stand in one field.
fn phrasings(text: &str, ends: &[char]) -> Vec<String> {
    let pieces = text.split(ends).map(str::trim);
    pieces.filter(|piece| piece.chars().any(char::is_alphanumeric)).map(str::to_owned).collect()
}

/// The article of a list.
fn article(mut article: Article, problems: Problems) -> Parsed {
    let entries = article.faqs.iter().flat_map(|f| [&f.question, &f.answer]);
    let texts: Vec<&str> = entries.map(|text| text.text.as_str()).collect();
    article.language = detection::of_article(&texts.join("\n"));
    let file = article.file.clone();
    if article.faqs.is_empty() && problems.is_empty() {
        let why = "holds no question with an answer: write some, or remove the file";
        return Parsed::nothing(&file, 0, why);
    }
    Parsed { article: (!article.faqs.is_empty()).then_some(article), problems: problems.told() }
}
