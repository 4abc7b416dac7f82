//! Replies in, cards for inline mode out: what a person sees while typing in another chat.

use std::collections::HashSet;

use teloxide::types::{
    InlineQueryResult, InlineQueryResultArticle, InlineQueryResultsButton,
    InlineQueryResultsButtonKind, InputMessageContent, InputMessageContentText, LinkPreviewOptions,
    ParseMode,
};

use crate::answering::Answerer;
use crate::answering::reply::{Answer, Nearby, Outcome, Reply};
use crate::faces::telegram::html;
use crate::faces::telegram::lists;
use crate::faces::telegram::pieces::{Piece, label};
use crate::faces::wording::Tongue;
use crate::text::sentences::sentences;

/// Most cards.
const MOST: usize = 10;
/// For so many seconds Telegram gives the same cards to who types the same again: articles change.
pub const CACHE_SECONDS: u32 = 60;
/// The same for who types faster than is taken, and gets no cards.
pub const PAUSE_SECONDS: u32 = 1;
/// Most UTF-16 units of a title and of what stands below it.
const TITLE: usize = 128;
const DESCRIPTION: usize = 200;

/// Cards for what is typed so far; examples where that is nothing yet. Of an answer that articles
/// give again and again the newest is shown.
pub fn cards(
    answerer: &Answerer,
    text: &str,
    tongue: Tongue,
) -> anyhow::Result<Vec<InlineQueryResult>> {
    let links = if text.is_empty() {
        let examples = lists::examples(answerer.reader(), tongue)?;
        examples.into_iter().map(|example| example.link).collect()
    } else {
        links(&answerer.answer(text)?)
    };
    let (mut cards, mut shown) = (Vec::new(), HashSet::new());
    for link in links {
        let Some(reply) = answerer.newest(&link)? else { continue };
        let Outcome::Answer(answer) = &reply.outcome else { continue };
        if shown.insert(answer.link.clone()) {
            cards.extend(card(answer, tongue));
        }
    }
    Ok(cards)
}

/// The short ids of what is worth a card, best first, each once.
fn links(reply: &Reply) -> Vec<String> {
    let found: Vec<&String> = match &reply.outcome {
        Outcome::Answer(answer) => vec![&answer.link],
        Outcome::Choices(choices) => choices.iter().map(|choice| &choice.link).collect(),
        Outcome::Unknown => Vec::new(),
    };
    let mut links: Vec<String> = Vec::new();
    for link in found.into_iter().chain(reply.nearby.iter().map(|Nearby { link, .. }| link)) {
        if !links.contains(link) && links.len() < MOST {
            links.push(link.clone());
        }
    }
    links
}

/// A card that puts the answer, with its question and where it stands, into the chat.
fn card(answer: &Answer, tongue: Tongue) -> Option<InlineQueryResult> {
    let piece = content(answer, tongue)?;
    let title = answer.question.as_deref().unwrap_or(&answer.source.title);
    let first = sentences(&answer.text).into_iter().next().unwrap_or(0..answer.text.len());
    let text = InputMessageContentText::new(piece.html)
        .parse_mode(ParseMode::Html)
        .link_preview_options(NO_PREVIEW);
    let title = label(title, TITLE);
    let content = InputMessageContent::Text(text);
    let card = InlineQueryResultArticle::new(answer.link.clone(), title, content)
        .description(label(&answer.text[first], DESCRIPTION));
    Some(InlineQueryResult::Article(card))
}

/// No picture of the page that a link leads to.
pub const NO_PREVIEW: LinkPreviewOptions = LinkPreviewOptions {
    is_disabled: true,
    url: None,
    prefer_small_media: false,
    prefer_large_media: false,
    show_above_text: false,
};

/// The message of a card: one that holds the whole answer, so that nothing is cut off.
fn content(answer: &Answer, tongue: Tongue) -> Option<Piece> {
    let mut pieces = html::quoted(answer, tongue);
    (pieces.len() == 1).then(|| pieces.remove(0))
}

/// The way from the cards to a private chat.
pub fn door(tongue: Tongue) -> InlineQueryResultsButton {
    InlineQueryResultsButton {
        text: tongue.texts().inline_help.to_owned(),
        kind: InlineQueryResultsButtonKind::StartParameter("inline".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, links};
    use crate::answering::reply::{Nearby, Outcome, Reply};

    #[test]
    fn so_many_cards_are_offered_and_each_once() {
        let nearby = |n: usize| Nearby { text: "Why?".to_owned(), link: (n / 2).to_string() };
        let reply = Reply {
            question: "why".to_owned(),
            outcome: Outcome::Unknown,
            confidence: 0.1,
            changes: Vec::new(),
            unknown_words: Vec::new(),
            nearby: (0..8 * MOST).map(nearby).collect(),
            weighed: None,
            generation: "g".to_owned(),
        };
        let expected: Vec<String> = (0..MOST).map(|n| n.to_string()).collect();
        assert_eq!(links(&reply), expected);
    }
}
