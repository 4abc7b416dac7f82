//! The environment: the only place that reads it.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The variables that are ours, and the two that other Telegram programs use too.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(super) fn variables() -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(k, v)| Some((k.into_string().ok()?, v.to_string_lossy().into_owned())))
        .filter(|(k, _)| k.starts_with("FAQBOT_"))
        .collect();
    for (theirs, ours) in [
        ("TELOXIDE_TOKEN", "FAQBOT__TELEGRAM__TOKEN"),
        ("TELOXIDE_API_URL", "FAQBOT__TELEGRAM__API_URL"),
    ] {
        if let Ok(value) = std::env::var(theirs) {
            out.entry(ours.to_owned()).or_insert(value);
        }
    }
    out
}

/// Whether the terminal, if there is one, can draw over what it shows.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn terminal_draws() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether colour is wanted wherever it goes.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn forces_colour() -> bool {
    std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0")
}

/// The file that keeps the lines typed at the prompt, by the XDG rules.
pub fn history_file() -> Option<PathBuf> {
    let state =
        absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("faqbot/history"))
}

/// The folder that models are installed in, by the XDG rules.
pub(super) fn models_folder() -> Option<PathBuf> {
    let data =
        absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")))?;
    Some(data.join("faqbot/models"))
}

/// The command that shows long texts: `less` where none is named and it can draw.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn pager() -> String {
    let usual = if terminal_draws() { "less" } else { "" };
    std::env::var("PAGER").unwrap_or_else(|_| usual.to_owned())
}

/// Whether the person has set how `less` behaves.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn less_is_set() -> bool {
    std::env::var_os("LESS").is_some()
}

/// Whether the terminal shows more than the letters of ASCII, by the locale.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn shows_unicode() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn absolute(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
}
