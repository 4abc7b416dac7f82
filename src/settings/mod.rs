//! `config.toml`, the `FAQBOT__` environment and flags in; the settings each layer declares
//! for itself out. The only home of the settings library.
//!
//! [`environment`] holds the variables, `keys` says which settings there are, `layers`
//! lays one source over the other; what the values must be is checked here.
//!
//! `defaults.toml` is the lowest layer, so every key there is real and every real key is there;
//! the committed `config.toml` is a copy for people to change.

pub mod environment;

mod keys;

mod layers;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use serde::Deserialize;

use crate::answering;
use crate::corpus;
use crate::faces;
use crate::index;
use crate::publishing::{self, Sources};
use crate::retrieval;
use crate::semantic::{self, model::Model};
use crate::settings::keys::WHOLE;
use crate::settings::layers::Layers;
use crate::text::language::Language;

/// Every key with its default and what it does, as a settings file; the lowest layer.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// All settings, by layer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where articles are.
    pub corpus: corpus::Settings,
    /// Where the index is.
    pub index: index::Settings,
    /// What tells what texts mean.
    pub semantic: semantic::Settings,
    /// How a running program keeps up with its articles.
    pub publishing: publishing::Settings,
    /// How passages are found.
    pub retrieval: retrieval::Settings,
    /// When to speak.
    pub answering: answering::Settings,
    /// The Telegram bot.
    pub telegram: faces::telegram::settings::Settings,
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
        Self::layered(flags, &environment::variables())
    }

    fn layered(flags: &Flags, env: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let layers = Layers::read(flags, env)?;
        let mut settings: Self = layers.gathered()?;
        if settings.semantic.folder.as_os_str().is_empty() {
            settings.semantic.folder = environment::models_folder().unwrap_or_default();
        }
        settings.check(&|key| layers.origin(key))?;
        Ok(settings)
    }

    /// Where articles come from, where the index goes, how it is asked, and what gives passages
    /// their vectors.
    pub fn sources(&self, model: Option<Arc<Model>>) -> Sources {
        Sources {
            corpus: self.corpus.clone(),
            index: self.index.clone(),
            retrieval: self.retrieval.clone(),
            answering: self.answering.clone(),
            model,
        }
    }

    fn check(&self, origin: &dyn Fn(&str) -> String) -> anyhow::Result<()> {
        let share = |key: &str, value: f32, least: f32, most: f32| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            bail!("{}: `{key}` is {value}: allowed is {least} to {most}", origin(key))
        };
        let whole = [
            self.corpus.max_file_mib,
            self.publishing.rescan_seconds,
            self.retrieval.candidates as u64,
            self.retrieval.max_question_chars as u64,
            self.answering.max_choices as u64,
            self.answering.forget_after_minutes,
            self.telegram.poll_seconds,
            self.telegram.questions_per_minute as u64,
            self.telegram.messages_per_second as u64,
            self.telegram.chat_messages_per_second as u64,
            self.telegram.group_messages_per_minute as u64,
        ];
        for ((key, least, most), value) in WHOLE.into_iter().zip(whole) {
            if !(least..=most).contains(&value) {
                bail!("{}: `{key}` is {value}: allowed is {least} to {most}", origin(key));
            }
        }
        for code in &self.semantic.languages {
            if Language::from_code(code).is_none() {
                let all: Vec<&str> = Language::STEMMED.iter().map(|l| l.code()).collect();
                bail!(
                    "{}: `semantic.languages` has `{code}`: allowed are {} and und",
                    origin("semantic.languages"),
                    all.join(", ")
                );
            }
        }
        share("answering.wrong_at_most", self.answering.wrong_at_most, 0.01, 0.5)?;
        share("answering.choice_from", self.answering.choice_from, 0.0, 1.0)?;
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write;
    use std::path::Path;

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
            ("[answering]\nwrong_at_most = 1.5\n", "allowed is 0.01 to 0.5"),
            ("[semantic]\nlanguages = [\"eng\"]\n", "`eng`: allowed are"),
            ("[telegram]\ntoken = 12345\n", "allowed is a text"),
            ("[retrieval\n", ":1: is no TOML: "),
            ("[retrieval]\n\ncandidates = = 5\n", ":3: is no TOML: "),
            ("[retrieval]\n[retrieval]\n", ":2: is no TOML: "),
        ];
        for (toml, part) in cases {
            let error = load(toml, &[]).unwrap_err();
            let (file, rest) = error.split_once(':').unwrap();
            assert!(
                error.contains(part) && !error.contains('\n') && Path::new(file).is_absolute(),
                "{toml}: {error}"
            );
            assert!(!rest.contains(file), "it is named once: {error}");
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
        assert_eq!(include_str!("../../config.toml"), super::DEFAULTS);
    }

    #[test]
    fn the_token_is_never_shown() {
        let hidden = [
            ("FAQBOT__TELEGRAM__TOKEN", "123:never-shown"),
            ("FAQBOT__TELEGRAM__WEBHOOK__SECRET", "never-shown-either"),
            ("FAQBOT__TELEGRAM__ADMINS", "12, -34"),
        ];
        let settings = load("", &hidden).unwrap();
        assert!(!format!("{settings:?}").contains("never-shown"));
        assert_eq!(settings.telegram.admins, [12, -34]);
    }
}
