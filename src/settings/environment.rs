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

/// The file that keeps the lines typed at the prompt, by the XDG rules.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn history_file() -> Option<PathBuf> {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let state =
        absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("faqbot/history"))
}
