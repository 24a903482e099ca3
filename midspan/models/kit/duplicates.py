"""The same text twice: once is enough to learn from, and none may stand in two parts of the data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from midspan.models.kit.splitting import Split, split_of

R = TypeVar("R")


def normalised(text: str) -> str:
    """The words of a text in small letters, without what stands between them."""
    return " ".join(re.findall(r"\w+", text.lower()))


def first_of_each(rows: Iterable[R], text: Callable[[R], str]) -> Iterator[R]:
    """The rows whose normalised text no row before has."""
    seen: set[str] = set()
    for row in rows:
        key = normalised(text(row))
        if key not in seen:
            seen.add(key)
            yield row


def in_two_splits(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Normalised texts that stand in more than one part, of rows of document and text; ordered."""
    splits: dict[str, set[Split]] = {}
    for doc, text in rows:
        splits.setdefault(normalised(text), set()).add(split_of(doc))
    return sorted(text for text, found in splits.items() if len(found) > 1)
