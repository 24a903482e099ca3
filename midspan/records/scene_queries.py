"""Which arrangements are asked for: things, where they are to each other, and where on the canvas.

Frame: canvas, origin top left, x right, y down, both 0..1, centres. What holds boxes of this frame (a scene
of a text, the objects of a video frame) can be asked so.
"""

from __future__ import annotations

from dataclasses import dataclass

SAME, KIND_OF, LIKE = 1.0, 0.9, 0.6
"""How well a thing is what is asked for: by its noun, by its kind, by a noun of like meaning."""
REACH = 0.5
"""A thing that is so far from where it should be is not there at all."""
UNSTATED = 0.9
"""What a relation counts that holds in the layout and is not stated."""


@dataclass(frozen=True)
class WantedThing:
    """A thing that is looked for: one of these nouns, or of a kind. What says none of them is any thing."""

    label: str
    """As it was asked for."""
    nouns: frozenset[str] = frozenset()
    """Lower case and singular, as :attr:`SceneObject.noun`."""
    concepts: tuple[tuple[int, int], ...] = ()
    """Ranges of :attr:`SceneObject.concept`, both ends within."""
    categories: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    """Nouns of like meaning, which count less."""
    x: float | None = None
    """Where it should be; None where that is open, together with ``y``."""
    y: float | None = None

    @property
    def is_open(self) -> bool:
        return not (self.nouns or self.concepts or self.categories or self.near)


@dataclass(frozen=True)
class WantedRelation:
    """A relation that is looked for, between wanted things by index; a place in the picture is a relation of
    a thing to itself."""

    subject: int
    predicate: str
    object: int
    other: int | None = None
    """The second one of between."""
    inverse: str = ""
    """What says the same with subject and object exchanged; empty where nothing does."""
    drawn: bool = False
    """It comes of how things are placed where others should be like it: it ranks, and need not hold."""


@dataclass(frozen=True)
class SceneQuery:
    things: tuple[WantedThing, ...]
    relations: tuple[WantedRelation, ...] = ()
    source_ids: frozenset[str] | None = None
    without: str = ""
    """Id of a scene that is no answer."""


@dataclass(frozen=True)
class SceneFilter:
    """Which scenes are meant; what is not said leaves that side open."""

    thing: WantedThing | None = None
    """One of its things is this; its place does not count."""
    predicate: str | None = None
    """It states this; of the thing, where there is one."""
    source_ids: frozenset[str] | None = None
