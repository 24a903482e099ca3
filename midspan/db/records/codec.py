"""Sources, runs, segments and pages to rows and back; records have their own in ``kinds``."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import RowMapping

from midspan.records import Failure, Page, Run, Segment, Source

Row = RowMapping

_UNSTORABLE = re.compile("[\\\\\x00\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_SHARES = 65535


def escape(path: str) -> str:
    r"""A path as text that any database takes: NUL, lone surrogates and backslashes become ``\uXXXX``.

    Reversible (:func:`unescape`), and no two paths become the same text.
    """
    return _UNSTORABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", path)


def unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def printable(text: str) -> str:
    """A title or message without what a database refuses; not reversible."""
    return text.encode(errors="backslashreplace").decode().replace("\x00", "\\x00")


# --- numbers ---


def pack_vector(vector: npt.NDArray[np.float32]) -> bytes:
    """(d,) as float16, little endian: 2d bytes."""
    return vector.astype("<f2").tobytes()


def unpack_vectors(blobs: Sequence[bytes]) -> npt.NDArray[np.float32]:
    """(n, d) float32 of n blobs of the same length."""
    flat = np.frombuffer(b"".join(blobs), dtype="<f2").astype(np.float32)
    return flat.reshape(len(blobs), -1) if blobs else np.zeros((0, 0), dtype=np.float32)


def pack_boxes(boxes: npt.NDArray[np.float32]) -> bytes:
    """(n, 4) shares of a page, as 16-bit steps, one edge after the other, deflated."""
    steps = np.rint(np.clip(boxes, 0.0, 1.0) * _SHARES).astype("<u2")
    return zlib.compress(np.ascontiguousarray(steps.T).tobytes(), 3)


def unpack_boxes(blob: bytes) -> npt.NDArray[np.float32]:
    steps = np.frombuffer(zlib.decompress(blob), dtype="<u2").reshape(4, -1).T
    return np.ascontiguousarray(steps.astype(np.float32) / np.float32(_SHARES))


# --- sources, runs, segments ---


def source_row(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "kind": source.kind,
        "media_type": source.media_type,
        "title": printable(source.title),
        "byte_count": source.byte_count,
        "added_at": source.added_at,
        "superseded_by": source.superseded_by,
    }


def to_source(row: Row) -> Source:
    return Source(**{name: row[name] for name in Source.__dataclass_fields__})


def run_row(run: Run, code_version: str, now: float) -> dict[str, Any]:
    return {
        "id": run.id,
        "stage": run.stage,
        "stage_version": run.stage_version,
        "model": run.model,
        "weights_sha256": run.weights_sha256,
        "parameters": dict(run.parameters),
        "code_version": code_version,
        "created_at": now,
    }


def to_run(row: Row) -> Run:
    return Run(**{name: row[name] for name in Run.__dataclass_fields__})


def segment_row(segment: Segment) -> dict[str, Any]:
    """Without the key, which the database gives."""
    return {
        "id": segment.id,
        "source_id": segment.source_id,
        "run_id": segment.run_id,
        "ordinal": segment.ordinal,
        "kind": segment.kind,
        "unit": segment.unit,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "page": segment.page,
    }


def to_segment(row: Row) -> Segment:
    start, end = place_of(row)
    return Segment(
        id=row["id"],
        source_id=row["source_id"],
        ordinal=row["ordinal"],
        kind=row["kind"],
        unit=row["unit"],
        start=start,
        end=end,
        text=row["text"],
        page=row["page"],
        key=row["key"],
        run_id=row["run_id"],
    )


def page_row(source_id: str, run_id: str, page: Page) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "run_id": run_id,
        "number": page.number,
        "start": page.start,
        "end": page.end,
        "width": page.width,
        "height": page.height,
        "boxes": pack_boxes(page.boxes),
    }


def to_page(row: Row) -> Page:
    names = ("number", "start", "end", "width", "height")
    return Page(**{name: row[name] for name in names}, boxes=unpack_boxes(row["boxes"]))


def to_failure(row: Row) -> Failure:
    return Failure(
        path=unescape(row["path"]),
        stage=row["stage"],
        kind=row["kind"],
        message=row["message"],
        retryable=row["retryable"],
        segment_id=row["segment_id"],
        page=row["page"],
        second=row["second"],
    )


def place_of(row: Row) -> tuple[float, float]:
    """Code points are whole numbers."""
    start, end = row["start"], row["end"]
    return (int(start), int(end)) if row["unit"] == "char" else (start, end)
