//! The way to Telegram: a client by the settings, who the bot is, its menus and its webhook.

use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::ExposeSecret;
use teloxide::payloads::SetWebhookSetters;
use teloxide::requests::Requester;
use teloxide::types::{BotCommand, BotCommandScope, Me};
use teloxide::{ApiError, Bot, RequestError};
use tokio::time::sleep;

use crate::faces::telegram::call::call;
use crate::faces::telegram::errors::{Next, next};
use crate::faces::telegram::polling::{ALLOWED, Backoff};
use crate::faces::telegram::sender::Sender;
use crate::faces::telegram::settings::Settings;
use crate::faces::wording::Tongue;

/// Time that an answer of Telegram may take beyond the waiting that was asked for.
const MARGIN: Duration = Duration::from_secs(15);
/// Updates that Telegram brings at a time: one after the other none overtakes another.
const CONNECTIONS: u8 = 1;

/// The client of the Bot API, by settings that can work.
pub fn bot(settings: &Settings) -> anyhow::Result<Bot> {
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

/// Learns the bot's own name, however long the network is down, and tells Telegram its
/// commands.
pub async fn introduce(sender: &Sender) -> anyhow::Result<Me> {
    let mut backoff = Backoff::default();
    let me = loop {
        match call(sender.bot(), &sender.bot().get_me()).await {
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

/// Tells Telegram the commands: in English for everybody, and in each language for its own; in
/// groups also how to ask there.
async fn set_menus(sender: &Sender) -> Result<(), RequestError> {
    let groups = BotCommandScope::AllGroupChats;
    let own = Tongue::ALL.map(|tongue| (tongue, Some(tongue.code())));
    let all = std::iter::once((Tongue::English, None)).chain(own);
    for (tongue, code) in all {
        for scope in [None, Some(groups.clone())] {
            let mut request = sender.bot().set_my_commands(menu(tongue, scope.is_some()));
            request.language_code = code.map(str::to_owned);
            request.scope = scope;
            call(sender.bot(), &request).await?;
        }
    }
    Ok(())
}

fn menu(tongue: Tongue, in_groups: bool) -> Vec<BotCommand> {
    let texts = tongue.texts();
    let ask = in_groups.then_some(&texts.ask);
    let commands = ask.into_iter().chain(&texts.commands).chain(&texts.bot_commands);
    commands.map(|(name, does)| BotCommand::new(*name, *does)).collect()
}

/// Why Telegram cannot be used.
pub fn refused(sender: &Sender, error: &RequestError) -> anyhow::Error {
    match error {
        RequestError::Api(ApiError::InvalidToken) => anyhow::anyhow!(
            "Telegram does not know the token: set FAQBOT__TELEGRAM__TOKEN to the one that @BotFather shows"
        ),
        error => anyhow::anyhow!("Telegram: {}", sender.describe(error)),
    }
}

/// Asks Telegram to bring updates, however long the network is down.
pub async fn set_webhook(sender: &Sender, settings: &Settings) -> anyhow::Result<()> {
    let webhook = &settings.webhook;
    let mut backoff = Backoff::default();
    loop {
        let url = webhook.url.parse();
        let url =
            url.with_context(|| format!("`telegram.webhook.url` is no address: {}", webhook.url))?;
        let request = sender
            .bot()
            .set_webhook(url)
            .secret_token(webhook.secret.expose_secret())
            .allowed_updates(ALLOWED)
            .max_connections(CONNECTIONS);
        let Err(error) = call(sender.bot(), &request).await else { return Ok(()) };
        let Next::Again(wait) = next(&error) else { return Err(refused(sender, &error)) };
        let (pause, error) = (wait.unwrap_or_else(|| backoff.pause()), sender.describe(&error));
        tracing::warn!("the webhook is not set: {error}; next try in {} s", pause.as_secs());
        sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use secrecy::SecretString;
    use teloxide::requests::Requester;

    use super::bot;
    use crate::faces::telegram::figures::Figures;
    use crate::faces::telegram::limits::Pace;
    use crate::faces::telegram::sender::Sender;
    use crate::faces::telegram::settings::{Log, Settings, Webhook};

    fn settings(token: &str, api_url: &str) -> Settings {
        Settings {
            token: SecretString::from(token.to_owned()),
            api_url: api_url.to_owned(),
            poll_seconds: 1,
            questions_per_minute: 0,
            messages_per_second: 0,
            chat_messages_per_second: 0,
            group_messages_per_minute: 0,
            allowed_chats: Vec::new(),
            denied_chats: Vec::new(),
            admins: Vec::new(),
            silent_when_unsure: false,
            log: Log::Text,
            monitor: String::new(),
            webhook: Webhook {
                url: String::new(),
                listen: String::new(),
                secret: SecretString::from(String::new()),
            },
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
        let sender = Sender::new(
            bot(&settings).unwrap(),
            Pace::new(0, 0, 0),
            hurried,
            Arc::new(Figures::default()),
        );
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let error = runtime.block_on(async { sender.bot().get_me().await }).unwrap_err();
        let told = sender.describe(&error);
        assert!(told.contains("no connection") && !told.contains("secret"), "{told}");
        assert!(!told.contains('\n'), "{told}");
    }
}
