"""The way of a hand or a thing through a clip."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Point = tuple[float, float]


class Path:
    """Places over time, given by keyframes in the order of time."""

    def __init__(self, place: Point) -> None:
        self.keys: list[tuple[float, float, float, bool]] = [(0.0, *place, False)]

    @property
    def place(self) -> Point:
        return self.keys[-1][1:3]

    def wait(self, until: float) -> None:
        self.move(until, self.place)

    def move(self, until: float, to: Point, falling: bool = False) -> None:
        """Be at ``to`` at ``until``; smoothly, or accelerating when ``falling``."""
        self.keys.append((until, *to, falling))

    def at(self, times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """(len(times), 2)."""
        if len(self.keys) == 1:
            return np.tile(self.place, (len(times), 1))
        moments = np.array([key[0] for key in self.keys])
        places = np.array([key[1:3] for key in self.keys])
        falling = np.array([key[3] for key in self.keys])
        after = np.clip(np.searchsorted(moments, times, side="right"), 1, len(moments) - 1)
        span = np.maximum(moments[after] - moments[after - 1], 1e-9)
        share = np.clip((times - moments[after - 1]) / span, 0, 1)
        eased = np.where(falling[after], share**2, share * share * (3 - 2 * share))[:, None]
        moved: npt.NDArray[np.float64] = places[after - 1] + (places[after] - places[after - 1]) * eased
        return moved
