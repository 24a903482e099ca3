"""Made-up scenes with their texts, as many as asked for, the same ones for the same seed.

A scene has 2 to 8 things, of which some are related; they are placed at random where their kind usually is,
then
moved until what is said holds, so that the text is right by construction. Where things usually are is the
mean
of their group (``lexicon``) with a spread of our own choice; sizes are ours as well. No annotation is in it.

Three things are held out of the training split and are all there is in a test split: ``templates`` (the
last of
each relation), ``pairs`` (a tenth of all pairs of nouns) and ``categories`` (eight of the 58, and a tenth
of the
other nouns).
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from functools import cache

from midspan.models.scene.data.examples import Example, PlacedRelation, PlacedThing
from midspan.models.scene.data.templates import EXPLICIT, IMPLIED, JOINED, OPENINGS
from midspan.models.scene.layout import Start, arrange
from midspan.models.scene.lexicon import Category, all_words
from midspan.models.scene.placed import Constraint, Placed, holds
from midspan.models.scene.wordings import IN_PICTURE, Predicate

SPLITS = ("train", "templates", "pairs", "categories")
HELD_OUT = frozenset({"owl", "tent", "pirate hat", "pizza", "kite", "rocket", "sandbox", "bucket"})
_IMPLIED_SHARE = 0.35
_MOST_THINGS = 8
_PLURALS = frozenset(
    {"glasses", "goggles", "stairs", "scissors", "skis", "eyeglasses", "spectacles", "sunglasses"}
)
_NO_NOUNS = frozenset(
    {"he", "she", "someone", "somebody", "people", "mike", "jenny", "ground", "water", "sand", "snow"}
)
_RESTING = frozenset({"person", "animal", "clothing", "food", "toy", "small"})
_Noun = tuple[str, Category]


def generate(count: int, seed: int, split: str = "train") -> Iterator[Example]:
    """Raises ``ValueError`` for an unknown split."""
    if split not in SPLITS:
        raise ValueError(f"no such split: {split!r}; known: {', '.join(SPLITS)}")
    rng = random.Random(f"{seed} {split}")
    made = 0
    while made < count:
        example = _scene(rng, split)
        if example is not None:
            made += 1
            yield example


def _scene(rng: random.Random, split: str) -> Example | None:
    nouns = _chosen_nouns(rng, split)
    clauses: list[tuple[str, str, PlacedRelation]] = []
    for later in range(1, len(nouns)):
        said = _clause(rng, nouns, later, split)
        if said is not None:
            clauses.append(said)
    if not clauses:
        return None
    told = [relation for _, _, relation in clauses]
    constraints = [Constraint(one.subject, one.predicate, one.object, one.other) for one in told]
    things = arrange([category for _, category in nouns], constraints, start=_start(rng, nouns))
    kept = [clause for clause, one in zip(clauses, constraints, strict=True) if holds(things, one)]
    wanted = split != "templates" or any(template.endswith("held out") for _, template, _ in kept)
    return _example(rng, nouns, things, kept, split) if kept and wanted else None


def _chosen_nouns(rng: random.Random, split: str) -> list[_Noun]:
    """Different nouns, of the split's; in ``categories`` the first one, in ``pairs`` the first two are held
    out."""
    known, unseen = _nouns()
    count = min(2 + int(rng.expovariate(0.6)), _MOST_THINGS)
    while True:
        nouns = rng.sample(known, count)
        if split == "categories":
            nouns[0] = rng.choice(unseen)
        if split == "pairs":
            if _is_held_out_pair(nouns[0][0], nouns[1][0]):
                return nouns
        elif split == "templates" or not any(
            _is_held_out_pair(one[0], other[0]) for k, one in enumerate(nouns) for other in nouns[:k]
        ):
            return nouns


def _clause(
    rng: random.Random, nouns: Sequence[_Noun], later: int, split: str
) -> tuple[str, str, PlacedRelation] | None:
    """A sentence about a thing and one before it: its template, the template's name, what it says."""
    earlier = rng.randrange(later)
    if later > 1 and split != "pairs" and rng.random() < 0.15:
        return None  # a thing that is not spoken of
    a, b = (later, earlier) if rng.random() < 0.5 else (earlier, later)
    groups = nouns[a][1].group, nouns[b][1].group
    if rng.random() < _IMPLIED_SHARE:
        fitting = [
            (number, sentence, predicate)
            for number, (sentence, predicate, of_a, of_b) in enumerate(IMPLIED)
            if groups[0] in of_a.split()
            and groups[1] in of_b.split()
            and (number < len(IMPLIED) - 1 or split == "templates")
        ]
        if fitting:
            number, sentence, predicate = rng.choice(fitting)
            held = " held out" if number == len(IMPLIED) - 1 else ""
            return sentence, f"implied.{number}{held}", PlacedRelation(a, predicate, b, explicit=False)
    predicate = rng.choice(_possible(groups))
    templates = EXPLICIT[predicate]
    last = len(templates) - 1
    number = last if split == "templates" and rng.random() < 0.7 else rng.randrange(last)
    name = f"{predicate}.{number}{' held out' if number == last else ''}"
    if predicate in IN_PICTURE:
        return templates[number], name, PlacedRelation(a, predicate, a)
    if predicate == "between":
        others = [k for k in range(later) if k not in (a, b)]
        if not others:
            return None
        return templates[number], name, PlacedRelation(a, predicate, b, rng.choice(others))
    return templates[number], name, PlacedRelation(a, predicate, b)


