"""How many texts PyTorch reads in a second: python embedding.py FOLDER TEXTS THREADS

pip install torch sentence-transformers
"""

import sys
import time

import torch
from sentence_transformers import SentenceTransformer

torch.set_num_threads(int(sys.argv[3]))
model = SentenceTransformer(sys.argv[1], device="cpu")
texts = open(sys.argv[2], encoding="utf-8").read().splitlines()
model.encode(texts[:64])
for batch in (16, 64):
    started = time.time()
    model.encode(texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)
    seconds = time.time() - started
    print(f"batches of {batch}: {len(texts)} texts in {seconds:.2f} s: {len(texts) / seconds:.0f} a second")
