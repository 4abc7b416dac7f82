//! Texts in, unit vectors out, by a network of the BERT family on the processor.
//!
//! Several texts go through the network in one matrix, token under token without padding;
//! only attention looks at each text alone. The formulas are those of Devlin and others (2019).

use std::collections::HashMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use anyhow::{Context, anyhow};
use candle_core::{DType, Device, IndexOp, Tensor, safetensors};
use candle_nn::{LayerNorm, Module};
use tokenizers::{Tokenizer, TruncationParams};

use crate::semantic::attention::attend;
use crate::semantic::folder::{Description, Pooling};
use crate::semantic::in_place;
use crate::semantic::product::product;
use crate::semantic::vectors::unit;

/// Tokens that go through the network together: enough for fast products, few enough for the
/// caches.
const TOGETHER: usize = 512;

/// A network with its tokenizer.
pub struct Transformer {
    description: Description,
    tokenizer: Tokenizer,
    words: Tensor,
    /// Position and kind of text, added up for each position.
    positions: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl std::fmt::Debug for Transformer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transformer")
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

/// A layer: attention, then two matrices with an activation between them.
struct Layer {
    /// Queries, keys and values in one product.
    attention: Linear,
    out: Linear,
    attention_norm: LayerNorm,
    up: Linear,
    down: Linear,
    norm: LayerNorm,
    heads: usize,
    activation: fn(Tensor) -> candle_core::Result<Tensor>,
}

/// A matrix, a line for each number that comes out, and what is added behind it.
struct Linear {
    matrix: Tensor,
    bias: Tensor,
}

impl Linear {
    fn forward(&self, rows: &Tensor) -> candle_core::Result<Tensor> {
        let out = product(rows, &self.matrix)?;
        in_place::add(&out, &self.bias)?;
        Ok(out)
    }
}

/// The library that cuts texts into tokens, as a panic in it tells its place.
pub const LIBRARY: &str = "/tokenizers-";

impl Transformer {
    /// Opens a folder. Fails where files are missing, damaged, or of another kind of model.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let description = Description::read(folder)?;
        let path = folder.join("tokenizer.json");
        // The library panics over some of what it does not expect in the file.
        let mut tokenizer = catch_unwind(AssertUnwindSafe(|| Tokenizer::from_file(&path)))
            .map_err(|_| anyhow!("{}: is damaged: fetch the model again", path.display()))?
            .map_err(|error| anyhow!("{}: cannot be read: {error}", path.display()))?;
        let max_length = description.max_tokens;
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(Some(TruncationParams { max_length, ..TruncationParams::default() }))
            .map_err(|error| anyhow!("{}: {error}", path.display()))?;
        let path = folder.join("model.safetensors");
        let bytes =
            fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
        let tensors = safetensors::load_buffer(&bytes, &Device::Cpu)
            .with_context(|| format!("{}: is damaged", path.display()))?;
        drop(bytes);
        let tensors = Tensors(tensors);
        tensors.check().with_context(|| format!("{}: is damaged", path.display()))?;
        Self::of(description, tokenizer, tensors)
            .with_context(|| format!("{}: does not fit config.json", path.display()))
    }

