"""What is a kind of what: the things of scenes in WordNet's order of concepts.

A concept is a number. What is below it, along first hypernyms, has the numbers from its own to a last one,
so that "some animal" is a range, which a database finds by an index. A concept with several hypernyms lies in
the range of the first and is a range of its own for the others. The numbers hang on WordNet 3.1 alone;
``concepts.tsv.gz`` is made by ``benchmarks/build_scene_concepts.py``.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from midspan.models.scene.lemmas import singular_forms
from midspan.models.scene.lexicon import LONGEST, NAMED, look_up

FILE = Path(__file__).with_name("concepts.tsv.gz")

Span = tuple[int, int]
"""The first and the last of some concepts, both within."""

_OF_CATEGORY = {
    "bee spring-rider": "toy",
    "purple glasses": "spectacles",
    "balloons": "balloon",
    "rainbow propeller hat": "hat",
    "pirate hat": "hat",
    "chef hat": "hat",
    "winter hat": "hat",
    "wizard hat": "hat",
    "viking helmet": "helmet",
    "small animal": "animal",
    "headwear": "headdress",
    "leafy tree": "tree",
    "swings": "swing",
}
"""Categories whose own name WordNet has not; of a kind with none the things are not known more closely."""


@dataclass(frozen=True)
class Taxonomy:
    last: dict[int, int]
    """The last concept below each."""
    above: dict[int, tuple[int, ...]]
    below: dict[int, tuple[int, ...]]
    """Those that have it for a hypernym but for their first one."""
    meant: dict[str, int]
    """By noun."""
    words: dict[int, tuple[str, ...]]


@cache
def taxonomy() -> Taxonomy:
    last: dict[int, int] = {}
    above: dict[int, tuple[int, ...]] = {}
    known: dict[int, tuple[str, ...]] = {}
    meant: dict[str, int] = {}
    aside: dict[int, list[int]] = defaultdict(list)
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        for line in file:
            number, end, hypernyms, words = line.rstrip("\n").split("\t")
            concept = int(number)
            last[concept] = int(end)
            above[concept] = tuple(map(int, hypernyms.split()))
            for other in above[concept][1:]:
                aside[other].append(concept)
            if words:
                known[concept] = tuple(words.split(","))
                meant.update(dict.fromkeys(known[concept], concept))
    return Taxonomy(last, above, {one: tuple(found) for one, found in aside.items()}, meant, known)


def noun_of(surface: str) -> str:
    """The noun that a label ends with, lower case and singular: "Two fishing boats" to "fishing boat"; the
    label itself where no word of it is known."""
    words = " ".join(surface.lower().split()).strip(" .,;:!?").split(" ")
    for first in range(max(0, len(words) - LONGEST), len(words)):
        for last in singular_forms(words[-1]):
            phrase = " ".join([*words[first:-1], last])
            if look_up(phrase) is not None or phrase in taxonomy().meant:
                return phrase
    return " ".join(words)


def concept_of(noun: str, category: str = "") -> int | None:
    """The concept of a noun; of a compound that of its last words, of a name that of its category."""
    known = taxonomy().meant
    words = noun.split()
    for first in range(len(words)):
        if (found := known.get(" ".join(words[first:]))) is not None:
            return found
    return known.get(_OF_CATEGORY.get(category, category)) if category in NAMED else None


def within(concept: int) -> tuple[Span, ...]:
    """A concept and all that is a kind of it, as ranges that do not overlap, in order."""
    tree = taxonomy()
    spans = [(concept, tree.last[concept])]
    todo = [spans[0]]
    while todo:
        low, high = todo.pop()
        for parent in _between(low, high):
            for other in tree.below[parent]:
                if not any(start <= other <= end for start, end in spans):
                    spans.append((other, tree.last[other]))
                    todo.append(spans[-1])
    joined: list[Span] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def chain(concept: int) -> Iterator[int]:
    """A concept and what it is a kind of, the nearest first."""
    level, seen = [concept], {concept}
    while level:
        yield from level
        level = [up for one in level for up in taxonomy().above.get(one, ()) if up not in seen]
        level = list(dict.fromkeys(level))
        seen.update(level)


def broader(noun: str) -> frozenset[str]:
    """Nouns for what a noun is a kind of, one step up: those for a "settee" may call it a "sofa"."""
    concept = concept_of(noun)
    above = () if concept is None else taxonomy().above[concept]
    return frozenset(word for up in above for word in taxonomy().words.get(up, ()))


def name_of(concept: int) -> str:
    """Its first word; empty for one that no noun means."""
    return taxonomy().words.get(concept, ("",))[0]


def _between(low: int, high: int) -> list[int]:
    return [one for one in taxonomy().below if low <= one <= high]
