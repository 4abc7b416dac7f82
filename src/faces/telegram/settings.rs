//! How the bot reaches Telegram, whom it serves, and how it is watched.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// All settings of the bot.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The token from `BotFather`; empty until one is set.
    pub token: SecretString,
    /// Address of the Bot API server.
    pub api_url: String,
    /// Seconds that one poll may wait for news; 0 to 50.
    pub poll_seconds: u64,
    /// Chats and people that are answered; empty for all.
    pub allowed_chats: Vec<i64>,
    /// Chats and people that are not.
    pub denied_chats: Vec<i64>,
    /// People who may see figures.
    pub admins: Vec<i64>,
    /// Whether nothing is said in groups where there is no sure answer.
    pub silent_when_unsure: bool,
    /// Questions that one person may ask in a minute, and three people in one chat; 0 lifts it.
    pub questions_per_minute: usize,
    /// Messages to all chats in a second; 0 lifts it.
    pub messages_per_second: usize,
    /// Messages to one person in a second, five at once; 0 lifts it.
    pub chat_messages_per_second: usize,
    /// Messages to one group in a minute; 0 lifts it.
    pub group_messages_per_minute: usize,
    /// How the log is written.
    pub log: Log,
    /// Where it can be asked whether the bot is well, as address and port; empty for nowhere.
    pub monitor: String,
    /// How Telegram brings updates, where the bot does not get them.
    pub webhook: Webhook,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Log {
    /// Lines for people.
    Text,
    /// An object a line.
    Json,
}

/// Where Telegram brings updates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The address that Telegram calls; empty where the bot gets updates by itself.
    pub url: String,
    /// Where the bot listens, as address and port, usually behind a proxy.
    pub listen: String,
    /// What tells that it is Telegram who calls: 16 to 256 letters, digits, `_` and `-`.
    pub secret: SecretString,
}

/// Whom the bot serves, and how.
#[derive(Debug, Clone)]
pub struct Chats {
    /// See [`Settings`].
    pub allowed_chats: Vec<i64>,
    /// See [`Settings`].
    pub denied_chats: Vec<i64>,
    /// See [`Settings`].
    pub admins: Vec<i64>,
    /// See [`Settings`].
    pub silent_when_unsure: bool,
}

impl Settings {
    /// Whom the bot serves.
    pub fn chats(&self) -> Chats {
        Chats {
            allowed_chats: self.allowed_chats.clone(),
            denied_chats: self.denied_chats.clone(),
            admins: self.admins.clone(),
            silent_when_unsure: self.silent_when_unsure,
        }
    }

    /// Where the bot can be asked whether it is well.
    pub fn monitor(&self) -> anyhow::Result<Option<SocketAddr>> {
        if self.monitor.is_empty() {
            return Ok(None);
        }
        address("telegram.monitor", &self.monitor).map(Some)
    }
}

impl Webhook {
    /// Where the bot listens and at which path, where Telegram brings updates.
    pub fn checked(&self) -> anyhow::Result<Option<(SocketAddr, String)>> {
        if self.url.is_empty() {
            return Ok(None);
        }
        let rest = self.url.strip_prefix("https://").context(
            "`telegram.webhook.url` must begin with https://: Telegram calls no other address",
        )?;
        let secret = self.secret.expose_secret();
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        ensure!(
            (16..=256).contains(&secret.len()) && secret.chars().all(fits),
            "`telegram.webhook.secret` must have 16 to 256 letters, digits, _ and -: it tells that Telegram calls"
        );
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        let path = format!("/{}", path.split(['?', '#']).next().unwrap_or_default());
        Ok(Some((address("telegram.webhook.listen", &self.listen)?, path)))
    }
}

fn address(key: &str, address: &str) -> anyhow::Result<SocketAddr> {
    address.parse().with_context(|| {
        format!("`{key}` is `{address}`: write an address and a port: 127.0.0.1:8080")
    })
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::Webhook;

    #[test]
    fn a_webhook_that_cannot_work_is_told() {
        let hook = |url: &str, listen: &str, secret: &str| Webhook {
            url: url.into(),
            listen: listen.into(),
            secret: SecretString::from(secret.to_owned()),
        };
        let secret = "0123456789abcdef";
        let told = |hook: Webhook| format!("{:#}", hook.checked().unwrap_err());
        assert!(told(hook("http://a.example", "127.0.0.1:1", secret)).contains("https://"));
        assert!(
            told(hook("https://a.example", "here", secret))
                .contains("`telegram.webhook.listen` is `here`")
        );
        let short = told(hook("https://a.example", "127.0.0.1:1", "short"));
        assert!(short.contains("telegram.webhook.secret") && !short.contains("short"), "{short}");
        assert!(hook("", "here", "").checked().unwrap().is_none());
        let (_, path) =
            hook("https://a.example/x/y?z", "127.0.0.1:1", secret).checked().unwrap().unwrap();
        assert_eq!(path, "/x/y");
        assert_eq!(
            hook("https://a.example", "127.0.0.1:1", secret).checked().unwrap().unwrap().1,
            "/"
        );
    }
}
