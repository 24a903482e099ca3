"""How many annotated pairs of names come out as the two sides of a triple."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midspan.models.facts.extraction import Triple
from midspan.models.facts.phrases import Phrase
from midspan.models.facts.wordlist import words

Place = tuple[int, int]


@dataclass(frozen=True)
class Pair:
    """Two names that an annotator joined; each of the places is one that it may have in the sentence."""

    doc: str
    sentence: str
    ones: Sequence[Place]
    others: Sequence[Place]
    pronoun: bool = False


PRONOUNS = words("he she his her him it its they their them who whom which that i")


def is_found(pair: Pair, triples: Iterable[Triple]) -> bool:
    """In either direction; an argument may hold more than the name."""
    for triple in triples:
        sides = (triple.subject, triple.object)
        for left, right in (sides, sides[::-1]):
            if _holds(left, pair.ones) and _holds(right, pair.others):
                return True
    return False


def fewrel_pairs(rows: Iterable[dict[str, Any]]) -> list[Pair]:
    return [
        Pair(row["sentence"], row["sentence"], [tuple(row["one"])], [tuple(row["other"])]) for row in rows
    ]


def knowledgenet_pairs(path: Path) -> list[Pair]:
    """From a JSON list of ``{"doc", "sentence", "subject", "object"}``; facts without a side are left out.

    Sentences of a document come in the order of the file.
    """
    return [
        Pair(
            row["doc"],
            row["sentence"],
            places(row["sentence"], row["subject"]),
            places(row["sentence"], row["object"]),
            not PRONOUNS.isdisjoint((row["subject"].lower(), row["object"].lower())),
        )
        for row in json.loads(path.read_text("utf-8"))
        if row["subject"] and row["object"]
    ]


def places(text: str, name: str) -> list[Place]:
    """Where a name stands in a text; it is annotated without its place."""
    found, at = [], text.find(name)
    while at >= 0:
        found.append((at, at + len(name)))
        at = text.find(name, at + 1)
    return found


def _holds(phrase: Phrase, places: Sequence[Place]) -> bool:
    return any(phrase.start <= start and end <= phrase.end for start, end in places)
