"""How well a scene has what is asked for: which of its things are meant, and which relations hold.

Every wanted thing is one thing of the scene or none, no two the same one; of all such choices the best
counts. The score is the mean of what things and relations count, 0..1. A relation is judged on the boxes, as
a layout is, and counts fully where the text states it as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from midspan.models.scene.lexicon import NAMED
from midspan.models.scene.placed import Constraint, Placed, holds, scale_of
from midspan.models.scene.wordings import Predicate
from midspan.records import SceneArrangement, SceneObject, SceneQuery, WantedRelation, WantedThing
from midspan.records.scene_queries import KIND_OF, LIKE, REACH, SAME, UNSTATED

CHOICES = 20_000
"""So many choices of things are weighed; of a scene with more the first ones."""


@dataclass(frozen=True)
class Match:
    score: float
    things: tuple[int | None, ...]
    """For each wanted thing the index of the scene's."""
    why: str


def match(scene: SceneArrangement, query: SceneQuery) -> Match | None:
    """None for a scene that lacks more than half of the things, or of the relations that were named."""
    worth = [[_worth(thing, one) for one in scene.objects] for thing in query.things]
    placed = [placed_of(one) for one in scene.objects]
    best: tuple[float, tuple[int | None, ...], list[float]] | None = None
    for number, choice in enumerate(_choices(worth, 0, ())):
        if number >= CHOICES:
            break
        kept = [_related(scene, placed, one, choice) for one in query.relations]
        total = sum(worth[k][one] for k, one in enumerate(choice) if one is not None) + sum(kept)
        if best is None or total > best[0]:
            best = total, choice, kept
    if best is None:
        return None
    total, choice, kept = best
    named = [value for value, one in zip(kept, query.relations, strict=True) if not one.drawn]
    there = sum(one is not None for one in choice)
    if 2 * there < len(choice) or 2 * sum(value > 0 for value in named) < len(named):
        return None
    score = total / (len(query.things) + len(query.relations))
    return Match(round(score, 4), choice, _why(scene, query, choice, kept))


def placed_of(thing: SceneObject) -> Placed:
    """A thing as the layout judges it, with the box that was kept of it."""
    category = NAMED[thing.category]
    if thing.width is not None and thing.height is not None:
        scale = scale_of(category, thing.depth)
        category = replace(category, width=thing.width / scale, height=thing.height / scale)
    return Placed(category, thing.x, thing.y, thing.depth, thing.facing)


def _choices(
    worth: Sequence[Sequence[float]], k: int, taken: tuple[int | None, ...]
) -> Iterator[tuple[int | None, ...]]:
    """For each wanted thing a thing of the scene, the best first, or none."""
    if k == len(worth):
        yield taken
        return
    fitting = [one for one, value in enumerate(worth[k]) if value > 0 and one not in taken]
    for one in sorted(fitting, key=lambda one: -worth[k][one]):
        yield from _choices(worth, k + 1, (*taken, one))
    yield from _choices(worth, k + 1, (*taken, None))


def _worth(wanted: WantedThing, thing: SceneObject) -> float:
    likeness = _likeness(wanted, thing)
    if wanted.x is None or wanted.y is None:
        return likeness
    square = (thing.x - wanted.x) ** 2 + (thing.y - wanted.y) ** 2
    return likeness * max(0.0, 1 - square / REACH**2)


def _likeness(wanted: WantedThing, thing: SceneObject) -> float:
    noun = _noun(thing)
    if wanted.is_open or noun in wanted.nouns:
        return SAME
    concept = thing.concept
    kind = concept is not None and any(low <= concept <= high for low, high in wanted.concepts)
    if kind or thing.category in wanted.categories:
        return KIND_OF
    return LIKE if noun in wanted.near else 0.0


def _noun(thing: SceneObject) -> str:
    return thing.noun or thing.surface.lower()


def _related(
    scene: SceneArrangement,
    placed: Sequence[Placed],
    wanted: WantedRelation,
    choice: Sequence[int | None],
) -> float:
    """0 where it does not hold, or where one of its things is not there."""
    a, b = choice[wanted.subject], choice[wanted.object]
    c = None if wanted.other is None else choice[wanted.other]
    if a is None or b is None or (wanted.other is not None and c is None):
        return 0.0
    if not holds(placed, Constraint(a, cast(Predicate, wanted.predicate), b, c)):
        return 0.0
    return 1.0 if wanted.drawn or _stated(scene, wanted, a, b) else UNSTATED


def _stated(scene: SceneArrangement, wanted: WantedRelation, a: int, b: int) -> str:
    """The words that state it; empty where none do."""
    for one in scene.relations:
        way = (one.subject, one.predicate, one.object)
        if way == (a, wanted.predicate, b) or (wanted.inverse and way == (b, wanted.inverse, a)):
            return one.trigger
    return ""


# --- in words ---


def _why(
    scene: SceneArrangement, query: SceneQuery, choice: Sequence[int | None], kept: Sequence[float]
) -> str:
    said = [
        _thing_in_words(thing, None if one is None else scene.objects[one])
        for thing, one in zip(query.things, choice, strict=True)
    ]
    for wanted, value in zip(query.relations, kept, strict=True):
        if not wanted.drawn:
            said.append(_relation_in_words(scene, wanted, choice, value))
    drawn = [value > 0 for wanted, value in zip(query.relations, kept, strict=True) if wanted.drawn]
    if drawn:
        said.append(f"{sum(drawn)} of {len(drawn)} relations alike")
    return "; ".join(said)


def _thing_in_words(wanted: WantedThing, thing: SceneObject | None) -> str:
    if thing is None:
        return f"no {wanted.label}"
    noun = _noun(thing)
    if wanted.is_open:
        return f"{wanted.label}: {thing.surface}"
    likeness = _likeness(wanted, thing)
    if likeness == SAME:
        return noun
    return f"{noun}, a kind of {wanted.label}" if likeness == KIND_OF else f"{noun}, like {wanted.label}"


def _relation_in_words(
    scene: SceneArrangement, wanted: WantedRelation, choice: Sequence[int | None], value: float
) -> str:
    name = wanted.predicate.replace("_", " ")
    if not value:
        return f"not {name}"
    a, b = choice[wanted.subject], choice[wanted.object]
    words = "" if a is None or b is None else _stated(scene, wanted, a, b)
    return f"{name}: stated as “{words}”" if words else f"{name}: in the layout"
