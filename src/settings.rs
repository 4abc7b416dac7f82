//! `config.toml`, the `FAQBOT__` environment and flags in; the settings each layer declares
//! for itself out. The only home of the settings library, and the only place that reads the
//! environment.
//!
//! `defaults.toml` is the lowest layer, so every key there is real and every real key is there;
//! the committed `config.toml` is a copy for people to change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use config::{Config, File, FileFormat, Value, ValueKind};
use serde::Deserialize;

use crate::answering;
use crate::corpus;
use crate::faces;
use crate::index;
use crate::publishing::Sources;
use crate::retrieval;
use crate::text::distance;

const DEFAULTS: &str = include_str!("defaults.toml");

/// The settings that are whole numbers, with the least and the greatest that is allowed.
const WHOLE: [(&str, u64, u64); 5] = [
    ("corpus.max_file_mib", 1, 1024),
    ("retrieval.candidates", 10, 1000),
    ("retrieval.max_question_chars", 50, 10_000),
    ("answering.max_choices", 2, 8),
    ("telegram.poll_seconds", 0, 50),
];

/// All settings, by layer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where articles are.
    pub corpus: corpus::Settings,
    /// Where the index is.
    pub index: index::Settings,
    /// How passages are found.
    pub retrieval: retrieval::Settings,
    /// When to speak.
    pub answering: answering::Settings,
    /// The Telegram bot.
    pub telegram: faces::telegram::Settings,
}

/// What the command line says about settings: `--config`, `--corpus`, `--index`.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each is the flag of its name")]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub corpus: Option<PathBuf>,
    pub index: Option<PathBuf>,
}

impl Settings {
    /// Reads all layers: defaults, file, environment, flags.
    pub fn load(flags: &Flags) -> anyhow::Result<Self> {
        Self::layered(flags, &environment())
    }

    fn layered(flags: &Flags, env: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let defaults = leaves(&File::from_str(DEFAULTS, FileFormat::Toml), "built-in settings")?;
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        let mut origins: BTreeMap<String, String> = BTreeMap::new();
        if let Some(file) = config_file(flags)? {
            let name = file.display().to_string();
            let source = File::from(file.as_path()).format(FileFormat::Toml);
            for (key, value) in leaves(&source, &name)? {
                check_key(&key, &value, &defaults, &name)?;
                origins.insert(key, name.clone());
            }
            builder = builder.add_source(source);
        }
        for (variable, key) in settings_variables(env, &defaults)? {
            let typed = typed(&variable, &key, &env[&variable], &defaults[&key])?;
            builder = builder.set_override(&key, typed)?;
            origins.insert(key, variable);
        }
        for (key, value) in [("corpus.folder", &flags.corpus), ("index.folder", &flags.index)] {
            if let Some(path) = value {
                builder = builder.set_override(key, path.to_string_lossy().into_owned())?;
            }
        }
        let settings: Self = builder
            .build()
            .and_then(Config::try_deserialize)
            .map_err(|e| anyhow::anyhow!(one_line(&e.to_string())))?;
        settings
            .check(&|key| origins.get(key).cloned().unwrap_or_else(|| "settings".to_owned()))?;
        Ok(settings)
    }

    /// Where articles come from and where the index goes.
    pub fn sources(&self) -> Sources {
        Sources { corpus: self.corpus.clone(), index: self.index.clone() }
    }

    fn check(&self, origin: &dyn Fn(&str) -> String) -> anyhow::Result<()> {
        let share = |key: &str, value: f32, most: f32| {
            if (0.0..=most).contains(&value) {
                return Ok(());
            }
            bail!("{}: `{key}` is {value}: allowed is 0 to {most}", origin(key))
        };
        let whole = [
            self.corpus.max_file_mib,
            self.retrieval.candidates as u64,
            self.retrieval.max_question_chars as u64,
            self.answering.max_choices as u64,
            self.telegram.poll_seconds,
        ];
        for ((key, least, most), value) in WHOLE.into_iter().zip(whole) {
            if !(least..=most).contains(&value) {
                bail!("{}: `{key}` is {value}: allowed is {least} to {most}", origin(key));
            }
        }
        share("answering.answer_from", self.answering.answer_from, 1.0)?;
        let (choice, answer) = (self.answering.choice_from, self.answering.answer_from);
        if !(0.0..=answer).contains(&choice) {
            let origin = origin("answering.choice_from");
            bail!(
                "{origin}: `answering.choice_from` is {choice}: allowed is 0 to {answer}, the value of `answering.answer_from`"
            );
        }
        for (key, path) in
            [("corpus.folder", &self.corpus.folder), ("index.folder", &self.index.folder)]
        {
            if path.as_os_str().is_empty() {
                bail!("{}: `{key}` is empty: name a folder", origin(key));
            }
        }
        if !self.telegram.api_url.starts_with("http://")
            && !self.telegram.api_url.starts_with("https://")
        {
            bail!(
                "{}: `telegram.api_url` must begin with http:// or https://",
                origin("telegram.api_url")
            );
        }
        Ok(())
    }
}

