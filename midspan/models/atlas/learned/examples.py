"""Labelled sentences to train and measure the atlas models on, and how they are split and masked.

The labels are silver: where a sentence names an organ, by the dictionary of ``organs``. Masked, every name
is replaced by ``[MASK]``, so that the place has to be inferred from the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from midspan.models.atlas.language.context import NAMING, Context
from midspan.models.kit import splitting
from midspan.models.kit.jsonl import read_rows

Span = tuple[int, int]

SHIPPED = Path(__file__).parent / "text"
MASK = "[MASK]"

STEMS = re.compile(
    r"hepat|nephr|\bren|cardi|pulmon|pneum|gastr|enter[io]|cerebr|enceph|neur|thyr|thym|splen|pancrea|adren"
    r"|ovar|uter|metri|hyster|testic|orchi|vesic|cyst|esoph|vertebr|spondyl|myel|chol|bili|bronch|colo|ile[uo]",
    re.IGNORECASE,
)
"""Latin and Greek stems that give an organ away although its name is masked."""


@dataclass(frozen=True)
class Example:
    """A sentence and the organs that it names; none of them for a sentence without anatomy."""

    doc: str
    text: str
    organs: tuple[str, ...]
    """Without repetition, in order of first mention."""
    spans: tuple[Span, ...]
    """Where the names stand, half-open."""
    origin: str

    @property
    def split(self) -> splitting.Split:
        return splitting.split_of(self.doc)

    @property
    def labels(self) -> tuple[str, ...]:
        """Organs; a sentence without anatomy counts as an organ of its own, by origin."""
        return self.organs or (f"none:{self.origin}",)

    @property
    def masked(self) -> str:
        """The text without the organs' names; of a sentence that has none, without a word or two."""
        return _with(self.text, self.spans or _any_words(self.text), MASK)

    @property
    def unnamed(self) -> str:
        """The text with the organs' names left out; of a sentence that has none, without a word or two."""
        return " ".join(_with(self.text, self.spans or _any_words(self.text), "").split())

    @property
    def stem_clean(self) -> bool:
        """Whether the masked text holds no stem that gives an organ away."""
        return not STEMS.search(self.masked)


@cache
def examples(folder: Path = SHIPPED) -> tuple[Example, ...]:
    """All shipped sentences, with and without organs."""
    organs = [_example(row) for row in read_rows(folder / "organs.jsonl.gz")]
    return (*organs, *(_example(row) for row in read_rows(folder / "none.jsonl.gz")))


def of_split(split: splitting.Split, folder: Path = SHIPPED) -> list[Example]:
    """The sentences of a part; to train on, the glosses as well, where the folder has any."""
    chosen = [example for example in examples(folder) if example.split == split]
    return [*chosen, *_glosses(folder)] if split == "train" else chosen


@cache
def _glosses(folder: Path) -> tuple[Example, ...]:
    path = folder / "glosses.jsonl.gz"
    return tuple(map(_example, read_rows(path))) if path.exists() else ()


def capped(rows: Sequence[Example], per_organ: int, seed: int) -> list[Example]:
    """In random order, as many sentences of each organ, and of each kind of sentence without one."""
    return splitting.capped(rows, lambda row: row.labels, per_organ, seed)


def contexts_of(rows: Sequence[Example], known: Iterable[Example]) -> list[Context]:
    """For each row what some other sentences of its document name, as if they stood before it: the shipped
    sentences have no order, so up to ``NAMING`` of those in ``known`` are drawn by their hash."""
    documents: dict[str, list[tuple[str, Example]]] = {}
    for row in known:
        if row.organs:
            key = hashlib.sha256(row.text.encode()).hexdigest()
            documents.setdefault(row.doc, []).append((key, row))
    for others in documents.values():
        others.sort(key=lambda pair: pair[0])
    return [
        tuple(frozenset(other.organs) for _, other in documents.get(row.doc, []) if other != row)[:NAMING]
        for row in rows
    ]


def _with(text: str, spans: Sequence[Span], put: str) -> str:
    """The text with ``put`` in place of each span."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + put + text[end:]
    return text


def _any_words(text: str) -> tuple[Span, ...]:
    """One or two words of a text, chosen by its hash: a mask must not tell that there was an organ."""
    words = [match.span() for match in re.finditer(r"\w{4,}", text)]
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    count = min(len(words), 1 + number % 2)
    step = (number >> 8) % max(len(words), 1)
    return tuple({words[(step + 3 * k) % len(words)] for k in range(count)})


def _example(row: dict[str, Any]) -> Example:
    spans = row.get("spans", [])
    return Example(
        doc=row["doc"],
        text=row["text"],
        organs=tuple(dict.fromkeys(organ for _, _, organ in spans)),
        spans=tuple((start, end) for start, end, _ in spans),
        origin=row.get("origin", "medquad"),
    )
