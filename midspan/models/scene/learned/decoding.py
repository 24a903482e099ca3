"""In which order things get their places: the strategies of SR-BERT by name.

Each asks the network for the things that have no place yet, places one of them, and asks again with it in
place; ``one_step_all`` places all at once. Scenes are decoded side by side, a step of all at a time. The
confidence of a thing is the sum of the log-probabilities of its x, y, depth and facing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt

from midspan.errors import UnknownName, WrongUse
from midspan.models.scene.learned.answers import Said
from midspan.models.scene.learned.config import Heads
from midspan.models.scene.learned.grid import COLUMNS, MASKED, ROWS, bins_of, nearest_to_all
from midspan.models.scene.learned.rows import Row

S = TypeVar("S", bound=np.generic)
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Ask = Callable[[Sequence[Row], Sequence[Ints]], list[Floats]]
"""Rows, and for each the bins (things, 4) that its things have so far; what the network says: (things,
answers) for each."""
Strategy = Literal[
    "one_step_all", "human_order", "random_order", "highest_confidence", "lowest_entropy", "beam"
]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
WITHOUT_PROBABILITIES: tuple[Strategy, ...] = ("one_step_all", "human_order", "random_order")
"""What continuous heads can do, which know no confidence."""
BEAM = 3
TINY = 1e-12


@dataclass(frozen=True)
class Layout:
    """The places of a scene's things, as the network chose them."""

    points: npt.NDArray[np.float64]
    """(things, 2), centres."""
    bins: Ints
    """(things, 4): x, y, depth, facing (0 right, 1 left); ``MASKED`` where there is no place yet."""
    p_x: Floats
    """(things, 25), when each was placed; empty of continuous heads."""
    p_y: Floats
    """(things, 20)."""
    p_facing: Floats
    """(things,), of the facing that was chosen."""
    sizes: Floats
    """(things, 2)."""
    log_prob: float = 0.0
    """Sum over the things, at the places that were chosen."""

    @property
    def left(self) -> Ints:
        """Things without a place."""
        return np.flatnonzero(self.bins[:, 0] == MASKED[0])

    def confidences(self, points: Sequence[tuple[float, float]]) -> list[float | None]:
        """The probability that each thing lies within a tenth of the canvas of a point, across and down; None
        of continuous heads."""
        if not self.p_x.shape[1]:
            return [None] * len(points)
        bins = bins_of(points)
        shares = [
            (p * (np.abs(np.arange(p.shape[1]) - bins[:, axis, None]) <= p.shape[1] // 10)).sum(axis=1)
            for axis, p in enumerate((self.p_x, self.p_y))
        ]
        return [round(float(one), 4) for one in shares[0] * shares[1]]


def decode(
    ask: Ask, rows: Sequence[Row], heads: Heads, strategy: Strategy, seed: int = 0
) -> list[list[Layout]]:
    """For each row its layouts, the most probable first: one, or of ``beam`` up to ``BEAM``.

    Raises ``UnknownName``, and ``WrongUse`` where the heads give no probabilities to go by.
    """
    if strategy not in STRATEGIES:
        raise UnknownName("strategy", strategy, list(STRATEGIES))
    if heads == "continuous" and strategy not in WITHOUT_PROBABILITIES:
        raise WrongUse(f"continuous heads know no confidence; decode by {', '.join(WITHOUT_PROBABILITIES)}")
    if strategy == "beam":
        return _beam(ask, rows)
    return [[one] for one in _in_turn(ask, rows, heads, strategy, seed)]


def _in_turn(ask: Ask, rows: Sequence[Row], heads: Heads, strategy: Strategy, seed: int) -> list[Layout]:
    layouts = [_empty(row, heads) for row in rows]
    orders = [_order(row, strategy, np.random.default_rng((seed, place))) for place, row in enumerate(rows)]
    while going := [place for place, one in enumerate(layouts) if len(one.left)]:
        answers = ask([rows[place] for place in going], [layouts[place].bins for place in going])
        for place, answer in zip(going, answers, strict=True):
            said, left = Said.of(answer, heads), layouts[place].left
            layouts[place] = _placed(layouts[place], said, _next(said, left, strategy, orders[place]))
    return layouts


def _order(row: Row, strategy: Strategy, rng: np.random.Generator) -> Ints:
    """A number for each thing: the least of them is placed first."""
    if strategy == "random_order":
        return rng.permutation(len(row.ids))
    return np.lexsort((np.arange(len(row.groups)), row.groups)).argsort()


def _next(said: Said, left: Ints, strategy: Strategy, order: Ints) -> Ints:
    """The things to place now, of those that are left."""
    if strategy == "one_step_all":
        return left
    if strategy == "highest_confidence":
        return left[[certainty(said)[left].argmax()]]
    if strategy == "lowest_entropy":
        return left[[entropy(said)[left].argmin()]]
    return left[[order[left].argmin()]]


def certainty(said: Said) -> Floats:
    """(things,): the sum, not the product, of the greatest log-probabilities."""
    parts = (said.x, said.y, said.depth, said.facing)
    return np.asarray(sum(np.log(part.max(axis=-1) + TINY) for part in parts))


def entropy(said: Said) -> Floats:
    """(things,), in bits."""
    parts = (said.x, said.y, said.depth, said.facing)
    return np.asarray(sum(-(part * np.log2(part + TINY)).sum(axis=-1) for part in parts))


def _empty(row: Row, heads: Heads) -> Layout:
    count = len(row.ids)
    across, down = (COLUMNS, ROWS) if heads == "discrete" else (0, 0)
    return Layout(
        np.zeros((count, 2)),
        np.tile(np.array(MASKED, dtype=np.int64), (count, 1)),
        np.zeros((count, across), dtype=np.float32),
        np.zeros((count, down), dtype=np.float32),
        np.zeros(count, dtype=np.float32),
        np.zeros((count, 2), dtype=np.float32),
    )


def _placed(layout: Layout, said: Said, things: Ints) -> Layout:
    """The layout with some more things at the places that the network says."""
    depths, facings = said.depth[things].argmax(axis=-1), said.facing[things].argmax(axis=-1)
    log_prob = layout.log_prob
    p_x, p_y = layout.p_x, layout.p_y
    if p_x.shape[1]:
        p_x, p_y = _with(p_x, things, said.x[things]), _with(p_y, things, said.y[things])
        points = nearest_to_all(said.x[things], said.y[things])
        bins = bins_of(points)
        chosen = (
            said.x[things, bins[:, 0]],
            said.y[things, bins[:, 1]],
            said.depth[things].max(axis=-1),
            said.facing[things].max(axis=-1),
        )
        log_prob += float(sum(np.log(one + TINY).sum() for one in chosen))
    else:
        points = np.concatenate([said.x[things], said.y[things]], axis=-1).astype(np.float64)
        bins = bins_of(points)
    return Layout(
        _with(layout.points, things, points),
        _with(layout.bins, things, np.column_stack([bins, depths, facings])),
        p_x,
        p_y,
        _with(layout.p_facing, things, said.facing[things].max(axis=-1)),
        _with(layout.sizes, things, said.size[things]),
        log_prob,
    )


def _with(rows: npt.NDArray[S], places: Ints, values: npt.NDArray[Any]) -> npt.NDArray[S]:
    changed: npt.NDArray[S] = rows.copy()
    changed[places] = values
    return changed


def _beam(ask: Ask, rows: Sequence[Row]) -> list[list[Layout]]:
    """The ``BEAM`` most probable layouts over all orders. Two orders that lead to the same places are one."""
    beams = [[_empty(row, "discrete")] for row in rows]
    while any(len(beam[0].left) for beam in beams):
        going = [(place, layout) for place, beam in enumerate(beams) for layout in beam if len(layout.left)]
        answers = ask([rows[place] for place, _ in going], [layout.bins for _, layout in going])
        longer: dict[int, dict[bytes, Layout]] = {}
        for (place, layout), answer in zip(going, answers, strict=True):
            said = Said.of(answer, "discrete")
            for thing in layout.left:
                one = _placed(layout, said, np.array([thing]))
                longer.setdefault(place, {}).setdefault(one.bins.tobytes(), one)
        for place, found in longer.items():
            beams[place] = sorted(found.values(), key=lambda one: -one.log_prob)[:BEAM]
    return beams
