"""How an entity near in the linker's space is found: python -m benchmarks.link_near

Questions of facts and texts that the linker was not trained on, over the keys of the bundled graph; CPU time
of one thread, as shares of the exact search, in batches of the size that reading makes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import faiss
import numpy as np

from benchmarks.common import write
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.link.keys import all_keys
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.link.near import Search, coarse_index, coarse_to_fine
from midspan.models.facts.link.question import SIDES, opposite
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.training.sentences import sentences
from midspan.models.facts.link.words import word_pieces

BATCH, K, SHOWN = 80, 10, 3
COLUMNS = ["search", "CPU, share of the exact", "recall@3, %", "recall@10, %", "index, bytes an entity"]


def questions(model: LinkModel) -> Floats:
    bags, graph = word_pieces(), bundled_kg()
    cases = falb.cases(graph, falb.facts(graph), "test", 500, 0) + sentences("fewrel", "test")[:500]
    asked = [case.question for case in cases]
    rows = [
        model.space.queries(
            side,
            bags([one.mention(side).name for one in asked]),
            bags([one.mention(opposite(side)).name for one in asked]),
            bags([one.predicate for one in asked]),
        )
        for side in SIDES
    ]
    return np.ascontiguousarray(np.concatenate(rows), dtype=np.float32)


def answers(search: Search, rows: Floats) -> tuple[np.ndarray, float]:
    start = time.process_time()
    found = [search(rows[at : at + BATCH], K)[1] for at in range(0, len(rows), BATCH)]
    return np.concatenate(found), time.process_time() - start


def recall(found: np.ndarray, exact: np.ndarray, k: int) -> float:
    shared = [len(set(one[:k]) & set(true[:k])) for one, true in zip(found, exact, strict=True)]
    return 100 * float(np.mean(shared)) / k


def inverted(keys: Floats, probes: int) -> Search:
    index = faiss.index_factory(keys.shape[1], "IVF256,SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(keys)
    index.add(keys)
    index.nprobe = probes
    search: Search = index.search
    return search


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    faiss.omp_set_num_threads(1)
    model = LinkModel.load()
    keys = np.concatenate([some for _, some in all_keys(bundled_kg(), model.space, word_pieces())])
    keys, rows = keys.astype(np.float32), questions(model)
    flat, coarse = faiss.IndexFlatIP(keys.shape[1]), coarse_index(keys)
    flat.add(keys)
    ways: dict[str, tuple[Callable[[Floats, int], tuple[Floats, np.ndarray]], float]] = {
        "exact": (flat.search, 4 * keys.shape[1]),
        "inverted lists, 8 bits, 32 of 256 cells": (inverted(keys, 32), keys.shape[1]),
        "four bits for two numbers, alone": (coarse.search, coarse.code_size),
        "four bits, the best compared exactly (ours)": (coarse_to_fine(coarse, keys), coarse.code_size),
    }
    exact, least = answers(flat.search, rows)
    table = []
    for name, (search, size) in ways.items():
        found, spent = answers(search, rows)
        figures = [f"{recall(found, exact, k):.1f}" for k in (SHOWN, K)]
        table.append([name, f"{spent / least:.2f}", *figures, f"{size:.0f}"])
        print(table[-1], flush=True)
    write(
        "link_near",
        "Finding what is near in the linker's space",
        COLUMNS,
        table,
        [f"{len(keys):,} keys of {keys.shape[1]} numbers, {len(rows):,} questions, {BATCH} at a time."],
    )


if __name__ == "__main__":
    main()
