//! Which settings there are: every key with its type, and what is said of any other.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use config::{Value, ValueKind};

use crate::text::distance;

/// The settings that are whole numbers, with the least and the greatest that is allowed.
pub(super) const WHOLE: [(&str, u64, u64); 11] = [
    ("corpus.max_file_mib", 1, 1024),
    ("publishing.rescan_seconds", 1, 86_400),
    ("retrieval.candidates", 10, 1000),
    ("retrieval.max_question_chars", 50, 10_000),
    ("answering.max_choices", 2, 8),
    ("answering.forget_after_minutes", 0, 1440),
    ("telegram.poll_seconds", 0, 50),
    ("telegram.questions_per_minute", 0, 100_000),
    ("telegram.messages_per_second", 0, 100_000),
    ("telegram.chat_messages_per_second", 0, 100_000),
    ("telegram.group_messages_per_minute", 0, 100_000),
];

/// The settings that are ids of people and chats.
const IDS: [&str; 3] = ["telegram.allowed_chats", "telegram.denied_chats", "telegram.admins"];

/// Refuses keys that do not exist and values of another type than the default.
pub(super) fn check_key(
    key: &str,
    value: &ValueKind,
    defaults: &BTreeMap<String, ValueKind>,
    file: &str,
) -> anyhow::Result<()> {
    if matches!(value, ValueKind::Table(_)) && is_section(key, defaults) {
        return Ok(());
    }
    let Some(default) = defaults.get(key) else {
        bail!("{file}: unknown key `{key}`: {}", allowed(key, defaults));
    };
    let integer = |v: &ValueKind| {
        matches!(v, ValueKind::I64(_) | ValueKind::U64(_) | ValueKind::I128(_) | ValueKind::U128(_))
    };
    let (fits, wanted) = match default {
        ValueKind::Boolean(_) => (matches!(value, ValueKind::Boolean(_)), "true or false"),
        ValueKind::Float(_) => (matches!(value, ValueKind::Float(_)) || integer(value), "a number"),
        ValueKind::String(_) => (matches!(value, ValueKind::String(_)), "a text in quotes"),
        ValueKind::Array(_) => (matches!(value, ValueKind::Array(_)), "a list such as [\"png\"]"),
        _ => (integer(value), "a whole number"),
    };
    // What is below zero could not be read at all, and so not be compared later.
    if let (ValueKind::I64(number @ ..0), Some((_, least, most))) =
        (value, WHOLE.into_iter().find(|(name, ..)| *name == key))
    {
        bail!("{file}: `{key}` is {number}: allowed is {least} to {most}");
    }
    if !fits {
        bail!("{file}: `{key}` has the wrong type: allowed is {wanted}");
    }
    if let ValueKind::Array(items) = value
        && let Some(odd) = no_id(key, items)
    {
        bail!("{file}: `{key}` has `{odd}`: write numbers, such as [42] or [666, 667]");
    }
    Ok(())
}

/// Whether there are keys in it.
fn is_section(key: &str, defaults: &BTreeMap<String, ValueKind>) -> bool {
    let section = format!("{key}.");
    defaults.keys().any(|known| known.starts_with(&section))
}

/// What is no id in a list of them.
fn no_id<'a>(key: &str, items: &'a [Value]) -> Option<&'a Value> {
    let is_id = |item: &&Value| item.kind.to_string().parse::<i64>().is_ok();
    items.iter().find(|item| !is_id(item)).filter(|_| IDS.contains(&key))
}

/// The value of a variable in the type of the default.
pub(super) fn typed(
    variable: &str,
    key: &str,
    value: &str,
    default: &ValueKind,
) -> anyhow::Result<ValueKind> {
    let value = value.trim();
    let (typed, wanted) = match default {
        ValueKind::Boolean(_) => (value.parse().ok().map(ValueKind::Boolean), "true or false"),
        ValueKind::Float(_) => (value.parse().ok().map(ValueKind::Float), "a number"),
        ValueKind::String(_) => (Some(ValueKind::String(value.to_owned())), "a text"),
        ValueKind::Array(_) => {
            let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
            let items: Vec<Value> = items.map(|item| Value::new(None, item.to_owned())).collect();
            if let Some(odd) = no_id(key, &items) {
                bail!("environment: {variable} has `{odd}`: write numbers, such as 42 or 666,667");
            }
            (Some(ValueKind::Array(items)), "a list with commas")
        }
        _ => (value.parse().ok().map(ValueKind::U64), "a whole number from 0"),
    };
    typed.with_context(|| {
        format!("environment: {variable}: `{key}` has the wrong type: allowed is {wanted}")
    })
}

/// The name of the variable that stands for a key.
pub(super) fn variable(key: &str) -> String {
    format!("FAQBOT__{}", key.replace('.', "__").to_uppercase())
}

/// The variable that may have been meant by another name, whatever stands between its words.
pub(super) fn variable_meant(name: &str, defaults: &BTreeMap<String, ValueKind>) -> Option<String> {
    let bare = |name: &str| name.replace(['.', '_'], "").to_lowercase();
    let name = bare(name.strip_prefix("FAQBOT_").unwrap_or(name));
    let keys = defaults.keys().map(|key| (distance::edits(&name, &bare(key)), key));
    keys.min().filter(|(edits, _)| *edits <= 3).map(|(_, key)| variable(key))
}

/// What stands in the same section, and the key that may have been meant.
pub(super) fn allowed(key: &str, defaults: &BTreeMap<String, ValueKind>) -> String {
    let meant = distance::closest(key, defaults.keys().map(String::as_str), 3)
        .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    format!("{meant}{}", in_section(key, defaults))
}

/// What stands in the same section, or which sections there are.
pub(super) fn in_section(key: &str, defaults: &BTreeMap<String, ValueKind>) -> String {
    let section = key.split('.').next().unwrap_or_default();
    let in_section: Vec<&str> = defaults
        .keys()
        .filter(|k| k.split('.').next() == Some(section))
        .map(String::as_str)
        .collect();
    if in_section.is_empty() {
        let mut sections: Vec<&str> = defaults.keys().filter_map(|k| k.split('.').next()).collect();
        sections.dedup();
        return format!("allowed sections are {}", sections.join(", "));
    }
    format!("allowed are {}", in_section.join(", "))
}