@cache
def _possible(groups: tuple[str, str]) -> tuple[Predicate, ...]:
    """Relations that two things of these groups may have; left and right the most often."""
    first, second = groups
    found: list[Predicate] = ["left_of", "right_of"] * 3
    found += ["above", "below", "next_to", "behind", "in_front_of", "far_from", "between"]
    found += ["at_left", "at_right", "at_top", "at_bottom", "at_center"]
    if first in _RESTING and second in ("large", "place"):
        found += ["on", "on", "under", "inside", "touching"]
    if first in ("food", "toy", "small") and second == "small":
        found += ["on", "inside", "touching"]
    if first in ("person", "animal"):
        found += ["facing", "across_from", "turned_left", "turned_right"]
    if "place" in groups or "overhead" in groups:
        found = [one for one in found if one in ("on", "inside", "next_to", "above", "left_of", "right_of")]
    return tuple(found)


def _start(rng: random.Random, nouns: Sequence[_Noun]) -> list[Start]:
    """x anywhere, y about where the group is, most of them at the usual depth, turned to either side."""
    return [
        Start(
            rng.uniform(0.08, 0.92),
            min(max(rng.gauss(category.y, 0.09), 0.05), 0.95),
            category.depth if rng.random() < 0.8 else rng.randrange(3),
            "left" if rng.random() < 0.5 else "right",
        )
        for _, category in nouns
    ]


def _example(
    rng: random.Random,
    nouns: Sequence[_Noun],
    things: Sequence[Placed],
    clauses: Sequence[tuple[str, str, PlacedRelation]],
    split: str,
) -> Example:
    text = ""
    mentions: dict[int, tuple[int, int]] = {}
    for number, (template, _, relation) in enumerate(clauses):
        joint = "" if number == 0 else rng.choice(JOINED)
        opening = rng.choice(OPENINGS) if number == 0 and not template.startswith("put") else ""
        starts = number == 0 or joint.startswith(".")
        text += joint + opening
        gaps = {"a": relation.subject, "b": relation.object, "c": relation.other}
        begun = len(text)
        for piece in template.replace("{", "}{").split("}"):
            if piece.startswith("{"):
                index = gaps[piece[1:]]
                assert index is not None
                phrase = _phrase(nouns[index][0], index in mentions)
                first = len(text) + len(phrase) - len(nouns[index][0])
                mentions.setdefault(index, (first, first + len(nouns[index][0])))
                text += phrase
            else:
                text += piece
        if starts and not opening:
            text = text[:begun] + text[begun].upper() + text[begun + 1 :]
    placed = tuple(
        PlacedThing(
            label=noun,
            category=category.name,
            mention=mentions.get(k),
            box=(thing.x, thing.y, round(thing.width, 4), round(thing.height, 4)),
            depth=thing.depth,
            facing=thing.facing,
        )
        for k, ((noun, category), thing) in enumerate(zip(nouns, things, strict=True))
    )
    names = " ".join(template.split()[0] for _, template, _ in clauses)
    return Example(f"{text}.", placed, tuple(one for _, _, one in clauses), "generated", names, split)


def _phrase(noun: str, known: bool) -> str:
    if known:
        return f"the {noun}"
    if noun in _PLURALS:
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


@cache
def _nouns() -> tuple[list[_Noun], list[_Noun]]:
    """Those of the training split, and those that are held out."""
    known: list[_Noun] = []
    unseen: list[_Noun] = []
    for word, entry in sorted(all_words().items()):
        if word in _NO_NOUNS or entry.category.group == "overhead" or entry.category.name == "part":
            continue
        held = entry.category.name in HELD_OUT or (entry.mapping == "open" and _tenth(word))
        (unseen if held else known).append((word, entry.category))
    return known, unseen


def _is_held_out_pair(one: str, other: str) -> bool:
    return _tenth(" ".join(sorted((one, other))))


@cache
def _tenth(word: str) -> bool:
    return int(hashlib.sha256(word.encode()).hexdigest(), 16) % 10 == 0
