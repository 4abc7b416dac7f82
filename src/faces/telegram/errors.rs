//! Errors of the Bot API in; what to do next, and what to say of them without the token or what
//! people wrote, out.

use std::error::Error;
use std::time::Duration;

use teloxide::types::ChatId;
use teloxide::{ApiError, RequestError};

/// Shortest wait before a request is repeated that was one too many.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// What to do after an error.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Try again after this long, or after the usual pause.
    Again(Option<Duration>),
    /// The token is not known; that may pass.
    NoToken,
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

/// Whether the request was done and only the answer is in words newer than the library:
/// repeating it would say everything twice.
pub fn taken(error: &RequestError) -> bool {
    matches!(error, RequestError::InvalidJson { raw, .. } if verdict(raw) == Some(true))
}

/// The `ok` of an answer of the Bot API; `None` where it is none, or a passing trouble.
fn verdict(raw: &str) -> Option<bool> {
    let answer: serde_json::Value = serde_json::from_str(raw).ok()?;
    let passing = answer["error_code"].as_u64().is_some_and(|code| code >= 500);
    answer["ok"].as_bool().filter(|_| !passing)
}

/// What helps after an error.
pub fn next(error: &RequestError) -> Next {
    match error {
        // Telegram may say 0.
        RequestError::RetryAfter(seconds) => {
            Next::Again(Some(seconds.duration().max(SHORTEST_WAIT)))
        }
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
        ApiError::InvalidToken => Next::NoToken,
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
pub fn kind(error: &RequestError) -> &'static str {
    match error {
        RequestError::RetryAfter(_) => "too many requests",
        RequestError::Network(_) => "the network",
        RequestError::InvalidJson { .. } => "an answer that is none of the Bot API",
        _ => "Telegram",
    }
}

/// What went wrong. The library's own texts hold whole answers, and so what people wrote, or
/// addresses, and so the token.
pub fn describe(error: &RequestError) -> String {
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
        assert_eq!(
            next(&RequestError::RetryAfter(Seconds::from_seconds(0))),
            Next::Again(Some(Duration::from_secs(1)))
        );
        assert_eq!(api(ApiError::InvalidToken), Next::NoToken);
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
