"""Quality of the first ten hits on collections of documents with judged queries.

    python -m benchmarks.retrieval FOLDER [--names med cisi] [--txtai] [--keep DIR]

The collections are not ours to ship: FOLDER holds a `NAME.json` each, {docs: {id: text}, queries: {id: text},
qrels: {query id: [ids of relevant documents]}}, as MED and CISI can be had from several places.

A document is a file. midspan ingests them (reading, vectors of sentences and passages) and is asked through
its Python interface, as it ships. BM25 is tantivy's over whole documents with English stems and without stop
words; MiniLM encodes a whole document, cut at 256 tokens; their fusion is .4 and .6 of the two, each
stretched from 0 to 1; txtai is its hybrid index with its defaults over the same weights.

midspan's few constants of fusion were chosen on one half of the queries of MED and CISI (seed 17), so that
the other half is what a new collection would give; the first rows are of it, the others of both.

At last questions that have no answer are counted: the queries of one collection asked of another.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

from benchmarks.against_txtai import make_txtai
from benchmarks.common import write
from midspan import Workspace
from midspan.platform.matching import telling_words

FIRST = 10
SPLIT_SEED = 17
ROUNDS = 10_000
PARTS = ("held", "all")
COLUMNS = ["collection", "queries", "way", "nDCG@10 (95 %)", "midspan ahead by (95 %)"]
NOTES = [
    "intervals: bootstrap over queries, 10,000 rounds; differences are paired",
    "held: the half of the queries that no constant of midspan's was chosen on; all: both halves",
]
MEANING = 0.6
"""Of the fusion that is compared with."""

TXTAI = """
import json, sys
collection, model = json.load(open(sys.argv[1])), sys.argv[2]
from txtai import Embeddings
index, names = Embeddings(path=model, hybrid=True), list(collection["docs"])
index.index([(number, collection["docs"][name], None) for number, name in enumerate(names)])
asked = collection["queries"].items()
print(json.dumps({query: [names[int(one)] for one, _ in index.search(text, 10)] for query, text in asked}))
"""

Ranking = dict[str, list[str]]
"""By query the documents of the first hits."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Collection:
    name: str
    documents: dict[str, str]
    queries: dict[str, str]
    relevant: dict[str, frozenset[str]]

    @classmethod
    def read(cls, path: Path) -> Collection:
        data = json.loads(path.read_text())
        judged = {query: frozenset(found) for query, found in data["qrels"].items() if found}
        queries = {query: text for query, text in data["queries"].items() if query in judged}
        return cls(path.stem, data["docs"], queries, judged)

    def part(self, name: str) -> list[str]:
        """Ids of the queries that no constant was chosen on, or of all."""
        ids = list(self.queries)
        random.Random(SPLIT_SEED).shuffle(ids)
        half = len(ids) // 2
        return {"held": ids[half:], "all": ids}[name]


def ndcg(found: Sequence[str], relevant: frozenset[str]) -> float:
    """nDCG at 10 of judgements that are yes or no."""
    discounts = 1 / np.log2(np.arange(2, FIRST + 2))
    gains = [discounts[rank] for rank, one in enumerate(found[:FIRST]) if one in relevant]
    return float(sum(gains) / discounts[: len(relevant)].sum())


