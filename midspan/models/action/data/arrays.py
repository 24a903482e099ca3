"""Clips as arrays on disk, memory-mapped: what the networks of action recognition learn from.

A folder holds one split: an ``.npy`` file an array, whose first axis is the clip, and ``meta.json``, which
is written last, so that a folder with one is whole.

    with ArrayWriter(folder, meta) as writer:
        for clip in clips:
            writer.add(clip)
    arrays = read_arrays(folder)
    arrays.rgb[3]                               # (8, 64, 64, 3), read from the disk at this moment
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, get_args

import numpy as np
import numpy.typing as npt

from midspan.errors import WrongUse
from midspan.models.kit.files import write_json

VERSION = 1
FRAMES, LAYOUT_FRAMES, STEP = 8, 16, 2
"""Pictures a clip; frames of its layout, of which every ``STEP``-th has a picture."""
SECONDS = 2.0
"""How long a clip lasts."""
SIDE = 64
"""Pixels of a picture, both ways."""
MOST_BOXES = 6
MELS = 64
NOTHING, OBJECT, HAND = 0, 1, 2
"""Categories of a slot for a box."""
Style = Literal["table", "egocentric"]
WINDOWS = "-windows"
"""What follows the name of a split in the name of the folder of its windows of films."""
_META = "meta.json"
_ORACLE = "oracle_"


@dataclass(frozen=True)
class Layout:
    """Boxes over time, of one clip or, with an axis before all others, of many.

    A slot that holds no box has category ``NOTHING``, box and score 0. Slots carry no identity: a thing may
    change its slot from frame to frame.
    """

    boxes: npt.NDArray[np.float32]
    """(16, 6, 4): left, top, right, bottom as shares of width and height, origin top left."""
    categories: npt.NDArray[np.int8]
    """(16, 6): ``NOTHING``, ``OBJECT`` or ``HAND``."""
    scores: npt.NDArray[np.float32]
    """(16, 6), 0 to 1."""


@dataclass(frozen=True)
class ArrayClip:
    """One clip; or, with an axis before all others, many of them."""

    rgb: npt.NDArray[np.uint8]
    """(8, 64, 64, 3), RGB."""
    flow: npt.NDArray[np.float16]
    """(7, 64, 64, 2): from each picture to the next, x and y, in pixels of the picture."""
    mel: npt.NDArray[np.float16]
    """(64, t): log-mel spectrogram."""
    seen: Layout
    """As the detector sees it, with its noise."""
    oracle: Layout
    """As it is."""
    verb: npt.NDArray[np.int16]
    """(): index into the verbs of the meta."""
    nouns: npt.NDArray[np.int16]
    """(2,): indices into its nouns; -1 where there is none."""


@dataclass(frozen=True)
class ArrayMeta:
    verbs: tuple[str, ...]
    nouns: tuple[str, ...]
    styles: tuple[Style, ...]
    """The camera style of each clip; as many as there are clips."""
    seed: int
    q: float
    """Strength of the bias of colour by noun group, 0 to 1."""
    noise: str
    """Name of the detector-noise setting of ``seen``."""
    version: int = VERSION
    lacks: tuple[str, ...] = ()
    """Modalities that too few of the clips have to learn from them, of ``layout`` and ``audio``."""
    videos: int = 0
    """How many videos of somebody's own all clips were cut from; 0 where they were drawn."""


@dataclass(frozen=True)
class Arrays(ArrayClip):
    """A whole split; all arrays have the clip as the first axis and are read-only maps of the files."""

    meta: ArrayMeta

    def __len__(self) -> int:
        return len(self.verb)


class ArrayWriter:
    """Writes clips one by one, in the order of ``meta.styles``; on an error nothing stays of the folder.

    The files are appended to, not mapped: on a full disk that raises ``OSError``, where a map would kill the
    process.
    """

    def __init__(self, folder: Path, meta: ArrayMeta) -> None:
        """Raises ``FileExistsError`` when there is such a folder."""
        self._folder, self._meta = folder, meta
        self._files: dict[str, BinaryIO] = {}
        self._shapes: dict[str, tuple[tuple[int, ...], str]] = {}
        self._written = 0

    def __enter__(self) -> ArrayWriter:
        self._folder.mkdir(parents=True)
        return self

    def add(self, clip: ArrayClip) -> None:
        """Raises ``WrongUse`` for an array of another shape or type than the clip before had."""
        for name, array in _named(clip):
            self._append(name, array)
        self._written += 1

    def _append(self, name: str, array: npt.NDArray[Any]) -> None:
        form = (array.shape, array.dtype.str)
        if self._shapes.setdefault(name, form) != form:
            raise WrongUse(f"expected {name} {self._shapes[name]}, as in the clips before; got {form}")
        if name not in self._files:
            self._files[name] = (self._folder / f"{name}.npy").open("wb")
            _write_header(self._files[name], len(self._meta.styles), array)
        self._files[name].write(array.tobytes())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        whole = False
        try:
            for file in self._files.values():
                file.close()
            if kind is None:
                self._finish()
                whole = True
        finally:
            if not whole:
                shutil.rmtree(self._folder)

    def _finish(self) -> None:
        if self._written != len(self._meta.styles):
            raise WrongUse(f"expected {len(self._meta.styles)} clips, got {self._written}")
        write_json(self._folder / _META, asdict(self._meta))


