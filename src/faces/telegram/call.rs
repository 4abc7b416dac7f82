//! A request of the Bot API in, its answer out.
//!
//! The library makes the requests and has the client, but its own sending sleeps ten seconds at every
//! error of a server, which no stop ends, and gives up an update for an entity that is newer than
//! itself.

use std::io;
use std::sync::Arc;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use teloxide::payloads::GetUpdates;
use teloxide::requests::{HasPayload, Payload};
use teloxide::types::{ChatId, Seconds, Update};
use teloxide::{ApiError, Bot, RequestError};

/// Parts of messages that the bot does not read. Telegram adds kinds of them, and addresses that
/// the library cannot read.
const UNREAD: [&str; 5] =
    ["entities", "caption_entities", "quote", "external_reply", "reply_markup"];

/// An answer of the Bot API.
#[derive(Deserialize)]
struct Answer<T> {
    result: Option<T>,
    description: Option<ApiError>,
    #[serde(default)]
    parameters: Parameters,
}

/// What it tells with an error.
#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u32>,
    migrate_to_chat_id: Option<i64>,
}

/// Sends a request; gives the result.
pub async fn call<R>(
    bot: &Bot,
    request: &R,
) -> Result<<R::Payload as Payload>::Output, RequestError>
where
    R: HasPayload,
    R::Payload: Serialize,
    <R::Payload as Payload>::Output: DeserializeOwned,
{
    read(&send(bot, request.payload_ref()).await?)
}

/// Gets updates, without what the bot does not read of them.
pub async fn updates(
    bot: &Bot,
    request: &impl HasPayload<Payload = GetUpdates>,
) -> Result<Vec<Update>, RequestError> {
    let text = send(bot, request.payload_ref()).await?;
    let values: Vec<Value> = read(&text)?;
    let read: serde_json::Result<_> = values.into_iter().map(update).collect();
    read.map_err(|error| not_understood(error, &text))
}

/// An update, without what the bot does not read of it.
pub fn update(mut value: Value) -> serde_json::Result<Update> {
    strip(&mut value);
    // The library reads updates from text only.
    serde_json::from_str(&value.to_string())
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !UNREAD.contains(&name.as_str()));
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

async fn send<P: Payload + Serialize>(bot: &Bot, payload: &P) -> Result<String, RequestError> {
    let mut url = bot.api_url();
    let path = format!("{}/bot{}/{}", url.path().trim_end_matches('/'), bot.token(), P::NAME);
    url.set_path(&path);
    let body = serde_json::to_vec(payload).map_err(|error| Arc::new(io::Error::from(error)))?;
    let request = bot.client().post(url).header("content-type", "application/json").body(body);
    Ok(request.send().await?.text().await?)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, RequestError> {
    let answer: Answer<T> =
        serde_json::from_str(text).map_err(|error| not_understood(error, text))?;
    let Answer { result, description, parameters } = answer;
    let Parameters { retry_after, migrate_to_chat_id } = parameters;
    Err(match (result, retry_after, migrate_to_chat_id, description) {
        (Some(result), ..) => return Ok(result),
        (_, Some(seconds), ..) => RequestError::RetryAfter(Seconds::from_seconds(seconds)),
        (_, _, Some(chat), _) => RequestError::MigrateToChatId(ChatId(chat)),
        (.., Some(error)) => RequestError::Api(error),
        _ => not_understood(serde_json::Error::custom("neither a result nor an error"), text),
    })
}

fn not_understood(error: serde_json::Error, text: &str) -> RequestError {
    RequestError::InvalidJson { source: Arc::new(error), raw: text.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use teloxide::types::UpdateKind;
    use teloxide::{ApiError, RequestError};

    use super::{read, update};

    #[test]
    fn answers_are_results_or_errors() {
        let told = |text: &str| read::<bool>(text);
        assert!(matches!(told(r#"{"ok":true,"result":true}"#), Ok(true)));
        let blocked = r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user","parameters":{}}"#;
        assert!(matches!(told(blocked), Err(RequestError::Api(ApiError::BotBlocked))));
        let wait = r#"{"ok":false,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}"#;
        assert!(matches!(told(wait), Err(RequestError::RetryAfter(s)) if s.seconds() == 3));
        let moved =
            r#"{"ok":false,"description":"moved","parameters":{"migrate_to_chat_id":-100}}"#;
        assert!(matches!(told(moved), Err(RequestError::MigrateToChatId(chat)) if chat.0 == -100));
        for odd in ["", "<html>", "{}", r#"{"ok":true,"result":{"new":1}}"#, "[1]"] {
            assert!(matches!(told(odd), Err(RequestError::InvalidJson { .. })), "{odd}");
        }
    }

    #[test]
    fn what_is_newer_than_the_library_costs_no_message() {
        let new = json!([{"type": "date_time", "offset": 0, "length": 1, "unix_time": 1},
            {"type": "text_link", "offset": 0, "length": 1, "url": "http://"}]);
        let chat = json!({"id": 7, "type": "private", "first_name": "A"});
        let inner = json!({"message_id": 4, "date": 1, "chat": chat, "text": "a", "entities": new});
        let whole = json!({"update_id": 1, "message": {"message_id": 5, "date": 1, "chat": chat,
            "text": "When?", "entities": new, "reply_to_message": inner,
            "quote": {"text": "a", "position": 0, "entities": new}}});
        let read = update(whole).unwrap();
        let UpdateKind::Message(message) = read.kind else { panic!("{read:?}") };
        assert!(message.text() == Some("When?") && message.reply_to_message().is_some());
        assert!(update(json!({"no": "update"})).is_err());
    }
}
