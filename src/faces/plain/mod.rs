//! A reply as text for a terminal or a pipe.
//!
//! [`layout`] breaks and colours lines, [`blocks`] tells which of them belong together, [`markup`]
//! shows the marks that texts carry. Colour codes are always in what comes out; whoever writes it to
//! something that is no terminal strips them.

pub mod layout;

pub mod blocks;

pub mod markup;

use std::fmt::Write;
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use crate::answering::VERBATIM;
use crate::answering::reply::{Answer, Citation, Outcome, Reply, Weighed};
use crate::faces::plain::layout::{Break, Layout, lines};
use crate::faces::rich::{Mark, Rich, is_web, outstanding};
use crate::faces::wording::Tongue;
use crate::text::sentences::sentences;

const FOR: Style = AnsiColor::Green.on_default();
const AGAINST: Style = AnsiColor::Red.on_default();
/// Columns of the bar of the strongest evidence.
const BAR: usize = 10;
/// Columns of the figure before a bar.
const FIGURE: usize = 6;

/// The whole reply, ending in a line break.
pub fn render(reply: &Reply, layout: Layout, tongue: Tongue) -> String {
    let mut out = String::new();
    let words = typed(reply);
    for note in tongue.notes(reply) {
        out.push_str(&around(&note, &words, Mark::dim(), layout));
    }
    if asks_several(reply) {
        out.push_str(&dim(tongue.texts().prompt.one_at_a_time, layout));
    }
    match &reply.outcome {
        Outcome::Answer(answer) => push_answer(answer, reply, layout, tongue, &mut out),
        Outcome::Choices(choices) => {
            out.push_str(&said(tongue.choices(choices.len()), layout));
            out.push_str(&numbered(1, choices.iter().map(|c| c.text.as_str()), layout));
        }
        Outcome::Unknown => {
            out.push_str(&around(&tongue.unknown(reply), &words, Mark::none(), layout));
            if !reply.nearby.is_empty() && !reply.question.trim().is_empty() {
                out.push_str(&said(tongue.texts().nearest, layout));
                out.push_str(&numbered(1, reply.nearby.iter().map(|n| n.text.as_str()), layout));
            }
        }
    }
    out
}

/// The nearest other questions, numbered, or nothing.
pub fn nearby(reply: &Reply, layout: Layout, tongue: Tongue) -> String {
    if reply.nearby.is_empty() {
        return String::new();
    }
    let mut out = dim(tongue.texts().related, layout);
    out.push_str(&numbered(1, reply.nearby.iter().map(|n| n.text.as_str()), layout));
    out
}

fn push_answer(answer: &Answer, reply: &Reply, layout: Layout, tongue: Tongue, out: &mut String) {
    // What was picked by a number was typed by nobody.
    let picked = reply.weighed.is_none();
    let other = answer.question.as_ref().filter(|q| picked || !same(q, &reply.question));
    if let Some(question) = other.filter(|_| layout.width.is_some()) {
        out.push_str(&around(&tongue.answering(question), &[question], Mark::dim(), layout));
    }
    out.push_str(&passage(&answer.text, &answer.code, &answer.sentences, layout));
    out.push_str(&place(&answer.source, layout, tongue));
    for also in &answer.also {
        out.push('\n');
        out.push_str(&dim(&tongue.also(also), layout));
        out.push_str(&passage(&also.text, &also.code, &[], layout));
        out.push_str(&place(&also.source, layout, tongue));
    }
}

/// Whether more than one question was typed, and not just those of an entry together.
fn asks_several(reply: &Reply) -> bool {
    let entry = match &reply.outcome {
        Outcome::Answer(answer) => answer.question.as_deref(),
        Outcome::Choices(_) | Outcome::Unknown => None,
    };
    // Another phrasing of an entry may ask twice as well.
    reply.confidence < VERBATIM && several(&reply.question) && !entry.is_some_and(several)
}

fn several(question: &str) -> bool {
    let asks = |at: &Range<usize>| question[at.clone()].ends_with(['?', '？', '؟']);
    sentences(question).iter().filter(|at| asks(at)).count() > 1
}

/// Whether two questions differ by no letter or digit.
fn same(a: &str, b: &str) -> bool {
    let letters = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    letters(a) == letters(b)
}

/// A passage: to a terminal as it is meant, to a pipe as it is written.
fn passage(
    text: &str,
    code: &[Range<usize>],
    sentences: &[Range<usize>],
    layout: Layout,
) -> String {
    let sentences = outstanding(text, sentences);
    if layout.width.is_some() {
        return markup::passage(text, code, sentences, layout);
    }
    let mut rich = Rich::default();
    rich.passage(text, sentences, &Mark::none());
    lines(&rich, layout, Break::Never, 0)
}

/// Title · date · section, and the place in the file; both lead there where the terminal can
/// follow.
fn place(source: &Citation, layout: Layout, tongue: Tongue) -> String {
    let mut rich = Rich::of(&layout.own("— "), Mark::dim());
    push_cited(source, &Mark::dim(), layout, tongue, &mut rich);
    rich.push(" (", Mark::dim());
    let file = format!("{}:{}", source.file, source.lines.0);
    let link = address(&source.file, layout);
    rich.push(&file, Mark { link, whole: true, ..Mark::dim() });
    rich.push(")", Mark::dim());
    lines(&rich, layout, Break::Blanks, 0)
}

