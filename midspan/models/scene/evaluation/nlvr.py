"""Whether a relation that is read holds in a picture (NLVR): sentences over boxes of coloured shapes, true or
false of them.

Most of the sentences count, or speak of towers and boxes; asked are those that say nothing but that one shape
stands in a relation to another, or touches an edge. Such a sentence is true where some box has what does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

from midspan.errors import WrongUse
from midspan.models.kit.evaluation import Extra
from midspan.models.kit.results import Table
from midspan.models.parser import load_parser
from midspan.models.scene.describe import describe
from midspan.models.scene.lexicon import NAMED
from midspan.models.scene.mentions import Mention
from midspan.models.scene.placed import Constraint, Placed, holds
from midspan.models.scene.relations import Description

COLOURS = {"black": "Black", "yellow": "Yellow", "blue": "#0099ff"}
SHAPES = ("circle", "square", "triangle")
ANY_SHAPE = frozenset({"block", "item", "object", "shape", "thing", "piece"})
EDGES = frozenset({"wall", "edge", "side", "border"})
SIDE = 100
"""Of a box, in the unit of the places."""
TOUCHING = 0.02
_COUNTED = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|exactly|only|least|most|all|each|every|both|same|different|"
    r"no|not|none|never|without|more|less|least|multiple|many|any)\b"
)
_PLAIN = NAMED["small thing"]


@dataclass(frozen=True)
class Shape:
    colour: str
    shape: str
    placed: Placed


@dataclass(frozen=True)
class Question:
    sentence: str
    true: bool
    boxes: tuple[tuple[Shape, ...], ...]


@dataclass(frozen=True)
class NlvrFigure:
    name: str
    value: float


def read_questions(folder: Path) -> list[Question]:
    """All of ``dev.json``. Raises ``WrongUse`` where it is not in the folder."""
    path = folder / "dev.json"
    if not path.is_file():
        raise WrongUse(f"{folder} has no dev.json: name the folder nlvr/dev of the NLVR corpus")
    return [_question(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]


def nlvr_extras(folder: Path | None) -> list[Extra]:
    """How often what is read agrees with what people say of the picture."""
    if folder is None:
        return []
    questions = read_questions(folder)
    asked = [one for one in questions if not _COUNTED.search(one.sentence.lower())]
    readings = [describe(doc) for doc in load_parser().parse([one.sentence for one in asked])]
    answers = [
        (one.true, said)
        for one, description in zip(asked, readings, strict=True)
        if (said := answer(description, one.boxes)) is not None
    ]
    right = sum(true == said for true, said in answers)
    true = sum(true for true, _ in answers)
    figures = [
        NlvrFigure("questions", len(questions)),
        NlvrFigure("that count nothing", len(asked)),
        NlvrFigure("that are answered", len(answers)),
        NlvrFigure("of these right, %", _percent(right, len(answers))),
        NlvrFigure(
            "right by the more frequent answer, %", _percent(max(true, len(answers) - true), len(answers))
        ),
    ]
    cells = [[one.name, f"{one.value:.1f}" if "%" in one.name else f"{one.value:.0f}"] for one in figures]
    caption = (
        "Relations between coloured shapes, read and held against the pictures of NLVR's development set."
    )
    return [Extra("nlvr", figures, Table(("figure", "value"), cells, caption))]


def answer(description: Description | None, boxes: Sequence[Sequence[Shape]]) -> bool | None:
    """Whether some box has what is described; None where it is no relation of two shapes, or of one and an
    edge."""
    if description is None or len(description.relations) != 1:
        return None
    (relation,) = description.relations
    ends = [description.mentions[place] for place in (relation.subject, relation.object)]
    if relation.subject == relation.object or relation.other is not None or not _is_shape(ends[0]):
        return None
    if _noun(ends[1]) in EDGES and relation.predicate == "touching":
        return any(_fits(one, ends[0]) and _is_at_edge(one.placed) for box in boxes for one in box)
    if not _is_shape(ends[1]):
        return None
    return any(
        holds([one.placed, other.placed], Constraint(0, relation.predicate, 1))
        for box in boxes
        for one, other in permutations(box, 2)
        if _fits(one, ends[0]) and _fits(other, ends[1])
    )


def _is_at_edge(placed: Placed) -> bool:
    across, down = (
        (at - size / 2, at + size / 2) for at, size in ((placed.x, placed.width), (placed.y, placed.height))
    )
    return any(low < TOUCHING or high > 1 - TOUCHING for low, high in (across, down))


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else float("nan")


def _is_shape(mention: Mention) -> bool:
    return _noun(mention) in {*SHAPES, *ANY_SHAPE}


def _noun(mention: Mention) -> str:
    return mention.surface.lower().split()[-1].removesuffix("s")


def _fits(shape: Shape, mention: Mention) -> bool:
    words = {*mention.surface.lower().split(), *mention.attributes}
    colours = [known for word, known in COLOURS.items() if word in words]
    noun = _noun(mention)
    return (not colours or shape.colour in colours) and (noun in ANY_SHAPE or noun == shape.shape)


def _question(row: dict[str, Any]) -> Question:
    boxes = tuple(tuple(_shapes(box)) for box in row["structured_rep"])
    return Question(row["sentence"], row["label"] == "true", boxes)


def _shapes(box: list[dict[str, Any]]) -> Iterator[Shape]:
    for one in box:
        size = one["size"] / SIDE
        category = replace(_PLAIN, width=size, height=size)
        x, y = (one[name] / SIDE + size / 2 for name in ("x_loc", "y_loc"))
        yield Shape(one["color"], one["type"], Placed(category, x, y, 0, "right"))
