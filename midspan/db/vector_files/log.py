"""The log of a vector index: records with a checksum each, one behind the other.

A record is ``mvl1``, the body's length and CRC-32 (little endian, 32 bits each), and the body: up to which
outbox entry it is true (64 bits), how many keys it takes out and how many it sets (32 bits each), the keys
(64 bits each) and the vectors (16-bit floats).
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

_MAGIC = b"mvl1"
_HEAD = struct.Struct("<4sII")
_BODY = struct.Struct("<qII")


@dataclass(frozen=True)
class Record:
    through: int
    """Outbox entry up to which the index is true with this record."""
    removed: npt.NDArray[np.int64]
    """(m,); none of them is among ``keys``."""
    keys: npt.NDArray[np.int64]
    """(n,), each once."""
    vectors: npt.NDArray[np.float16]
    """(n, d)"""


def pack(record: Record) -> bytes:
    body = b"".join(
        (
            _BODY.pack(record.through, len(record.removed), len(record.keys)),
            record.removed.astype("<i8").tobytes(),
            record.keys.astype("<i8").tobytes(),
            record.vectors.astype("<f2").tobytes(),
        )
    )
    return _HEAD.pack(_MAGIC, len(body), zlib.crc32(body)) + body


def write(data: bytes, path: Path, place: int) -> None:
    """Put packed records at a place of a file, as its end, and flush them; a place of 0 begins the file.

    Raises ``OSError``; the file ends at ``place`` again then, if that can still be done.
    """
    with path.open("r+b" if place else "wb") as file:
        try:
            file.truncate(place)
            file.seek(place)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.truncate(path, place)
            raise


def read(path: Path, start: int, end: int, dim: int) -> tuple[list[Record], int]:
    """The records between two places of a file, and the place behind the last that is whole.

    That is before ``end`` where the file is shorter, or where a record is not what its checksum says: nothing
    behind it is read. Raises ``OSError``.
    """
    with path.open("rb") as file:
        file.seek(start)
        data = memoryview(file.read(end - start))
    records, place = [], 0
    while (found := _next(data[place:], dim)) is not None:
        records.append(found[0])
        place += found[1]
    return records, start + place


def joined(records: Sequence[Record]) -> Record:
    """What several records, of which there is one at least, say together: of each key the last."""
    keys = np.concatenate([part for one in records for part in (one.removed, one.keys)])
    is_set = np.concatenate(
        [np.full(len(part), part is one.keys) for one in records for part in (one.removed, one.keys)]
    )
    rows = np.cumsum(is_set) - 1
    last = len(keys) - 1 - np.unique(keys[::-1], return_index=True)[1]
    held = last[is_set[last]]
    vectors = np.concatenate([one.vectors for one in records])
    through = max(one.through for one in records)
    return Record(through, keys[last[~is_set[last]]], keys[held], vectors[rows[held]])


def _next(data: memoryview, dim: int) -> tuple[Record, int] | None:
    """The record that ``data`` begins with, and its length."""
    if len(data) < _HEAD.size:
        return None
    magic, length, crc = _HEAD.unpack_from(data)
    body = data[_HEAD.size : _HEAD.size + length]
    if magic != _MAGIC or len(body) < length or zlib.crc32(body) != crc:
        return None
    through, removed, count = _BODY.unpack_from(body)
    places = np.cumsum([_BODY.size, 8 * removed, 8 * count, 2 * count * dim])
    gone, keys, vectors = (body[place:] for place in places[:3])
    record = Record(
        through,
        np.frombuffer(gone, "<i8", removed),
        np.frombuffer(keys, "<i8", count),
        np.frombuffer(vectors, "<f2", count * dim).reshape(count, dim),
    )
    return record, _HEAD.size + length
