"""Parquet: a row a fact, with all that the record store has of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from midspan.db.record_store import GraphFact
from midspan.errors import needs_extra
from midspan.platform.export.runs import Runs
from midspan.platform.export.texts import all_utf8

with needs_extra("writing Parquet", "export"):
    import pyarrow as pa
    import pyarrow.parquet as pq

ROWS_AT_ONCE = 5000
SLOTS = ("subject", "predicate", "object")

_CANDIDATE = pa.struct(
    [("uid", pa.string()), ("name", pa.string()), ("score", pa.float64()), ("why", pa.string())]
)
_ARGUMENT = pa.struct([("surface", pa.string()), ("start", pa.int64()), ("end", pa.int64())])


def _needed(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


def _slot(part: str) -> list[pa.Field]:
    return [
        _needed(f"{part}_surface", pa.string()),
        _needed(f"{part}_start", pa.int64()),
        _needed(f"{part}_end", pa.int64()),
        pa.field(f"{part}_uid", pa.string()),
        _needed(f"{part}_name", pa.string()),
        _needed(f"{part}_score", pa.float64()),
        _needed(f"{part}_literal", pa.string()),
        _needed(f"{part}_antecedent", pa.string()),
        pa.field(f"{part}_antecedent_start", pa.int64()),
        pa.field(f"{part}_antecedent_end", pa.int64()),
        pa.field(f"{part}_antecedent_segment", pa.string()),
        _needed(f"{part}_value", pa.string()),
        _needed(f"{part}_candidates", pa.list_(_CANDIDATE)),
        _needed(f"{part}_kind", pa.string()),
    ]


SCHEMA = pa.schema(
    [
        _needed("id", pa.string()),
        *(field for part in SLOTS for field in _slot(part)),
        *(_needed(name, pa.string()) for name in ("polarity", "status")),
        _needed("score", pa.float64()),
        *(_needed(name, pa.string()) for name in ("modality", "generator")),
        _needed("further", pa.list_(_ARGUMENT)),
        _needed("believed", pa.bool_()),
        *(_needed(name, pa.string()) for name in ("text", "unit")),
        *(_needed(name, pa.float64()) for name in ("start", "end")),
        pa.field("page", pa.int64()),
        *(
            _needed(name, pa.string())
            for name in ("segment_id", "source_id", "title", "path", "run_id", "stage")
        ),
        _needed("stage_version", pa.int64()),
        *(_needed(name, pa.string()) for name in ("model", "weights_sha256")),
    ]
)


def write(path: Path, facts: Iterable[GraphFact], runs: Runs) -> int:
    """Returns the number of rows."""
    written = 0
    rows = (_row(item, runs) for item in facts)
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as out:
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            out.write_table(pa.Table.from_pylist(batch, SCHEMA))
            written += len(batch)
    return written


def _row(item: GraphFact, runs: Runs) -> dict[str, Any]:
    fact, place, run = item.fact, item.fact.provenance, runs[item.fact.provenance.run_id]
    said = {
        "id": fact.id,
        **{f"{part}_{name}": value for part in SLOTS for name, value in asdict(getattr(fact, part)).items()},
        **{name: getattr(fact, name) for name in ("polarity", "status", "score", "modality", "generator")},
        "further": [asdict(argument) for argument in fact.further],
        "believed": fact.believed,
        "text": fact.text,
        **asdict(place),
        "page": item.page,
        "title": item.source_title,
        "path": item.path,
        "stage": run.stage,
        "stage_version": run.stage_version,
        "model": run.model,
        "weights_sha256": run.weights_sha256,
    }
    cleaned: dict[str, Any] = all_utf8(said)
    return cleaned
