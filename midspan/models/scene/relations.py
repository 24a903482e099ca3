"""What a description says: mentions of things, and relations between them."""

from __future__ import annotations

from dataclasses import dataclass

from midspan.models.scene.mentions import Mention
from midspan.models.scene.wordings import Predicate


@dataclass(frozen=True)
class Relation:
    """``subject predicate object`` between mentions, by index; ``other`` is the second one of between.

    What is in a place of the picture (``at_...``) is its own object.
    """

    subject: int
    predicate: Predicate
    object: int
    trigger: str
    explicit: bool
    other: int | None = None


@dataclass(frozen=True)
class Description:
    mentions: tuple[Mention, ...]
    relations: tuple[Relation, ...]
