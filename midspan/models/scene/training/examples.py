"""Scenes with their texts as rows with the places that are to be learned, each beside its mirror image."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from midspan.models.scene.data.examples import Example, can_be_mirrored, mirrored
from midspan.models.scene.learned.grid import bins_of
from midspan.models.scene.learned.rows import Question, Row, Rows

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Placed:
    """A row and where its things are."""

    row: Row
    points: Floats
    """(things, 2), within the canvas."""
    bins: npt.NDArray[np.int64]
    """(things, 4): x, y, depth, facing (0 right, 1 left)."""
    sizes: Floats
    """(things, 2)."""


def question_of(example: Example) -> Question:
    return Question.of(
        example.text, [one.label for one in example.things], [one.category for one in example.things]
    )


def placed_of(example: Example, rows: Rows) -> Placed:
    return _placed(example, rows(question_of(example)))


def _placed(example: Example, row: Row) -> Placed:
    boxes = np.array([one.box for one in example.things], dtype=np.float32)
    more = [(one.depth, int(one.facing == "left")) for one in example.things]
    return Placed(
        row,
        np.clip(boxes[:, :2], 0, 1),
        np.concatenate([bins_of(boxes[:, :2]), np.array(more, dtype=np.int64)], axis=1),
        np.clip(boxes[:, 2:], 0, 1),
    )


@dataclass(frozen=True)
class Both:
    """A scene and its mirror image; the scene twice where its text cannot be mirrored."""

    plain: Placed
    turned: Placed


def both(examples: Iterable[Example], rows: Rows) -> list[Both]:
    return [_both(example, rows) for example in examples]


def _both(example: Example, rows: Rows) -> Both:
    plain = placed_of(example, rows)
    if not can_be_mirrored(example.text):
        return Both(plain, plain)
    other = mirrored(example)
    tokens = rows.tokens(other.text)
    # left and right are one piece each: things are named at the same pieces
    row = (
        replace(plain.row, tokens=tokens)
        if len(tokens) == len(plain.row.tokens)
        else rows(question_of(other))
    )
    return Both(plain, _placed(other, row))


def lengths(some: Sequence[Both]) -> list[int]:
    return [len(one.plain.row.tokens) for one in some]
