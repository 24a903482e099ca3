"""Whole facts: both names and the property between them, on KnowledgeNet and FewRel."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from midspan.models.facts.evaluation import knowledgenet, reliability
from midspan.models.facts.evaluation.pair_recall import fewrel_pairs, is_found
from midspan.models.facts.evaluation.scores import Count, figures
from midspan.models.facts.evaluation.sentences import Text, in_documents
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.reader import FactReader, Found
from midspan.models.kit.evaluation import Extra
from midspan.models.kit.measuring import Row

FOLDS = {"tuned": (1, 2), "untouched": (3,)}
"""Of KnowledgeNet: the first were looked at while rules and wordings were written."""


def knowledgenet_rows(path: Path, reader: FactReader, graph: KnowledgeGraph) -> tuple[list[Row], list[Extra]]:
    """Of what clauses say, and of all that is said; and what scores are worth. ``graph`` is the reader's."""
    extras: list[Extra] = []
    clauses, both = Row("clause rules", {}, 0.0), Row("both generators", {}, 0.0)
    started = time.monotonic()
    for half, folds in FOLDS.items():
        annotation = knowledgenet.read(path, folds)
        read = [
            (triple, (sentence, start, linked))
            for sentence, start, found in _read(reader, annotation.sentences)
            for triple, linked in found
            if triple.polarity == "affirmed"
        ]
        said = [(triple.generator, knowledgenet.said_by(*one)) for triple, one in read]
        for row, generators in ((clauses, ("clause",)), (both, ("clause", "pair"))):
            kept = (one for generator, one in said if generator in generators and one is not None)
            counts = knowledgenet.compare(annotation, kept).items()
            by_document = [(document, count) for (document, _), count in counts]
            row.metrics.update(figures(by_document, f"knowledgenet_{half}"))
        outright = [one for triple, one in read if not triple.modality]
        judged = reliability.scored(annotation, outright, graph)
        both.metrics.update(reliability.ece(judged, f"knowledgenet_{half}"))
        extras.append(reliability.bins(judged, half))
    seconds = round(time.monotonic() - started, 1)
    return [Row(row.model, row.metrics, seconds) for row in (clauses, both)], extras


def fewrel_row(rows: Sequence[dict[str, Any]], reader: FactReader) -> Row:
    """Only what is said of the two annotated names is judged: it is right if it is the annotated property."""
    started = time.monotonic()
    sentences = list(dict.fromkeys((row["sentence"], row["sentence"]) for row in rows))
    said = {
        text: [(triple, linked) for triple, linked in found if triple.polarity == "affirmed"]
        for (text, _), _, found in _read(reader, sentences)
    }
    counts = []
    for row, pair in zip(rows, fewrel_pairs(rows), strict=True):
        uids = {
            linked.predicate.uid
            for triple, linked in said[row["sentence"]]
            if linked.predicate.uid is not None and is_found(pair, [triple])
        }
        right = int(f"wd:{row['property']}" in uids)
        counts.append((row["sentence"], Count(right, len(uids), right, 1)))
    return Row("both generators", figures(counts, "fewrel"), round(time.monotonic() - started, 1))


def _read(reader: FactReader, texts: Sequence[Text]) -> Iterator[tuple[Text, int, Found]]:
    """What each sentence says, with where it begins in its document."""
    placed = list(in_documents(texts))
    found = reader.read([sentence for _, _, sentence in placed])
    return ((text, start, said) for (text, start, _), said in zip(placed, found, strict=True))
