"""Measure the extraction rules on CaRB gold tuples: python benchmarks/carb.py GOLD.tsv

GOLD.tsv has lines "sentence<TAB>relation<TAB>subject<TAB>object..." as CaRB publishes them (MIT). The
score is a plain token overlap in the manner of CaRB, not its own scorer: recall takes for each gold tuple
the best prediction, precision matches predictions to gold one to one, greedily.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path

from midspan.models.facts.extraction import extract_triples
from midspan.models.parser import load_parser

Parts = tuple[list[str], list[str], list[str]]


def read_gold(path: Path) -> dict[str, list[Parts]]:
    gold: dict[str, list[Parts]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        sentence, relation, subject, *others = line.split("\t")
        gold[sentence].append((words(subject), words(relation), words(" ".join(others))))
    return gold


def words(text: str) -> list[str]:
    return text.lower().split()


def overlap(predicted: Parts, gold: Parts) -> tuple[float, float]:
    """Share of the predicted words that are in the same gold part, and the other way round."""
    common = [sum((Counter(p) & Counter(g)).values()) for p, g in zip(predicted, gold, strict=True)]
    if not common[1]:
        return 0.0, 0.0
    return sum(common) / sum(map(len, predicted)), sum(common) / sum(map(len, gold))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("gold", type=Path)
    gold = read_gold(arguments.parse_args().gold)
    parser = load_parser()
    start = time.perf_counter()
    docs = parser.parse(list(gold))
    parsed = time.perf_counter()
    triples = [extract_triples(doc) for doc in docs]
    extracted = time.perf_counter()

    precisions: list[float] = []
    recalls: list[float] = []
    for found, expected in zip(triples, gold.values(), strict=True):
        predicted = [(words(t.subject.surface), words(t.relation), words(t.object.surface)) for t in found]
        scores = [[overlap(p, g) for g in expected] for p in predicted]
        recalls.extend(
            max((row[column][1] for row in scores), default=0.0) for column in range(len(expected))
        )
        pairs = sorted(
            ((row[c][0], r, c) for r, row in enumerate(scores) for c in range(len(expected))), reverse=True
        )
        best: dict[int, float] = {}
        taken: set[int] = set()
        for score, r, c in pairs:
            if r not in best and c not in taken:
                best[r] = score
                taken.add(c)
        precisions.extend(best.get(r, 0.0) for r in range(len(predicted)))
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"sentences {len(gold)}, gold {len(recalls)}, predicted {len(precisions)}")
    print(f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    print(f"parse {len(gold) / (parsed - start):.0f}/s, rules {len(gold) / (extracted - parsed):.0f}/s")


if __name__ == "__main__":
    main()
