"""Which labelled clips are learned, which are chosen by, and which test."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from midspan.errors import WrongUse
from midspan.pipelines.labelled.labels import Label

TRAIN, SELECTION, TEST, WATCHED = "train", "seen", "unseen_test", "unlabelled"
"""Names of the folders that :func:`midspan.models.action.clips.read_data` reads."""
SPLITS = (TRAIN, SELECTION, TEST, WATCHED)
_IN_THREE = (TRAIN, TRAIN, SELECTION, TRAIN, TEST, TRAIN, TRAIN)
"""What becomes of the videos of a verb, in turn."""
_IN_TWO = (TRAIN, TRAIN, SELECTION, TRAIN, TRAIN, TRAIN)


@dataclass(frozen=True)
class Shares:
    """Of labels, in their order."""

    split: tuple[str | None, ...]
    """None: of a clip without a verb, of a video by which is chosen or tested."""
    verbs: tuple[str, ...]
    """Those that are learned, in the order of the alphabet."""


def shared_out(labels: Sequence[Label]) -> Shares:
    """Clips without a verb are watched, unless other clips of their video choose or test.

    Raises ``WrongUse`` for fewer than two verbs, or with nothing to choose by.
    """
    told = [one for one in labels if one.verb]
    split = dict(zip(told, _of_told(told), strict=True))
    kept_apart = {one.video for one in told if split[one] != TRAIN}
    verbs = {one.verb for one in told if split[one] == TRAIN}
    watched = {one: None if one.video in kept_apart else WATCHED for one in labels if not one.verb}
    if len(verbs) < 2:
        raise WrongUse(f"expected clips of two verbs or more to learn from, got {sorted(verbs) or 'none'}")
    if SELECTION not in split.values():
        raise WrongUse(
            "no clips are left to choose by: give three videos or more of a verb, or say `validation` of some"
        )
    return Shares(tuple((split | watched)[one] for one in labels), tuple(sorted(verbs)))


def _of_told(labels: Sequence[Label]) -> list[str]:
    """What the labels say of splits holds; else a video is in one split with all of its clips.

    Where no clip is said to test, the validation clips do; where none is left to choose by, some of the
    videos to learn from are.
    """
    said = [one.split for one in labels]
    if any(said):
        tests = "test" if "test" in said else "validation"
        split = [{"": TRAIN, "train": TRAIN, tests: TEST}.get(one, SELECTION) for one in said]
        if SELECTION not in split:
            learned = [place for place, one in enumerate(split) if one == TRAIN]
            dealt = _dealt([labels[place] for place in learned], _IN_TWO)
            for place in learned:
                split[place] = dealt[labels[place].video]
    else:
        dealt = _dealt(labels, _IN_THREE)
        split = [dealt[one.video] for one in labels]
    return split


def _dealt(labels: Iterable[Label], turns: Sequence[str]) -> dict[Path, str]:
    """A split for each video: the videos of a verb take turns, in an order that only their names make."""
    verbs: dict[Path, set[str]] = {}
    for one in labels:
        verbs.setdefault(one.video, set()).add(one.verb)
    found: dict[Path, str] = {}
    counts: dict[str, int] = {}
    for video in sorted(verbs, key=lambda path: hashlib.sha256(path.name.encode()).digest()):
        verb = next(iter(verbs[video])) if len(verbs[video]) == 1 else ""
        found[video] = turns[counts.get(verb, 0) % len(turns)]
        counts[verb] = counts.get(verb, 0) + 1
    return found
