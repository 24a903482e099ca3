"""Plain text, streamed: a file of any size passes through in blocks."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from midspan.errors import EmptySource
from midspan.pipelines.readers.encoding import SAMPLE_BYTES, guess
from midspan.pipelines.readers.extract import Extract
from midspan.pipelines.readers.files import watched
from midspan.pipelines.readers.normalise import clean

BLOCK_BYTES = 262_144


def read(path: Path) -> Iterator[Extract]:
    """The text in stretches; bytes that are not valid in its encoding become U+FFFD."""
    empty = True
    for text in clean(decoded(path)):
        empty = empty and not text.strip()
        yield Extract(text)
    if empty:
        raise EmptySource("there is only white space in it; nothing to read")


def decoded(path: Path) -> Iterator[str]:
    """The characters of a text file, block by block, not yet normalised."""
    with watched(path) as file:
        sample = file.read(SAMPLE_BYTES)
        codec, mark = guess(sample)
        file.seek(mark)
        decoder = codecs.getincrementaldecoder(codec)("replace")
        while block := file.read(BLOCK_BYTES):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)