/// The settings file: the one named, else `config.toml` here if there is one.
fn config_file(flags: &Flags) -> anyhow::Result<Option<PathBuf>> {
    let (file, named) = match &flags.config {
        Some(file) => (file.as_path(), true),
        None => (Path::new("config.toml"), false),
    };
    if !named && !file.exists() {
        return Ok(None);
    }
    std::fs::read_to_string(file).with_context(|| {
        format!(
            "{}: the settings cannot be read: name a readable TOML file with --config",
            file.display()
        )
    })?;
    Ok(Some(file.to_owned()))
}

/// The variables that are ours, and the two that other Telegram programs use too.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment() -> BTreeMap<String, String> {
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

/// The settings among the variables, refused where there is no such key.
fn settings_variables(
    env: &BTreeMap<String, String>,
    defaults: &BTreeMap<String, ValueKind>,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    // An empty variable is one that is not set.
    for (variable, _) in env.iter().filter(|(_, value)| !value.trim().is_empty()) {
        let Some(name) = variable.strip_prefix("FAQBOT__") else {
            bail!(
                "environment: {variable} is no setting: names begin with FAQBOT__ and have __ between their parts"
            );
        };
        let key = name.to_lowercase().replace("__", ".");
        if !defaults.contains_key(&key) {
            bail!("environment: {variable} is no setting: {}", allowed(&key, defaults));
        }
        out.push((variable.clone(), key));
    }
    Ok(out)
}

/// The value of a variable in the type of the default.
fn typed(variable: &str, key: &str, value: &str, default: &ValueKind) -> anyhow::Result<ValueKind> {
    let value = value.trim();
    let (typed, wanted) = match default {
        ValueKind::Boolean(_) => (value.parse().ok().map(ValueKind::Boolean), "true or false"),
        ValueKind::Float(_) => (value.parse().ok().map(ValueKind::Float), "a number"),
        ValueKind::String(_) => (Some(ValueKind::String(value.to_owned())), "a text"),
        ValueKind::Array(_) => {
            let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
            let items = items.map(|item| Value::new(None, item.to_owned())).collect();
            (Some(ValueKind::Array(items)), "a list with commas")
        }
        _ => (value.parse().ok().map(ValueKind::U64), "a whole number from 0"),
    };
    typed.with_context(|| {
        format!("environment: {variable}: `{key}` has the wrong type: allowed is {wanted}")
    })
}

/// Every key of a source with its value, sections joined by points.
fn leaves(source: &dyn config::Source, name: &str) -> anyhow::Result<BTreeMap<String, ValueKind>> {
    let table = source.collect().map_err(|e| {
        let message = one_line(&e.to_string());
        if message.contains(name) {
            anyhow::anyhow!(message)
        } else {
            anyhow::anyhow!("{name}: {message}")
        }
    })?;
    let mut out = BTreeMap::new();
    for (key, value) in table {
        flatten(key, value, &mut out);
    }
    Ok(out)
}

fn flatten(key: String, value: Value, out: &mut BTreeMap<String, ValueKind>) {
    match value.kind {
        ValueKind::Table(table) => {
            for (name, value) in table {
                flatten(format!("{key}.{name}"), value, out);
            }
        }
        kind => {
            out.insert(key, kind);
        }
    }
}

/// Refuses keys that do not exist and values of another type than the default.
fn check_key(
    key: &str,
    value: &ValueKind,
    defaults: &BTreeMap<String, ValueKind>,
    file: &str,
) -> anyhow::Result<()> {
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
    Ok(())
}

