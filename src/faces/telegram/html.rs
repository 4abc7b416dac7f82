//! A [`Reply`] in, Telegram messages out: what they say and the buttons below.
//!
//! A button carries the short id of a passage, so that it works for as long as the corpus
//! has the passage, also after a restart.

use std::ops::Range;

use crate::answering::reply::{Also, Answer, Citation, Nearby, Outcome, Reply};
use crate::corpus::passages::Kind;
use crate::faces::rich::{Mark, Rich, is_web, outstanding};
use crate::faces::telegram::pieces::{LIMIT, Piece, label};
use crate::faces::wording::Tongue;

/// Texts longer than this many characters are folded.
const LONG: usize = 600;
/// Most UTF-16 units on a button.
const LABEL: usize = 64;

/// What a button does when it is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press<'a> {
    /// The message becomes the answer of this short id.
    Choose(&'a str),
    /// The answer of this short id is sent.
    Ask(&'a str),
    /// Questions of the same article as the passage of this short id are sent.
    More(&'a str),
    /// The message becomes this page of all articles, from 0.
    Page(usize),
    /// What the message of this number asked is answered as if nothing had been said before.
    Afresh(i32),
}

/// A button below a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What is sent back when it is pressed: at most 64 bytes.
    pub data: String,
    /// Whether it stands beside the one before, and not below.
    pub beside: bool,
}

/// Messages in order; the buttons stand below the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Messages {
    /// At least one.
    pub pieces: Vec<Piece>,
    /// One a row.
    pub buttons: Vec<Button>,
}

impl Press<'_> {
    fn data(self) -> String {
        match self {
            Self::Choose(link) => format!("a:{link}"),
            Self::Ask(link) => format!("n:{link}"),
            Self::More(link) => format!("m:{link}"),
            Self::Page(page) => format!("p:{page}"),
            Self::Afresh(message) => format!("x:{message}"),
        }
    }
}

/// What a pressed button asks for; `None` where it is none of ours.
pub fn pressed(data: &str) -> Option<Press<'_>> {
    let (kind, link) = data.split_once(':')?;
    match kind {
        "a" => Some(Press::Choose(link)),
        "n" => Some(Press::Ask(link)),
        "m" => Some(Press::More(link)),
        "p" => link.parse().ok().map(Press::Page),
        "x" => link.parse().ok().map(Press::Afresh),
        _ => None,
    }
}

/// A sentence of our own.
pub fn said(text: &str) -> Messages {
    let mut rich = Rich::default();
    rich.plain(text);
    Messages { pieces: rich.pieces(LIMIT), buttons: Vec::new() }
}

/// A sentence of our own above questions to press.
pub fn offered(text: &str, questions: &[Nearby]) -> Messages {
    Messages { buttons: asking(questions), ..said(text) }
}

/// The whole reply.
pub fn render(reply: &Reply, tongue: Tongue) -> Messages {
    let mut rich = Rich::default();
    let notes = tongue.notes(reply);
    for note in &notes {
        rich.push(note, Mark::italic());
        rich.plain("\n");
    }
    if !notes.is_empty() {
        rich.plain("\n");
    }
    let buttons = match &reply.outcome {
        Outcome::Answer(answer) => {
            // Nobody typed what was picked, so it is not above the answer.
            if reply.weighed.is_none() {
                push_question(answer, &mut rich);
            }
            push_answer(answer, tongue, &mut rich);
            more(reply, answer, tongue)
        }
        Outcome::Choices(choices) => {
            rich.plain(tongue.choices(choices.len()));
            choices.iter().map(|c| button(&c.text, Press::Choose(&c.link))).collect()
        }
        Outcome::Unknown => {
            rich.plain(&tongue.unknown(reply));
            if reply.nearby.is_empty() || reply.question.trim().is_empty() {
                Vec::new()
            } else {
                rich.plain("\n");
                rich.plain(tongue.texts().nearest);
                asking(&reply.nearby)
            }
        }
    };
    Messages { pieces: rich.pieces(LIMIT), buttons }
}

/// The nearest other questions, and the way to those of the same article.
fn more(reply: &Reply, answer: &Answer, tongue: Tongue) -> Vec<Button> {
    let mut buttons = asking(&reply.nearby);
    if answer.kind == Kind::Faq {
        buttons.push(button(tongue.texts().more_from, Press::More(&answer.link)));
    }
    buttons
}

/// The way out of an answer that was read by what was said before.
pub fn afresh(message: i32, tongue: Tongue) -> Button {
    button(tongue.texts().afresh, Press::Afresh(message))
}

fn asking(questions: &[Nearby]) -> Vec<Button> {
    questions.iter().map(|n| button(&n.text, Press::Ask(&n.link))).collect()
}

/// A button with what it does.
pub fn button(text: &str, press: Press<'_>) -> Button {
    Button { label: label(text, LABEL), data: press.data(), beside: false }
}

