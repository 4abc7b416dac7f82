//! Messages in, requests to Telegram out: repeated while the way there is blocked, and with
//! errors told in words that hold neither the token nor what people wrote.

use std::error::Error;
use std::future::{Future, IntoFuture};
use std::time::Duration;

use teloxide::payloads::{AnswerCallbackQuerySetters, EditMessageTextSetters, SendMessageSetters};
use teloxide::requests::Requester;
use teloxide::types::{
    CallbackQueryId, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions,
    MessageId, ParseMode, ReplyParameters,
};
use teloxide::{ApiError, Bot, RequestError};
use tokio::time::{Instant, sleep};

use crate::faces::telegram::html::{Button, Messages};
use crate::faces::telegram::incoming::Place;
use crate::faces::telegram::rich::Piece;

/// How long a message is tried to be sent while the network or Telegram is down. A longer
/// stop costs nothing but the answers that were under way.
const PATIENCE: Duration = Duration::from_mins(10);
/// An acknowledgement of a press is of no use later.
const SHORT_PATIENCE: Duration = Duration::from_secs(15);
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

const NO_PREVIEW: LinkPreviewOptions = LinkPreviewOptions {
    is_disabled: true,
    url: None,
    prefer_small_media: false,
    prefer_large_media: false,
    show_above_text: false,
};

/// Speaks in chats. Has no `Debug`: that of [`Bot`] shows the token.
#[derive(Clone)]
pub struct Sender {
    bot: Bot,
}

/// What to do after an error.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Try again after this long, or after the usual pause.
    Again(Option<Duration>),
    /// The chat has moved.
    Moved(ChatId),
    /// The markup is not understood.
    Unmarked,
    /// The topic is gone.
    NoTopic,
    /// The message cannot be changed any more.
    NotEditable,
    /// Normal life: people block bots, press twice, leave.
    Never,
    /// Should not be.
    Report,
}

impl Sender {
    /// Speaks through this bot.
    pub fn new(bot: Bot) -> Self {
        Self { bot }
    }

    /// Sends messages in order, buttons below the last.
    pub async fn send(&self, place: Place, messages: &Messages) {
        let last = messages.pieces.len().saturating_sub(1);
        let mut place = place;
        for (at, piece) in messages.pieces.iter().enumerate() {
            let buttons = if at == last { messages.buttons.as_slice() } else { &[] };
            if !self.send_piece(&mut place, piece, buttons).await {
                return;
            }
            place.reply_to = None;
        }
    }

    /// Sends one message; tells whether it makes sense to send more there.
    async fn send_piece(&self, place: &mut Place, piece: &Piece, buttons: &[Button]) -> bool {
        let mut marked = true;
        loop {
            let sent = insist(PATIENCE, || self.sending(*place, piece, buttons, marked)).await;
            let Err(error) = sent else { return true };
            match next(&error) {
                Next::Moved(chat) if chat != place.chat => place.chat = chat,
                Next::Unmarked if marked => {
                    tracing::warn!("Telegram did not understand the markup; sent without");
                    marked = false;
                }
                Next::NoTopic if place.thread.is_some() => place.thread = None,
                other => {
                    report("sending a message", &other, &self.describe(&error));
                    return false;
                }
            }
        }
    }

    fn sending(
        &self,
        place: Place,
        piece: &Piece,
        buttons: &[Button],
        marked: bool,
    ) -> impl Future<Output = Result<teloxide::types::Message, RequestError>> + use<> {
        let text = if marked { &piece.html } else { &piece.plain };
        let mut request = self.bot.send_message(place.chat, text).link_preview_options(NO_PREVIEW);
        if marked {
            request = request.parse_mode(ParseMode::Html);
        }
        if let Some(thread) = place.thread {
            request = request.message_thread_id(thread);
        }
        if let Some(message) = place.reply_to {
            let reply = ReplyParameters::new(message).allow_sending_without_reply();
            request = request.reply_parameters(reply);
        }
        if !buttons.is_empty() {
            request = request.reply_markup(keyboard(buttons));
        }
        request.into_future()
    }

    /// Changes a message into others; where that cannot be any more, sends them.
    pub async fn replace(&self, place: Place, message: MessageId, messages: &Messages) {
        let Some((first, rest)) = messages.pieces.split_first() else { return };
        let buttons = if rest.is_empty() { messages.buttons.as_slice() } else { &[] };
        let mut marked = true;
        loop {
            let edited =
                insist(PATIENCE, || self.editing(place.chat, message, first, buttons, marked))
                    .await;
            let Err(error) = edited else { break };
            match next(&error) {
                Next::Unmarked if marked => marked = false,
                Next::NotEditable => return self.send(place, messages).await,
                other => {
                    report("changing a message", &other, &self.describe(&error));
                    return;
                }
            }
        }
        if !rest.is_empty() {
            let rest = Messages { pieces: rest.to_vec(), buttons: messages.buttons.clone() };
            self.send(place, &rest).await;
        }
    }

