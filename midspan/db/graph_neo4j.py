"""The graph on a Neo4j 5.26+ server, by the official driver.

The server keeps its own state, so there are no generation files: a node ``(:Projection {name, applied,
token, schema})`` says up to which outbox entry the graph is true, and is written in the transaction of
its batch. ``token`` is the highest lease token seen: a holder that lost its lease is refused by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import neo4j
import neo4j.exceptions
import neo4j.graph
import neo4j.time

from midspan.db.cypher_guard import check_read_only
from midspan.db.graph_schema import COUNTS, LABELS, SCHEMA_VERSION, SET_UP, apply_batch
from midspan.db.stores import GraphFact, GraphStore, Lease, Rows
from midspan.errors import LeaseLost, QueryTimeout, StoreError, StoreUnavailable, WrongUse

PROJECTION = "graph"
NODES_A_DELETION = 5000
RETRY_SECONDS = 10.0
"""How long a transaction is tried again after a deadlock, or while the server cannot be reached."""

_UNIQUE_PROJECTION = (
    "CREATE CONSTRAINT projection_name IF NOT EXISTS FOR (p:Projection) REQUIRE p.name IS UNIQUE"
)
# The write to ``locked`` makes other writers wait until this transaction has ended.
_LOCK = """
MERGE (p:Projection {name: $name}) ON CREATE SET p.applied = 0, p.token = 0, p.schema = $schema
SET p.locked = $token
RETURN p.applied AS applied, p.token AS token, p.schema AS schema
"""
_ADVANCE = "MATCH (p:Projection {name: $name}) SET p.applied = $applied, p.token = $token"
_BEGIN_CLEARING = """
MERGE (p:Projection {name: $name}) SET p.applied = 0, p.token = $token, p.schema = 0
"""
_END_CLEARING = "MATCH (p:Projection {name: $name}) SET p.schema = $schema"
_STATE = "MATCH (p:Projection {name: $name}) RETURN p.applied AS applied, p.schema AS schema"

Result = TypeVar("Result")
Row = Mapping[str, Any]


class Neo4jGraph(GraphStore):
    """Facts in one database of a server; the driver's pool makes it safe to share between threads.

    Everything with a label of ``graph_schema`` in that database is taken for this workspace's own.
    """

    def __init__(self, url: str, user: str, password: str, database: str | None = None) -> None:
        """Connects at the first use. Without ``user`` no credentials are sent."""
        self._url = url
        self._database = database
        self._driver = neo4j.GraphDatabase.driver(
            url,
            auth=(user, password) if user else None,
            notifications_min_severity="OFF",
            max_transaction_retry_time=RETRY_SECONDS,
        )
        self._set_up_done = False

    @classmethod
    def at(cls, url: str) -> Neo4jGraph:
        """From one URL, as ``bolt://user:password@host:7687/database``; database and user may be left out."""
        parts = urlsplit(url)
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2], path="").geturl()
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(address, user, password, parts.path.strip("/") or None)

    def apply(self, upserts: Sequence[GraphFact], removed: Sequence[str], through: int, lease: Lease) -> None:
        """One transaction for the batch. A graph of another schema version is emptied first."""
        self._set_up()
        if self._state() is None:
            self.clear(lease)

        def work(transaction: neo4j.ManagedTransaction) -> None:
            state = _rows(transaction, _LOCK, _named(schema=SCHEMA_VERSION, token=lease.token))[0]
            if state["token"] > lease.token:
                raise LeaseLost(
                    f"the graph at {self._url} was written under lease {state['token']}, this one is "
                    f"{lease.token}: another projector has taken over. If the database was another "
                    "workspace's, run `midspan reindex` to make it this one's"
                )
            apply_batch(lambda cypher, rows: _rows(transaction, cypher, rows), upserts, removed)
            applied = max(through, state["applied"])
            _rows(transaction, _ADVANCE, _named(applied=applied, token=lease.token))

        self._write(work)

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        seconds: float = 10.0,
    ) -> Rows:
        check_read_only(cypher)
        with (
            self._translated(seconds),
            self._session(neo4j.READ_ACCESS) as session,
            session.begin_transaction(timeout=max(seconds, 0.001)) as transaction,
        ):
            found = transaction.run(cypher, dict(parameters or {}))
            columns = tuple(found.keys())
            rows = [tuple(plain(value) for value in record.values()) for record in found.fetch(limit + 1)]
            found.consume()
        return Rows(columns, tuple(rows[:limit]), truncated=len(rows) > limit)

    def applied(self) -> int:
        return self._state() or 0

    def counts(self) -> dict[str, int]:
        return {name: int(self._read(cypher)[0]["n"]) for name, cypher in COUNTS.items()}

    def clear(self, lease: Lease) -> None:
        """Takes many transactions; until the last one the graph counts as not applied, and the next
        ``apply`` goes on clearing if it was broken off."""
        self._set_up()
        self._write_one(_BEGIN_CLEARING, _named(token=lease.token))
        for label in LABELS:
            delete = f"MATCH (n:{label}) WITH n LIMIT {NODES_A_DELETION} DETACH DELETE n RETURN count(*) AS n"
            while self._write_one(delete)[0]["n"]:
                pass
        self._write_one(_END_CLEARING, _named(schema=SCHEMA_VERSION))

    def close(self) -> None:
        self._driver.close()

    def _state(self) -> int | None:
        """The applied entry; None when what is there was made by another schema or is being cleared."""
        rows = self._read(_STATE, _named())
        if not rows:
            return 0
        return int(rows[0]["applied"]) if rows[0]["schema"] == SCHEMA_VERSION else None

    def _set_up(self) -> None:
        if self._set_up_done:
            return
        with self._translated(), self._session(neo4j.WRITE_ACCESS) as session:
            for statement in (_UNIQUE_PROJECTION, *SET_UP):
                session.run(statement).consume()
            session.run("CALL db.awaitIndexes(300)").consume()
        self._set_up_done = True

    def _read(self, cypher: str, parameters: Row | None = None) -> list[Row]:
        with self._translated(), self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(lambda transaction: _rows(transaction, cypher, parameters or {}))

    def _write(self, work: Callable[[neo4j.ManagedTransaction], Result]) -> Result:
        """Run a unit of work in one transaction; the driver repeats it after a deadlock or a lost leader."""
        with self._translated(), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(work)

    def _write_one(self, cypher: str, parameters: Row | None = None) -> list[Row]:
        return self._write(lambda transaction: _rows(transaction, cypher, parameters or {}))

    def _session(self, mode: str) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=mode)

    @contextmanager
    def _translated(self, seconds: float | None = None) -> Iterator[None]:
        try:
            yield
        except neo4j.exceptions.AuthError as error:
            raise StoreUnavailable(
                f"Neo4j at {self._url} refused the user or password: {error.message}"
            ) from error
        except neo4j.exceptions.Neo4jError as error:
            raise _translation(error, seconds) from error
        except (neo4j.exceptions.DriverError, OSError) as error:
            raise StoreUnavailable(
                f"Neo4j at {self._url} cannot be reached: {error}; is the server running?"
            ) from error


