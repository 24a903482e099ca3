"""What the readers of boxes share: a JSON file, and errors that say where it is not as expected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from midspan.errors import CorruptSource, UnsupportedSource, WrongUse
from midspan.models.action.boxes.frame_boxes import Size

_UNEXPECTED = (
    *(KeyError, TypeError, ValueError, IndexError, AttributeError),
    *(
        SyntaxError,
        OverflowError,
        RecursionError,
        MemoryError,
    ),  # of literals, and of numbers that are infinite
)
_PICKLES = (".pkl", ".pickle", ".p")
_TO_JSON = (
    "import json, pickle, sys; "
    "json.dump(pickle.load(open(sys.argv[1], 'rb')), open(sys.argv[2], 'w'), default=lambda a: a.tolist())"
)


def read_json(path: Path) -> Any:
    """The whole file. Raises ``UnsupportedSource`` for a pickle, which could run anything, and for HDF5."""
    if path.suffix in _PICKLES:
        raise UnsupportedSource(
            f"{path} is a pickle, which runs code as it is read, so midspan reads none; if you trust it, "
            f'make JSON of it: python -c "{_TO_JSON}" {path.name} {path.stem}.json'
        )
    if path.suffix in (".hdf5", ".h5"):
        raise UnsupportedSource(f"{path} is HDF5; write it as JSON: {{video: {{frame: [box, ...]}}}}")
    try:
        return json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CorruptSource(f"{path} is no JSON ({error})") from error


@contextmanager
def of(path: Path, what: str) -> Iterator[None]:
    """Whatever is missing or of another type within becomes a ``CorruptSource`` that names ``what``."""
    try:
        yield
    except _UNEXPECTED as error:
        raise CorruptSource(f"{path}: {what} is not as expected ({type(error).__name__}: {error})") from error


def size_of(video: str, sizes: Mapping[str, Size]) -> Size:
    """Raises ``WrongUse`` where the size is not known."""
    if video not in sizes:
        raise WrongUse(f"the size of video {video!r} is not known; give width and height of every video")
    width, height = sizes[video]
    if min(width, height) < 2:
        raise WrongUse(f"expected a video of at least 2 x 2 pixels, got {width} x {height} for {video!r}")
    return int(width), int(height)


def read_sizes(path: Path) -> dict[str, Size]:
    """``videoid2size.json`` of Something-Else: {video: [width, height]}."""
    told = read_json(path)
    with of(path, "the list of sizes"):
        return {video: (int(size[0]), int(size[1])) for video, size in told.items()}
