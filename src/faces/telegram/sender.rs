//! Messages in, requests to Telegram out: repeated while the way there is blocked, and with
//! errors told in words that hold neither the token nor what people wrote.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use teloxide::payloads::{
    AnswerCallbackQuerySetters, AnswerInlineQuerySetters, EditMessageText, EditMessageTextSetters,
    SendMessage, SendMessageSetters,
};
use teloxide::requests::{HasPayload, Payload, Requester};
use teloxide::types::{
    CallbackQueryId, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryId,
    InlineQueryResult, MessageId, ParseMode, ReplyParameters,
};
use teloxide::{Bot, RequestError};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::faces::telegram::call::call;
use crate::faces::telegram::errors::{self, Next, kind, next, redact, taken};
use crate::faces::telegram::figures::Figures;
use crate::faces::telegram::html::{Button, Messages};
use crate::faces::telegram::incoming::Place;
use crate::faces::telegram::inline;
use crate::faces::telegram::limits::Pace;
use crate::faces::telegram::pieces::Piece;
use crate::faces::telegram::stop::unless_stopped;
use crate::faces::wording::Tongue;

/// How long a message is tried to be sent while the network or Telegram is down: as long as Telegram
/// itself keeps what people write.
const PATIENCE: Duration = Duration::from_hours(24);
/// An acknowledgement of a press is of no use later.
const SHORT_PATIENCE: Duration = Duration::from_secs(15);
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Speaks in chats. Has no `Debug`: that of [`Bot`] shows the token.
#[derive(Clone)]
pub struct Sender {
    bot: Bot,
    pace: Arc<Pace>,
    hurry: watch::Receiver<bool>,
    figures: Arc<Figures>,
}

/// The bot stops before a message could be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bot is stopping")]
pub struct Stopped;

/// Messages that were sent, by their numbers.
pub type Sent = Result<Vec<MessageId>, Stopped>;

/// What came of a request that was repeated.
type Insisted<R> =
    Result<Result<Option<<<R as HasPayload>::Payload as Payload>::Output>, RequestError>, Stopped>;

impl Sender {
    /// Speaks through this bot, at no more than this pace. What waits ends when `hurry` says so.
    pub fn new(bot: Bot, pace: Pace, hurry: watch::Receiver<bool>, figures: Arc<Figures>) -> Self {
        Self { bot, pace: Arc::new(pace), hurry, figures }
    }

    /// Sends messages in order, buttons below the last.
    pub async fn send(&self, place: Place, messages: &Messages) -> Sent {
        let last = messages.pieces.len().saturating_sub(1);
        let (mut place, mut sent) = (place, Vec::new());
        for (at, piece) in messages.pieces.iter().enumerate() {
            let buttons = if at == last { messages.buttons.as_slice() } else { &[] };
            // What has begun is ended at once, so that nobody gets half of it twice.
            if let Err(stopped) = self.turn(place.chat).await
                && at == 0
            {
                return Err(stopped);
            }
            let Some(message) = self.send_piece(&mut place, piece, buttons).await? else { break };
            sent.extend(message);
            place.reply_to = None;
        }
        Ok(sent)
    }