    fn of(
        description: Description,
        tokenizer: Tokenizer,
        mut tensors: Tensors,
    ) -> anyhow::Result<Self> {
        let network = &description.network;
        let width = network.hidden_size;
        let words = tensors.take("embeddings.word_embeddings.weight", (None, width))?;
        let places = tensors.take("embeddings.position_embeddings.weight", (None, width))?;
        let kinds = tensors.take("embeddings.token_type_embeddings.weight", (None, width))?;
        let first = network.first_position();
        let places = places.narrow(0, first, description.max_tokens)?;
        let positions = places.broadcast_add(&kinds.i(0)?)?;
        let eps = network.layer_norm_eps;
        let norm = tensors.norm("embeddings.LayerNorm", width, eps)?;
        let layers = (0..network.num_hidden_layers)
            .map(|at| Layer::of(&mut tensors, at, &description))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { description, tokenizer, words, positions, norm, layers })
    }

    /// Numbers of a vector.
    pub fn dimensions(&self) -> usize {
        self.description.network.hidden_size
    }

    /// The tokenizer, for looking at its vocabulary.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The token ids of a text, cut to what the model takes.
    pub fn tokens(&self, text: &str) -> anyhow::Result<Vec<u32>> {
        // The library panics where a template names a token that is not there.
        let cut = || self.tokenizer.encode_fast(text, true);
        let encoding = catch_unwind(AssertUnwindSafe(cut))
            .map_err(|_| anyhow!("cannot be cut into tokens: tokenizer.json is damaged"))?;
        let encoding = encoding.map_err(|error| anyhow!("cannot be cut into tokens: {error}"))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// A unit vector for each text.
    pub fn embed<T: AsRef<str>>(&self, texts: &[T]) -> anyhow::Result<Vec<Vec<f32>>> {
        let tokens: Vec<Vec<u32>> =
            texts.iter().map(|text| self.tokens(text.as_ref())).collect::<anyhow::Result<_>>()?;
        self.embed_tokens(&tokens)
    }

    /// A unit vector for each list of token ids.
    pub fn embed_tokens(&self, tokens: &[Vec<u32>]) -> anyhow::Result<Vec<Vec<f32>>> {
        let (mut out, mut rest) = (Vec::with_capacity(tokens.len()), tokens);
        while !rest.is_empty() {
            let mut sum = 0;
            let fits = |ids: &&Vec<u32>| {
                sum += ids.len();
                sum <= TOGETHER
            };
            let count = rest.iter().take_while(fits).count().max(1);
            out.extend(self.pass(&rest[..count])?);
            rest = &rest[count..];
        }
        Ok(out)
    }

    fn pass(&self, texts: &[Vec<u32>]) -> candle_core::Result<Vec<Vec<f32>>> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let ids: Vec<u32> = texts.iter().flatten().copied().collect();
        let places: Vec<u32> = lengths.iter().flat_map(|n| (0u32..).take(*n)).collect();
        let words = self.words.index_select(&Tensor::new(ids, &Device::Cpu)?, 0)?;
        let places = self.positions.index_select(&Tensor::new(places, &Device::Cpu)?, 0)?;
        in_place::add(&words, &places)?;
        let mut hidden = self.norm.forward(&words)?;
        for layer in &self.layers {
            hidden = layer.forward(&hidden, &lengths)?;
        }
        let mut from = 0;
        lengths
            .iter()
            .map(|length| {
                let rows = hidden.narrow(0, from, *length)?;
                from += length;
                let pooled = match self.description.pooling {
                    Pooling::Mean => rows.mean(0)?,
                    Pooling::First => rows.i(0)?,
                };
                let pooled: Vec<f32> = pooled.to_vec1()?;
                if !pooled.iter().all(|x| x.is_finite()) {
                    candle_core::bail!("its weights lead to no numbers: install it anew");
                }
                Ok(unit(pooled))
            })
            .collect()
    }
}

