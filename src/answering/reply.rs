//! What faqbot has to say to a question, without a word about how to show it.

use std::ops::Range;

use crate::corpus::dates::Date;
use crate::corpus::passages::{Kind, Passage};
use crate::retrieval::changes::{Change, Why};
use crate::retrieval::ranking::Reason;

/// The reply to one question.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The question as it was asked, cut to the allowed length.
    pub question: String,
    /// Answer, choices, or nothing.
    pub outcome: Outcome,
    /// Probability that what is shown first is right, 0 to 1, in hundredths.
    pub confidence: f32,
    /// What was read otherwise than it was typed.
    pub changes: Vec<Change>,
    /// Meaningful words of the question that no article has.
    pub unknown_words: Vec<String>,
    /// Questions of the corpus near this one.
    pub nearby: Vec<Nearby>,
    /// How the passage that is shown, or came first, was weighed; `None` where nothing was.
    pub weighed: Option<Weighed>,
    /// The generation of the index that was asked.
    pub generation: String,
}

/// The three things that can come of a question.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// One passage answers it.
    Answer(Box<Answer>),
    /// Several might.
    Choices(Vec<Choice>),
    /// None does.
    Unknown,
}

/// A passage given as the answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The exact text.
    pub text: String,
    /// Byte ranges in the text that answer most directly.
    pub sentences: Vec<Range<usize>>,
    /// Byte ranges in it that are lines of code without a mark that says so.
    pub code: Vec<Range<usize>>,
    /// What the passage was in its article.
    pub kind: Kind,
    /// The question that it belongs to.
    pub question: Option<String>,
    /// The full id of the passage.
    pub passage: String,
    /// Its short id.
    pub link: String,
    /// Where it stands.
    pub source: Citation,
    /// What other articles answer to the same question, newest first.
    pub also: Vec<Also>,
}

/// How likely a passage was found to answer, and why.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// The id of the passage.
    pub passage: String,
    /// What speaks for it and against it, strongest first.
    pub reasons: Vec<Reason>,
    /// What every passage of its kind begins with, in log-odds.
    pub start: f32,
    /// The log-odds that all adds up to.
    pub sum: f32,
    /// Probability that it answers, 0 to 1, in hundredths.
    pub confidence: f32,
    /// From which probability on an answer is given.
    pub answer_from: f32,
}

/// Where a passage stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The article's id.
    pub article: String,
    /// Its title.
    pub title: String,
    /// The heading above the passage.
    pub section: Option<String>,
    /// When the article was published.
    pub published: Option<Date>,
    /// Its address on the web.
    pub url: Option<String>,
    /// The file, as it can be opened from where the program runs.
    pub file: String,
    /// First and last line, from 1.
    pub lines: (u32, u32),
    /// Byte range in the file.
    pub bytes: Range<usize>,
    /// Whether those bytes are exactly the text.
    pub literal: bool,
}

/// An answer from an article of another date.
#[derive(Debug, Clone)]
pub struct Also {
    /// The exact text.
    pub text: String,
    /// Byte ranges in it that are lines of code without a mark that says so.
    pub code: Vec<Range<usize>>,
    /// Where it stands.
    pub source: Citation,
    /// How old its article is beside the one answered from.
    pub age: Age,
}

/// The age of one article beside another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Published before.
    Older,
    /// Published after.
    Newer,
    /// Published on the same day, or a date is missing.
    Same,
}

/// Something that may have been meant.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The question, or the beginning of a passage without one.
    pub text: String,
    /// The full id of the passage.
    pub passage: String,
    /// The id of its article.
    pub article: String,
    /// Its short id.
    pub link: String,
    /// Probability that it answers.
    pub confidence: f32,
}

/// A question of the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearby {
    /// The question.
    pub text: String,
    /// The short id of its passage.
    pub link: String,
}

impl Reply {
    /// Whether it was read by what was said before.
    pub fn leans(&self) -> bool {
        self.changes.iter().any(|change| matches!(change.why, Why::Reference | Why::Topic))
    }
}

impl Citation {
    /// Where a passage stands; `folder` is the corpus folder.
    pub fn of(passage: &Passage, folder: &std::path::Path) -> Self {
        Self {
            article: passage.article.clone(),
            title: passage.title.clone(),
            section: match passage.kind {
                Kind::Faq => passage.section.clone().or_else(|| Some("FAQs".to_owned())),
                Kind::Summary | Kind::Body => passage.section.clone(),
            },
            published: passage.published,
            url: passage.url.clone(),
            file: folder.join(&passage.file).to_string_lossy().into_owned(),
            lines: passage.lines,
            bytes: passage.bytes.clone(),
            literal: passage.literal,
        }
    }
}