fn push_answer(answer: &Answer, tongue: Tongue, rich: &mut Rich) {
    push_text(&answer.text, &answer.sentences, rich);
    push_place(&answer.source, tongue, rich);
    for also in &answer.also {
        push_also(also, tongue, rich);
    }
}

fn push_question(answer: &Answer, rich: &mut Rich) {
    if let Some(question) = &answer.question {
        rich.push(question, Mark { bold: true, ..Mark::none() });
        rich.plain("\n\n");
    }
}

fn push_also(also: &Also, tongue: Tongue, rich: &mut Rich) {
    rich.plain("\n\n");
    rich.push(&tongue.also(also), Mark::italic());
    rich.plain("\n");
    push_text(&also.text, &[], rich);
    push_place(&also.source, tongue, rich);
}

/// An answer below its question, for people who did not ask.
pub fn quoted(answer: &Answer, tongue: Tongue) -> Vec<Piece> {
    let mut rich = Rich::default();
    push_question(answer, &mut rich);
    push_text(&answer.text, &[], &mut rich);
    push_place(&answer.source, tongue, &mut rich);
    rich.pieces(LIMIT)
}

/// A passage, with its most direct sentences in bold unless they are all of it.
fn push_text(text: &str, sentences: &[Range<usize>], rich: &mut Rich) {
    let mark = Mark { folded: text.chars().count() > LONG, ..Mark::none() };
    rich.passage(text, outstanding(text, sentences), &mark);
}

/// Title · date · section, the title leading to the article where it is on the web.
fn push_place(source: &Citation, tongue: Tongue, rich: &mut Rich) {
    rich.plain("\n\n— ");
    let line = tongue.citation(source);
    let address = source.url.clone().filter(|url| is_web(url));
    match (line.strip_prefix(&source.title), address) {
        (Some(rest), Some(address)) => {
            rich.push(&source.title, Mark { link: Some(address), ..Mark::italic() });
            rich.push(rest, Mark::italic());
        }
        _ => rich.push(&line, Mark::italic()),
    }
}

