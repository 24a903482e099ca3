"""Numbered Cypher steps that bring a graph's constraints and indexes up, and refuse a newer graph.

Steps are the files ``migrations/graph/NNNN_name.cypher``. A server runs schema statements and data
statements in different transactions only, so that a step and its record cannot be committed together: a
step's statements are safe to run again, and it is recorded behind them as a node ``(:Migration {number,
name, sha256, applied_at})``. Killed in between, or run by two processes at once, it just runs again.

The embedded graph is built anew by each schema, so it runs all statements and records nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from midspan.db.migrate import folder
from midspan.errors import NewerSchema, StoreError

RunOne = Callable[[str, Mapping[str, Any]], Sequence[Mapping[str, Any]]]
"""Runs a statement with parameters in a transaction of its own, again where that helps; its rows."""

_NAME = re.compile(r"([0-9]{4})_[a-z0-9_]+\.cypher")
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_STATEMENT_END = re.compile(r";\s*$", re.MULTILINE)

_ONE_A_NUMBER = (
    "CREATE CONSTRAINT migration_number IF NOT EXISTS FOR (m:Migration) REQUIRE m.number IS UNIQUE"
)
_RECORDED = "MATCH (m:Migration) RETURN m.number AS number, m.sha256 AS sha256 ORDER BY number"
_RECORD = """
MERGE (m:Migration {number: $number})
ON CREATE SET m.name = $name, m.sha256 = $sha256, m.applied_at = datetime()
"""
_WAIT_FOR_INDEXES = "CALL db.awaitIndexes(300)"


@dataclass(frozen=True)
class Step:
    number: int
    name: str
    """The file's name."""
    sha256: str
    """Of the file's bytes."""
    statements: tuple[str, ...]


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    """All steps that this midspan knows, in order."""
    return read_steps(folder() / "graph")


def read_steps(where: Path) -> tuple[Step, ...]:
    """The steps of a folder. Raises ``StoreError`` for a name that is no step's or a gap in the numbers."""
    found: list[Step] = []
    for path in sorted(where.glob("*.cypher")):
        name = _NAME.fullmatch(path.name)
        if name is None or int(name[1]) != len(found) + 1:
            raise StoreError(f"{path.name} is not step {len(found) + 1:04d}_what_it_does.cypher")
        found.append(_read_step(path, len(found) + 1))
    if not found:
        raise StoreError(f"no graph migrations in {where}; install midspan again")
    return tuple(found)


def upgrade(run: RunOne) -> None:
    """Take the steps that are not recorded yet. Raises ``NewerSchema``, ``StoreError``."""
    missing = pending(run)
    if not missing:
        return
    run(_ONE_A_NUMBER, {})
    for step in missing:
        for statement in step.statements:
            run(statement, {})
        run(_RECORD, {"number": step.number, "name": step.name, "sha256": step.sha256})
    run(_WAIT_FOR_INDEXES, {})


def pending(run: RunOne) -> list[Step]:
    """Steps that the graph has not recorded. Raises ``NewerSchema``, ``StoreError``."""
    recorded = {int(row["number"]): str(row["sha256"]) for row in run(_RECORDED, {})}
    known = steps()
    newest = max(recorded, default=0)
    if newest > len(known):
        raise NewerSchema(
            f"the graph has migration {newest:04d}, this midspan knows up to {len(known):04d}: a newer "
            "midspan made it; install that version, or name another database in MIDSPAN_GRAPH_URL"
        )
    for step in known:
        if recorded.get(step.number, step.sha256) != step.sha256:
            raise StoreError(
                f"the graph's migration {step.number:04d} was taken from another file than {step.name}: it "
                "was made by another edition of midspan; name another database in MIDSPAN_GRAPH_URL"
            )
    return [step for step in known if step.number not in recorded]


def _read_step(path: Path, number: int) -> Step:
    data = path.read_bytes()
    parts = _STATEMENT_END.split(_COMMENT.sub("", data.decode("utf-8")))
    return Step(
        number, path.name, sha256(data).hexdigest(), tuple(part.strip() for part in parts if part.strip())
    )