def plain(value: Any) -> Any:
    """A JSON value for what the driver answers; the shapes are those of ``graph_embedded.plain``."""
    if isinstance(value, neo4j.graph.Node):
        return {"id": value.element_id, "labels": sorted(value.labels), "properties": plain(dict(value))}
    if isinstance(value, neo4j.graph.Relationship):
        start, end = (node.element_id if node is not None else "" for node in value.nodes)
        named = {"id": value.element_id, "type": value.type, "start": start, "end": end}
        return {**named, "properties": plain(dict(value))}
    if isinstance(value, neo4j.graph.Path):
        parts = {"nodes": value.nodes, "relationships": value.relationships}
        return {name: [plain(part) for part in items] for name, items in parts.items()}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (neo4j.time.DateTime, neo4j.time.Date, neo4j.time.Time, neo4j.time.Duration)):
        return value.iso_format()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float)) or value is None else str(value)


def _named(**parameters: Any) -> dict[str, Any]:
    return {"name": PROJECTION, **parameters}


def _rows(transaction: neo4j.ManagedTransaction, cypher: str, parameters: Row) -> list[Row]:
    result = transaction.run(cypher, dict(parameters))
    return [dict(record) for record in result]


def _translation(error: neo4j.exceptions.Neo4jError, seconds: float | None) -> StoreError | WrongUse:
    code = error.code or ""
    if "TimedOut" in code or "Terminated" in code:
        limit = "its limit" if seconds is None else f"{seconds:g} s"
        return QueryTimeout(
            f"the query ran longer than {limit}; begin it with a narrower MATCH, as a node by its uid, or "
            "allow more time"
        )
    if isinstance(error, neo4j.exceptions.ClientError) and seconds is not None:
        return WrongUse(f"the query cannot be run: {error.message}")
    if error.is_retryable():
        return StoreUnavailable(f"Neo4j is busy: {error.message} ({code}); try again")
    return StoreError(f"Neo4j refused a statement: {error.message} ({code})")