/// Where the last answer stands: its article, its question and the addresses that lead to it, and
/// then the lines.
pub fn source(answer: &Answer, bot: &str, tongue: Tongue) -> Messages {
    let mut rich = Rich::default();
    rich.push(&tongue.citation(&answer.source), Mark { bold: true, ..Mark::none() });
    for line in answer.question.iter().chain(answer.source.url.iter().filter(|url| is_web(url))) {
        rich.plain("\n");
        rich.plain(line);
    }
    rich.plain("\n\n");
    rich.plain(&tongue.link(&format!("https://t.me/{bot}?start=a_{}", answer.link)));
    rich.plain("\n");
    rich.plain(&tongue.lines(&answer.source));
    Messages { pieces: rich.pieces(LIMIT), buttons: Vec::new() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::prop;
    use proptest::{prop_assert, proptest};

    use super::{Button, Press, pressed, render, said, source};
    use crate::answering::reply::{Age, Also, Answer, Choice, Citation, Nearby, Outcome, Reply};
    use crate::corpus::dates::Date;
    use crate::corpus::passages::Kind;
    use crate::faces::telegram::pieces::units;
    use crate::faces::wording::Tongue;
    use crate::retrieval::changes::{Change, Why};

    fn citation() -> Citation {
        Citation {
            article: "hours".into(),
            title: "Hours & <more>".into(),
            section: Some("FAQs".into()),
            published: Date::new(2026, 4, 10),
            url: None,
            file: "corpus/hours.txt".into(),
            lines: (3, 4),
            bytes: 0..1,
            literal: true,
        }
    }

    fn answer(text: &str, sentences: Vec<std::ops::Range<usize>>) -> Answer {
        Answer {
            text: text.into(),
            sentences,
            code: Vec::new(),
            kind: Kind::Faq,
            question: None,
            passage: "hours#q1".into(),
            link: "aaaaaaaaaa".into(),
            source: citation(),
            also: Vec::new(),
        }
    }

    fn reply(outcome: Outcome) -> Reply {
        Reply {
            question: "when".into(),
            outcome,
            confidence: 0.9,
            changes: Vec::new(),
            unknown_words: vec!["<script>".into()],
            weighed: None,
            nearby: vec![Nearby { text: "Is it <open>?".into(), link: "bbbbbbbbbb".into() }],
            generation: "0".into(),
        }
    }

    fn html(reply: &Reply) -> String {
        render(reply, Tongue::English).pieces.into_iter().map(|p| p.html).collect()
    }

    #[test]
    fn an_answer_marks_its_sentence_and_says_where_it_stands() {
        let mut given = answer("We open. At 9 & not < 8.", vec![9..24]);
        given.source.url = Some("https://a.example/?x=1&y=2".into());
        let messages = render(&reply(Outcome::Answer(Box::new(given))), Tongue::English);
        assert_eq!(
            messages.pieces[0].html,
            "<i>No article mentions “&lt;script&gt;”.</i>\n\n\
             We open. <b>At 9 &amp; not &lt; 8.</b>\n\n— <a href=\"https://a.example/?x=1&amp;y=2\">\
             <i>Hours &amp; &lt;more&gt;</i></a><i> · 10 Apr 2026 · FAQs</i>"
        );
        let presses: Vec<_> = messages.buttons.iter().map(|b| pressed(&b.data).unwrap()).collect();
        assert_eq!(presses, [Press::Ask("bbbbbbbbbb"), Press::More("aaaaaaaaaa")]);
    }

    #[test]
    fn marking_all_marks_nothing() {
        for ranges in [vec![0..19], vec![0..8, 9..19], vec![0..99]] {
            let given = answer("We open. At nine o.", ranges);
            assert!(!html(&reply(Outcome::Answer(Box::new(given)))).contains("<b>"));
        }
    }

    #[test]
    fn addresses_that_are_not_of_the_web_lead_nowhere() {
        for url in ["javascript:alert(1)", "tg://user?id=1", "https://a b"] {
            let mut given = answer("We open.", Vec::new());
            given.source.url = Some(url.into());
            assert!(!html(&reply(Outcome::Answer(Box::new(given)))).contains("<a"));
        }
    }

    #[test]
    fn long_answers_are_folded_and_others_are_told_with_their_date() {
        let mut given = answer(&"It is so. ".repeat(80), Vec::new());
        given.also = vec![Also {
            text: "It was not.".into(),
            code: Vec::new(),
            source: citation(),
            age: Age::Older,
        }];
        let mut reply = reply(Outcome::Answer(Box::new(given)));
        reply.changes =
            vec![Change { from: "opne".into(), to: "<open>".into(), why: Why::Spelling }];
        reply.unknown_words.clear();
        let html = html(&reply);
        assert!(
            html.starts_with("<i>I read “opne” as “&lt;open&gt;”.</i>\n\n<blockquote expandable>")
        );
        assert!(
            html.contains("<i>An older article says (10 Apr 2026):</i>\nIt was not."),
            "{html}"
        );
    }

    #[test]
    fn choices_and_near_questions_are_buttons() {
        let choice = |n: u8| Choice {
            text: format!("{} {n}", "Which one of these many words is meant here? ".repeat(3)),
            passage: String::new(),
            article: String::new(),
            link: format!("ccccccccc{n}"),
            confidence: 0.4,
        };
        let messages =
            render(&reply(Outcome::Choices(vec![choice(1), choice(2)])), Tongue::English);
        assert_eq!(messages.buttons.len(), 2);
        assert_eq!(messages.buttons[1].data, "a:ccccccccc2");
        assert!(messages.buttons.iter().all(|b| units(&b.label) <= 64 && b.label.ends_with('…')));
        let messages = render(&reply(Outcome::Unknown), Tongue::English);
        assert!(messages.pieces[0].html.contains("No article mentions “&lt;script&gt;”."));
        let near =
            Button { label: "Is it <open>?".into(), data: "n:bbbbbbbbbb".into(), beside: false };
        assert_eq!(messages.buttons, [near]);
    }

    #[test]
    fn the_source_has_a_link_that_leads_back() {
        let text = source(&answer("We open.", Vec::new()), "our_bot", Tongue::English).pieces[0]
            .plain
            .clone();
        assert!(text.contains("https://t.me/our_bot?start=a_aaaaaaaaaa"), "{text}");
        assert!(text.contains("hours") && !text.contains("corpus/"), "{text}");
    }

    #[test]
    fn strange_data_is_none_of_ours() {
        for data in ["", "a", "z:aaaaaaaaaa", ":", "more"] {
            assert_eq!(pressed(data), None);
        }
        assert_eq!(said("a < b").pieces[0].html, "a &lt; b");
    }

    proptest! {
        #[test]
        fn any_answer_can_be_sent(
            text in "(?s).{0,300}",
            times in 1..40usize,
            ranges in prop::collection::vec((0..400usize, 0..400usize), 0..4),
            title in "(?s).{0,60}",
        ) {
            let ranges = ranges.into_iter().map(|(start, length)| start..start + length).collect();
            let mut given = answer(&text.repeat(times), ranges);
            given.source.title = title;
            let messages = render(&reply(Outcome::Answer(Box::new(given))), Tongue::English);
            prop_assert!(!messages.pieces.is_empty());
            for piece in &messages.pieces {
                prop_assert!((1..=4096).contains(&units(piece.plain.trim())));
                prop_assert!(piece.html.len() < 32 * 1024);
            }
        }
    }
}