    fn editing(
        &self,
        chat: ChatId,
        message: MessageId,
        piece: &Piece,
        buttons: &[Button],
        marked: bool,
    ) -> impl Future<Output = Result<teloxide::types::Message, RequestError>> + use<> {
        let text = if marked { &piece.html } else { &piece.plain };
        let mut request = self
            .bot
            .edit_message_text(chat, message, text)
            .link_preview_options(NO_PREVIEW)
            .reply_markup(keyboard(buttons));
        if marked {
            request = request.parse_mode(ParseMode::Html);
        }
        request.into_future()
    }

    /// Acknowledges a press, with a word where there is one to say.
    pub async fn acknowledge(&self, query: &CallbackQueryId, word: Option<&str>) {
        let acknowledging = || {
            let mut request = self.bot.answer_callback_query(query.clone());
            if let Some(word) = word {
                request = request.text(word).show_alert(true);
            }
            request.into_future()
        };
        if let Err(error) = insist(SHORT_PATIENCE, acknowledging).await {
            report("acknowledging a press", &next(&error), &self.describe(&error));
        }
    }

    /// An error in one line, without the token.
    pub fn describe(&self, error: &RequestError) -> String {
        redact(&describe(error), self.bot.token())
    }

    /// The requests that are not about messages.
    pub fn bot(&self) -> &Bot {
        &self.bot
    }
}

fn keyboard(buttons: &[Button]) -> InlineKeyboardMarkup {
    let row = |b: &Button| vec![InlineKeyboardButton::callback(&b.label, &b.data)];
    InlineKeyboardMarkup::new(buttons.iter().map(row))
}

fn report(doing: &str, next: &Next, error: &str) {
    if matches!(next, Next::Never | Next::NotEditable) {
        tracing::debug!("{doing}: {error}");
    } else {
        tracing::warn!("{doing}: {error}");
    }
}

