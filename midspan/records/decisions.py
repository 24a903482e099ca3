"""What somebody decided about two entities of facts: that they are the same, or that they are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["same", "different"]

OUTSIDE = "local:"
_OUTSIDE = re.compile(r"local:[0-9a-f]{24}")


def is_outside(uid: str) -> bool:
    """Whether this is a uid of what is in no knowledge graph: ``local:`` and 24 hex digits."""
    return _OUTSIDE.fullmatch(uid) is not None


@dataclass(frozen=True)
class Named:
    """An entity by its uid, and what it is called."""

    uid: str
    name: str


@dataclass(frozen=True)
class Undoing:
    by: str
    at: float
    """Unix seconds."""
    why: str


@dataclass(frozen=True)
class Decision:
    """One line of the audit: it is never changed, and never goes.

    Of the decisions about two entities the newest that is not undone holds."""

    number: int
    """They are counted in the order in which they were made."""
    verdict: Verdict
    one: Named
    """In no knowledge graph; of two such the one whose uid comes first."""
    other: Named
    by: str
    at: float
    """Unix seconds by the record store's clock."""
    why: str
    undone: Undoing | None = None
    holds: bool = True

    @property
    def pair(self) -> tuple[str, str]:
        return self.one.uid, self.other.uid

    @property
    def merges(self) -> bool:
        """Whether it makes them one: it holds, and says that they are the same."""
        return self.holds and self.verdict == "same"


def ordered(one: Named, other: Named) -> tuple[Named, Named]:
    """Two entities as a decision has them."""
    left, right = sorted((one, other), key=lambda entity: (not is_outside(entity.uid), entity.uid))
    return left, right