    /// Sends one message; `None` where it makes no sense to send more there. The number of a
    /// message may be unknown.
    async fn send_piece(
        &self,
        place: &mut Place,
        piece: &Piece,
        buttons: &[Button],
    ) -> Result<Option<Option<MessageId>>, Stopped> {
        let mut marked = true;
        loop {
            let sending = self.sending(*place, piece, buttons, marked);
            let error = match self.insist(PATIENCE, &sending).await? {
                Ok(message) => return Ok(Some(message.map(|message| message.id))),
                Err(error) => error,
            };
            match next(&error) {
                Next::Moved(chat) if chat != place.chat => place.chat = chat,
                Next::Unmarked if marked => {
                    tracing::warn!("Telegram did not understand the markup; sent without");
                    marked = false;
                }
                Next::NoTopic if place.thread.is_some() => place.thread = None,
                other => {
                    self.given_up("sending a message", &other, &error);
                    return Ok(None);
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
    ) -> impl HasPayload<Payload = SendMessage> + use<> {
        let text = if marked { &piece.html } else { &piece.plain };
        let mut request =
            self.bot.send_message(place.chat, text).link_preview_options(inline::NO_PREVIEW);
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
        request
    }

    /// Changes messages into others: what is too much is sent or taken away. From the first that
    /// cannot be changed any more on, the others are sent.
    pub async fn replace(&self, place: Place, messages: &[MessageId], others: &Messages) -> Sent {
        let last = others.pieces.len().saturating_sub(1);
        let (mut place, mut now) = (place, Vec::new());
        for (at, (message, piece)) in messages.iter().zip(&others.pieces).enumerate() {
            let buttons = if at == last { others.buttons.as_slice() } else { &[] };
            if !self.edit(&mut place, *message, piece, buttons).await? {
                break;
            }
            now.push(*message);
        }
        let kept = now.len();
        if kept < others.pieces.len() {
            let pieces = others.pieces.iter().skip(kept).cloned().collect();
            let reply_to = place.reply_to.filter(|_| kept == 0);
            let more = Messages { pieces, buttons: others.buttons.clone() };
            now.extend(self.send(Place { reply_to, ..place }, &more).await?);
        }
        for message in &messages[kept..] {
            let deleting = self.bot.delete_message(place.chat, *message);
            if let Err(error) = self.insist(SHORT_PATIENCE, &deleting).await? {
                report("taking a message away", &Next::Never, &self.describe(&error));
            }
        }
        Ok(now)
    }

    /// Changes a message; tells whether it is there, changed or as it was.
    async fn edit(
        &self,
        place: &mut Place,
        message: MessageId,
        piece: &Piece,
        buttons: &[Button],
    ) -> Result<bool, Stopped> {
        let mut marked = true;
        loop {
            self.turn(place.chat).await?;
            let editing = self.editing(*place, message, piece, buttons, marked);
            let Err(error) = self.insist(PATIENCE, &editing).await? else { return Ok(true) };
            match next(&error) {
                Next::Moved(chat) if chat != place.chat => place.chat = chat,
                Next::Unmarked if marked => marked = false,
                Next::NotEditable => return Ok(false),
                other => {
                    self.given_up("changing a message", &other, &error);
                    return Ok(true);
                }
            }
        }
    }

    fn editing(
        &self,
        place: Place,
        message: MessageId,
        piece: &Piece,
        buttons: &[Button],
        marked: bool,
    ) -> impl HasPayload<Payload = EditMessageText> + use<> {
        let text = if marked { &piece.html } else { &piece.plain };
        let request = self
            .bot
            .edit_message_text(place.chat, message, text)
            .link_preview_options(inline::NO_PREVIEW)
            .reply_markup(keyboard(buttons));
        if marked { request.parse_mode(ParseMode::Html) } else { request }
    }

    /// Acknowledges a press, with a word where there is one to say.
    pub async fn acknowledge(
        &self,
        query: &CallbackQueryId,
        word: Option<&str>,
    ) -> Result<(), Stopped> {
        let mut request = self.bot.answer_callback_query(query.clone());
        if let Some(word) = word {
            request = request.text(word).show_alert(true);
        }
        if let Err(error) = self.insist(SHORT_PATIENCE, &request).await? {
            report("acknowledging a press", &next(&error), &self.describe(&error));
        }
        Ok(())
    }

    /// Shows what is found while somebody types in another chat, to that person alone: cards
    /// depend on the language, and on who is served. For so many seconds Telegram does not ask again.
    pub async fn show(
        &self,
        query: &InlineQueryId,
        cards: Vec<InlineQueryResult>,
        seconds: u32,
        tongue: Tongue,
    ) -> Result<(), Stopped> {
        let request = self.bot.answer_inline_query(query.clone(), cards);
        let request = request.is_personal(true).cache_time(seconds).button(inline::door(tongue));
        if let Err(error) = self.insist(SHORT_PATIENCE, &request).await? {
            report("showing cards", &next(&error), &self.describe(&error));
        }
        Ok(())
    }

    /// Waits until a chat may be sent something.
    async fn turn(&self, chat: ChatId) -> Result<(), Stopped> {
        let of_chat = self.pace.of_chat(chat.0, Instant::now());
        self.sleep_until(of_chat).await?;
        self.sleep_until(self.pace.of_all(Instant::now())).await
    }

    async fn sleep_until(&self, at: Instant) -> Result<(), Stopped> {
        if at <= Instant::now() {
            return Ok(());
        }
        let mut hurry = self.hurry.clone();
        unless_stopped(&mut hurry, sleep_until(at)).await.ok_or(Stopped)
    }

    /// Repeats a request while waiting helps, for so long; `None` is a request that was done,
    /// with an answer that is not understood.
    async fn insist<R>(&self, patience: Duration, request: &R) -> Insisted<R>
    where
        R: HasPayload,
        R::Payload: Serialize,
        <R::Payload as Payload>::Output: DeserializeOwned,
    {
        let until = Instant::now() + patience;
        let mut pause = Duration::from_millis(500);
        loop {
            let error = match call(&self.bot, request).await {
                Ok(done) => return Ok(Ok(Some(done))),
                Err(error) if taken(&error) => return Ok(Ok(None)),
                Err(error) => error,
            };
            self.figures.send_failed();
            let wait = match next(&error) {
                Next::Again(wait) => wait.unwrap_or(pause),
                Next::NoToken => pause,
                _ => return Ok(Err(error)),
            };
            // Not all at once that failed at once.
            let wait = wait + pause.mul_f64(chance() / 2.0);
            if Instant::now() + wait > until {
                return Ok(Err(error));
            }
            tracing::debug!("trying again in {wait:?}: {}", kind(&error));
            self.sleep_until(Instant::now() + wait).await?;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Says what was not done; what waiting did not help is a question lost.
    fn given_up(&self, doing: &str, next: &Next, error: &RequestError) {
        if matches!(next, Next::Again(_) | Next::NoToken) {
            self.figures.troubled();
        }
        report(doing, next, &self.describe(error));
    }

    /// An error in one line, without the token.
    pub fn describe(&self, error: &RequestError) -> String {
        redact(&errors::describe(error), self.bot.token())
    }

    /// The requests that are not about messages.
    pub fn bot(&self) -> &Bot {
        &self.bot
    }

    /// What is counted.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }
}

fn keyboard(buttons: &[Button]) -> InlineKeyboardMarkup {
    let rows = buttons.chunk_by(|_, next| next.beside);
    let button = |b: &Button| InlineKeyboardButton::callback(&b.label, &b.data);
    InlineKeyboardMarkup::new(rows.map(|row| row.iter().map(button).collect::<Vec<_>>()))
}

fn report(doing: &str, next: &Next, error: &str) {
    if matches!(next, Next::Never | Next::NotEditable) {
        tracing::debug!("{doing}: {error}");
    } else {
        tracing::warn!("{doing}: {error}");
    }
}

/// A number from 0 to 1, another one each time.
fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
