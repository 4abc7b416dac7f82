//! Updates from Telegram in, taken and then confirmed.
//!
//! The library's own dispatcher confirms updates before they are handled, ends at a fault
//! in one of them and knows no SIGTERM; so this loop asks for them itself. Asking for
//! updates from a number on confirms all before it: by then they are written down, and what a
//! stopped or killed bot has not done, the next one does.

use std::time::Duration;

use teloxide::payloads::GetUpdatesSetters;
use teloxide::requests::Requester;
use teloxide::types::{AllowedUpdate, Update};
use teloxide::{ApiError, RequestError};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::faces::telegram::call;
use crate::faces::telegram::errors::{Next, next};
use crate::faces::telegram::inbox::{Inbox, MOST_WAITING};
use crate::faces::telegram::sender::Sender;
use crate::faces::telegram::stop::unless_stopped;

/// Updates that are asked for: those that are handled.
pub const ALLOWED: [AllowedUpdate; 4] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::InlineQuery,
];

/// Most updates in one answer, as the Bot API has it.
const BATCH: u8 = 100;
/// Pause where Telegram is not to wait for news.
const TICK: Duration = Duration::from_millis(300);
/// Seconds in which another program comes back for updates.
const PEEK_SECONDS: u32 = 4;
/// Time to confirm what was taken.
const LAST_WORD: Duration = Duration::from_millis(1_500);
const FOR_EVER: Duration = Duration::from_hours(24 * 365);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Pauses between tries: 1, 2, 4 … 60 seconds.
#[derive(Debug, Default)]
pub struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The next pause.
    pub fn pause(&mut self) -> Duration {
        let pause = Duration::from_secs(1 << self.tries.min(6)).min(LONGEST_PAUSE);
        self.tries += 1;
        pause
    }

    fn reset(&mut self) {
        self.tries = 0;
    }
}

/// What was taken, told by the first number that was not.
#[derive(Debug, Default, Clone, Copy)]
pub struct Taken {
    /// Written down or done.
    kept: Option<i64>,
    /// Neither, as nothing could be written: done where everything is that was under way.
    begun: Option<i64>,
}

impl Taken {
    /// Before which number Telegram may forget updates.
    pub fn to_confirm(self, all_done: bool) -> Option<i64> {
        self.begun.filter(|_| all_done).or(self.kept)
    }
}

/// Takes updates until `stop` says so. Fails only where Telegram no longer knows the token.
pub async fn run(
    sender: &Sender,
    inbox: &Inbox,
    poll_seconds: u64,
    stop: &mut watch::Receiver<bool>,
) -> Result<Taken, RequestError> {
    let mut backoff = Backoff::default();
    let mut taken = Taken::default();
    let poll_seconds = u32::try_from(poll_seconds).unwrap_or(u32::MAX);
    while !*stop.borrow() {
        // Telegram keeps what there is no room for.
        unless_stopped(stop, inbox.lanes().settle(MOST_WAITING, FOR_EVER)).await;
        let polled = unless_stopped(stop, updates(sender, taken.kept, poll_seconds, BATCH)).await;
        if let Some(polled) = &polled {
            sender.figures().polled(polled.is_err());
        }
        match polled {
            None => break,
            Some(Ok(updates)) => {
                backoff.reset();
                let next = updates.iter().map(|u| i64::from(u.id.0) + 1).max().or(taken.kept);
                if !take(inbox, &updates, stop).await {
                    taken.begun = next;
                    break;
                }
                taken.kept = next;
                // With no waiting on the other side, an empty queue must not be hammered.
                if updates.is_empty() && poll_seconds == 0 {
                    unless_stopped(stop, sleep(TICK)).await;
                }
            }
            Some(Err(error @ RequestError::Api(ApiError::InvalidToken))) => return Err(error),
            Some(Err(error)) => {
                let pause = match next(&error) {
                    Next::Again(Some(wait)) => wait,
                    _ => backoff.pause(),
                };
                tracing::warn!("{}; next try in {} s", trouble(sender, &error), pause.as_secs());
                unless_stopped(stop, sleep(pause)).await;
            }
        }
    }
    Ok(taken)
}

/// Takes updates; tells whether Telegram may forget them: they are written down or done. They are
/// not where the bot is stopped meanwhile.
async fn take(inbox: &Inbox, updates: &[Update], stop: &mut watch::Receiver<bool>) -> bool {
    let Err(error) = inbox.take(updates) else { return true };
    tracing::warn!(
        "questions cannot be written down and are answered one batch at a time: {error}"
    );
    inbox.take_unwritten(updates);
    unless_stopped(stop, inbox.lanes().settle(0, FOR_EVER)).await.is_some()
}

async fn updates(
    sender: &Sender,
    offset: Option<i64>,
    seconds: u32,
    most: u8,
) -> Result<Vec<Update>, RequestError> {
    let mut request =
        sender.bot().get_updates().timeout(seconds).limit(most).allowed_updates(ALLOWED);
    if let Some(offset) = offset.and_then(|offset| i32::try_from(offset).ok()) {
        request = request.offset(offset);
    }
    call::updates(sender.bot(), &request).await
}

/// Waits for updates a little, without confirming any: another program that gets them ends that.
pub async fn peek(sender: &Sender) -> Result<(), RequestError> {
    updates(sender, None, PEEK_SECONDS, 1).await.map(drop)
}

/// Lets Telegram forget what was taken, at the end.
pub async fn confirm(sender: &Sender, offset: Option<i64>) {
    if offset.is_none() {
        return;
    }
    match timeout(LAST_WORD, updates(sender, offset, 0, 1)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            tracing::warn!("what is answered could not be confirmed: {}", sender.describe(&error));
        }
        Err(_) => tracing::warn!("what is answered could not be confirmed in time"),
    }
}

fn trouble(sender: &Sender, error: &RequestError) -> String {
    match error {
        RequestError::Api(ApiError::TerminatedByOtherGetUpdates) => {
            "another program is getting this bot's messages: stop it, or make another bot"
                .to_owned()
        }
        RequestError::Api(ApiError::Unknown(text)) if text.contains("webhook is active") => {
            webhook()
        }
        RequestError::Api(ApiError::CantGetUpdates) => webhook(),
        error => format!("no messages from Telegram: {}", sender.describe(error)),
    }
}

fn webhook() -> String {
    "this bot's messages go to a webhook: `faqbot check --telegram` tells how to take it away"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Backoff, Taken};

    #[test]
    fn what_was_not_written_down_is_confirmed_once_it_is_done() {
        let taken = Taken { kept: Some(5), begun: Some(9) };
        assert_eq!((taken.to_confirm(true), taken.to_confirm(false)), (Some(9), Some(5)));
        let kept = Taken { kept: Some(5), begun: None };
        assert_eq!((kept.to_confirm(true), Taken::default().to_confirm(true)), (Some(5), None));
    }

    #[test]
    fn pauses_grow_to_a_minute() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u64> = (0..8).map(|_| backoff.pause().as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.pause(), Duration::from_secs(1));
    }
}
