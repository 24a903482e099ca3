"""The lines of a file that may be packed, from any place in it on, each of bounded length."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from midspan.errors import CorruptSource, NotFound

LONGEST = 64 << 20
"""Bytes; the longest lines of Wikidata's dumps have a tenth of it."""
HEAD = 1 << 20


@dataclass(frozen=True)
class Line:
    text: bytes
    """Empty where the line is longer than ``LONGEST``."""
    start: int
    """Where it begins, in unpacked bytes."""
    end: int
    too_long: bool = False


class Lines:
    """Lines of a plain, gzip or bzip2 file. Raises ``NotFound``."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFound(f"{path}: there is no such file")
        self._path = path
        self.size = path.stat().st_size
        """Of the file as it is; packed, where it is packed."""
        self.done = 0

    def identity(self) -> str:
        """Of the file, by its size and its first mebibyte."""
        with self._path.open("rb") as file:
            return f"{self.size} {hashlib.sha256(file.read(HEAD)).hexdigest()}"

    def read(self, position: int) -> Iterator[Line]:
        """From an offset in unpacked bytes on. Raises ``CorruptSource`` where a packed file is cut off or
        damaged."""
        with self._path.open("rb") as raw, _unpacked(raw) as file:
            try:
                file.seek(position)
                while text := file.readline(LONGEST):
                    start, position = position, position + len(text)
                    too_long = len(text) == LONGEST and not text.endswith(b"\n")
                    while too_long and (rest := file.readline(LONGEST)):
                        position += len(rest)
                        if rest.endswith(b"\n"):
                            break
                    self.done = raw.tell()
                    yield Line(b"" if too_long else text, start, position, too_long)
            except (EOFError, OSError, zlib.error) as error:
                raise CorruptSource(
                    f"{self._path} is cut off or damaged at byte {raw.tell()} of {self.size} ({error}); what "
                    "was read before is kept. Get the whole file and run the same command again"
                ) from error


def _unpacked(raw: BinaryIO) -> IO[bytes]:
    head = raw.read(3)
    raw.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    return bz2.BZ2File(raw) if head == b"BZh" else raw
