//! Every sentence that faqbot says in its own words, in each of its languages. Short, plain, kind.
//!
//! [`texts`] says what a language has to have, one file a language has it, and the functions
//! here make sentences of it. What articles say stays in the language of the article.

pub mod courtesies;
pub mod prompt;
mod templates;
pub mod texts;
mod why;

mod de;
mod en;
mod es;
mod ru;

use serde::{Deserialize, Serialize};

use crate::answering::reply::{Age, Also, Citation, Outcome, Reply};
use crate::corpus::dates::Date;
use crate::faces::wording::templates::{fill, of_lines};
use crate::faces::wording::texts::{Does, Texts};
use crate::retrieval::changes::{Change, Why};

/// A language that faqbot speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tongue {
    /// English, also spoken to people whose language is none of these.
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// Russian.
    Russian,
}

/// Longer words of a question are not said in full.
const LONGEST_WORD: usize = 40;

impl Tongue {
    /// All.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::Spanish, Self::Russian];

    /// The language of a tag such as `de` or `de-AT`.
    pub fn of(code: &str) -> Self {
        let language = code.split(['-', '_']).next().unwrap_or_default();
        let speaks = |tongue: &Self| tongue.code().eq_ignore_ascii_case(language);
        Self::ALL.into_iter().find(speaks).unwrap_or(Self::English)
    }