/// Title · date · section; the title leads to the article on the web.
pub fn push_cited(source: &Citation, mark: &Mark, layout: Layout, tongue: Tongue, rich: &mut Rich) {
    let link = source.url.clone().filter(|url| is_web(url));
    rich.push(&source.title, Mark { link, ..mark.clone() });
    let date = source.published.map(|date| tongue.day(date));
    for part in [date, source.section.clone()].into_iter().flatten() {
        rich.push(&layout.own(" · "), mark.clone());
        rich.push(&part, mark.clone());
    }
}

/// The address of a file on this computer.
fn address(file: &str, layout: Layout) -> Option<String> {
    let path = layout.links.then(|| std::path::absolute(file).ok()).flatten()?;
    Some(format!("file://{}", path.to_string_lossy().replace('%', "%25")))
}

/// Why a reply is as it is, with a bar for all that counted.
pub fn why(reply: &Reply, layout: Layout, tongue: Tongue) -> String {
    let mut out = said(&tongue.verdict(reply), layout);
    if let Some(weighed) = &reply.weighed {
        let counted = tongue.counted_for(weighed);
        out.push_str(&around(&counted, &[&weighed.passage], Mark::none(), layout));
        push_bars(weighed, layout, tongue, &mut out);
        out.push_str(&said(&tongue.sum(weighed), layout));
    }
    out
}

fn push_bars(weighed: &Weighed, layout: Layout, tongue: Tongue, out: &mut String) {
    let most = weighed.reasons.iter().map(|r| r.adds.abs()).fold(f32::MIN_POSITIVE, f32::max);
    for reason in &weighed.reasons {
        let (style, letter) = match (reason.adds >= 0.0, layout.ascii) {
            (true, false) => (FOR, "█"),
            (false, false) => (AGAINST, "░"),
            (true, true) => (FOR, "+"),
            (false, true) => (AGAINST, "-"),
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10")]
        let long = (reason.adds.abs() / most * BAR as f32).ceil() as usize;
        let long = long.clamp(1, BAR);
        let (bar, rest) = (letter.repeat(long), BAR - long);
        let figure = tongue.decimal(&format!("{:+.1}", reason.adds));
        let name = Rich::of(&tongue.evidence(reason), Mark::none());
        // The name stands beside the bar, and goes on there.
        let column = FIGURE + 2 + BAR + 1;
        let narrower = layout.width.map(|width| width.saturating_sub(column));
        let name = lines(&name, Layout { width: narrower, ..layout }, Break::Anywhere, 0);
        for (n, line) in name.lines().enumerate() {
            if n == 0 {
                let _ =
                    writeln!(out, "{figure:>FIGURE$}  {style}{bar}{style:#}{:rest$} {line}", "");
            } else {
                let _ = writeln!(out, "{:column$}{line}", "");
            }
        }
    }
}

/// Lines with numbers before them, from the first on.
pub fn numbered<'a>(first: usize, texts: impl Iterator<Item = &'a str>, layout: Layout) -> String {
    let mut out = String::new();
    for (n, text) in (first..).zip(texts) {
        let mark = format!("{n:>3}. ");
        // Whatever a question holds, it is one point.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let rich = Rich::of(&format!("{mark}{text}"), Mark::none());
        out.push_str(&lines(&rich, layout, Break::Anywhere, mark.len()));
    }
    out
}

/// A sentence of our own.
pub fn said(text: &str, layout: Layout) -> String {
    around(text, &[], Mark::none(), layout)
}

/// A remark of our own.
pub fn dim(text: &str, layout: Layout) -> String {
    around(text, &[], Mark::dim(), layout)
}

/// A sentence of our own around what is not: other people's words, a path.
pub fn around(text: &str, kept: &[&str], mark: Mark, layout: Layout) -> String {
    lines(&Rich::of(&layout.own_around(text, kept), mark), layout, Break::Anywhere, 0)
}

/// Words of the question and of articles that are spoken of in notes.
fn typed(reply: &Reply) -> Vec<&str> {
    let changed = reply.changes.iter().flat_map(|change| [&change.from, &change.to]);
    changed.chain(&reply.unknown_words).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::place;
    use crate::answering::reply::Citation;
    use crate::faces::plain::layout::Layout;
    use crate::faces::wording::Tongue;

    #[test]
    fn a_title_leads_to_pages_of_the_web_alone() {
        for (url, leads) in [
            ("https://a.example/hours", true),
            ("file:///etc/passwd", false),
            ("ssh://a.example", false),
            ("javascript://a.example/%0Aalert(1)", false),
        ] {
            let source = Citation {
                article: "hours".into(),
                title: "Hours".into(),
                section: None,
                published: None,
                url: Some(url.into()),
                file: "corpus/hours.txt".into(),
                lines: (3, 4),
                bytes: 0..1,
                literal: true,
            };
            let layout = Layout { width: Some(80), links: true, ..Layout::default() };
            let shown = place(&source, layout, Tongue::English);
            assert_eq!(shown.contains(url), leads, "{shown:?}");
        }
    }
}
