"""The places where a process can be broken: names, and the hooks that tell when one is reached.

Each hook sits around a function of the product (or of SQLAlchemy beneath it) in a process that was made
to be broken. A name that no longer exists is an error at once, not a place that is silently skipped.
"""

from __future__ import annotations

import functools
import importlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

Profile = Literal["embedded", "servers"]
Hit = Callable[[str, "Path | None"], None]
"""Told the point that is reached, and the file at hand where there is one."""

_COMMON = {
    "record commit": "midspan.db.records.relational:SqlRecordStore.commit",
    "decision": "midspan.db.records.relational:SqlRecordStore.decide",
    "publish": "midspan.db.records.relational:SqlRecordStore.publish",
    "lease": "midspan.db.records.relational:SqlRecordStore.acquire",
    "lease release": "midspan.db.records.relational:SqlRecordStore.release",
    "job creation": "midspan.db.jobs.store:JobStore.create",
    "discovery": "midspan.db.jobs.store:JobStore.add_items",
    "claim": "midspan.db.jobs.store:JobStore.claim",
    "heartbeat": "midspan.db.jobs.store:JobStore.heartbeat",
    "item release": "midspan.db.jobs.store:JobStore.release",
    "settling": "midspan.db.jobs.store:JobStore.settle",
    "stage": "faults.workload:NameStage.__call__",
    "vector batch": "midspan.db.vectors_faiss:FaissIndex.apply",
    "file flush": "midspan.db.generations:_flush_and_hash",
    "folder flush": "midspan.db.generations:_flush_folder",
    "sweep": "midspan.db.generations:Generations._sweep",
    "vector log": "midspan.db.vectors_faiss:FaissIndex._append",
    "vector file": "midspan.db.vector_files.segment:_flushed",
    "vector sealing": "midspan.db.vector_files.merging:seal",
    "vector merge": "midspan.db.vector_files.merging:merge",
    "vector installation": "midspan.db.vectors_faiss:FaissIndex._install",
    "vector sweep": "midspan.db.vectors_faiss:FaissIndex._sweep",
    "SQL statement": "sqlalchemy.engine.default:DefaultDialect.do_execute",
    "SQL commit": "sqlalchemy.engine.default:DefaultDialect.do_commit",
}
_OWN: Mapping[Profile, Mapping[str, str]] = {
    "embedded": {
        "graph batch": "midspan.db.graph.embedded:EmbeddedGraph.apply",
        "graph tail": "midspan.db.records.relational:SqlRecordStore.append",
        "graph taken in": "midspan.db.graph.process:GraphProcess.apply",
    },
    "servers": {
        "graph batch": "midspan.db.graph.neo4j:Neo4jGraph.apply",
        "graph rebuild": "midspan.db.graph.neo4j:Neo4jGraph.rebuild",
        "graph statement": "midspan.db.graph.neo4j:_rows",
        "graph transaction": "midspan.db.graph.neo4j:apply_batch",
    },
}
TORN, TORN_SEGMENT, TORN_LOG = "in half a generation file", "in half a segment", "in half a log"
_VECTORS = {
    "midspan.db.vector_files.manifest:Manifest.write": TORN,
    "midspan.db.vector_files.segment:write_index": TORN_SEGMENT,
    "midspan.db.vector_files.log:write": TORN_LOG,
}
_FILES: Mapping[Profile, Mapping[str, str]] = {
    "embedded": {**_VECTORS, "midspan.db.graph.process:GraphProcess.save": TORN},
    "servers": _VECTORS,
}
"""Functions that write a file, whose path is their second argument, and the point behind them."""


def points(profile: Profile) -> list[str]:
    """Every point of a profile, as ``before record commit``."""
    names = [*_COMMON, *_OWN[profile]]
    return [
        *(f"{when} {name}" for name in names for when in ("before", "after")),
        TORN,
        TORN_SEGMENT,
        TORN_LOG,
    ]


def install(profile: Profile, hit: Hit) -> None:
    """Put the hooks in, for the rest of this process's life."""
    for name, place in {**_COMMON, **_OWN[profile]}.items():
        owner, attribute = _resolved(place)
        setattr(owner, attribute, _around(name, getattr(owner, attribute), hit))
    for place, point in _FILES[profile].items():
        owner, attribute = _resolved(place)
        setattr(owner, attribute, _writing(point, getattr(owner, attribute), hit))


def _resolved(place: str) -> tuple[Any, str]:
    module, _, path = place.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, attribute = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    if not hasattr(owner, attribute):
        raise AttributeError(f"{place} is not there any more; name its successor in faults/points.py")
    return owner, attribute


def _around(name: str, original: Callable[..., Any], hit: Hit) -> Callable[..., Any]:
    @functools.wraps(original)
    def hooked(*arguments: Any, **named: Any) -> Any:
        hit(f"before {name}", None)
        result = original(*arguments, **named)
        hit(f"after {name}", None)
        return result

    return hooked


def _writing(point: str, original: Callable[..., Any], hit: Hit) -> Callable[..., Any]:
    @functools.wraps(original)
    def hooked(first: Any, path: Path, *arguments: Any) -> Any:
        result = original(first, path, *arguments)
        hit(point, path)
        return result

    return hooked


class Trigger:
    """Counts what is reached, and acts once: at the ``nth`` hit of ``point``."""

    def __init__(self, point: str, nth: int, act: Callable[[Path | None], None]) -> None:
        self._point = point
        self._nth = nth
        self._act = act
        self.counts: Counter[str] = Counter()

    def __call__(self, point: str, path: Path | None) -> None:
        self.counts[point] += 1
        if point == self._point and self.counts[point] == self._nth:
            self._act(path)