def interval(values: Floats) -> tuple[float, float, float]:
    """Mean, and the 95 % bootstrap interval over queries."""
    generator = np.random.default_rng(0)
    means = values[generator.integers(0, len(values), (ROUNDS, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)


# --- what is compared ---


def of_midspan(workspace: Workspace, collection: Collection) -> Ranking:
    return {query: _asked(workspace, text) for query, text in collection.queries.items()}


def _asked(workspace: Workspace, text: str) -> list[str]:
    return [Path(hit.path).stem for hit in workspace.search(text, limit=FIRST).hits]


def ingested(folder: Path, collection: Collection) -> Workspace:
    """In a folder that may have it already; what is unchanged is not done again."""
    documents = folder / collection.name
    documents.mkdir(parents=True, exist_ok=True)
    for name, text in collection.documents.items():
        (documents / f"{name}.txt").write_text(text)
    workspace = Workspace.open(folder / f"{collection.name}.workspace")
    report = workspace.ingest([documents], stages=["embedding", "passages"])
    assert report.ok, report.failures
    return workspace


def bm25(collection: Collection) -> Floats:
    """(queries, documents)"""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    builder.add_text_field("text", tokenizer_name="en_stem")
    index = tantivy.Index(builder.build())
    writer = index.writer(50_000_000, 1)
    for number, text in enumerate(collection.documents.values()):
        writer.add_document(tantivy.Document(number=number, text=text))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    scores = np.zeros((len(collection.queries), len(collection.documents)))
    for row, text in enumerate(collection.queries.values()):
        words = " ".join(sorted(telling_words(text)))
        for score, address in searcher.search(
            index.parse_query(words, ["text"]), len(collection.documents)
        ).hits:
            scores[row, searcher.doc(address)["number"][0]] = score
    return scores


def cosines(workspace: Workspace, collection: Collection) -> Floats:
    """(queries, documents). The documents' vectors stay beside the workspace for the next time."""
    encode = workspace.parts.models.encode
    kept = workspace.parts.settings.workspace.with_name(f"{collection.name}.npy")
    if not kept.exists():
        np.save(kept, encode(list(collection.documents.values())))
    return (encode(list(collection.queries.values())) @ np.load(kept).T).astype(np.float64)


def fused(words: Floats, meaning: Floats) -> Floats:
    low, high = meaning.min(axis=1, keepdims=True), meaning.max(axis=1, keepdims=True)
    shares = words / np.maximum(words.max(axis=1, keepdims=True), 1e-9)
    return (1 - MEANING) * shares + MEANING * (meaning - low) / (high - low)


def ranking_of(scores: Floats, collection: Collection) -> Ranking:
    names = list(collection.documents)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :FIRST]
    return {
        query: [names[place] for place in row] for query, row in zip(collection.queries, best, strict=True)
    }


def of_txtai(python: Path, model: Path, folder: Path, name: str) -> Ranking:
    command = [python, "-c", TXTAI, folder / f"{name}.json", model]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: Ranking = json.loads(done.stdout.splitlines()[-1])
    return found


# --- the tables ---


def rankings(
    workspace: Workspace, collection: Collection, txtai: Callable[[str], Ranking] | None
) -> dict[str, Ranking]:
    words, meaning = bm25(collection), cosines(workspace, collection)
    found = {
        "midspan": of_midspan(workspace, collection),
        "BM25 over documents": ranking_of(words, collection),
        "MiniLM over documents": ranking_of(meaning, collection),
        "their fusion": ranking_of(fused(words, meaning), collection),
    }
    return found | ({"txtai hybrid": txtai(collection.name)} if txtai else {})


def quality(collection: Collection, found: dict[str, Ranking], part: str) -> list[list[str]]:
    """A row a way: its figure, and how far midspan is above it."""
    queries = collection.part(part)

    def figures(ranking: Ranking) -> Floats:
        return np.array([ndcg(ranking[query], collection.relevant[query]) for query in queries])

    ours = figures(found["midspan"])
    rows = []
    for way, ranking in found.items():
        mean, low, high = interval(figures(ranking))
        ahead = (
            ""
            if way == "midspan"
            else "{:+.3f} ({:+.3f} to {:+.3f})".format(*interval(ours - figures(ranking)))
        )
        rows.append(
            [
                collection.name.upper(),
                f"{len(queries)} ({part})",
                way,
                f"{mean:.3f} ({low:.3f}-{high:.3f})",
                ahead,
            ]
        )
    return rows


def closeness(
    workspaces: dict[str, Workspace], collections: Sequence[Collection], part: str
) -> list[list[str]]:
    """How many queries of each collection get an answer in each."""
    rows = []
    for asked in collections:
        texts = [asked.queries[query] for query in asked.part(part)]
        for name, workspace in workspaces.items():
            answered = sum(workspace.search(text, limit=1).close for text in texts)
            rows.append([asked.name.upper(), name.upper(), f"{answered} of {len(texts)}"])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", nargs="+", default=["med", "cisi"])
    parser.add_argument(
        "--txtai", action="store_true", help="make an environment with txtai and compare with it"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where workspaces stay for the next time")
    options = parser.parse_args()
    collections = [Collection.read(options.folder / f"{name}.json") for name in options.names]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        txtai: Callable[[str], Ranking] | None = None
        if options.txtai:
            txtai = partial(of_txtai, *make_txtai(Path(scratch)), options.folder)
        workspaces = {one.name: ingested(folder, one) for one in collections}
        found = {one.name: rankings(workspaces[one.name], one, txtai) for one in collections}
        publish(workspaces, collections, found)
        for workspace in workspaces.values():
            workspace.close()


def publish(
    workspaces: dict[str, Workspace],
    collections: Sequence[Collection],
    found: dict[str, dict[str, Ranking]],
) -> None:
    rows = [row for part in PARTS for one in collections for row in quality(one, found[one.name], part)]
    answered = closeness(workspaces, collections, "held")
    write("retrieval", "Quality of the first ten hits", COLUMNS, rows, [*NOTES, *map(told, answered)])


def told(row: Sequence[str]) -> str:
    asked, of, answered = row
    return f"held queries of {asked} asked of {of}: {answered} get hits, to the others nothing is close"


if __name__ == "__main__":
    main()
