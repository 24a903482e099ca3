"""The concrete nouns of WordNet 3.1, each with the kind of thing that it names and how often it names one.

``nouns.tsv.gz`` is made by ``benchmarks/build_scene_nouns.py``.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("nouns.tsv.gz")


@cache
def nouns() -> dict[str, tuple[str, float]]:
    """Kind (of ``lexicon.KINDS``) and share of use, 0..1, by noun: lower case, singular, words by blanks."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        return {word: (kind, float(share)) for word, kind, share in rows}
