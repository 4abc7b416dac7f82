"""Writes a small run and judgements, and what trec_eval makes of them.

    pip install pytrec_eval-terrier==0.5.11
    python figures.py

The run has ties (which trec_eval orders by document id, descending), grades from 0 to 3,
judged documents that were not found, a question without a ranking, and rankings longer than
100. trec_eval has no cut for the reciprocal rank, so it is given the first ten only.
"""

import json
import pathlib
import random

import pytrec_eval

here = pathlib.Path(__file__).parent
random.seed(20260410)

qrels, run = {}, {}
for number in range(1, 31):
    query = f"q{number:02}"
    length = 120 if number in (7, 19) else random.randint(3, 16)
    documents = [f"d{n:03}" for n in random.sample(range(400), length)]
    missing = [f"m{n}" for n in range(random.randint(0, 3))]
    judged = random.sample(documents, random.randint(1, min(6, length))) + missing
    qrels[query] = {document: random.choice([0, 1, 1, 2, 3]) for document in judged}
    qrels[query][random.choice(judged)] = random.choice([1, 2])
    # Few different scores, so that there are ties at every depth.
    run[query] = {document: random.randint(0, 12) / 4 for document in documents}
del run["q23"]


def first_ten(ranking):
    ordered = sorted(ranking.items(), key=lambda pair: (pair[1], pair[0]), reverse=True)
    return dict(ordered[:10])


def evaluate(ranking, measures):
    return pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(ranking)


whole = evaluate(run, {"P_1", "success_5", "ndcg_cut_10", "recall_100"})
top = evaluate({query: first_ten(ranking) for query, ranking in run.items()}, {"recip_rank"})
figures = {
    query: {
        "p1": whole[query]["P_1"],
        "hit5": whole[query]["success_5"],
        "mrr10": top[query]["recip_rank"],
        "ndcg10": whole[query]["ndcg_cut_10"],
        "recall100": whole[query]["recall_100"],
    }
    for query in sorted(run)
}

with open(here / "qrels.tsv", "w") as file:
    file.write("query-id\tcorpus-id\tscore\n")
    for query, judged in qrels.items():
        for document, grade in sorted(judged.items()):
            file.write(f"{query}\t{document}\t{grade}\n")
with open(here / "run.txt", "w") as file:
    for query, ranking in run.items():
        for rank, (document, score) in enumerate(sorted(ranking.items()), 1):
            file.write(f"{query} Q0 {document} {rank} {score} example\n")
with open(here / "figures.json", "w") as file:
    lines = [f"  {json.dumps(query)}: {json.dumps(row)}" for query, row in figures.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
