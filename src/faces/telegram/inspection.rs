//! What Telegram knows of the bot, and what stands in its way: for `faqbot check --telegram`.

use std::time::Duration;

use teloxide::requests::Requester;
use teloxide::types::{AllowedUpdate, Me, WebhookInfo};
use teloxide::{ApiError, RequestError};
use tokio::time::timeout;

use crate::faces::telegram::client::{bot, refused};
use crate::faces::telegram::figures::Figures;
use crate::faces::telegram::limits::Pace;
use crate::faces::telegram::polling::{self, ALLOWED};
use crate::faces::telegram::sender::Sender;
use crate::faces::telegram::settings::Settings;
use crate::faces::telegram::threads;

/// Longest time for one answer of Telegram.
const PATIENCE: Duration = Duration::from_secs(20);
/// More updates than this waiting are worth a word.
const MANY: u32 = 100;

/// What was found.
#[derive(Debug, Default)]
pub struct Inspection {
    /// Good to know, a line each.
    pub notes: Vec<String>,
    /// To be mended, a line each.
    pub problems: Vec<String>,
}

/// Asks Telegram.
pub fn inspect(settings: &Settings) -> anyhow::Result<Inspection> {
    let (_hurry, hurried) = tokio::sync::watch::channel(false);
    let figures = std::sync::Arc::new(Figures::default());
    let sender = Sender::new(bot(settings)?, Pace::new(0, 0, 0), hurried, figures);
    threads()?.block_on(ask(&sender, settings))
}

async fn ask(sender: &Sender, settings: &Settings) -> anyhow::Result<Inspection> {
    let late =
        |_| anyhow::anyhow!("Telegram does not answer: look at the network and `telegram.api_url`");
    let told = |error: RequestError| refused(sender, &error);
    let me = timeout(PATIENCE, sender.bot().get_me()).await.map_err(late)?.map_err(told)?;
    let info = timeout(PATIENCE, sender.bot().get_webhook_info()).await.map_err(late)?;
    let mut found = Inspection::default();
    found.of_bot(&me);
    let polls = settings.webhook.url.is_empty();
    let info = info.map_err(told)?;
    found.of_webhook(&info, settings);
    if polls && info.url.is_none() {
        let polled = timeout(PATIENCE, polling::peek(sender)).await.map_err(late)?;
        if let Err(RequestError::Api(ApiError::TerminatedByOtherGetUpdates)) = polled {
            found.notes.push("telegram: a program gets this bot's messages already: one such is right, two take them from each other".to_owned());
        }
    }
    Ok(found)
}

/// A line for a shell that takes a webhook away. The token comes from standard input, and goes on by
/// a pipe, so that neither the history nor the list of processes has it.
fn without_webhook(api_url: &str) -> String {
    let api_url = api_url.trim_end_matches('/');
    format!("read -rs T && printf 'url = \"{api_url}/bot%s/deleteWebhook\"' \"$T\" | curl -K -")
}

impl Inspection {
    fn of_bot(&mut self, me: &Me) {
        let name = me.username.as_deref().unwrap_or("?");
        self.notes.push(format!("telegram: the bot is @{name}, {}", me.id));
        self.notes.push(if me.can_read_all_group_messages {
            "telegram: privacy mode is off, so that all messages of its groups come here: @BotFather, /setprivacy turns it on".to_owned()
        } else {
            "telegram: privacy mode is on: in groups it hears commands, replies and mentions".to_owned()
        });
        if !me.can_join_groups {
            self.notes.push(
                "telegram: it cannot be added to groups: @BotFather, /setjoingroups".to_owned(),
            );
        }
        if !me.supports_inline_queries {
            self.notes.push(
                "telegram: inline mode is off: @BotFather, /setinline turns it on".to_owned(),
            );
        }
    }

    fn of_webhook(&mut self, info: &WebhookInfo, settings: &Settings) {
        let (wanted, set) = (settings.webhook.url.as_str(), info.url.as_ref());
        match set {
            // An address may hold a secret of another program.
            Some(url) if wanted.is_empty() => self.problems.push(format!(
                "telegram: its messages go to a webhook at {}, and none come here: set `telegram.webhook.url`, or take the webhook away: run this line and paste the token, which is neither shown nor kept: {}",
                url.host_str().unwrap_or("an address"),
                without_webhook(&settings.api_url)
            )),
            Some(url) if url.as_str().trim_end_matches('/') != wanted.trim_end_matches('/') => {
                self.problems.push(format!(
                    "telegram: its messages go to another webhook, at {}: the next start of the bot sets `telegram.webhook.url`",
                    url.host_str().unwrap_or("an address")
                ));
            }
            None if !wanted.is_empty() => self
                .notes
                .push("telegram: the webhook is not set yet: the start of the bot sets it".to_owned()),
            _ => {}
        }
        if let Some(error) = &info.last_error_message {
            self.problems
                .push(format!("telegram: it could not bring messages to the webhook: {error}"));
        }
        if info.pending_update_count > MANY {
            self.notes.push(format!("telegram: {} messages wait", info.pending_update_count));
        }
        let lacks = |wanted: &AllowedUpdate| {
            info.allowed_updates.as_ref().is_some_and(|allowed| !allowed.contains(wanted))
        };
        if set.is_some() && ALLOWED.iter().any(lacks) {
            self.notes.push("telegram: it brings fewer kinds of messages than the bot reads: the next start of the bot mends that".to_owned());
        }
    }
}
