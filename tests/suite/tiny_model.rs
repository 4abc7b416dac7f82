//! A model for sentences as small as can be: letters for word pieces, one layer of eight
//! numbers, weights by a generator. It means nothing, but everything that a model has is there.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

const WIDTH: usize = 8;
const POSITIONS: usize = 64;

/// Writes the folder of the model.
pub(crate) fn write(folder: &Path) {
    let pieces = pieces();
    let put = |name: &str, value: &Value| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, value.to_string()).expect("a file of the model");
    };
    put(
        "config.json",
        &json!({"model_type": "bert", "hidden_size": WIDTH, "num_hidden_layers": 1,
            "num_attention_heads": 2, "max_position_embeddings": POSITIONS, "hidden_act": "gelu",
            "layer_norm_eps": 1e-12, "vocab_size": pieces.len(), "pad_token_id": 0}),
    );
    put(
        "modules.json",
        &json!([
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ]),
    );
    put("1_Pooling/config.json", &json!({"pooling_mode_mean_tokens": true}));
    put("tokenizer.json", &tokenizer(&pieces));
    fs::write(folder.join("model.safetensors"), weights(pieces.len())).expect("weights");
}

fn pieces() -> Vec<String> {
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(str::to_owned);
    let letters = ('a'..='z').map(String::from);
    special.into_iter().chain(letters.clone()).chain(letters.map(|c| format!("##{c}"))).collect()
}

fn tokenizer(pieces: &[String]) -> Value {
    let vocabulary: Map<String, Value> =
        pieces.iter().zip(0u32..).map(|(piece, id)| (piece.clone(), json!(id))).collect();
    let special = |name: &str| json!({"SpecialToken": {"id": name, "type_id": 0}});
    let added = |name: &str, id: u32| {
        json!({"id": id, "content": name, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true})
    };
    let own = |name: &str, id: u32| json!({"id": name, "ids": [id], "tokens": [name]});
    let text = json!({"Sequence": {"id": "A", "type_id": 0}});
    let other = json!({"Sequence": {"id": "B", "type_id": 1}});
    json!({
        "version": "1.0", "truncation": null, "padding": null,
        "added_tokens": [added("[PAD]", 0), added("[UNK]", 1), added("[CLS]", 2), added("[SEP]", 3)],
        "normalizer": {"type": "BertNormalizer", "clean_text": true,
            "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing",
            "single": [special("[CLS]"), text, special("[SEP]")],
            "pair": [special("[CLS]"), text, special("[SEP]"), other, special("[SEP]")],
            "special_tokens": {"[CLS]": own("[CLS]", 2), "[SEP]": own("[SEP]", 3)}},
        "decoder": null,
        "model": {"type": "WordPiece", "unk_token": "[UNK]",
            "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": vocabulary},
    })
}

/// The weights in the layout of safetensors: a header of JSON with its length before it, then
/// all numbers.
fn weights(words: usize) -> Vec<u8> {
    let (wide, layer) = (4 * WIDTH, "encoder.layer.0");
    let mut tensors: Vec<(String, Vec<usize>)> = vec![
        ("embeddings.word_embeddings.weight".into(), vec![words, WIDTH]),
        ("embeddings.position_embeddings.weight".into(), vec![POSITIONS, WIDTH]),
        ("embeddings.token_type_embeddings.weight".into(), vec![2, WIDTH]),
    ];
    for norm in ["embeddings.LayerNorm", "attention.output.LayerNorm", "output.LayerNorm"] {
        let name = if norm.starts_with("emb") { norm.into() } else { format!("{layer}.{norm}") };
        tensors.push((format!("{name}.weight"), vec![WIDTH]));
        tensors.push((format!("{name}.bias"), vec![WIDTH]));
    }
    for (part, rows, columns) in [
        ("attention.self.query", WIDTH, WIDTH),
        ("attention.self.key", WIDTH, WIDTH),
        ("attention.self.value", WIDTH, WIDTH),
        ("attention.output.dense", WIDTH, WIDTH),
        ("intermediate.dense", wide, WIDTH),
        ("output.dense", WIDTH, wide),
    ] {
        tensors.push((format!("{layer}.{part}.weight"), vec![rows, columns]));
        tensors.push((format!("{layer}.{part}.bias"), vec![rows]));
    }
    let (mut header, mut numbers, mut state) = (Map::new(), Vec::<u8>::new(), 7u32);
    for (name, shape) in tensors {
        let start = numbers.len();
        for _ in 0..shape.iter().product::<usize>() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = f32::from(u16::try_from(state >> 16).expect("16 bits")) / 32768.0 - 1.0;
            numbers.extend((number * 0.5).to_le_bytes());
        }
        let place = json!({"dtype": "F32", "shape": shape, "data_offsets": [start, numbers.len()]});
        header.insert(name, place);
    }
    let header = Value::Object(header).to_string();
    let length = (header.len() as u64).to_le_bytes();
    [&length[..], header.as_bytes(), &numbers].concat()
}
