"""What the log says, in memory: compared with a question vector by vector."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from midspan.db.vector_files.log import Record

_LEAST_ROOM = 256


@dataclass(frozen=True)
class Delta:
    """A state that does not change; ``after`` makes the next one, which shares its vectors."""

    keys: npt.NDArray[np.int64]
    """(n,); a key that was set again stands here more than once, and once alive."""
    alive: npt.NDArray[np.bool_]
    """(n,)"""
    touched: npt.NDArray[np.int64]
    """Every key that was set or taken out, sorted: what older segments hold of it does not count."""
    room: npt.NDArray[np.float32]
    """(at least n, d), filled up to n; behind that states to come write."""

    @classmethod
    def empty(cls, dim: int) -> Delta:
        nothing = np.empty(0, dtype=np.int64)
        return cls(nothing, np.empty(0, dtype=bool), nothing, np.empty((0, dim), dtype=np.float32))

    @property
    def vectors(self) -> npt.NDArray[np.float32]:
        """(n, d)"""
        return self.room[: len(self.keys)]

    @property
    def count(self) -> int:
        return int(self.alive.sum())

    def after(self, record: Record) -> Delta:
        """The state with one more record; only the newest state may be asked."""
        gone = np.union1d(record.removed, record.keys)
        start, end = len(self.keys), len(self.keys) + len(record.keys)
        room = self.room if end <= len(self.room) else _grown(self.room, start, end)
        room[start:end] = record.vectors
        return Delta(
            np.concatenate([self.keys, record.keys]),
            np.concatenate([self.alive & ~np.isin(self.keys, gone), np.ones(len(record.keys), dtype=bool)]),
            np.union1d(self.touched, gone),
            room,
        )

    def apart(self) -> Delta:
        """The same, with states to come that share nothing with those of this one."""
        return replace(self, room=self.vectors)

    def contents(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """(keys (n,), vectors (n, d)) that are alive, by key."""
        rows = np.flatnonzero(self.alive)
        rows = rows[np.argsort(self.keys[rows])]
        return self.keys[rows], self.vectors[rows]

    def among(self, keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """(keys (m,), vectors (m, d)) that are alive and among these."""
        rows = np.flatnonzero(self.alive & np.isin(self.keys, keys))
        return self.keys[rows], self.vectors[rows]

    def search(
        self, question: npt.NDArray[np.float32], allowed: npt.NDArray[np.int64] | None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """(scores, keys) of all that are alive and among the sorted ``allowed``."""
        wanted = self.alive if allowed is None else self.alive & np.isin(self.keys, allowed)
        return (self.vectors @ question)[wanted], self.keys[wanted]


def _grown(room: npt.NDArray[np.float32], filled: int, needed: int) -> npt.NDArray[np.float32]:
    made = np.empty((max(_LEAST_ROOM, 2 * needed), room.shape[1]), dtype=np.float32)
    made[:filled] = room[:filled]
    return made
