"""The clips of videos that were cut already, kept by what they were made of."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from midspan.models.action.data.arrays import ArrayClip, Layout
from midspan.models.kit.files import whole
from midspan.pipelines.labelled.cutting import Cut

_LAYOUT = ("boxes", "categories", "scores")


def keep(path: Path, cut: Cut) -> None:
    """As one file, whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lists: dict[str, Any] = {
        name: [getattr(one, name) for one in cut.clips] for name in ("rgb", "flow", "mel", "verb", "nouns")
    }
    lists |= {name: [getattr(one.seen, name) for one in cut.clips] for name in _LAYOUT}
    lists["told"] = json.dumps({"of": cut.of, "seconds": cut.seconds, "sounds": cut.sounds})
    with whole(path) as half, half.open("wb") as file:
        np.savez(file, **lists)


def kept(path: Path) -> Cut | None:
    """None where there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            told = json.loads(str(file["told"]))
            clips = tuple(_clips({name: file[name] for name in file.files}, len(told["of"])))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    return Cut(clips, tuple(told["of"]), told["seconds"], told["sounds"])


def _clips(arrays: dict[str, np.ndarray], count: int) -> Iterable[ArrayClip]:
    for place in range(count):
        one = {name: array[place] for name, array in arrays.items() if name != "told"}
        layout = Layout(*(one[name] for name in _LAYOUT))
        scalars = [np.asarray(one[name]) for name in ("verb", "nouns")]
        yield ArrayClip(one["rgb"], one["flow"], one["mel"], layout, layout, *scalars)
