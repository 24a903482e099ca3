"""A file from its first byte to its last item, read by a confined process (see ``pipelines/confined``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from midspan.errors import UnsafeArchive
from midspan.pipelines.readers.detect import detect
from midspan.pipelines.readers.extract import Extract, VideoWindow
from midspan.records import SourceKind

HARMLESS = 2 * 2**20
"""Code points that any document may hold."""
LARGEST_RATIO = 20
"""How many code points a larger one may hold for each of its bytes; text packs to a third or a fourth."""


@dataclass(frozen=True)
class Opened:
    """What a file is."""

    kind: SourceKind
    media_type: str


def read_file(path: Path) -> Iterator[Union[Opened, Extract, VideoWindow]]:
    """First what it is, then what is in it. Raises what ``detect`` and the readers raise."""
    media = detect(path)
    yield Opened(media.kind, media.media_type)
    yield from _bounded(media.reader(path), path)


def _bounded(
    items: Iterable[Union[Extract, VideoWindow]], path: Path
) -> Iterator[Union[Extract, VideoWindow]]:
    """Raises ``UnsafeArchive`` where a small file unpacks to so much text that it was made to do so."""
    most = max(HARMLESS, LARGEST_RATIO * path.stat().st_size)
    length = 0
    for item in items:
        if isinstance(item, Extract):
            length += len(item.text)
        if length > most:
            raise UnsafeArchive(
                f"unpacks to more than {most:,} characters of text, {LARGEST_RATIO} times its size; if you "
                "trust it, save its text as .txt"
            )
        yield item
