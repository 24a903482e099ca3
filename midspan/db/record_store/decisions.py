"""Decisions of people about the entities of facts."""

from __future__ import annotations

from abc import ABC, abstractmethod

from midspan.records import Decision, Named, Verdict


class DecisionStore(ABC):
    """Which entities are the same, and which are not, with who said so: lines are added and never changed.

    Those that hold contradict each other nowhere: what is the same is a tree without a second way between
    two entities, holds one entity of a knowledge graph at most, and no two that are said to be different.
    """

    @abstractmethod
    def decide(self, verdict: Verdict, one: Named, other: Named, by: str, why: str) -> Decision:
        """Note that two entities are the same, or that they are not; the order of the two is no matter.

        What holds already is answered and not noted again; ``different`` overrules that the two are the same,
        ``same`` nothing. Raises ``WrongUse`` for what would contradict, and for two entities of knowledge
        graphs.
        """

    @abstractmethod
    def undo(self, number: int, by: str, why: str) -> Decision:
        """Take a decision back, so that the one before it on the same two holds again; returns it as it is.

        Raises ``NotFound``, and ``WrongUse`` for one that is undone already or where the one before it would
        contradict what was decided since.
        """

    @abstractmethod
    def decisions(self, uid: str | None = None) -> list[Decision]:
        """All, or those about an entity, the newest first."""
