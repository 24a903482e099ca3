"""What the judge is trained on: sentences by their subject, mentions by their sense."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.identity import JUDGE_NAME
from midspan.models.atlas.language.organs import mentions
from midspan.models.atlas.learned.embeddings import EMBEDDINGS
from midspan.models.atlas.learned.examples import SHIPPED, capped, of_split
from midspan.models.atlas.learned.judge import Judge, around
from midspan.models.encoder import TextEncoder
from midspan.models.kit import splitting
from midspan.models.kit.embedding_cache import EmbeddingCache
from midspan.models.kit.folder import save_model
from midspan.models.kit.gate_training import train_gate
from midspan.models.kit.jsonl import read_rows

LICENCE = "Apache-2.0 (weights); CC BY 4.0, WordNet licence, PSF licence and Apache-2.0 (sentences)"
TRAINED_ON = (
    "sentences of MedQuAD (CC BY 4.0) against 5,519 of WordNet, of Python's help and of midspan's own "
    "documents; 2,800 short texts with an organ's word, of WordNet and of patterns of our own; on vectors of "
    "all-MiniLM-L6-v2"
)
PER_ORGAN = 80
"""Most sentences of an organ, shown as they are and without the names; and of a kind of clause without."""
CLAUSES = 700
Labelled = tuple[list[str], npt.NDArray[np.bool_]]


def train_judge(out: Path, work: Path, *, seed: int = 0, data: Path | None = None) -> dict[str, Any]:
    """Train the judge and write it to ``out``; vectors that were made before lie in ``work``. Returns the
    card."""
    started = time.monotonic()
    folder = data or SHIPPED
    judge, figures = judge_of(EmbeddingCache(work / EMBEDDINGS, TextEncoder), seed, folder)
    card = {
        "name": JUDGE_NAME,
        "trained_on": TRAINED_ON if folder == SHIPPED else f"sentences of {folder.name}",
        "licence": LICENCE,
        "retrain": f"midspan train atlas --model judge --seed {seed}",
        "recipe": {"seed": seed, "per_organ": PER_ORGAN, "clauses": CLAUSES},
        "curve": [{"epoch": 0, **figures}],
        "validation": figures,
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    return save_model(out, {"thresholds": judge.thresholds}, judge.tensors, card)


def judge_of(cache: EmbeddingCache, seed: int = 0, folder: Path = SHIPPED) -> tuple[Judge, dict[str, float]]:
    """The judge, and how often it is right on the validation split. ``seed`` draws the sentences."""
    gates, figures = [], {}
    for name, texts_of in (("subject", subjects), ("sense", senses)):
        (train, wanted), (held_out, held_out_wanted) = (
            texts_of(folder, split, seed) for split in ("train", "validation")
        )
        vectors = cache.encode(held_out)
        gate = train_gate(cache.encode(train), wanted, vectors, held_out_wanted)
        gates.append(gate)
        right = (gate.probability(vectors) >= 0.5) == held_out_wanted
        for kind, chosen in (("wanted", held_out_wanted), ("others", ~held_out_wanted)):
            figures[f"{name}_{kind}"] = float(right[chosen].mean())
    return Judge(*gates), figures


def subjects(folder: Path, split: splitting.Split, seed: int) -> Labelled:
    """Sentences with and without a medical subject; medical are those on an organ, with its name and without,
    and the clauses of the same documents that name none."""
    rows = [row for row in of_split(split, folder) if row.organs or row.origin == "medquad-clause"]
    anatomy = capped([row for row in rows if row.organs], PER_ORGAN, seed)
    clauses = [row.text for row in rows if not row.organs]
    drawn = np.random.default_rng(seed).permutation(len(clauses))[:CLAUSES]
    medical = [
        *(row.text for row in anatomy),
        *(row.unnamed for row in anatomy),
        *(clauses[i] for i in drawn),
    ]
    others = [row["text"] for row in _rows(folder, "subjects") if _split(row) == split]
    return _labelled(medical, others)


def senses(folder: Path, split: splitting.Split, seed: int) -> Labelled:
    """Mentions with the words around them, meant bodily or not."""
    bodily = [row.text for row in capped([r for r in of_split(split, folder) if r.organs], PER_ORGAN, seed)]
    rows = [row for row in _rows(folder, "senses") if _split(row) == split]
    bodily += [row["text"] for row in rows if row["bodily"]]
    return _labelled(_shown(bodily), _shown(row["text"] for row in rows if not row["bodily"]))


def _shown(texts: Iterable[str]) -> list[str]:
    """The first mention of each text with its words."""
    return [
        around(text, named[0].start, named[0].end)
        for text in texts
        if (named := [mention for mention in mentions(text) if mention.organ])
    ]


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Of the folder, or else those that ship."""
    own = folder / f"{name}.jsonl.gz"
    return read_rows(own if own.exists() else SHIPPED / own.name)


def _split(row: dict[str, Any]) -> splitting.Split:
    return splitting.split_of(row["doc"])


def _labelled(wanted: Sequence[str], others: Sequence[str]) -> Labelled:
    return [*wanted, *others], np.arange(len(wanted) + len(others)) < len(wanted)
