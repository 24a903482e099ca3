"""What is asked of scenes, made of a text, of another scene or of labels that were placed on a canvas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

from midspan.errors import WrongUse
from midspan.models.scene.concepts import concept_of, noun_of, within
from midspan.models.scene.describe import describe
from midspan.models.scene.lexicon import CATEGORIES, KINDS
from midspan.models.scene.relations import Description
from midspan.models.scene.wordings import IN_PICTURE, INVERSE, Predicate, triggers
from midspan.records import SceneArrangement, SceneObject, SceneQuery, WantedRelation, WantedThing

if TYPE_CHECKING:
    from spacy.tokens import Doc

ANY = frozenset({"something", "anything", "thing", "object", "what"})
"""Words for any thing at all."""
_ALSO = dict.fromkeys(("child", "kid"), ("boy", "girl", "baby", "toddler"))
"""What people take for kinds of a thing and WordNet does not."""
_SMALL = frozenset({"a", "an", "the", "is", "are", "there", "to", "of", "it", "its", "some"})
ASIDE = 0.08
"""Things that were placed so far from each other on an axis are wanted in that order."""
MOST = 12
"""Things in one question."""


@dataclass(frozen=True)
class Label:
    """A thing that somebody put on a canvas. Frame: origin top left, both 0..1, centre."""

    text: str
    x: float
    y: float


def wanted(label: str, x: float | None = None, y: float | None = None) -> WantedThing:
    """The thing that a label names, and all kinds of it."""
    noun = noun_of(label)
    if noun in ANY:
        return WantedThing(noun, x=x, y=y)
    spans = tuple(span for one in (noun, *_ALSO.get(noun, ())) for span in _kinds(one))
    return WantedThing(noun, frozenset({noun}), spans, _categories(noun, spans), x=x, y=y)


def of_text(doc: Doc) -> SceneQuery:
    """What a parsed text describes; without a relation, the things that it names. Raises ``WrongUse`` where
    it neither relates things nor names one that is known."""
    description = describe(doc)
    query = _telegram(doc) if description is None else _of_description(description)
    known = any(thing.concepts or thing.categories for thing in query.things)
    if not (known or query.relations):
        raise WrongUse(f"no thing of a scene in {doc.text!r}; ask as in “dog left of tree” or “cup and lamp”")
    return query


def of_scene(scene: SceneArrangement) -> SceneQuery:
    """Scenes like one: its things where they are, and what it states."""
    things = tuple(_like(one) for one in scene.objects[:MOST])
    pairs: dict[tuple[int, str, int], None] = {}
    for one in scene.relations:
        if max(one.subject, one.object) < len(things) and one.predicate != "between":
            pairs[one.subject, one.predicate, one.object] = None
    relations = (WantedRelation(*pair, inverse=_inverse(pair[1]), drawn=True) for pair in pairs)
    return SceneQuery(things, tuple(relations), without=scene.id)


def of_drawing(labels: Sequence[Label]) -> SceneQuery:
    """Scenes with these things about there, in this order from left to right and from top to bottom.

    Raises ``WrongUse`` without a label, or with too many.
    """
    if not 0 < len(labels) <= MOST:
        raise WrongUse(f"a drawing has 1 to {MOST} things, not {len(labels)}")
    things = tuple(wanted(one.text, one.x, one.y) for one in labels)
    return SceneQuery(things, tuple(_sides(labels)))


def _like(thing: SceneObject) -> WantedThing:
    """Another thing of its kind; its own noun counts most."""
    noun = thing.noun or noun_of(thing.surface)
    spans = () if thing.concept is None else within(thing.concept)
    kinds = frozenset({thing.category}) if thing.category in CATEGORIES else frozenset[str]()
    return WantedThing(noun, frozenset({noun}), spans, kinds, x=thing.x, y=thing.y)


def _kinds(noun: str) -> tuple[tuple[int, int], ...]:
    concept = concept_of(noun)
    return () if concept is None else within(concept)


def _categories(noun: str, spans: Sequence[tuple[int, int]]) -> frozenset[str]:
    """The categories that are such things: a "vehicle" is any of the kind of this name, and a bear is one of
    the "animals" of WordNet."""
    own = {name for name in KINDS if name.split()[-1] == noun}
    for name, concept in _concepts().items():
        if concept is not None and any(low <= concept <= high for low, high in spans):
            own.add(name)
    return frozenset(own)


@cache
def _concepts() -> dict[str, int | None]:
    return {name: concept_of(name, name) for name in CATEGORIES}


def _inverse(predicate: str) -> str:
    return INVERSE.get(predicate, "")  # type: ignore[call-overload, no-any-return]


def _of_description(description: Description) -> SceneQuery:
    ends = accumulate(one.count for one in description.mentions)
    instances = [range(end - one.count, end) for one, end in zip(description.mentions, ends, strict=True)]
    mentions = [one for one in description.mentions for _ in range(one.count)]
    relations = []
    for one in description.relations:
        for subject in instances[one.subject]:
            into = subject if one.predicate in IN_PICTURE else instances[one.object][0]
            other = None if one.other is None else instances[one.other][-1]
            relations.append(WantedRelation(subject, one.predicate, into, other, _inverse(one.predicate)))
    return SceneQuery(tuple(wanted(one.surface) for one in mentions), tuple(dict.fromkeys(relations)))


def _telegram(doc: Doc) -> SceneQuery:
    """Nouns with wordings between them, as they are typed in a hurry: "vehicle near building"."""
    found = list(triggers(doc))
    cuts = [0, *(place for one in found for place in (one.first, one.last)), len(doc)]
    groups = [_nouns(doc, cuts[k], cuts[k + 1]) for k in range(0, len(cuts), 2)]
    things: list[str] = [noun for group in groups for noun in group]
    relations = []
    for k, trigger in enumerate(found):
        left = sum(len(group) for group in groups[: k + 1])
        before, after = left - 1, left
        for predicate in trigger.predicates:
            if predicate in IN_PICTURE and before >= 0:
                relations.append(WantedRelation(before, predicate, before))
            elif predicate == "between" and before >= 0 and len(groups[k + 1]) > 1:
                relations.append(WantedRelation(before, predicate, after, after + 1))
            elif predicate not in (*IN_PICTURE, "between") and before >= 0 and groups[k + 1]:
                ends = (after, before) if trigger.wording.swapped else (before, after)
                relations.append(WantedRelation(ends[0], predicate, ends[1], None, _inverse(predicate)))
    return SceneQuery(tuple(wanted(noun) for noun in things), tuple(relations))


def _nouns(doc: Doc, first: int, last: int) -> list[str]:
    """What is named between two wordings, joined by "and" or commas."""
    found: list[str] = []
    words: list[str] = []
    for token in [*doc[first:last], None]:
        if token is not None and not token.is_punct and token.lower_ not in ("and", "or", "with"):
            words.append(token.lower_)
            continue
        if any(word not in _SMALL for word in words):
            found.append(noun_of(" ".join(words)))
        words = []
    return found


def _sides(labels: Sequence[Label]) -> Iterator[WantedRelation]:
    axes: tuple[tuple[str, Predicate, Predicate], ...] = (
        ("x", "left_of", "right_of"),
        ("y", "above", "below"),
    )
    for a, b in combinations(range(len(labels)), 2):
        for axis, less, more in axes:
            apart = getattr(labels[a], axis) - getattr(labels[b], axis)
            if abs(apart) >= ASIDE:
                name = less if apart < 0 else more
                yield WantedRelation(a, name, b, inverse=INVERSE[name], drawn=True)
