//! Defaults, file, environment and flags, one over the other, as the settings library has them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use config::{Config, ConfigError, File, FileFormat, Value, ValueKind};
use serde::de::DeserializeOwned;

use crate::settings::keys;
use crate::settings::{DEFAULTS, Flags};

/// Largest settings file, in bytes: one with a list of every chat there is has less.
const LARGEST: u64 = 1 << 20;

/// All layers, read and checked key by key.
pub(super) struct Layers {
    config: Config,
    /// Where each key that is not a default was set: the file or the variable.
    origins: BTreeMap<String, String>,
}

impl Layers {
    /// Reads defaults, file, environment and flags, the later ones over the earlier.
    pub(super) fn read(flags: &Flags, env: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let defaults = leaves(&File::from_str(DEFAULTS, FileFormat::Toml), "built-in settings")?;
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        let mut origins: BTreeMap<String, String> = BTreeMap::new();
        if let Some(file) = config_file(flags)? {
            let name = file.display().to_string();
            let source = File::from(file.as_path()).format(FileFormat::Toml);
            for (key, value) in leaves(&source, &name)? {
                keys::check_key(&key, &value, &defaults, &name)?;
                origins.insert(key, name.clone());
            }
            builder = builder.add_source(source);
        }
        for (variable, key) in settings_variables(env, &defaults)? {
            let typed = keys::typed(&variable, &key, &env[&variable], &defaults[&key])?;
            builder = builder.set_override(&key, typed)?;
            origins.insert(key, variable);
        }
        for (key, value) in [("corpus.folder", &flags.corpus), ("index.folder", &flags.index)] {
            if let Some(path) = value {
                builder = builder.set_override(key, path.to_string_lossy().into_owned())?;
            }
        }
        let config = builder.build().map_err(|e| told(&e))?;
        Ok(Self { config, origins })
    }

    /// What all layers come to.
    pub(super) fn gathered<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        self.config.clone().try_deserialize().map_err(|e| told(&e))
    }

    /// Where a key was set.
    pub(super) fn origin(&self, key: &str) -> String {
        self.origins.get(key).cloned().unwrap_or_else(|| "settings".to_owned())
    }
}

fn told(error: &ConfigError) -> anyhow::Error {
    anyhow::anyhow!(one_line(&error.to_string()))
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
    let name = file.display();
    let size = std::fs::metadata(file).map_or(0, |meta| meta.len());
    if size > LARGEST {
        bail!(
            "{name}: has {size} bytes; settings have at most {LARGEST}: name another with --config"
        );
    }
    std::fs::read_to_string(file).with_context(|| {
        format!("{name}: the settings cannot be read: name a readable TOML file with --config")
    })?;
    Ok(Some(file.to_owned()))
}

/// The settings among the variables, refused where there is no such key.
fn settings_variables(
    env: &BTreeMap<String, String>,
    defaults: &BTreeMap<String, ValueKind>,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    // An empty variable is one that is not set.
    for (variable, _) in env.iter().filter(|(_, value)| !value.trim().is_empty()) {
        let meant = || {
            let near = keys::variable_meant(variable, defaults);
            near.map_or_else(String::new, |near| format!("did you mean {near}? "))
        };
        let Some(name) = variable.strip_prefix("FAQBOT__") else {
            bail!(
                "environment: {variable} is no setting: {}names begin with FAQBOT__ and have __ between their parts",
                meant()
            );
        };
        let key = name.to_lowercase().replace("__", ".");
        if !defaults.contains_key(&key) {
            let allowed = keys::in_section(&key, defaults);
            bail!("environment: {variable} is no setting: {}{allowed}", meant());
        }
        out.push((variable.clone(), key));
    }
    Ok(out)
}

/// Every key of a source with its value, sections joined by points.
fn leaves(source: &dyn config::Source, name: &str) -> anyhow::Result<BTreeMap<String, ValueKind>> {
    let table = source.collect().map_err(|e| unreadable(&e, name))?;
    let mut out = BTreeMap::new();
    for (key, value) in table {
        flatten(key, value, &mut out);
    }
    Ok(out)
}

/// What is wrong with a source, behind its name and the line.
fn unreadable(error: &ConfigError, name: &str) -> anyhow::Error {
    let message = match error {
        ConfigError::FileParse { cause, .. } => one_line(&cause.to_string()),
        other => one_line(&other.to_string()),
    };
    // As the parser says it: "TOML parse error at line 3, column 7: why".
    let place = message.strip_prefix("TOML parse error at line ");
    let place = place.and_then(|rest| rest.split_once(", column "));
    match place.and_then(|(line, rest)| Some((line, rest.split_once(": ")?.1))) {
        Some((line, why)) => anyhow::anyhow!("{name}:{line}: is no TOML: {why}"),
        None => anyhow::anyhow!("{name}: {message}"),
    }
}

fn flatten(key: String, value: Value, out: &mut BTreeMap<String, ValueKind>) {
    match value.kind {
        ValueKind::Table(table) if !table.is_empty() => {
            for (name, value) in table {
                flatten(format!("{key}.{name}"), value, out);
            }
        }
        kind => {
            out.insert(key, kind);
        }
    }
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
