"""Clips to learn from or to measure on: rows of one split or of several, read from the disk when asked for.

A folder of data holds a folder a split, in a folder a camera style or at once, and all that perhaps in one
called ``arrays``; beside a split perhaps windows of films, which are learned with the clips. Or it is one
split itself, as one's own labelled clips are, and is cut in three by a seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.errors import WrongUse
from midspan.models.action.classes import NOUN, VERB, Classes
from midspan.models.action.data.arrays import WINDOWS, Arrays, is_whole, read_arrays

Ints = npt.NDArray[np.int64]
NONE = -1
"""The label of a head that has none for this clip."""
OWN_SHARES = 0.7, 0.85
"""Of one's own clips those up to here learn, those up to there select, the rest tests."""


@dataclass(frozen=True)
class Clips:
    """Rows of several splits, one after the other; all with the same verbs and nouns."""

    parts: tuple[Arrays, ...]
    rows: Ints
    """Into the parts, as if they were one."""

    @classmethod
    def of(cls, *parts: Arrays) -> Clips:
        """Raises ``WrongUse`` where they do not name the same classes."""
        if len({(one.meta.verbs, one.meta.nouns) for one in parts}) != 1:
            raise WrongUse("expected clips with the same verbs and nouns in every part of the data")
        return cls(parts, np.arange(sum(map(len, parts))))

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, places: npt.ArrayLike) -> Clips:
        """Some of them, in this order."""
        return Clips(self.parts, self.rows[np.asarray(places, dtype=np.int64)])

    def and_also(self, other: Clips) -> Clips:
        """These and behind them others, with the same verbs and nouns."""
        joined = Clips.of(*self.parts, *other.parts)
        return joined.at(np.concatenate([self.rows, sum(map(len, self.parts)) + other.rows]))

    def without_labels(self) -> Clips:
        """The same clips, nothing told about them."""
        blank = tuple(
            replace(one, verb=np.full_like(one.verb, NONE), nouns=np.full_like(one.nouns, NONE))
            for one in self.parts
        )
        return Clips(blank, self.rows)

    def array(self, name: str) -> npt.NDArray[np.generic]:
        """Of each clip: ``rgb``, ``flow``, ``mel``, ``verb``, ``nouns``, ``seen.boxes`` and the like."""
        return _gathered([_found(part, name) for part in self.parts], self.rows)

    @property
    def classes(self) -> Classes:
        """Verbs; and nouns, where any clip has one."""
        meta = self.parts[0].meta
        names = {VERB: meta.verbs}
        if any((np.asarray(part.nouns)[:, 0] != NONE).any() for part in self.parts):
            names[NOUN] = meta.nouns
        return Classes(names)

    def labels(self, classes: Classes) -> Ints:
        """(clips, heads): the verb, and the noun that it is done with; ``NONE`` where there is none."""
        of_head = {VERB: lambda: self.array("verb"), NOUN: lambda: self.array("nouns")[:, 0]}
        return np.stack([of_head[head]().astype(np.int64) for head in classes.heads], 1)

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that other clips would not have: of labels and boxes, which are small."""
        parts = (self.array("verb"), self.array("nouns"), self.array("seen.boxes"))
        return hashlib.sha256(b"".join(one.tobytes() for one in parts)).hexdigest()[:8]

    @property
    def styles(self) -> npt.NDArray[np.str_]:
        """The camera style of each."""
        return np.concatenate([np.array(part.meta.styles) for part in self.parts])[self.rows]


@dataclass(frozen=True)
class Data:
    """The clips of a folder, by what they are for; a split that the folder lacks is empty."""

    train: Clips
    """With windows of films, where there are some."""
    seen: Clips
    """Other clips of the combinations that were learned."""
    unseen_selection: Clips
    """With windows of films, too."""
    unseen_test: Clips
    unlabelled: Clips
    """For a student to learn from what its teachers say of them; whatever the folder tells is left out."""

    @property
    def selection(self) -> Clips:
        """To choose by, to weigh teachers by and to calibrate on: new combinations, where there are any."""
        return self.unseen_selection if len(self.unseen_selection) else self.seen


def read_data(folder: Path, seed: int = 0) -> Data:
    """Raises ``WrongUse`` where there are no clips."""
    folder = folder / "arrays" if (folder / "arrays").is_dir() else folder
    if is_whole(folder):
        return _own(Clips.of(read_arrays(folder)), seed)
    roots = [folder] if (folder / "train").is_dir() else sorted(filter(_is_style, folder.glob("*")))
    if not roots:
        raise WrongUse(
            f"{folder}: expected folders train, seen, unseen_selection and unseen_test, in a folder a camera "
            "style or at once, or one folder of arrays; `midspan data tabletop` makes some"
        )
    train = _split(roots, "train", f"train{WINDOWS}")
    assert train is not None
    seen, test = (_split(roots, name) or train.at([]) for name in ("seen", "unseen_test"))
    selection = _split(roots, "unseen_selection", f"unseen_selection{WINDOWS}") or train.at([])
    unlabelled = _split(roots, "unlabelled") or train.at([])
    return Data(train, seen, selection, test, unlabelled.without_labels())


def _own(clips: Clips, seed: int) -> Data:
    """One's own clips know no unseen combinations: what is called so here are clips that were not learned."""
    order = np.random.default_rng(seed).permutation(len(clips))
    edges = [round(share * len(clips)) for share in OWN_SHARES]
    train, seen, test = (clips.at(np.sort(part)) for part in np.split(order, edges))
    return Data(train, seen, clips.at([]), test, clips.at([]))


def _is_style(folder: Path) -> bool:
    return (folder / "train").is_dir()


def _split(roots: Sequence[Path], *names: str) -> Clips | None:
    folders = [root / name for root in roots for name in names]
    found = [read_arrays(folder) for folder in folders if is_whole(folder)]
    return Clips.of(*found) if found else None


def _found(part: Arrays, name: str) -> npt.NDArray[np.generic]:
    found = part
    for step in name.split("."):
        found = getattr(found, step)
    return np.asarray(found)


def _gathered(arrays: Sequence[npt.NDArray[np.generic]], rows: Ints) -> npt.NDArray[np.generic]:
    """The rows of arrays as if they were one, without joining them."""
    starts = np.cumsum([0, *map(len, arrays)])
    out = np.empty((len(rows), *arrays[0].shape[1:]), dtype=arrays[0].dtype)
    for array, start, end in zip(arrays, starts, starts[1:], strict=False):
        mine = (rows >= start) & (rows < end)
        out[mine] = array[rows[mine] - start]
    return out
