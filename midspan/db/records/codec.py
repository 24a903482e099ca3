"""Records to rows and back."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import RowMapping

from midspan.records import (
    ActionEvent,
    AtlasGrounding,
    Fact,
    FactSlot,
    Failure,
    Page,
    Provenance,
    Run,
    SceneArrangement,
    SceneObject,
    SceneRelation,
    Segment,
    Source,
)

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
    start, end = _place(row)
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


def _place(row: Row) -> tuple[float, float]:
    """Code points are whole numbers."""
    start, end = row["start"], row["end"]
    return (int(start), int(end)) if row["unit"] == "char" else (start, end)


# --- records ---


def _said(record: SceneArrangement | AtlasGrounding | Fact | ActionEvent) -> dict[str, Any]:
    place = record.provenance
    return {
        "id": record.id,
        "source_id": place.source_id,
        "run_id": place.run_id,
        "segment_id": place.segment_id,
        "unit": place.unit,
        "start": place.start,
        "end": place.end,
        "text": record.text,
        "score": record.score,
    }


def _provenance(row: Row) -> Provenance:
    return Provenance(row["source_id"], row["run_id"], row["segment_id"], row["unit"], *_place(row))


def scene_row(scene: SceneArrangement) -> dict[str, Any]:
    return _said(scene)


def scene_object_rows(scene: SceneArrangement) -> list[dict[str, Any]]:
    names = SceneObject.__dataclass_fields__
    return [
        {"scene_id": scene.id, "idx": index, **{name: getattr(thing, name) for name in names}}
        for index, thing in enumerate(scene.objects)
    ]


def scene_relation_rows(scene: SceneArrangement) -> list[dict[str, Any]]:
    names = SceneRelation.__dataclass_fields__
    return [
        {"scene_id": scene.id, "idx": index, **{name: getattr(relation, name) for name in names}}
        for index, relation in enumerate(scene.relations)
    ]


def to_scene(row: Row, objects: Sequence[Row], relations: Sequence[Row]) -> SceneArrangement:
    """``objects`` and ``relations`` are the scene's rows by ``idx``."""
    return SceneArrangement(
        id=row["id"],
        provenance=_provenance(row),
        text=row["text"],
        objects=tuple(
            SceneObject(**{name: thing[name] for name in SceneObject.__dataclass_fields__})
            for thing in objects
        ),
        relations=tuple(
            SceneRelation(**{name: relation[name] for name in SceneRelation.__dataclass_fields__})
            for relation in relations
        ),
        score=row["score"],
    )


_ATLAS = (
    *("atlas", "status", "reason", "x_mm", "y_mm", "z_mm", "organ", "organs"),
    *("laterality", "named", "negated", "score", "spread_mm", "hypothetical", "family"),
)


def atlas_row(grounding: AtlasGrounding) -> dict[str, Any]:
    row = _said(grounding) | {name: getattr(grounding, name) for name in _ATLAS}
    row["organs"] = {name: float(share) for name, share in grounding.organs.items()}
    return row


def to_atlas(row: Row) -> AtlasGrounding:
    own = {name: row[name] for name in _ATLAS}
    return AtlasGrounding(id=row["id"], provenance=_provenance(row), text=row["text"], **own)


def fact_row(fact: Fact) -> dict[str, Any]:
    row = _said(fact)
    for part in ("subject", "predicate", "object"):
        slot: FactSlot = getattr(fact, part)
        for name in FactSlot.__dataclass_fields__:
            row[f"{part}_{name}"] = getattr(slot, name)
    row["polarity"] = fact.polarity
    row["status"] = fact.status
    return row


def to_fact(row: Row) -> Fact:
    subject, predicate, thing = (
        FactSlot(**{name: row[f"{part}_{name}"] for name in FactSlot.__dataclass_fields__})
        for part in ("subject", "predicate", "object")
    )
    return Fact(
        id=row["id"],
        provenance=_provenance(row),
        text=row["text"],
        subject=subject,
        predicate=predicate,
        object=thing,
        polarity=row["polarity"],
        status=row["status"],
        score=row["score"],
    )


def event_row(event: ActionEvent) -> dict[str, Any]:
    return _said(event) | {"verb": event.verb, "nouns": list(event.nouns)}


def to_event(row: Row) -> ActionEvent:
    return ActionEvent(
        id=row["id"],
        provenance=_provenance(row),
        text=row["text"],
        verb=row["verb"],
        nouns=tuple(row["nouns"]),
        score=row["score"],
    )


to_plain: Mapping[str, Callable[[Row], AtlasGrounding | Fact | ActionEvent]] = {
    "atlas": to_atlas,
    "fact": to_fact,
    "event": to_event,
}
"""Rows to records, for the kinds that lie in one table."""