    /// Its two letters.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::Russian => "ru",
        }
    }

    /// What is said as it stands.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::English => &en::ENGLISH,
            Self::German => &de::GERMAN,
            Self::Spanish => &es::SPANISH,
            Self::Russian => &ru::RUSSIAN,
        }
    }

    /// Said to who comes for the first time.
    pub fn hello(self, articles: u64) -> String {
        let texts = self.texts();
        fill(texts.hello, &[("articles", &self.counted(articles, &texts.hello_articles))])
    }

    /// What becomes of what people write to the bot, which forgets a talk after so many minutes.
    pub fn privacy(self, minutes: u64) -> String {
        let texts = self.texts();
        fill(texts.privacy, &[("minutes", &self.counted(minutes, &texts.minutes))])
    }

    /// Which page of a list is shown.
    pub fn page(self, page: usize, pages: usize) -> String {
        let (page, pages) = (page.to_string(), pages.to_string());
        fill(self.texts().page, &[("page", &page), ("pages", &pages)])
    }

    /// Which lines of the article the answer is.
    pub fn lines(self, source: &Citation) -> String {
        let ((first, last), article) = (source.lines, &source.article);
        let template = if first == last { self.texts().line_of } else { self.texts().lines_of };
        of_lines(template, (first, last), article)
    }

    /// `line 5`, `lines 5 to 7`.
    pub fn line_range(self, (first, last): (u32, u32)) -> String {
        let template = if first == last { self.texts().line } else { self.texts().lines };
        of_lines(template, (first, last), "")
    }

    /// An address that leads back to one answer.
    pub fn link(self, address: &str) -> String {
        fill(self.texts().link, &[("address", address)])
    }

    /// The honest "no".
    pub fn unknown(self, reply: &Reply) -> String {
        let texts = self.texts();
        if reply.question.trim().is_empty() {
            return texts.empty.to_owned();
        }
        match self.list(&reply.unknown_words) {
            Some(words) => fill(texts.unknown_words, &[("words", &words)]),
            None => texts.unknown.to_owned(),
        }
    }

    /// `“a”`, `“a” or “b”`, `“a”, “b” or “c”`; at most four.
    fn list(self, words: &[String]) -> Option<String> {
        let texts = self.texts();
        let shown = |word: &String| {
            let short =
                word.char_indices().nth(LONGEST_WORD).map(|(cut, _)| format!("{}…", &word[..cut]));
            fill(texts.quoted, &[("word", short.as_deref().unwrap_or(word))])
        };
        let quoted: Vec<String> = words.iter().take(4).map(shown).collect();
        let (last, rest) = quoted.split_last()?;
        let rest = rest.join(", ");
        Some(if rest.is_empty() { last.clone() } else { format!("{rest} {} {last}", texts.or) })
    }

    /// Above a list of choices.
    pub fn choices(self, number: usize) -> &'static str {
        if number == 1 { self.texts().choice } else { self.texts().choices }
    }

    /// What to know about how the question was read: above an answer also which of its words no
    /// article has.
    pub fn notes(self, reply: &Reply) -> Vec<String> {
        let mut notes: Vec<String> = reply.changes.iter().map(|c| self.change(c)).collect();
        let read = |word: &String| reply.changes.iter().any(|c| c.from == *word);
        let foreign: Vec<String> =
            reply.unknown_words.iter().filter(|word| !read(word)).cloned().collect();
        if !matches!(reply.outcome, Outcome::Unknown) {
            let words = self.list(&foreign);
            notes.extend(words.map(|w| fill(self.texts().not_mentioned, &[("words", &w)])));
        }
        notes
    }

    /// What was read otherwise than it was typed.
    fn change(self, change: &Change) -> String {
        let texts = self.texts();
        let template = match change.why {
            Why::Spelling | Why::Spacing => texts.read_as,
            Why::Synonym => texts.read_synonym,
            Why::Meaning => texts.taken_near,
            Why::Reference => texts.stands_for,
            Why::Topic => texts.still_about,
            Why::Length => {
                // The core tells both in English words around the number.
                let number = |text: &str| text.replace(|c: char| !c.is_ascii_digit(), "");
                let (length, limit) = (number(&change.from), number(&change.to));
                return fill(texts.too_long, &[("length", &length), ("limit", &limit)]);
            }
        };
        fill(template, &[("from", &change.from), ("to", &change.to)])
    }

    /// Above an answer, the question of the articles that it belongs to.
    pub fn answering(self, question: &str) -> String {
        fill(self.texts().answering, &[("question", question)])
    }

    /// Title · date · section.
    pub fn citation(self, source: &Citation) -> String {
        let date = source.published.map(|date| self.day(date));
        let parts = [Some(source.title.clone()), date, source.section.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// Before the answer of another article.
    pub fn also(self, also: &Also) -> String {
        let says = match also.age {
            Age::Older => self.texts().older_says,
            Age::Newer => self.texts().newer_says,
            Age::Same => self.texts().another_says,
        };
        match also.source.published {
            Some(date) => format!("{says} ({}):", self.day(date)),
            None => format!("{says}:"),
        }
    }

    /// `10 Apr 2026`.
    pub fn day(self, date: Date) -> String {
        let (year, month, day) = date.parts();
        let month = self.texts().months[usize::from(month) - 1];
        let (year, day) = (year.to_string(), day.to_string());
        fill(self.texts().date, &[("day", &day), ("month", month), ("year", &year)])
    }
}

/// Every command with what it does.
pub fn commands(commands: &[Does]) -> String {
    commands.iter().map(|(name, does)| format!("/{name}: {does}")).collect::<Vec<_>>().join("\n")
}

/// `1 article`, `2 articles`, for those who keep the articles.
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::{Tongue, count};
    use crate::answering::reply::{Age, Also, Choice, Citation, Outcome, Reply, Weighed};
    use crate::corpus::dates::Date;
    use crate::retrieval::changes::{Change, Why};
    use crate::retrieval::model::FIGURES;
    use crate::retrieval::ranking::Reason;

    fn citation(last: u32) -> Citation {
        Citation {
            article: "hours".into(),
            title: "Hours".into(),
            section: None,
            published: Date::new(2026, 4, 10),
            url: None,
            file: "corpus/hours.txt".into(),
            lines: (3, last),
            bytes: 0..1,
            literal: true,
        }
    }

    fn reply(outcome: Outcome) -> Reply {
        let change = |why| Change { from: "2001 characters".into(), to: "the first 9".into(), why };
        let reasons = FIGURES.map(|f| Reason { name: f.name, value: 0.5, adds: -1.25 });
        Reply {
            question: "when".into(),
            outcome,
            confidence: 0.5,
            changes: [
                Why::Spelling,
                Why::Synonym,
                Why::Meaning,
                Why::Spacing,
                Why::Length,
                Why::Reference,
                Why::Topic,
            ]
            .map(change)
            .into(),
            unknown_words: vec!["flux".into(), "dux".into()],
            nearby: Vec::new(),
            weighed: Some(Weighed {
                passage: "hours#q1".into(),
                reasons: reasons.into(),
                start: -1.0,
                sum: 2.0,
                confidence: 0.5,
                answer_from: 0.75,
            }),
            generation: "0".into(),
        }
    }

    fn choices(number: usize) -> Outcome {
        let choice = Choice {
            text: "When?".into(),
            passage: String::new(),
            article: String::new(),
            link: String::new(),
            confidence: 0.5,
        };
        Outcome::Choices(vec![choice; number])
    }

    #[test]
    fn tags_name_languages_and_all_others_are_english() {
        for (code, tongue) in [
            ("de", Tongue::German),
            ("de-AT", Tongue::German),
            ("ES_mx", Tongue::Spanish),
            ("ru", Tongue::Russian),
            ("en-GB", Tongue::English),
            ("pt-br", Tongue::English),
            ("den", Tongue::English),
            ("", Tongue::English),
        ] {
            assert_eq!(Tongue::of(code), tongue, "{code}");
        }
        assert!(Tongue::ALL.into_iter().all(|tongue| Tongue::of(tongue.code()) == tongue));
    }

    #[test]
    fn dates_are_as_people_write_them() {
        let day = Date::new(2026, 4, 10).unwrap();
        let told = Tongue::ALL.map(|tongue| tongue.day(day));
        assert_eq!(told, ["10 Apr 2026", "10. Apr. 2026", "10 abr 2026", "10 апр. 2026"]);
    }

    #[test]
    fn what_people_type_is_no_template() {
        let mut asked = reply(Outcome::Unknown);
        asked.unknown_words = vec!["{words}".into(), "b".repeat(50)];
        let told = Tongue::German.unknown(&asked);
        assert!(told.contains("„{words}“ oder „bbb") && told.contains("b…“."), "{told}");
    }

    #[test]
    fn english_is_as_it_was() {
        assert_eq!([count(1, "word"), count(2, "word")], ["1 word", "2 words"]);
        let told = Tongue::English.notes(&reply(choices(1)));
        assert_eq!(told[4], "Your question has 2001 characters; I read the first 9.");
        assert_eq!(told.last().unwrap(), "No article mentions “flux” or “dux”.");
        let why = Tongue::English.reasons(&reply(Outcome::Unknown));
        assert_eq!(
            why[0],
            "The nearest passage is likely to answer with 50 % only; I answer from 75 % on."
        );
        assert_eq!(why[2], "against: words of the question found here (0.50, counts -1.2)");
        assert_eq!(why.last().unwrap(), "Beginning at -1.0, that is +2.0 in all; 0 would be 50 %.");
        assert_eq!(Tongue::English.lines(&citation(4)), "Lines 3 to 4 of hours.");
        assert_eq!(Tongue::English.line_range((3, 3)), "line 3");
    }

    #[test]
    fn nothing_is_left_open_in_what_is_said() {
        for tongue in Tongue::ALL {
            let mut said = vec![tongue.page(1, 2), tongue.link("https://a.example")];
            said.push(tongue.line_range((1, 2)));
            for n in [0, 1, 2, 5, 21] {
                said.extend([tongue.hello(n), tongue.counts(n, n, n)]);
                said.extend([tongue.privacy(n), tongue.and_older(n, "/articles")]);
            }
            for outcome in [choices(1), choices(2), Outcome::Unknown] {
                let reply = reply(outcome);
                said.extend(tongue.notes(&reply).into_iter().chain(tongue.reasons(&reply)));
                said.extend([tongue.unknown(&reply), tongue.briefly_why(&reply)]);
            }
            for (age, last) in [(Age::Older, 3), (Age::Newer, 4), (Age::Same, 4)] {
                let source = citation(last);
                said.extend([tongue.citation(&source), tongue.lines(&source)]);
                said.push(tongue.also(&Also {
                    text: String::new(),
                    code: Vec::new(),
                    source,
                    age,
                }));
            }
            for text in &said {
                assert!(!text.contains(['{', '}']) && !text.contains("  "), "{tongue:?}: {text}");
                assert!(!text.contains("“”") && !text.contains("«»"), "{tongue:?}: {text}");
            }
        }
    }
}
