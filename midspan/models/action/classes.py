"""What a model of actions can answer: the names of the classes of each head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

VERB, NOUN = "verb", "noun"
NO_ACTION = "no action"
"""The verb of a window in which nothing is done."""


@dataclass(frozen=True)
class Classes:
    names: Mapping[str, tuple[str, ...]]
    """By head, in the order in which the heads' logits stand in a row."""

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(self.names)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(map(len, self.names.values()))

    @property
    def total(self) -> int:
        return sum(self.sizes)

    def slices(self) -> dict[str, slice]:
        """Where each head's classes stand in a row of logits."""
        ends = np.cumsum(self.sizes).tolist()
        return {
            head: slice(end - size, end) for head, size, end in zip(self.heads, self.sizes, ends, strict=True)
        }

    def split(self, logits: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
        """(..., total) to each head's own (..., n)."""
        return {head: logits[..., where] for head, where in self.slices().items()}

    def only(self, *heads: str) -> Classes:
        """Of these heads alone."""
        return Classes({head: self.names[head] for head in heads})

    def to_json(self) -> dict[str, list[str]]:
        return {head: list(names) for head, names in self.names.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Classes:
        return cls({head: tuple(names) for head, names in data.items()})