/// Repeats a request while waiting helps, for so long.
async fn insist<T, F: Future<Output = Result<T, RequestError>>>(
    patience: Duration,
    mut request: impl FnMut() -> F,
) -> Result<(), RequestError> {
    let until = Instant::now() + patience;
    let mut pause = Duration::from_millis(500);
    loop {
        let error = match request().await {
            Ok(_) => return Ok(()),
            Err(error) if taken(&error) => return Ok(()),
            Err(error) => error,
        };
        let wait = match next(&error) {
            Next::Again(Some(wait)) => wait,
            Next::Again(None) => pause,
            _ => return Err(error),
        };
        if Instant::now() + wait > until {
            return Err(error);
        }
        tracing::debug!("trying again in {wait:?}: {}", kind(&error));
        sleep(wait).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether the request was done and only the answer is in words newer than the library:
/// repeating it would say everything twice.
fn taken(error: &RequestError) -> bool {
    matches!(error, RequestError::InvalidJson { raw, .. } if verdict(raw) == Some(true))
}

/// The `ok` of an answer of the Bot API; `None` where it is none, or a passing trouble.
fn verdict(raw: &str) -> Option<bool> {
    let answer: serde_json::Value = serde_json::from_str(raw).ok()?;
    let passing = answer["error_code"].as_u64().is_some_and(|code| code >= 500);
    answer["ok"].as_bool().filter(|_| !passing)
}

fn next(error: &RequestError) -> Next {
    match error {
        RequestError::RetryAfter(seconds) => Next::Again(Some(seconds.duration())),
        RequestError::MigrateToChatId(chat) => Next::Moved(*chat),
        // What refuses in the words of the Bot API will refuse again; a proxy may not.
        RequestError::InvalidJson { raw, .. } if verdict(raw) == Some(false) => Next::Report,
        RequestError::Network(_) | RequestError::InvalidJson { .. } | RequestError::Io(_) => {
            Next::Again(None)
        }
        RequestError::Api(error) => next_after(error),
    }
}

fn next_after(error: &ApiError) -> Next {
    match error {
        ApiError::CantParseEntities(_) => Next::Unmarked,
        ApiError::MessageCantBeEdited
        | ApiError::MessageToEditNotFound
        | ApiError::MessageIdInvalid => Next::NotEditable,
        ApiError::MessageNotModified
        | ApiError::BotBlocked
        | ApiError::BotKicked
        | ApiError::BotKickedFromSupergroup
        | ApiError::ChatNotFound
        | ApiError::UserDeactivated
        | ApiError::GroupDeactivated
        | ApiError::CantInitiateConversation
        | ApiError::CantTalkWithBots
        | ApiError::InvalidQueryId => Next::Never,
        ApiError::Unknown(text) => {
            let any = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
            if any(&["Internal Server Error", "Bad Gateway", "Service Unavailable", "Gateway Time"])
            {
                Next::Again(None)
            } else if any(&["thread not found", "TOPIC_DELETED", "TOPIC_CLOSED"]) {
                Next::NoTopic
            } else if text.starts_with("Forbidden:") || any(&["not enough rights"]) {
                Next::Never
            } else {
                Next::Report
            }
        }
        _ => Next::Report,
    }
}

/// An error without the text it came with.
fn kind(error: &RequestError) -> &'static str {
    match error {
        RequestError::RetryAfter(_) => "too many requests",
        RequestError::Network(_) => "the network",
        RequestError::InvalidJson { .. } => "an answer that is none of the Bot API",
        _ => "Telegram",
    }
}

/// What went wrong. The library's own texts hold whole answers, and so what people wrote, or
/// addresses, and so the token.
fn describe(error: &RequestError) -> String {
    match error {
        RequestError::Network(error) => {
            let what = if error.is_timeout() { "no answer in time" } else { "no connection" };
            let mut cause: Option<&dyn Error> = None;
            let mut deeper = error.source();
            while let Some(found) = deeper {
                cause = Some(found);
                deeper = found.source();
            }
            cause.map_or_else(|| what.to_owned(), |cause| format!("{what}: {cause}"))
        }
        RequestError::InvalidJson { .. } => kind(error).to_owned(),
        other => other.to_string().replace('\n', " "),
    }
}

/// A text without a token, whole or only its secret part.
pub fn redact(text: &str, token: &str) -> String {
    let secret = token.split_once(':').map_or("", |(_, secret)| secret);
    let mut out = text.to_owned();
    for part in [token, secret] {
        if !part.is_empty() {
            out = out.replace(part, "[token]");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use teloxide::types::{ChatId, Seconds};
    use teloxide::{ApiError, RequestError};

    use super::{Next, next, redact, taken};

    #[test]
    fn tokens_are_taken_out() {
        let text = "http://x/bot12:abC-d/GetMe, http://x/bot12%3AabC-d, 12:abC-d";
        let clean = redact(text, "12:abC-d");
        assert!(!clean.contains("abC-d"), "{clean}");
        assert_eq!(redact("nothing here", ""), "nothing here");
    }

    #[test]
    fn only_what_was_not_done_is_repeated() {
        let error = |raw: &str| {
            let source = serde_json::from_str::<u8>("").unwrap_err();
            RequestError::InvalidJson { source: source.into(), raw: raw.into() }
        };
        assert!(taken(&error(r#"{"ok":true,"result":{"new":"kind"}}"#)));
        let page = error("<html>");
        assert!(!taken(&page) && next(&page) == Next::Again(None));
        let refused = error(r#"{"ok":false,"error_code":400,"parameters":{}}"#);
        assert!(!taken(&refused) && next(&refused) == Next::Report);
        let down = error(r#"{"ok":false,"error_code":502,"parameters":{}}"#);
        assert!(!taken(&down) && next(&down) == Next::Again(None));
    }

    #[test]
    fn errors_say_what_to_do_next() {
        let api = |error| next(&RequestError::Api(error));
        assert_eq!(
            next(&RequestError::RetryAfter(Seconds::from_seconds(3))),
            Next::Again(Some(Duration::from_secs(3)))
        );
        assert_eq!(next(&RequestError::MigrateToChatId(ChatId(-1))), Next::Moved(ChatId(-1)));
        assert_eq!(api(ApiError::MessageNotModified), Next::Never);
        assert_eq!(api(ApiError::BotBlocked), Next::Never);
        assert_eq!(api(ApiError::InvalidQueryId), Next::Never);
        assert_eq!(api(ApiError::MessageToEditNotFound), Next::NotEditable);
        assert_eq!(api(ApiError::CantParseEntities("x".into())), Next::Unmarked);
        let unknown = |text: &str| api(ApiError::Unknown(text.into()));
        assert_eq!(unknown("Bad Gateway"), Next::Again(None));
        assert_eq!(unknown("Bad Request: message thread not found"), Next::NoTopic);
        assert_eq!(unknown("Bad Request: something new"), Next::Report);
    }
}
