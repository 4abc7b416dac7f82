//! Updates from Telegram in, handled and then confirmed.
//!
//! The library's own dispatcher confirms updates before they are handled, ends at a fault
//! in one of them and knows no SIGTERM; so this loop asks for them itself. Asking for
//! updates from a number on confirms all before it, so that the loop never asks beyond one
//! that is not done: what a stopped or killed bot has not done, the next one gets again.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{Either, select};
use teloxide::payloads::GetUpdatesSetters;
use teloxide::requests::Requester;
use teloxide::types::{AllowedUpdate, Update};
use teloxide::{ApiError, RequestError};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::faces::telegram::handlers::Handlers;
use crate::faces::telegram::incoming;
use crate::faces::telegram::lanes::Lanes;
use crate::faces::telegram::sender::Sender;

/// Updates that are asked for: those that are handled.
pub const ALLOWED: [AllowedUpdate; 2] = [AllowedUpdate::Message, AllowedUpdate::CallbackQuery];

/// Most updates in one answer, as the Bot API has it.
const BATCH: u8 = 100;
/// While a chat is waiting for its answer, others are looked after so often.
const TICK: Duration = Duration::from_millis(300);
/// Time for answers under way when the bot is stopped.
const LAST_ANSWERS: Duration = Duration::from_secs(7);
/// Time to confirm them.
const LAST_WORD: Duration = Duration::from_secs(2);
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

/// Handles updates until `stop` says so; then finishes and confirms what is under way.
/// Fails only where Telegram no longer knows the token.
pub async fn run(
    sender: &Sender,
    handlers: &Arc<Handlers>,
    poll_seconds: u64,
    stop: &mut watch::Receiver<bool>,
) -> Result<(), RequestError> {
    let mut lanes = Lanes::default();
    let mut backoff = Backoff::default();
    let poll_seconds = u32::try_from(poll_seconds).unwrap_or(u32::MAX);
    while !*stop.borrow() {
        let idle = lanes.settle(TICK).await;
        let offset = lanes.offset();
        let waiting = if idle { poll_seconds } else { 0 };
        let Some(polled) = unless_stopped(stop, updates(sender, offset, waiting, BATCH)).await
        else {
            break;
        };
        match polled {
            Ok(updates) => {
                backoff.reset();
                lanes.confirmed(offset);
                take(&mut lanes, handlers, updates);
                // With no waiting on the other side, an empty queue must not be hammered.
                if idle && waiting == 0 {
                    unless_stopped(stop, sleep(TICK)).await;
                }
            }
            Err(error @ RequestError::Api(ApiError::InvalidToken)) => return Err(error),
            Err(error) => {
                let pause = match &error {
                    RequestError::RetryAfter(seconds) => seconds.duration(),
                    _ => backoff.pause(),
                };
                tracing::warn!("{}; next try in {} s", trouble(sender, &error), pause.as_secs());
                unless_stopped(stop, sleep(pause)).await;
            }
        }
    }
    finish(sender, &mut lanes).await;
    Ok(())
}

fn take(lanes: &mut Lanes, handlers: &Arc<Handlers>, updates: Vec<Update>) {
    let full = updates.len() >= usize::from(BATCH);
    let mut any_new = false;
    for update in updates {
        let (chat, id) = (incoming::lane(&update), i64::from(update.id.0));
        any_new |= lanes.push(chat, id, || {
            let handlers = Arc::clone(handlers);
            async move { handlers.handle(&update).await }.boxed()
        });
    }
    if full && !any_new {
        tracing::warn!("answers that cannot be sent hold up {BATCH} messages; going on without");
        lanes.let_go();
    }
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
    request.await
}

/// Waits for the answers under way and confirms what is done. What is not stays with
/// Telegram, for the next start.
async fn finish(sender: &Sender, lanes: &mut Lanes) {
    if !lanes.settle(LAST_ANSWERS).await {
        tracing::warn!("stopped with answers under way; the next start gives them");
    }
    if !lanes.unconfirmed() {
        return;
    }
    match timeout(LAST_WORD, updates(sender, lanes.offset(), 0, 1)).await {
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
    "this bot's messages go to a webhook: take it away with deleteWebhook".to_owned()
}

/// The result of waiting, or nothing where the bot is stopped before.
pub async fn unless_stopped<T>(
    stop: &mut watch::Receiver<bool>,
    waiting: impl Future<Output = T>,
) -> Option<T> {
    let stopped = stop.wait_for(|stop| *stop).boxed();
    match select(stopped, std::pin::pin!(waiting)).await {
        Either::Left(_) => None,
        Either::Right((value, _)) => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    #[test]
    fn pauses_grow_to_a_minute() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u64> = (0..8).map(|_| backoff.pause().as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.pause(), Duration::from_secs(1));
    }
}
