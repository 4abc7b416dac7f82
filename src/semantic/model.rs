//! A model as the rest of the program has it: built in or read from a folder, opened when the
//! first text comes, one copy for all threads.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::Context;

use crate::semantic::Settings;
use crate::semantic::folder::Description;
use crate::semantic::table::Table;
use crate::semantic::transformer::Transformer;
use crate::text::language::Language;

/// The table that comes with the program; `NOTICE.md` tells what it was made from.
static BUILTIN: &[u8] = include_bytes!("builtin.table");
/// Questions whose vectors are remembered, not as they were typed but by their hashes.
const REMEMBERED: usize = 1024;
/// A model with so many word pieces knows many languages; one with fewer is taken for English
/// unless the settings tell better.
const MANY_PIECES: u64 = 60_000;
/// The weights file of the model that the ranking weights were fitted with, all-MiniLM-L6-v2:
/// its length and what [`sampled`] makes of it.
const FITTED: &str = "da0b3cfdc623ceca";
/// Bytes that are looked at in each of sixteen places of a weights file.
const SAMPLE: usize = 64 << 10;

/// What the weights of ranking were fitted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The table that comes with the program.
    Builtin,
    /// all-MiniLM-L6-v2.
    Fitted,
    /// Any other: its likenesses have another scale.
    Other,
}

/// A model of what texts mean.
#[derive(Debug)]
pub struct Model {
    name: String,
    kind: Kind,
    fingerprint: String,
    dimensions: usize,
    languages: Languages,
    source: Source,
    /// Whether its failure was told.
    told: AtomicBool,
}

#[derive(Debug)]
enum Languages {
    All,
    These(Vec<Language>),
}

#[derive(Debug)]
enum Source {
    Table(Table<'static>),
    Folder {
        path: PathBuf,
        prefixes: (String, String),
        opened: Box<Opened>,
        /// Why it gave no vectors for some text; it is not asked again.
        failed: Box<OnceLock<String>>,
        remembered: Mutex<Memory>,
    },
}

/// The network, or why there is none; opened once.
type Opened = OnceLock<Result<Transformer, String>>;

/// A question, told by two hashes that differ from run to run: nobody can make two alike, nor tell
/// what was typed.
type Key = (u64, u64);

#[derive(Debug, Default)]
struct Memory {
    hashers: (RandomState, RandomState),
    vectors: HashMap<Key, Arc<[f32]>>,
    order: VecDeque<Key>,
}

impl Model {
    /// The model that comes with the program.
    pub fn builtin() -> anyhow::Result<Self> {
        let table = Table::open(BUILTIN).context("the built-in model")?;
        Ok(Self {
            name: "builtin".to_owned(),
            kind: Kind::Builtin,
            fingerprint: blake3::hash(BUILTIN).to_hex()[..16].to_owned(),
            dimensions: table.dimensions(),
            languages: Languages::These(vec![Language::English]),
            source: Source::Table(table),
            told: AtomicBool::new(false),
        })
    }

    /// The model of a folder, with what the settings say of it. Its small files are read at once,
    /// the network with the first text.
    pub fn of_folder(name: &str, path: &Path, settings: &Settings) -> anyhow::Result<Self> {
        let mut description = Description::read(path)?;
        if !settings.query_prefix.is_empty() {
            description.query_prefix.clone_from(&settings.query_prefix);
        }
        if !settings.passage_prefix.is_empty() {
            description.passage_prefix.clone_from(&settings.passage_prefix);
        }
        let known = settings.languages.iter().filter_map(|code| Language::from_code(code));
        let known: Vec<Language> = known.collect();
        let languages = match description.network.vocab_size {
            _ if !known.is_empty() => Languages::These(known),
            MANY_PIECES.. => Languages::All,
            _ => Languages::These(vec![Language::English]),
        };
        let weights = path.join("model.safetensors");
        let weights =
            sampled(&weights).with_context(|| format!("{}: cannot be read", weights.display()))?;
        let tokenizer = path.join("tokenizer.json");
        let tokenizer = sampled(&tokenizer)
            .with_context(|| format!("{}: cannot be read", tokenizer.display()))?;
        let told = format!("{weights} {tokenizer} {description:?}");
        let known = weights == FITTED;
        Ok(Self {
            name: name.to_owned(),
            kind: if known { Kind::Fitted } else { Kind::Other },
            fingerprint: blake3::hash(told.as_bytes()).to_hex()[..16].to_owned(),
            dimensions: description.network.hidden_size,
            languages,
            source: Source::Folder {
                path: path.to_owned(),
                prefixes: (description.query_prefix, description.passage_prefix),
                opened: Box::default(),
                failed: Box::default(),
                remembered: Mutex::default(),
            },
            told: AtomicBool::new(false),
        })
    }

    /// What it is called in the settings.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What ranking knows of it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Tells its vectors from those of any other model.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Numbers of a vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Whether it knows the words of a language.
    pub fn speaks(&self, language: Language) -> bool {
        match &self.languages {
            Languages::All => true,
            Languages::These(known) => known.contains(&language),
        }
    }

    /// Whether a text takes so little time that nobody need wait for vectors.
    pub fn is_quick(&self) -> bool {
        matches!(self.source, Source::Table(_))
    }

