"""What a model of arrangements is trained on: a text and the things that it places, with their boxes.

As JSON, one object a line (``as_row``, ``of_row``)::

    {"text": "A cat lies under the table.", "origin": "generated", "template": "under.3", "split": "train",
     "things": [{"label": "cat", "category": "cat", "mention": [2, 5], "box": [0.31, 0.8, 0.14, 0.16],
                 "depth": 0, "facing": "right"}, ...],
     "relations": [{"subject": 0, "predicate": "under", "object": 1, "other": null, "explicit": true}]}

Frame: canvas with the origin at top left, x to the right, y down, both 0..1; a box is the centre (x, y) and
the
size (w, h) after scaling by depth. Real scenes reach beyond the canvas, so a centre may lie outside 0..1.
``depth`` is 0 near, 1 middle, 2 far. ``mention`` are code points of ``text``, null where the text does not
name
the thing. Relations hold in the boxes as ``placed.holds`` has it.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from midspan.models.scene.wordings import INVERSE, Predicate

Facing = Literal["left", "right"]


@dataclass(frozen=True)
class PlacedThing:
    label: str
    """Its words, in the singular."""
    category: str
    """Of ``lexicon.NAMED``."""
    mention: tuple[int, int] | None
    box: tuple[float, float, float, float]
    """x, y, w, h."""
    depth: int
    facing: Facing


@dataclass(frozen=True)
class PlacedRelation:
    """Indices into the things; as ``relations.Relation``."""

    subject: int
    predicate: Predicate
    object: int
    other: int | None = None
    explicit: bool = True


@dataclass(frozen=True)
class Example:
    text: str
    things: tuple[PlacedThing, ...]
    relations: tuple[PlacedRelation, ...]
    origin: str
    template: str = ""
    """Names of the templates that the text is made by, by blanks."""
    split: str = "train"


def as_row(example: Example) -> dict[str, Any]:
    return asdict(example)


def of_row(row: dict[str, Any]) -> Example:
    things = tuple(
        PlacedThing(
            **{
                **thing,
                "mention": None if thing["mention"] is None else tuple(thing["mention"]),
                "box": tuple(thing["box"]),
            }
        )
        for thing in row["things"]
    )
    relations = tuple(PlacedRelation(**relation) for relation in row["relations"])
    return Example(**{**row, "things": things, "relations": relations})


_OPPOSITE = {"left": "right", "right": "left", "east": "west", "west": "east"}
_SIDES = re.compile(
    r"\b(left|right)(?=\b|hand)|(?<=\b)(east|west)\b|(?<=north|south)(east|west)\b", re.IGNORECASE
)


def mirrored(example: Example) -> Example:
    """The example seen in a mirror: left and right are swapped in the boxes, the facing, the relations, the
    text.

    A text that speaks of clocks is not mirrored: its hours would be wrong. Nor is one where "right" or
    "left" may
    be no side ("right next to"). Both raise ``ValueError``; ``can_be_mirrored`` asks before.
    """
    if not can_be_mirrored(example.text):
        raise ValueError(f"cannot be mirrored: {example.text!r}")
    words = [match.span() for match in _SIDES.finditer(example.text)]
    text, shifts, end = "", [], 0
    for first, last in words:
        word = example.text[first:last]
        other = _OPPOSITE[word.lower()]
        text += example.text[end:first] + (other.capitalize() if word[0].isupper() else other)
        shifts.append((last, len(other) - len(word)))
        end = last
    text += example.text[end:]

    def moved(position: int) -> int:
        return position + sum(shift for after, shift in shifts if after <= position)

    things = tuple(
        replace(
            thing,
            mention=None if thing.mention is None else (moved(thing.mention[0]), moved(thing.mention[1])),
            box=(1.0 - thing.box[0], *thing.box[1:]),
            facing=_turned(thing.facing),
        )
        for thing in example.things
    )
    relations = tuple(replace(one, predicate=_seen(one.predicate)) for one in example.relations)
    return replace(example, text=text, things=things, relations=relations)


def can_be_mirrored(text: str) -> bool:
    return (
        re.search(r"o'clock|\bright (?:next|behind|above|below|under|in|on|by)\b|\bleft (?:a|the|it)\b", text)
        is None
    )


def _turned(facing: Facing) -> Facing:
    return "left" if facing == "right" else "right"


def _seen(predicate: Predicate) -> Predicate:
    pairs: dict[Predicate, Predicate] = {
        "left_of": INVERSE["left_of"],
        "right_of": INVERSE["right_of"],
        "at_left": "at_right",
        "at_right": "at_left",
        "turned_left": "turned_right",
        "turned_right": "turned_left",
    }
    return pairs.get(predicate, predicate)
