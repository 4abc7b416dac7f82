//! The Telegram bot: settings and an answerer in, a conversation with many people out.
//!
//! [`polling`] gets updates; the [`inbox`] takes each once, within [`limits`], writes it down in the
//! [`queue`] until it is done, and puts it on one of the [`lanes`], which keep each chat's in order.
//! [`incoming`] reads what a person wants, [`handlers`] answers it from the
//! core, [`html`] and [`rich`] make messages of replies, [`sender`] gets them through whatever the [`errors`], and
//! [`chats`] remembers the last reply of each chat; a [`stop`] ends all waiting. The only home of the bot library and of
//! the asynchronous runtime.

pub mod rich;

pub mod html;

pub mod chats;
pub mod incoming;

pub mod limits;

pub mod stop;

pub mod errors;
pub mod sender;

pub mod handlers;
pub mod lanes;
pub mod queue;

pub mod inbox;

pub mod polling;

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use teloxide::payloads::SetMyCommandsSetters;
use teloxide::requests::Requester;
use teloxide::types::{BotCommand, Me};
use teloxide::{ApiError, Bot, RequestError};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::answering::current::Current;
use crate::faces::telegram::handlers::Handlers;
use crate::faces::telegram::inbox::Inbox;
use crate::faces::telegram::lanes::Lanes;
use crate::faces::telegram::limits::Pace;
use crate::faces::telegram::polling::Backoff;
use crate::faces::telegram::sender::Sender;
use crate::faces::telegram::stop::{signals, unless_stopped};
use crate::faces::wording::Tongue;

/// Time that an answer of Telegram may take beyond the waiting that was asked for.
const MARGIN: Duration = Duration::from_secs(15);
/// Time for answers under way and waiting when the bot is stopped.
const LAST_ANSWERS: Duration = Duration::from_secs(6);
/// Time for what is being sent then.
const LAST_SENDS: Duration = Duration::from_secs(2);
/// Time for threads that are still at work when the bot has stopped.
const LAST_THREADS: Duration = Duration::from_millis(500);

/// How the bot reaches Telegram.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The token from `BotFather`; empty until one is set.
    pub token: SecretString,
    /// Address of the Bot API server.
    pub api_url: String,
    /// Seconds that one poll may wait for news; 0 to 50.
    pub poll_seconds: u64,
    /// Questions that one person may ask in a minute, and three people in one chat; 0 lifts it.
    pub questions_per_minute: usize,
    /// Messages to all chats in a second; 0 lifts it.
    pub messages_per_second: usize,
    /// Messages to one person in a second, five at once; 0 lifts it.
    pub chat_messages_per_second: usize,
    /// Messages to one group in a minute; 0 lifts it.
    pub group_messages_per_minute: usize,
}

/// Says what is wrong with the settings, before anything long is done.
pub fn check(settings: &Settings) -> anyhow::Result<()> {
    bot(settings).map(drop)
}

/// Runs the bot until SIGINT or SIGTERM; `ready` is told its name once Telegram knows it. What is
/// not answered is kept in a file in `folder`.
pub fn run(
    settings: &Settings,
    folder: &Path,
    answerer: Arc<Current>,
    ready: &dyn Fn(&str),
) -> anyhow::Result<()> {
    let (hurry, hurried) = watch::channel(false);
    let pace = Pace::new(
        settings.messages_per_second,
        settings.chat_messages_per_second,
        settings.group_messages_per_minute,
    );
    let sender = Sender::new(bot(settings)?, pace, hurried);
    // Thinking takes a processor whole: more threads than those would only wait for each other.
    let threads = thread::available_parallelism().map_or(2, NonZero::get).max(2);
    let runtime = Builder::new_multi_thread().enable_all().max_blocking_threads(threads).build();
    let runtime = runtime.context("the threads of the bot cannot be started")?;
    let outcome = runtime.block_on(serve(settings, folder, &sender, answerer, ready, &hurry));
    runtime.shutdown_timeout(LAST_THREADS);
    outcome
}

/// The client of the Bot API, by settings that can work.
fn bot(settings: &Settings) -> anyhow::Result<Bot> {
    let token = settings.token.expose_secret().trim();
    if token.is_empty() {
        bail!(
            "`telegram.token` is empty: create a bot with @BotFather in Telegram and set FAQBOT__TELEGRAM__TOKEN to the token it gives you"
        );
    }
    if !well_formed(token) {
        bail!(
            "`telegram.token` is no token: one looks like 123456:ABC-DEF, digits before the colon"
        );
    }
    let Ok(url) = settings.api_url.trim_end_matches('/').parse() else {
        bail!("`telegram.api_url` is no address: {}", settings.api_url);
    };
    let client = teloxide::net::default_reqwest_settings()
        .timeout(Duration::from_secs(settings.poll_seconds) + MARGIN)
        .build()
        .context("the network cannot be used")?;
    Ok(Bot::with_client(token, client).set_api_url(url))
}

fn well_formed(token: &str) -> bool {
    let secret = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    token.split_once(':').is_some_and(|(id, rest)| {
        !id.is_empty()
            && id.chars().all(|c| c.is_ascii_digit())
            && !rest.is_empty()
            && rest.chars().all(secret)
    })
}

