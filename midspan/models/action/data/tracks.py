"""Where the camera sees things and hands: the ground truth of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.hand_shape import posed
from midspan.models.action.data.nouns import NOUNS, outline
from midspan.models.action.data.scene import Floats, Hand, Moved, Scene, Thing, move_hand, move_thing

LEAST_SIDE = 0.02
"""A box with a shorter side is none."""
_LEAST_SHARE = 0.08
"""What has less of its box within the picture is not annotated."""


@dataclass(frozen=True)
class TrueTrack:
    """Where one thing or hand is in every frame."""

    id: str
    category: Literal["hand", "object"]
    noun: str
    """"hand" for hands."""
    boxes: npt.NDArray[np.float32]
    """(frames, 4): left, top, right, bottom, shares of the picture; NaN where it is not to be seen."""


@dataclass(frozen=True)
class Staged:
    """A scene at given times: what drawing and boxes start from."""

    things: list[tuple[Thing, Moved]]
    hands: list[tuple[Hand, Moved, Floats]]
    """With the grip over time."""
    views: Floats
    """(times, 2, 3): the camera's."""


def stage(scene: Scene, times: Floats) -> tuple[list[tuple[Thing, Moved]], list[tuple[Hand, Moved, Floats]]]:
    """Things and hands of the scene at these times, as ``Staged`` has them."""
    things = [(thing, move_thing(thing, times)) for thing in scene.things]
    return things, [(hand, move_hand(hand, times), hand.grip.at(times)[:, 0]) for hand in scene.hands]


def placed(polygon: Floats, moved: Moved) -> Floats:
    """(times, corners, 2): a polygon (corners, 2), or one a time, in the world.

    Its corners are in units of the size, around the middle.
    """
    cos, sin = moved.sizes * np.cos(moved.angles), moved.sizes * np.sin(moved.angles)
    turn = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], 1)
    world: Floats = polygon @ turn + moved.places[:, None]
    return world


def true_tracks(staged: Staged) -> list[TrueTrack]:
    """Hands first, then things, far to near; all there are, seen or not."""
    tracks = []
    for i, (hand, moved, grip) in enumerate(staged.hands):
        boxes = _boxes(posed(grip, hand.mirrored), moved, staged.views)
        tracks.append(TrueTrack(f"hand-{i}", "hand", "hand", boxes))
    for i, (thing, moved) in enumerate(staged.things):
        boxes = _boxes(outline(thing.noun), moved, staged.views)
        tracks.append(TrueTrack(f"thing-{i}", "object", NOUNS[thing.noun], boxes))
    return tracks


def _boxes(polygon: Floats, moved: Moved, views: Floats) -> npt.NDArray[np.float32]:
    seen = placed(polygon, moved) @ views[:, :, :2].transpose(0, 2, 1) + views[:, None, :, 2]
    full = np.concatenate([seen.min(1), seen.max(1)], -1)
    cut = np.clip(full, 0, 1)
    sides, whole = cut[:, 2:] - cut[:, :2], full[:, 2:] - full[:, :2]
    there = (sides.min(1) >= LEAST_SIDE) & (sides.prod(1) >= _LEAST_SHARE * whole.prod(1)) & ~moved.hidden
    return np.where(there[:, None], cut, np.nan).astype(np.float32)