/// What stands in the same section, and the key that may have been meant.
fn allowed(key: &str, defaults: &BTreeMap<String, ValueKind>) -> String {
    let section = key.split('.').next().unwrap_or_default();
    let in_section: Vec<&str> = defaults
        .keys()
        .filter(|k| k.split('.').next() == Some(section))
        .map(String::as_str)
        .collect();
    let meant = distance::closest(key, defaults.keys().map(String::as_str), 3)
        .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    if in_section.is_empty() {
        let mut sections: Vec<&str> = defaults.keys().filter_map(|k| k.split('.').next()).collect();
        sections.dedup();
        return format!("{meant}allowed sections are {}", sections.join(", "));
    }
    format!("{meant}allowed are {}", in_section.join(", "))
}

fn one_line(text: &str) -> String {
    let mut parts: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('|') && !l.contains(" | "))
        .collect();
    parts.dedup();
    parts.join(": ")
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write;

    use super::{Flags, Settings};

    fn load(toml: &str, env: &[(&str, &str)]) -> Result<Settings, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(toml.as_bytes()).unwrap();
        let flags = Flags { config: Some(file.path().to_owned()), ..Flags::default() };
        let env: BTreeMap<_, _> =
            env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Settings::layered(&flags, &env).map_err(|e| format!("{e:#}"))
    }

    #[test]
    fn layers_win_in_order() {
        let settings = load("[retrieval]\ncandidates = 50\n", &[]).unwrap();
        assert_eq!(settings.retrieval.candidates, 50);
        assert_eq!(settings.retrieval.max_question_chars, 1000);
        let settings =
            load("[retrieval]\ncandidates = 50\n", &[("FAQBOT__RETRIEVAL__CANDIDATES", "70")])
                .unwrap();
        assert_eq!(settings.retrieval.candidates, 70);
    }

    #[test]
    fn every_mistake_is_one_line_with_place_key_and_remedy() {
        let cases = [
            ("[retrieval]\ncandidate = 5\n", "did you mean `retrieval.candidates`"),
            ("[retreival]\ncandidates = 50\n", "did you mean `retrieval.candidates`"),
            ("[retrieval]\ncandidates = \"many\"\n", "allowed is a whole number"),
            ("[retrieval]\ncandidates = 7.9\n", "allowed is a whole number"),
            ("[retrieval]\ncandidates = 5\n", "allowed is 10 to 1000"),
            ("[answering]\nanswer_from = 1.5\n", "allowed is 0 to 1"),
            ("[telegram]\ntoken = 12345\n", "allowed is a text"),
            ("[retrieval\n", "TOML"),
        ];
        for (toml, part) in cases {
            let error = load(toml, &[]).unwrap_err();
            assert!(
                error.contains(part) && !error.contains('\n') && error.contains("tmp"),
                "{toml}: {error}"
            );
        }
        let error = load("", &[("FAQBOT__RETRIEVAL__TOPK", "5")]).unwrap_err();
        assert!(
            error.contains("FAQBOT__RETRIEVAL__TOPK") && error.contains("retrieval.candidates"),
            "{error}"
        );
        assert!(load("", &[("FAQBOT_CORPUS", "x")]).unwrap_err().contains("FAQBOT__"));
        for value in ["many", "-1", "7.9"] {
            let error = load("", &[("FAQBOT__RETRIEVAL__CANDIDATES", value)]).unwrap_err();
            assert!(
                error.contains("FAQBOT__RETRIEVAL__CANDIDATES") && error.contains("whole number"),
                "{error}"
            );
        }
        let settings =
            load("", &[("FAQBOT__CORPUS__IGNORE", "png, pdf"), ("FAQBOT__INDEX__FOLDER", "")])
                .unwrap();
        assert_eq!(settings.corpus.ignore, ["png", "pdf"]);
    }

    #[test]
    fn the_committed_file_shows_the_defaults() {
        assert_eq!(include_str!("../config.toml"), super::DEFAULTS);
    }

    #[test]
    fn the_token_is_never_shown() {
        let settings = load("", &[("FAQBOT__TELEGRAM__TOKEN", "123:secret")]).unwrap();
        assert!(!format!("{settings:?}").contains("secret"));
    }
}