    /// Why it cannot be used, once that is known; told only once.
    pub fn take_failure(&self) -> Option<&str> {
        let Source::Folder { opened, failed, .. } = &self.source else { return None };
        let failure = failed.get().or_else(|| opened.get()?.as_ref().err())?;
        (!self.told.swap(true, Ordering::Relaxed)).then_some(failure)
    }

    /// Opens the network now rather than with the first text.
    pub fn open(&self) -> anyhow::Result<()> {
        match &self.source {
            Source::Table(_) => Ok(()),
            Source::Folder { path, opened, .. } => network(path, opened).map(drop),
        }
    }

    /// The unit vector of a question, which is remembered; all zero where nothing of it is known.
    pub fn question(&self, text: &str) -> anyhow::Result<Arc<[f32]>> {
        self.asked(text, true)
    }

    /// The unit vector of what was said before a question, of which nothing is remembered.
    pub fn said(&self, text: &str) -> anyhow::Result<Arc<[f32]>> {
        self.asked(text, false)
    }

    fn asked(&self, text: &str, remember: bool) -> anyhow::Result<Arc<[f32]>> {
        match &self.source {
            Source::Table(table) => Ok(table.embed(text).into()),
            Source::Folder { prefixes: (prefix, _), remembered, .. } => {
                let lock = || remembered.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(vector) = lock().find(text) {
                    return Ok(vector);
                }
                let vectors = self.embed(&[format!("{prefix}{text}")])?;
                let vector: Arc<[f32]> = vectors.into_iter().next().unwrap_or_default().into();
                if remember {
                    lock().keep(text, Arc::clone(&vector));
                }
                Ok(vector)
            }
        }
    }

    /// The unit vectors of passages or parts of them.
    pub fn passages(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        match &self.source {
            Source::Table(table) => Ok(table.embed_all(texts)),
            Source::Folder { prefixes: (_, prefix), .. } => {
                let texts: Vec<String> =
                    texts.iter().map(|text| format!("{prefix}{text}")).collect();
                self.embed(&texts)
            }
        }
    }

    /// The vectors that the network of a folder gives.
    fn embed(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        let Source::Folder { path, opened, failed, .. } = &self.source else {
            return Ok(Vec::new());
        };
        let network = network(path, opened)?;
        if let Some(failure) = failed.get() {
            anyhow::bail!("{failure}");
        }
        network.embed(texts).inspect_err(|error| {
            failed.get_or_init(|| format!("{}: {error:#}", path.display()));
        })
    }
}

impl Memory {
    fn key(&self, text: &str) -> Key {
        (self.hashers.0.hash_one(text), self.hashers.1.hash_one(text))
    }

    fn find(&self, text: &str) -> Option<Arc<[f32]>> {
        self.vectors.get(&self.key(text)).cloned()
    }

    fn keep(&mut self, text: &str, vector: Arc<[f32]>) {
        let key = self.key(text);
        if self.vectors.insert(key, vector).is_none() {
            self.order.push_back(key);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.vectors.remove(&oldest);
        }
    }
}

fn network<'a>(path: &Path, opened: &'a Opened) -> anyhow::Result<&'a Transformer> {
    let open = || Transformer::open(path).map_err(|error| format!("{error:#}"));
    opened.get_or_init(open).as_ref().map_err(|reason| anyhow::anyhow!("{reason}"))
}

/// The length of a file and a hash of sixteen places in it: enough to tell models apart, and
/// quick where a file is large.
pub fn sampled(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&length.to_le_bytes());
    let mut buffer = Vec::new();
    for place in 0..16 {
        file.seek(SeekFrom::Start(length / 16 * place))?;
        buffer.clear();
        file.by_ref().take(SAMPLE as u64).read_to_end(&mut buffer)?;
        hasher.update(&buffer);
    }
    Ok(hasher.finalize().to_hex()[..16].to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Memory, Model, REMEMBERED};

    #[test]
    fn questions_are_remembered_for_a_while_and_never_as_they_were_typed() {
        let mut memory = Memory::default();
        memory.keep("When do you open?", [0.5].into());
        assert_eq!(memory.find("When do you open?").as_deref(), Some([0.5].as_slice()));
        assert!(memory.find("when do you open?").is_none());
        assert!(!format!("{memory:?}").contains("When"));
        for n in 0..REMEMBERED {
            memory.keep(&n.to_string(), [0.0].into());
        }
        assert!(memory.find("When do you open?").is_none() && memory.find("0").is_some());
        assert_eq!((memory.vectors.len(), memory.order.len()), (REMEMBERED, REMEMBERED));
    }

    #[test]
    fn the_builtin_model_finds_what_is_meant() {
        let model = Model::builtin().unwrap();
        let vector = |text: &str| model.question(text).unwrap();
        let near = |a: &str, b: &str| -> f32 {
            vector(a).iter().zip(vector(b).iter()).map(|(x, y)| x * y).sum()
        };
        let login = near("I forgot my login", "How do I reset my password?");
        assert!(login > near("I forgot my login", "When do you open on Sundays?"), "{login}");
    }
}
