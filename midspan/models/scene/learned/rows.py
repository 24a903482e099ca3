"""A text and the things to place, as numbers that the network reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
import tokenizers

from midspan.models.minilm import wheel
from midspan.models.scene.learned.naming import Span, named_at
from midspan.models.scene.lexicon import NAMED, Group

Ints = npt.NDArray[np.int64]

NEAR = 15
"""Pieces to either side of where a thing is named that are told apart; what is farther counts as this far."""
UNNAMED = 2 * NEAR + 1
FAR = 24
"""The same between two things."""
APART = 2 * FAR + 1
LABEL_PIECES = 6
GROUPS: tuple[Group, ...] = (
    "overhead",
    "place",
    "sky",
    "large",
    "person",
    "animal",
    "clothing",
    "food",
    "toy",
    "small",
)
"""In the order in which people draw: what is behind and large first."""
KINDS = tuple(NAMED)
NOTHING, ONLY_WORDS = 0, 1
IDS = 2 + len(KINDS) + len(GROUPS)
"""Nothing, a thing of which only the words are known, then the categories, then the groups."""


@dataclass(frozen=True)
class Question:
    """A text and the things that are to be placed."""

    text: str
    labels: tuple[str, ...]
    categories: tuple[str, ...]
    """Of ``lexicon.NAMED``."""
    mentions: tuple[tuple[Span, ...], ...]
    """Where the text names each, as half-open code points; empty where it does not."""

    @classmethod
    def of(cls, text: str, labels: Sequence[str], categories: Sequence[str]) -> Question:
        """With the mentions that are found by the things' words."""
        found = named_at(text, labels, categories)
        return cls(text, tuple(labels), tuple(categories), tuple(map(tuple, found)))


@dataclass(frozen=True)
class Row:
    tokens: Ints
    """(length,) word pieces."""
    labels: Ints
    """(things, LABEL_PIECES), filled up with 0."""
    ids: Ints
    """(things,) of the categories."""
    groups: Ints
    """(things,) ids of their groups."""
    near: npt.NDArray[np.int8]
    """(things, length): NEAR + how many pieces a piece lies after the nearest that names the thing, or
    UNNAMED."""
    apart: npt.NDArray[np.int8]
    """(things, things): FAR + how many pieces the second is named after the first, or APART."""


def id_of(category: str) -> int:
    return 2 + KINDS.index(category)


def group_id_of(category: str) -> int:
    return 2 + len(KINDS) + GROUPS.index(NAMED[category].group)


class Rows:
    """Makes rows; texts are cut at ``longest`` pieces."""

    def __init__(self, longest: int, known: Sequence[str] = KINDS) -> None:
        """``known`` are the categories that the network was trained on: another one is known by its group."""
        self._tokenizer = wheel.read_tokenizer()
        self._tokenizer.enable_truncation(longest)
        self._known = frozenset(known)
        self._label = lru_cache(50_000)(self._label_pieces)

    def __call__(self, question: Question) -> Row:
        encoded = self._tokenizer.encode(question.text)
        count = len(encoded.ids)
        places = [_places(encoded, spans) for spans in question.mentions]
        groups = np.array([group_id_of(one) for one in question.categories], dtype=np.int64)
        known = [one in self._known for one in question.categories]
        ids = np.array([id_of(one) for one in question.categories], dtype=np.int64)
        return Row(
            np.array(encoded.ids, dtype=np.int64),
            np.array([self._label(one) for one in question.labels], dtype=np.int64),
            np.where(known, ids, groups),
            groups,
            np.array([_near(one, count) for one in places], dtype=np.int8),
            _all_apart(places).astype(np.int8),
        )

    def tokens(self, text: str) -> Ints:
        """(length,) the pieces of a text."""
        return np.array(self._tokenizer.encode(text).ids, dtype=np.int64)

    def _label_pieces(self, label: str) -> list[int]:
        ids = self._tokenizer.encode(label, add_special_tokens=False).ids[:LABEL_PIECES]
        return [*ids, *[0] * (LABEL_PIECES - len(ids))]


def _places(encoded: tokenizers.Encoding, spans: Sequence[Span]) -> Ints:
    """The pieces that lie in the spans."""
    starts, ends = np.array(encoded.offsets, dtype=np.int64).T
    within = np.zeros(len(starts), dtype=np.bool_)
    for first, last in spans:
        within |= (starts < last) & (ends > first)
    return np.flatnonzero(within & (ends > starts))


def _near(places: Ints, count: int) -> Ints:
    if not len(places):
        return np.full(count, UNNAMED)
    distances = np.arange(count) - places[:, None]
    nearest = np.abs(distances).argmin(axis=0)
    return np.asarray(distances[nearest, np.arange(count)].clip(-NEAR, NEAR) + NEAR)


def _all_apart(places: Sequence[Ints]) -> Ints:
    apart = np.full((len(places), len(places)), APART)
    for one, other in product(range(len(places)), repeat=2):
        if one <= other and len(places[one]) and len(places[other]):
            distances = (places[other] - places[one][:, None]).ravel()
            nearest = int(distances[np.abs(distances).argmin()])
            nearest = max(-FAR, min(FAR, nearest))
            apart[one, other], apart[other, one] = FAR + nearest, FAR - nearest
    return apart


Inputs = tuple[npt.NDArray[np.int64], ...]


def padded(rows: Sequence[Row]) -> Inputs:
    """tokens (n, length), labels (n, things, LABEL_PIECES), ids (n, things), near (n, things, length), apart
    (n, things, things); filled up with 0 in tokens and ids, which are 0 nowhere else, and with UNNAMED and
    APART."""
    length = max(len(row.tokens) for row in rows)
    things = max(len(row.ids) for row in rows)
    tokens = np.zeros((len(rows), length), dtype=np.int64)
    labels = np.zeros((len(rows), things, LABEL_PIECES), dtype=np.int64)
    ids = np.zeros((len(rows), things), dtype=np.int64)
    near = np.full((len(rows), things, length), UNNAMED, dtype=np.int64)
    apart = np.full((len(rows), things, things), APART, dtype=np.int64)
    for place, row in enumerate(rows):
        wide, count = len(row.tokens), len(row.ids)
        tokens[place, :wide] = row.tokens
        labels[place, :count] = row.labels
        ids[place, :count] = row.ids
        near[place, :count, :wide] = row.near
        apart[place, :count, :count] = row.apart
    return tokens, labels, ids, near, apart
