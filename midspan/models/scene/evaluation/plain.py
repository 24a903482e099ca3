"""Sentences that arrange nothing: a scene that is read in one of them is a false one."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

from midspan.models.kit.jsonl import read_rows

FOLDER = Path(__file__).parent
MODELS = FOLDER.parents[1]
EACH = 1000
"""Sentences of a half."""
SEED = 15


def plain_sentences() -> dict[str, list[str]]:
    """By view: two halves of 1,000 sentences, the ``tuned`` one looked at while the rules were written;
    figures of
    speech of our own.

    The halves are drawn of news and Wikipedia (CaRB, FewRel), medicine (MedQuAD) and software (Python's
    help).
    They were not read one by one: a few tell of a thing at a place, and count as false all the same.
    """
    halves: dict[str, list[str]] = {"plain_tuned": [], "plain_untouched": []}
    for sentence in sorted(set(_all())):
        even = int(hashlib.sha256(sentence.encode()).hexdigest(), 16) % 2 == 0
        halves["plain_tuned" if even else "plain_untouched"].append(sentence)
    for sentences in halves.values():
        random.Random(SEED).shuffle(sentences)
        del sentences[EACH:]
    for half in ("tuned", "untouched"):
        halves[f"figurative_{half}"] = (FOLDER / f"figurative_{half}.txt").read_text("utf-8").splitlines()
    return halves


def _all() -> Iterator[str]:
    text = MODELS / "atlas/learned/text"
    yield from (row["sentence"] for row in read_rows(MODELS / "facts/evaluation/carb.jsonl.gz"))
    yield from (row["sentence"] for row in read_rows(MODELS / "facts/evaluation/fewrel.jsonl.gz"))
    yield from (
        row["text"] for row in read_rows(text / "none.jsonl.gz") if row["origin"].startswith("medquad")
    )
    yield from (row["text"] for row in read_rows(text / "subjects.jsonl.gz") if row["origin"] == "python")
