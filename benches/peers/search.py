"""How fast and how well others search the same: python search.py PEER FOLDER...

Each FOLDER holds a question set in the BEIR layout; every question that has an answer is asked by
itself, on one thread. One line of JSON a folder: documents, seconds to index, questions a second by the median,
the time that 99 of 100 stay within, P@1, and the memory of the process at its most. The terms of a
question are joined by "or", as all of these need for questions in whole sentences.

  fts5      nothing to install: SQLite comes with Python
  bm25s     pip install bm25s PyStemmer
  tantivy   pip install tantivy
  postgres  apt-get install postgresql; pip install "psycopg[binary]"; then, with a user and a
            database of your own that may be written to: PEER_DSN="dbname=peer" python search.py ...
  faqbot    FAQBOT=target/release/faqbot, asked by `faqbot eval`; words alone unless
            FAQBOT__SEMANTIC__MODEL says otherwise

PEER_QUESTIONS=400 asks so many of each set at most, evenly spread; where a set has questions without an
answer, faqbot is asked some of those too.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST = int(os.environ.get("PEER_QUESTIONS", 0))


def fts5(texts):
    import sqlite3

    db = sqlite3.connect(os.path.join(tempfile.mkdtemp(), "fts5.db"))
    db.execute("create virtual table docs using fts5(body, tokenize='porter unicode61')")
    db.executemany("insert into docs(rowid, body) values (?, ?)", enumerate(texts))
    db.commit()
    query = "select rowid, body from docs where docs match ? order by bm25(docs) limit 10"

    def ask(words):
        return db.execute(query, (" OR ".join(f'"{word}"' for word in words),)).fetchall()

    return ask


def bm25s(texts):
    import bm25s as library
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    cut = dict(stopwords="en", stemmer=stemmer, show_progress=False)
    index = library.BM25()
    index.index(library.tokenize(texts, **cut), show_progress=False)

    def ask(words):
        tokens = library.tokenize(" ".join(words), **cut)
        found, _ = index.retrieve(tokens, k=min(10, len(texts)), show_progress=False)
        return [(int(at), texts[int(at)]) for at in found[0]]

    return ask


def tantivy(texts):
    import tantivy as library

    builder = library.SchemaBuilder()
    builder.add_integer_field("at", stored=True)
    builder.add_text_field("body", stored=True, tokenizer_name="en_stem")
    index = library.Index(builder.build(), path=tempfile.mkdtemp())
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for at, text in enumerate(texts):
        writer.add_document(library.Document(at=at, body=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(words):
        query = index.parse_query(" ".join(words), ["body"])
        hits = [searcher.doc(address) for _, address in searcher.search(query, 10).hits]
        return [(hit["at"][0], hit["body"][0]) for hit in hits]

    return ask


def postgres(texts):
    import psycopg

    db = psycopg.connect(os.environ.get("PEER_DSN", "dbname=peer"), autocommit=True)
    db.execute("drop table if exists docs")
    db.execute("create table docs (at int, body text, words tsvector)")
    with db.cursor() as cursor, cursor.copy("copy docs (at, body) from stdin") as copy:
        for row in enumerate(texts):
            copy.write_row((row[0], row[1].replace("\0", " ")))
    db.execute("update docs set words = to_tsvector('english', body)")
    db.execute("create index on docs using gin (words)")
    db.execute("analyze docs")
    query = (
        "select at, body from docs, (select replace(plainto_tsquery('english', %s)::text, '&',"
        " '|')::tsquery as asked) q where words @@ asked order by ts_rank(words, asked, 1) desc"
        " limit 10"
    )

    def ask(words):
        return db.execute(query, (" ".join(words),)).fetchall()

    return ask


def load(folder):
    """Texts, their ids, and questions with what answers them."""
    lines = lambda name: map(json.loads, (folder / name).open(encoding="utf-8"))
    ids, texts = [], []
    for document in lines("corpus.jsonl"):
        alternates = (document.get("metadata") or {}).get("alts") or []
        parts = [document.get("title") or "", document["text"], *alternates]
        ids.append(document["_id"])
        texts.append("\n".join(part for part in parts if part))
    right = {}
    for line in next((folder / "qrels").glob("*.tsv")).read_text(encoding="utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            right.setdefault(query, set()).add(document)
    asked = [(q["text"], right[q["_id"]]) for q in lines("queries.jsonl") if q["_id"] in right]
    count = min(MOST or len(asked), len(asked))
    return ids, texts, [asked[((n + 1) * len(asked) - 1) // count] for n in range(count)]


def measure(peer, folder):
    ids, texts, asked = load(folder)
    started = time.perf_counter()
    ask = PEERS[peer](texts)
    indexed = time.perf_counter() - started
    words = [re.findall(r"\w+", question) for question, _ in asked]
    for some in words[:50]:
        ask(some)
    times, firsts = [], 0
    for some, (_, right) in zip(words, asked):
        started = time.perf_counter()
        found = ask(some)
        times.append(time.perf_counter() - started)
        firsts += bool(found) and ids[found[0][0]] in right
    times.sort()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "documents": len(texts),
        "index_s": round(indexed, 2),
        "questions_a_second": round(1 / times[len(times) // 2]),
        "p99_ms": round(times[len(times) * 99 // 100] * 1e3, 2),
        "p1": round(firsts / len(times), 3),
        # Of PostgreSQL only what asks is counted, not its server.
        "peak_mib": None if peer == "postgres" else round(peak),
    }


def faqbot(folder):
    program = os.environ.get("FAQBOT", "target/release/faqbot")
    model = {"FAQBOT__SEMANTIC__MODEL": os.environ.get("FAQBOT__SEMANTIC__MODEL", "none")}
    started = time.perf_counter()
    run = [program, "eval", "--json", *(["--sample", str(MOST)] if MOST else []), str(folder)]
    said = json.loads(subprocess.run(run, env=os.environ | model, check=True, capture_output=True).stdout)
    took = time.perf_counter() - started
    told = said["sets"][0]
    count = told["answerable"] + told["unanswerable"]
    median = told["took_us"]["median"] / 1e6
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "documents": told["documents"],
        # All that is not asking: reading the folder, building, judging.
        "index_s": round(took - count * median, 2),
        "questions_a_second": round(1 / median),
        "p99_ms": round(told["took_us"]["p99"] / 1e3, 2),
        "p1": round(told["figures"]["p1"]["value"], 3),
        "peak_mib": round(peak),
    }


PEERS = {"fts5": fts5, "bm25s": bm25s, "tantivy": tantivy, "postgres": postgres}

if __name__ == "__main__":
    peer, folders = sys.argv[1], [Path(folder) for folder in sys.argv[2:]]
    for folder in folders:
        told = faqbot(folder) if peer == "faqbot" else measure(peer, folder)
        print(json.dumps({"peer": peer, "set": folder.name, **told}), flush=True)
