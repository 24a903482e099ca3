"""Everything that a workspace holds, in a form that does not depend on the order of work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Table, select

from midspan.db.records import tables
from midspan.db.records.engine import reading
from midspan.db.records.kinds import KINDS
from midspan.db.words.parser import parse
from midspan.platform.workspace import Workspace

OF_THE_MACHINE = frozenset({"versions", "sqlite", "database", "workspace", "models", "graph", "broker"})
"""Checks of ``midspan doctor`` that say nothing about what is stored."""

TABLES = (
    *(tables.source, tables.location, tables.run, tables.source_run, tables.chunk, tables.segment),
    *(tables.embedding, KINDS["fact"].table, tables.failure, tables.decision),
)
OF_THE_RUN = frozenset(
    {"key", "segment_key", "checksum", "added_at", "seen_at", "created_at", "finished_at", "at"}
)
"""Columns that differ between two runs that did the same; a checksum is also of the key, and the doctor's."""

_GRAPH = {
    "mentions": (
        "MATCH (d:Document)-[:HAS_SENTENCE]->(s:Sentence)-[:HAS_MENTION]->(m:Mention)"
        "-[:SUPPORTS]->(a:Assertion) RETURN d.uid AS d, s.uid AS s, m.uid AS m, a.uid AS a"
    ),
    "assertions": (
        "MATCH (e:Entity)<-[:SUBJECT]-(a:Assertion)-[:OBJECT]->(o:Entity) "
        "MATCH (a)-[:PREDICATE]->(p:Predicate) "
        "RETURN a.uid AS a, e.uid AS e, p.uid AS p, o.uid AS o, a.support AS n, a.confidence AS c"
    ),
    "edges": (
        "MATCH (e:Entity)-[f:FACT]->(o:Entity) "
        "RETURN e.uid AS e, f.assertion AS a, f.name AS name, f.support AS n, o.uid AS o"
    ),
    "entities": "MATCH (e:Entity) RETURN e.uid AS uid, e.name AS name",
    "same": "MATCH (e:Entity)-[r:SAME_AS]->(o:Entity) RETURN e.uid AS e, r.why AS why, o.uid AS o",
    "sentences": "MATCH (s:Sentence) RETURN s.uid AS uid, s.start AS start, s.finish AS finish",
}


def contents(workspace: Workspace) -> dict[str, Any]:
    """JSON values: rows by table, the graph, the vector index, what doctor says, and the jobs."""
    checks = [check for check in workspace.doctor().checks if check.name not in OF_THE_MACHINE]
    return {
        **{f"table {table.name}": _rows(workspace, table) for table in TABLES},
        **{f"graph {name}": _cypher(workspace, query) for name, query in _GRAPH.items()},
        "graph documents": _documents(workspace),
        "graph counts": dict(workspace.parts.graph.counts()),
        "vector index": _indexed(workspace),
        "doctor": {check.name: "" if check.ok else check.detail for check in checks},
        "search": _found(workspace),
        "jobs": _untrue_jobs(workspace),
    }


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Where two of them part, in a line each; empty when they are equal."""
    told = []
    for name in expected:
        if expected[name] == found.get(name):
            continue
        if isinstance(expected[name], list) and isinstance(found.get(name), list):
            left, right = ([json.dumps(row) for row in side[name]] for side in (expected, found))
            lost, more = set(left) - set(right), set(right) - set(left)
            example = next(iter(sorted(lost or more)), "")[:200]
            told.append(
                f"{name}: {len(left)} rows expected, {len(right)} found, {len(lost)} lost, {len(more)} "
                f"too many, as {example}"
            )
        else:
            told.append(f"{name}: expected {expected[name]}, found {found.get(name)}"[:400])
    return told


def _rows(workspace: Workspace, table: Table) -> list[list[Any]]:
    """All rows, sorted, a key replaced by the id that it stands for."""
    columns = [column for column in table.columns if column.name not in OF_THE_RUN]
    wanted: Select[Any] = select(*columns)
    if table is tables.embedding:
        same = tables.embedding.c.segment_key == tables.segment.c.key
        wanted = select(tables.segment.c.id, *columns).outerjoin_from(tables.embedding, tables.segment, same)
    with reading(workspace.parts.store._engine) as connection:
        rows = [[_plain(value) for value in row] for row in connection.execute(wanted)]
    return sorted(rows, key=json.dumps)


def _plain(value: Any) -> Any:
    return hashlib.sha256(value).hexdigest()[:16] if isinstance(value, bytes | memoryview) else value


def _cypher(workspace: Workspace, query: str) -> list[list[Any]]:
    rows = workspace.cypher(query, limit=100_000).rows
    return sorted((list(row) for row in rows), key=json.dumps)


def _documents(workspace: Workspace) -> list[list[Any]]:
    """(source, title, whether its path is the one that the record store shows). Which of two paths of the
    same bytes was seen last may differ between two runs."""
    rows = _cypher(workspace, "MATCH (d:Document) RETURN d.uid AS uid, d.name AS name, d.path AS path")
    names = workspace.parts.store.names([uid for uid, _, _ in rows])
    return [[uid, name, uid in names and names[uid].path == path] for uid, name, path in rows]


def _indexed(workspace: Workspace) -> list[list[Any]]:
    """(segment id, whether its own vector finds it) of all vectors, and what the index holds beyond."""
    store, index = workspace.parts.store, workspace.parts.indexes["vectors.text"]
    keys = [int(key) for ids in store.all_ids("vectors.text") for key in ids]
    segments = store.segments_by_key(keys)
    found, vectors = store.vectors("text", keys)
    rows: list[list[Any]] = [["keys too many", index.count() - len(keys)]]
    for place, key in enumerate(found.tolist()):
        hits = index.search(vectors[place], 1, found[place : place + 1])
        rows.append([segments[key].id, bool(hits) and hits[0][0] == key and hits[0][1] > 0.99])
    return sorted(rows, key=json.dumps)


def _found(workspace: Workspace) -> list[str]:
    """Which sentences a full-text search finds; it may not find what was superseded."""
    tree = parse("number train").tree
    found = workspace.parts.words.search(tree, "segment", 100_000)
    segments = workspace.parts.store.segments_by_id([segment_id for segment_id, _ in found])
    return sorted(
        segments[segment_id].text if segment_id in segments else segment_id for segment_id, _ in found
    )


def _untrue_jobs(workspace: Workspace) -> list[str]:
    """What is wrong with the jobs' rows; nothing should be."""
    wrong = []
    for job in workspace.parts.jobs.jobs(1000):
        items = workspace.parts.jobs.items(job.id, limit=1000)
        states = {item.state for item in items} - {"done"}
        if job.state != "done" or states:
            wrong.append(
                f"{job.id} is {job.state}, with items {sorted(states)} of {len(items)}: {job.message}"
            )
        if (job.total, job.done, job.partial, job.failed) != (len(items), len(items), 0, 0):
            wrong.append(
                f"{job.id} counts {job.done} done, {job.partial} in part, {job.failed} failed of "
                f"{job.total}: {len(items)} items"
            )
        if len({item.uri for item in items}) != len(items):
            wrong.append(f"{job.id} has a path twice")
    return wrong