impl Layer {
    fn of(tensors: &mut Tensors, at: usize, description: &Description) -> anyhow::Result<Self> {
        let network = &description.network;
        let (width, eps) = (network.hidden_size, network.layer_norm_eps);
        let name = |part: &str| format!("encoder.layer.{at}.{part}");
        let mut parts = Vec::new();
        for part in ["query", "key", "value"] {
            parts.push(
                tensors.linear(&name(&format!("attention.self.{part}")), (Some(width), width))?,
            );
        }
        // Scores are divided by the root of the size of a head: done here, once.
        let scale = 1.0 / ((width / network.num_attention_heads) as f64).sqrt();
        parts[0] = Linear { matrix: (&parts[0].matrix * scale)?, bias: (&parts[0].bias * scale)? };
        let matrices: Vec<&Tensor> = parts.iter().map(|part| &part.matrix).collect();
        let biases: Vec<&Tensor> = parts.iter().map(|part| &part.bias).collect();
        let attention =
            Linear { matrix: Tensor::cat(&matrices, 0)?, bias: Tensor::cat(&biases, 0)? };
        let up = tensors.linear(&name("intermediate.dense"), (None, width))?;
        let between = up.matrix.dim(0)?;
        Ok(Self {
            attention,
            out: tensors.linear(&name("attention.output.dense"), (Some(width), width))?,
            attention_norm: tensors.norm(&name("attention.output.LayerNorm"), width, eps)?,
            up,
            down: tensors.linear(&name("output.dense"), (Some(width), between))?,
            norm: tensors.norm(&name("output.LayerNorm"), width, eps)?,
            heads: network.num_attention_heads,
            activation: match network.hidden_act.as_str() {
                "relu" => |rows| rows.relu(),
                "gelu_new" => |rows| rows.gelu(),
                _ => |rows| in_place::gelu(&rows).map(|()| rows),
            },
        })
    }

    fn forward(&self, hidden: &Tensor, lengths: &[usize]) -> candle_core::Result<Tensor> {
        let seen = attend(&self.attention.forward(hidden)?, lengths, self.heads)?;
        let seen = self.out.forward(&seen)?;
        in_place::add(&seen, hidden)?;
        let hidden = self.attention_norm.forward(&seen)?;
        let between = (self.activation)(self.up.forward(&hidden)?)?;
        let below = self.down.forward(&between)?;
        in_place::add(&below, &hidden)?;
        self.norm.forward(&below)
    }
}

/// The tensors of a file by name.
struct Tensors(HashMap<String, Tensor>);

impl Tensors {
    /// Fails where any is no number: it would spread over everything that is made of it.
    fn check(&self) -> anyhow::Result<()> {
        for (name, tensor) in &self.0 {
            let sum: f32 = tensor.to_dtype(DType::F32)?.sum_all()?.to_scalar()?;
            anyhow::ensure!(sum.is_finite(), "`{name}` holds what is no number");
        }
        Ok(())
    }

    /// Takes a matrix of these rows (any number where `None`) and columns.
    fn take(
        &mut self,
        name: &str,
        (rows, columns): (Option<usize>, usize),
    ) -> anyhow::Result<Tensor> {
        let tensor = self.named(name)?;
        let (r, c) = tensor.dims2().with_context(|| format!("`{name}` is no matrix"))?;
        anyhow::ensure!(
            rows.is_none_or(|rows| rows == r) && c == columns,
            "`{name}` has {r} rows and {c} columns"
        );
        Ok(tensor)
    }

    fn linear(&mut self, name: &str, shape: (Option<usize>, usize)) -> anyhow::Result<Linear> {
        let matrix = self.take(&format!("{name}.weight"), shape)?;
        let bias = self.vector(&format!("{name}.bias"), matrix.dim(0)?)?;
        Ok(Linear { matrix, bias })
    }

    fn norm(&mut self, name: &str, width: usize, eps: f64) -> anyhow::Result<LayerNorm> {
        let weight = self.vector(&format!("{name}.weight"), width)?;
        let bias = self.vector(&format!("{name}.bias"), width)?;
        Ok(LayerNorm::new(weight, bias, eps))
    }

    fn vector(&mut self, name: &str, length: usize) -> anyhow::Result<Tensor> {
        let tensor = self.named(name)?;
        anyhow::ensure!(tensor.dims() == [length], "`{name}` has another length");
        Ok(tensor)
    }

    /// A tensor of this name, with or without the family's name before it.
    fn named(&mut self, name: &str) -> anyhow::Result<Tensor> {
        let names = ["", "bert.", "roberta."].map(|family| format!("{family}{name}"));
        let found = names.iter().find_map(|name| self.0.remove(name));
        let found = found.with_context(|| format!("lacks `{name}`"))?;
        Ok(found.to_dtype(DType::F32)?)
    }
}
