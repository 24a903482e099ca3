"""Checking: is what the record store holds what was written into it?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True)
class Findings:
    damage: tuple[str, ...] = ()
    """In words, a line each; empty for what is whole."""
    notes: tuple[str, ...] = ()
    """What was looked at, and what could not be."""


class Checking(ABC):
    """Reads everything; changes nothing. Raises ``StoreUnavailable``, but not for damage: that is found."""

    @abstractmethod
    def check_database(self) -> Findings:
        """The database's own checks: pages, indexes, references, points."""

    @abstractmethod
    def check_rows(self) -> Findings:
        """Each text, vector and record against the checksum that was written with it."""
