"""Labelled videos as arrays to learn from, made once in a work folder.

What is whole is kept: interrupted, or with some labels changed, the same call makes what is missing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from midspan.errors import ProcessLost, UnreadableSource
from midspan.models.action.boxes.detector import Detector
from midspan.models.action.boxes.sidecar import beside
from midspan.models.action.classes import NO_ACTION
from midspan.models.action.clips import NONE
from midspan.models.action.data.arrays import NOTHING, ArrayClip, ArrayMeta, ArrayWriter, Style, is_whole
from midspan.pipelines.confined.confined import Confined
from midspan.pipelines.intake import sha256_of
from midspan.pipelines.labelled.cutting import Cut, Stretch, cut
from midspan.pipelines.labelled.kept import keep, kept
from midspan.pipelines.labelled.labels import Label, Refused, read_labels
from midspan.pipelines.labelled.parting import parted
from midspan.pipelines.labelled.splitting import SPLITS, WATCHED, Shares, shared_out

VERSION = 1
LEAST = 0.1
"""Share of the clips that must have a sound, or a box, for it to be learned from."""
_STYLE: Style = "table"
"""What the clips are called by, whose camera nobody has asked after."""
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    folder: Path
    """As :func:`midspan.models.action.clips.read_data` reads it."""
    refused: tuple[Refused, ...]
    """Rows of labels that were left out."""


@dataclass(frozen=True)
class _Place:
    """Where a labelled clip is kept, and what it has."""

    file: Path
    number: int
    label: Label
    sounds: bool
    boxes: bool


def make(
    data: Path,
    work: Path,
    detector: Callable[[], Detector | None],
    identity: str,
    confined: Confined,
    report: Report = lambda done, total: None,
) -> Made:
    """Cut the videos that ``data`` labels to clips, in ``work``.

    ``identity`` names the detector, which is asked of videos without a file of boxes; ``report`` is told how
    many videos are done. Raises ``WrongUse`` and ``CorruptSource`` for labels that are not as expected,
    ``OSError`` for a full disk.
    """
    labels = read_labels(data)
    refused = list(labels.refused)
    places: list[_Place] = []
    by_video: dict[Path, list[Label]] = {}
    for label in labels.of:
        by_video.setdefault(label.video, []).append(label)
    boxes = parted(labels.boxes, {video.stem for video in by_video}, work / "boxes")
    for done, (video, mine) in enumerate(by_video.items(), start=1):
        try:
            file, found = _cut(video, boxes.get(video.stem), mine, work, detector, identity, confined)
        except (UnreadableSource, ProcessLost) as error:
            refused += [Refused(one.where, f"{video.name}: {error}") for one in mine]
        else:
            places += _places(file, found, mine)
            refused += _behind(found, mine)
        report(done, len(by_video))
    shares = shared_out([one.label for one in places])
    refused += _unlearned(places, shares)
    return Made(_written(places, shares, work), tuple(refused))


def _cut(
    video: Path,
    boxes: Path | None,
    labels: Sequence[Label],
    work: Path,
    detector: Callable[[], Detector | None],
    identity: str,
    confined: Confined,
) -> tuple[Path, Cut]:
    """The video's clips and where they are kept. Raises what reading it raises."""
    stretches = [Stretch(one.start, one.end) for one in labels]
    boxes = boxes or beside(video)
    try:
        seen_by = sha256_of(boxes) if boxes else identity
        made_of = (VERSION, sha256_of(video), seen_by, [(one.start, one.end) for one in stretches])
    except OSError as error:
        raise UnreadableSource(f"cannot be read ({error.strerror})") from error
    file = work / "clips" / f"{_digest(made_of)}.npz"
    found = kept(file)
    if found is None:
        found = cut(video, boxes, stretches, confined, detector)
        keep(file, found)
    return file, found


def _places(file: Path, found: Cut, labels: Sequence[Label]) -> list[_Place]:
    return [
        _Place(file, number, labels[of], found.sounds, bool((clip.seen.categories != NOTHING).any()))
        for number, (clip, of) in enumerate(zip(found.clips, found.of, strict=True))
    ]


def _behind(found: Cut, labels: Sequence[Label]) -> list[Refused]:
    return [
        Refused(one.where, f"{one.video.name} ends at second {found.seconds:g}, before {one.start:g}")
        for place, one in enumerate(labels)
        if place not in found.of
    ]


def _unlearned(places: Sequence[_Place], shares: Shares) -> list[Refused]:
    """Labels of a verb that nobody learns, and of clips that may not be watched."""
    untold = {one.label for one, split in zip(places, shares.split, strict=True) if split is None}
    return [
        Refused(
            one.where,
            f"has no verb, and other clips of {one.video.name} choose or test"
            if one in untold
            else f"nobody is taught {one.verb!r}: no clip of it is among those to learn from",
        )
        for one in dict.fromkeys(place.label for place in places)
        if one in untold or (one.verb and one.verb not in shares.verbs)
    ]


def _written(places: Sequence[_Place], shares: Shares, work: Path) -> Path:
    """The folder with a folder of arrays a split, named by all that it depends on."""
    known = [
        (one, split)
        for one, split in zip(places, shares.split, strict=True)
        if split == WATCHED or one.label.verb in shares.verbs
    ]
    meta = _meta([one for one, _ in known], shares)
    made_of = [(one.file.stem, one.number, one.label.verb, one.label.noun, split) for one, split in known]
    folder = work / _digest(made_of)
    for split in SPLITS:
        mine = [one for one, where in known if where == split]
        if not mine or is_whole(folder / split):
            continue
        if (folder / split).exists():  # left by a process that was killed
            shutil.rmtree(folder / split)
        with ArrayWriter(folder / split, replace(meta, styles=(_STYLE,) * len(mine))) as writer:
            for clip in _labelled(mine, meta):
                writer.add(clip)
    return folder


def _meta(places: Sequence[_Place], shares: Shares) -> ArrayMeta:
    verbs = tuple(sorted(shares.verbs, key=lambda verb: (verb == NO_ACTION, verb)))
    nouns = tuple(sorted({one.label.noun for one in places} - {""}))
    has = {
        "layout": np.mean([one.boxes for one in places]),
        "audio": np.mean([one.sounds for one in places]),
    }
    lacks = tuple(name for name, share in has.items() if share < LEAST)
    return ArrayMeta(verbs, nouns, (), 0, 0.0, "as found", lacks=lacks, videos=len({p.file for p in places}))


def _labelled(places: Sequence[_Place], meta: ArrayMeta) -> Iterator[ArrayClip]:
    file, found = Path(), None
    for one in places:
        if one.file != file:
            file, found = one.file, kept(one.file)
        if found is None:
            raise UnreadableSource(f"{file} was changed meanwhile; run the same command again")
        verb = meta.verbs.index(one.label.verb) if one.label.verb else NONE
        noun = meta.nouns.index(one.label.noun) if one.label.noun else NONE
        yield replace(
            found.clips[one.number],
            verb=np.array(verb, np.int16),
            nouns=np.array([noun, NONE], np.int16),
        )


def _digest(made_of: Any) -> str:
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