def read_arrays(folder: Path) -> Arrays:
    """Raises ``WrongUse`` when the folder is not whole, or of another version or shape."""
    meta = _read_meta(folder)
    arrays = {name: _map(folder / f"{name}.npy") for name in _names()}
    lengths = {name: len(array) for name, array in arrays.items()}
    if set(lengths.values()) != {len(meta.styles)}:
        raise WrongUse(f"expected {len(meta.styles)} clips in every array of {folder}, got {lengths}")
    for name, array in arrays.items():
        _check(name, array)
    return Arrays(
        rgb=arrays["rgb"],
        flow=arrays["flow"],
        mel=arrays["mel"],
        seen=_layout(arrays, ""),
        oracle=_layout(arrays, _ORACLE),
        verb=arrays["verb"],
        nouns=arrays["nouns"],
        meta=meta,
    )


def is_whole(folder: Path) -> bool:
    """Whether the folder was written to its end."""
    return (folder / _META).is_file()


def _read_meta(folder: Path) -> ArrayMeta:
    if not is_whole(folder):
        raise WrongUse(f"{folder} holds no clips: {_META} is missing; make them with midspan data tabletop")
    told = json.loads((folder / _META).read_text("utf-8"))
    if told.get("version") != VERSION:
        raise WrongUse(
            f"expected clips of version {VERSION} in {folder}, got {told.get('version')}; make them anew"
        )
    told |= {name: tuple(told[name]) for name in ("verbs", "nouns", "styles")}
    told["lacks"] = tuple(told.get("lacks", ()))
    unknown = set(told["styles"]) - set(get_args(Style))
    if unknown:
        raise WrongUse(f"unknown camera styles in {folder}: {', '.join(sorted(unknown))}")
    return ArrayMeta(**told)


_SHAPES: dict[str, tuple[tuple[int | None, ...], str]] = {
    "rgb": ((FRAMES, SIDE, SIDE, 3), "uint8"),
    "flow": ((FRAMES - 1, SIDE, SIDE, 2), "float16"),
    "mel": ((MELS, None), "float16"),
    "verb": ((), "int16"),
    "nouns": ((2,), "int16"),
    "boxes": ((LAYOUT_FRAMES, MOST_BOXES, 4), "float32"),
    "categories": ((LAYOUT_FRAMES, MOST_BOXES), "int8"),
    "scores": ((LAYOUT_FRAMES, MOST_BOXES), "float32"),
}
"""Shape of a clip's array (None: any length) and its type."""
_LAYOUT = ("boxes", "categories", "scores")


def _names() -> list[str]:
    return [*_SHAPES, *(_ORACLE + name for name in _LAYOUT)]


def _named(clip: ArrayClip) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    parts: dict[str, Any] = {name: getattr(clip, name) for name in ("rgb", "flow", "mel", "verb", "nouns")}
    parts |= {name: getattr(clip.seen, name) for name in _LAYOUT}
    parts |= {_ORACLE + name: getattr(clip.oracle, name) for name in _LAYOUT}
    for name, array in parts.items():
        _check(name, array[None])
        yield name, array


def _layout(arrays: dict[str, npt.NDArray[Any]], prefix: str) -> Layout:
    return Layout(*(arrays[prefix + name] for name in _LAYOUT))


def _check(name: str, array: npt.NDArray[Any]) -> None:
    """``array`` has the clips as its first axis."""
    shape, kind = _SHAPES[name.removeprefix(_ORACLE)]
    fits = len(shape) == array.ndim - 1 and all(
        wanted in (None, got) for wanted, got in zip(shape, array.shape[1:], strict=True)
    )
    if not fits or array.dtype != kind:
        raise WrongUse(
            f"expected {name} of shape {shape} and type {kind}, got {array.shape[1:]} {array.dtype}"
        )


def _write_header(file: BinaryIO, clips: int, array: npt.NDArray[Any]) -> None:
    header = {"descr": array.dtype.str, "fortran_order": False, "shape": (clips, *array.shape)}
    np.lib.format.write_array_header_2_0(file, header)


def _map(path: Path) -> npt.NDArray[Any]:
    try:
        mapped: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise WrongUse(f"{path} cannot be read ({error}); make the clips anew") from error
    return mapped
