//! A folder in the layout of sentence-transformers in, what it says of its model out.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, de::DeserializeOwned};

/// What a folder says of its model.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// The shape of the network.
    pub network: Network,
    /// How the vectors of its tokens become one.
    pub pooling: Pooling,
    /// Most tokens of a text; what is longer is cut.
    pub max_tokens: usize,
    /// What stands before a question.
    pub query_prefix: String,
    /// What stands before a passage.
    pub passage_prefix: String,
}

/// The shape of a network of the BERT family, by the names of its `config.json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Network {
    /// `bert`, `roberta` or `xlm-roberta`.
    pub model_type: String,
    /// Width of every layer.
    pub hidden_size: usize,
    /// Layers.
    pub num_hidden_layers: usize,
    /// Heads of each layer; the width divides by them.
    pub num_attention_heads: usize,
    /// Positions that it learned.
    pub max_position_embeddings: usize,
    /// The activation between the two matrices of a layer.
    pub hidden_act: String,
    /// Added to variances.
    pub layer_norm_eps: f64,
    /// Word pieces.
    #[serde(default)]
    pub vocab_size: u64,
    /// The token that fills up; positions of the `RoBERTa` family begin behind it.
    #[serde(default)]
    pub pad_token_id: usize,
}

/// How the vectors of tokens become the one of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// That of the first token.
    First,
}

#[derive(Deserialize)]
struct Module {
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::struct_excessive_bools, reason = "so it is written in the file")]
struct PoolingConfig {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
    #[serde(default)]
    pooling_mode_max_tokens: bool,
    #[serde(default)]
    pooling_mode_mean_sqrt_len_tokens: bool,
}

#[derive(Deserialize, Default)]
struct Sentences {
    max_seq_length: Option<usize>,
}

#[derive(Deserialize, Default)]
struct Prompts {
    #[serde(default)]
    prompts: Texts,
}

#[derive(Deserialize, Default)]
struct Texts {
    #[serde(default)]
    query: String,
    #[serde(default, alias = "document")]
    passage: String,
}

impl Description {
    /// Reads the small files of a folder; everything that this program could not follow is
    /// refused.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let network: Network = read(&folder.join("config.json"))?;
        network.check().with_context(|| folder.join("config.json").display().to_string())?;
        let modules: Vec<Module> = read(&folder.join("modules.json"))?;
        let mut pooling = None;
        for module in &modules {
            match module.kind.rsplit('.').next().unwrap_or_default() {
                "Transformer" | "Normalize" => {}
                "Pooling" => pooling = Some(pooled(&folder.join(&module.path))?),
                other => bail!(
                    "{}: has a module `{other}`, which faqbot cannot run: choose another model",
                    folder.join("modules.json").display()
                ),
            }
        }
        let pooling = pooling.with_context(|| {
            format!("{}: names no pooling: is this a model for sentences?", folder.display())
        })?;
        let sentences: Sentences = read_if_there(&folder.join("sentence_bert_config.json"))?;
        let Prompts { prompts } = read_if_there(&folder.join("config_sentence_transformers.json"))?;
        let most = network.positions();
        Ok(Self {
            max_tokens: sentences.max_seq_length.unwrap_or(most).clamp(8, most),
            query_prefix: prompts.query,
            passage_prefix: prompts.passage,
            network,
            pooling,
        })
    }
}

impl Network {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            ["bert", "roberta", "xlm-roberta"].contains(&self.model_type.as_str()),
            "is a model of type `{}`; faqbot runs bert, roberta and xlm-roberta",
            self.model_type
        );
        ensure!(
            ["gelu", "gelu_new", "relu"].contains(&self.hidden_act.as_str()),
            "has the activation `{}`; faqbot knows gelu, gelu_new and relu",
            self.hidden_act
        );
        let (width, heads) = (self.hidden_size, self.num_attention_heads);
        ensure!(
            heads > 0 && width > 0 && width % heads == 0 && self.positions() >= 8,
            "has sizes that do not fit together"
        );
        Ok(())
    }

    /// The position of the first token.
    pub fn first_position(&self) -> usize {
        if self.model_type == "bert" { 0 } else { self.pad_token_id + 1 }
    }

    /// Most tokens that have a position.
    fn positions(&self) -> usize {
        self.max_position_embeddings.saturating_sub(self.first_position())
    }
}

fn pooled(folder: &Path) -> anyhow::Result<Pooling> {
    let path = folder.join("config.json");
    let config: PoolingConfig = read(&path)?;
    let others = config.pooling_mode_max_tokens || config.pooling_mode_mean_sqrt_len_tokens;
    match (config.pooling_mode_mean_tokens, config.pooling_mode_cls_token, others) {
        (true, false, false) => Ok(Pooling::Mean),
        (false, true, false) => Ok(Pooling::First),
        _ => bail!("{}: asks for a pooling other than mean or cls", path.display()),
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let bytes = fs::read(path).with_context(|| {
        format!("{}: cannot be read: is this the folder of a model?", path.display())
    })?;
    serde_json::from_slice(&bytes)
        .with_context(|| format!("{}: is not what a model has there", path.display()))
}

fn read_if_there<T: DeserializeOwned + Default>(path: &Path) -> anyhow::Result<T> {
    if path.exists() { read(path) } else { Ok(T::default()) }
}