async fn serve(
    settings: &Settings,
    folder: &Path,
    sender: &Sender,
    answerer: Arc<Current>,
    ready: &dyn Fn(&str),
    hurry: &watch::Sender<bool>,
) -> anyhow::Result<()> {
    let mut stop = signals()?;
    let Some(me) = unless_stopped(&mut stop, introduce(sender)).await.transpose()? else {
        return Ok(());
    };
    ready(me.username.as_deref().unwrap_or("?"));
    let handlers = Arc::new(Handlers::new(sender.clone(), answerer, me.user.clone()));
    let path = folder.join(format!("telegram-{}.queue", me.id));
    let inbox = Inbox::open(&path, handlers, settings.questions_per_minute)?;
    let taken = polling::run(sender, &inbox, settings.poll_seconds, &mut stop).await;
    finish(inbox.lanes(), hurry).await;
    inbox.tidy();
    let offset = taken.map_err(|error| refused(sender, &error))?;
    polling::confirm(sender, offset).await;
    Ok(())
}

/// Ends what is under way. What has not begun stays written down, for the next start.
async fn finish(lanes: &Lanes, hurry: &watch::Sender<bool>) {
    if lanes.settle(0, LAST_ANSWERS).await {
        return;
    }
    lanes.close();
    let _ = hurry.send(true);
    if !lanes.settle(0, LAST_SENDS).await {
        tracing::warn!("stopped with answers under way; the next start gives them");
    }
}

/// Learns the bot's own name, however long the network is down, and tells Telegram its
/// commands.
async fn introduce(sender: &Sender) -> anyhow::Result<Me> {
    let mut backoff = Backoff::default();
    let me = loop {
        match sender.bot().get_me().await {
            Ok(me) => break me,
            Err(error @ RequestError::Api(ApiError::InvalidToken)) => {
                return Err(refused(sender, &error));
            }
            Err(error) => {
                let pause = backoff.pause();
                let error = sender.describe(&error);
                tracing::warn!(
                    "Telegram cannot be reached: {error}; next try in {} s",
                    pause.as_secs()
                );
                sleep(pause).await;
            }
        }
    };
    // Without the menu everything still works.
    if let Err(error) = set_menus(sender).await {
        tracing::warn!("the menu of commands is not set: {}", sender.describe(&error));
    }
    Ok(me)
}

/// Tells Telegram the commands: in English for everybody, and in each language for its own.
async fn set_menus(sender: &Sender) -> Result<(), RequestError> {
    sender.bot().set_my_commands(menu(Tongue::English)).await?;
    for tongue in Tongue::ALL {
        sender.bot().set_my_commands(menu(tongue)).language_code(tongue.code()).await?;
    }
    Ok(())
}

fn menu(tongue: Tongue) -> impl Iterator<Item = BotCommand> {
    let texts = tongue.texts();
    let commands = texts.commands.iter().chain(&texts.bot_commands);
    commands.map(|(name, does)| BotCommand::new(*name, *does))
}

fn refused(sender: &Sender, error: &RequestError) -> anyhow::Error {
    match error {
        RequestError::Api(ApiError::InvalidToken) => anyhow::anyhow!(
            "Telegram does not know the token: set FAQBOT__TELEGRAM__TOKEN to the one that @BotFather shows"
        ),
        error => anyhow::anyhow!("Telegram: {}", sender.describe(error)),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use teloxide::requests::Requester;

    use super::{Settings, bot};
    use crate::faces::telegram::limits::Pace;
    use crate::faces::telegram::sender::Sender;

    fn settings(token: &str, api_url: &str) -> Settings {
        Settings {
            token: SecretString::from(token.to_owned()),
            api_url: api_url.to_owned(),
            poll_seconds: 1,
            questions_per_minute: 0,
            messages_per_second: 0,
            chat_messages_per_second: 0,
            group_messages_per_minute: 0,
        }
    }

    #[test]
    fn settings_that_cannot_work_are_told_in_one_line() {
        let cases = [
            ("", "https://a.example", "BotFather"),
            ("secret", "https://a.example", "no token"),
            ("12:se cret", "https://a.example", "no token"),
            ("12:secret", "https://", "no address"),
        ];
        for (token, url, part) in cases {
            let error = bot(&settings(token, url)).err().map(|e| format!("{e:#}")).unwrap();
            assert!(error.contains(part) && !error.contains('\n'), "{error}");
            assert!(!error.contains("cret"), "{error}");
        }
        assert!(bot(&settings("12:secret\n", "https://a.example/")).is_ok());
    }

    #[test]
    fn a_refused_connection_does_not_tell_the_token() {
        // The port is free again when the listener is dropped.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings("12:secret", &format!("http://127.0.0.1:{port}/sub/path"));
        let (_hurry, hurried) = tokio::sync::watch::channel(false);
        let sender = Sender::new(bot(&settings).unwrap(), Pace::new(0, 0, 0), hurried);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let error = runtime.block_on(async { sender.bot().get_me().await }).unwrap_err();
        let told = sender.describe(&error);
        assert!(told.contains("no connection") && !told.contains("secret"), "{told}");
        assert!(!told.contains('\n'), "{told}");
    }
}
