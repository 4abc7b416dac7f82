//! The Telegram bot.

use secrecy::SecretString;
use serde::Deserialize;

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
}
