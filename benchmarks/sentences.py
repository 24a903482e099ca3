"""Sentences that ship with midspan, of about 31 tokens each, as documents of fifty.

Up to a third are sentences of the bundled corpus (biographies, places, scenes, health); the others are half
of them health sentences that name an organ (MedQuAD), half definitions and health sentences that name none
(WordNet, MedQuAD).
"""

from __future__ import annotations

import gzip
import json
import random
from importlib.resources import files
from pathlib import Path

from benchmarks.throughput import corpus_sentences
from midspan.pipelines.readers.detect import detect
from midspan.pipelines.segmenting import reading_run, segment_document
from midspan.records import Segment

A_DOCUMENT = 50
WORDS = range(15, 80)
"""Of a sentence; shorter and longer ones are left out."""


def long_sentences(count: int, seed: int = 0) -> list[str]:
    """As many distinct texts, in an order of chance; of the corpus no more than it has."""
    chosen = random.Random(seed)
    kinds = [sorted(_fit(texts)) for texts in (corpus_sentences(), _texts("none"), _texts("organs"))]
    found: set[str] = set()
    for left, texts in zip((3, 2, 1), kinds, strict=True):
        new = [text for text in texts if text not in found]
        found.update(chosen.sample(new, min(len(new), (count - len(found)) // left)))
    return chosen.sample(sorted(found), len(found))


def write_documents(target: Path, count: int, seed: int = 0) -> None:
    """``count`` sentences in paragraphs of their own, in files of fifty."""
    texts = long_sentences(count, seed)
    for start in range(0, len(texts), A_DOCUMENT):
        (target / f"part-{start:06}.txt").write_text("\n\n".join(texts[start : start + A_DOCUMENT]))


def sentences_of(folder: Path) -> list[str]:
    """What midspan reads as sentences in those documents."""
    return [
        piece.text
        for path in sorted(folder.iterdir())
        for piece in segment_document(path.name, reading_run(), detect(path).reader(path))
        if isinstance(piece, Segment) and piece.kind == "sentence"
    ]


def _texts(name: str) -> list[str]:
    path = files("midspan") / "models" / "atlas" / "learned" / "text" / f"{name}.jsonl.gz"
    with path.open("rb") as packed, gzip.open(packed, "rt") as lines:
        return [json.loads(line)["text"] for line in lines]


def _fit(texts: list[str]) -> set[str]:
    return {text for text in texts if len(text.split()) in WORDS}
