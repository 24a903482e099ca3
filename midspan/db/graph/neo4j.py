"""The graph on a Neo4j 5.26+ server, by the official driver.

The server keeps its own state, so there are no generation files: a node ``(:Projection {name, applied,
token, schema, owner})`` says up to which outbox entry of which record store the graph is true, and is
written in the last transaction of its batch. ``token`` is the highest lease token seen: a holder that lost
its lease is refused by it.
``(:Migration)`` nodes say which steps of ``migrations/graph`` were taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import neo4j
import neo4j.exceptions

from midspan.db.graph import steps
from midspan.db.graph.batch import batch_of, portions
from midspan.db.graph.cypher_bounds import check_bounded
from midspan.db.graph.cypher_guard import check_limits, check_read_only
from midspan.db.graph.neo4j_address import Neo4jAddress
from midspan.db.graph.neo4j_driver import open_driver, translated
from midspan.db.graph.neo4j_readers import Neo4jReaders
from midspan.db.graph.schema import COUNTS, LABELS, SCHEMA_VERSION, apply_batch
from midspan.db.graph.statements import Batch
from midspan.db.graph_store import GraphStore, Rows
from midspan.db.record_store import GraphItem, Lease, pair_id
from midspan.errors import LeaseLost, NewerSchema, StoreError

PROJECTION = "graph"
NODES_A_DELETION = 5000
CHANGES_A_TRANSACTION = 500
"""A fact that is changed takes up to 50 kB of a transaction's memory, which servers limit (to 96 MB in
docker-compose.yml)."""

# The write to ``locked`` makes other writers wait until this transaction has ended.
_LOCK = """
MERGE (p:Projection {name: $name}) ON CREATE SET p.applied = 0, p.token = 0, p.schema = $schema
SET p.locked = $token, p.owner = coalesce(p.owner, $owner)
RETURN p.applied AS applied, p.token AS token, p.schema AS schema, p.owner AS owner
"""
_ADVANCE = "MATCH (p:Projection {name: $name}) SET p.applied = $applied, p.token = $token"
_BEGIN_CLEARING = "MATCH (p:Projection {name: $name}) SET p.applied = 0, p.token = $token, p.schema = 0"
_END_CLEARING = "MATCH (p:Projection {name: $name, token: $token, schema: 0}) SET p.schema = $schema"
_STATE = """
MATCH (p:Projection {name: $name}) RETURN p.applied AS applied, p.schema AS schema, p.owner AS owner
"""

_MENTIONS = "MATCH (m:Mention) WHERE m.uid > $after RETURN m.uid AS uid ORDER BY m.uid LIMIT $limit"

_SAME = "MATCH (a:Entity)-[:SAME_AS]->(b:Entity) RETURN a.uid AS one, b.uid AS other"

_EXISTS = "EquivalentSchemaRuleAlreadyExists"

Result = TypeVar("Result")
Row = Mapping[str, Any]


class Neo4jGraph(GraphStore):
    """Facts in one database of a server; the driver's pool makes it safe to share between threads.

    Everything with a label of ``schema.py`` in that database is taken for this workspace's own. ``owner`` is
    the record store's identity: a database that holds another one's facts is refused with ``StoreError``.
    """

    def __init__(self, address: Neo4jAddress, owner: str | None = None) -> None:
        """Connects at the first use."""
        self._owner = owner
        self._url = address.url
        self._database = address.database
        self._driver = open_driver(address)
        self._readers = Neo4jReaders(address)
        self._up_to_date = False
        self._is_ours = False

    @classmethod
    def at(cls, url: str, owner: str | None = None) -> Neo4jGraph:
        """From one URL, as ``bolt://user:password@host:7687/database``. Raises ``WrongUse``."""
        return cls(Neo4jAddress.of(url), owner)

    def apply(self, upserts: Sequence[GraphItem], removed: Sequence[str], through: int, lease: Lease) -> None:
        """A batch of more than ``CHANGES_A_TRANSACTION`` takes several transactions, and what it reaches is
        noted in the last: one that was broken off is there in part until it comes again. A graph of an older
        schema version is emptied first."""
        self._bring_up()
        if self._state() is None:
            self.clear(lease)
        self._apply(upserts, removed, lease, lambda applied: max(through, applied))

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        seconds: float = 10.0,
    ) -> Rows:
        check_read_only(cypher)
        check_limits(limit, seconds)
        check_bounded(cypher, parameters or {})
        if not self._is_ours:
            self._state()
            self._is_ours = True
        return self._readers.query(cypher, parameters or {}, limit, seconds)

    def applied(self) -> int:
        return self._state() or 0

    def counts(self) -> dict[str, int]:
        return {name: int(self._read(cypher)[0]["n"]) for name, cypher in COUNTS.items()}

    def clear(self, lease: Lease) -> None:
        """Takes many transactions; until the last one the graph counts as not applied, and the next
        ``apply`` goes on clearing if it was broken off."""
        self._bring_up()

        def begin(transaction: neo4j.ManagedTransaction) -> None:
            self._lock(transaction, lease)
            _rows(transaction, _BEGIN_CLEARING, _named(token=lease.token))

        self._write(begin)
        for label in LABELS:
            delete = f"MATCH (n:{label}) WITH n LIMIT {NODES_A_DELETION} DETACH DELETE n RETURN count(*) AS n"
            while self._clear_some(delete, lease):
                pass
        self._write_one(_END_CLEARING, _named(schema=SCHEMA_VERSION, token=lease.token))

    def rebuild(
        self, batches: Iterable[Sequence[GraphItem]], through: int, prolong: Callable[[], Lease]
    ) -> None:
        """In place: first all that should be there is merged, then what should not is taken out."""
        self._bring_up()
        if self._state() is None:
            self.clear(prolong())
        wanted: set[str] = set()
        for batch in batches:
            self._apply(batch, [], prolong(), _as_it_is)
            wanted.update(item.id for item in batch)
        for uids in self._ids():
            if gone := [uid for uid in uids if uid not in wanted]:
                self._apply([], gone, prolong(), _as_it_is)
        self._apply([], [], prolong(), lambda _: through)

    def close(self) -> None:
        self._readers.close()
        self._driver.close()

    def describe(self) -> str:
        """The server, database and migrations in a line. Raises ``StoreUnavailable``, ``NewerSchema``."""
        server = self._read(
            "CALL dbms.components() YIELD name, versions, edition RETURN versions[0] AS version, edition"
        )[0]
        database = self._read("CALL db.info() YIELD name RETURN name")[0]["name"]
        known = len(steps.steps())
        taken = known - len(steps.pending(self._read))
        return (
            f"Neo4j {server['version']} {server['edition']} at {self._url}, database {database}, "
            f"migration {taken} of {known}"
        )

    def _apply(
        self,
        upserts: Sequence[GraphItem],
        removed: Sequence[str],
        lease: Lease,
        reach: Callable[[int], int],
    ) -> None:
        """``reach`` makes the new applied entry of the one that is noted."""
        *parts, last = portions(upserts, removed, CHANGES_A_TRANSACTION)
        for part in parts:
            self._apply_at_once(batch_of(*part), lease, _as_it_is)
        self._apply_at_once(batch_of(*last), lease, reach)

    def _apply_at_once(self, batch: Batch, lease: Lease, reach: Callable[[int], int]) -> None:
        """In one transaction."""

        def work(transaction: neo4j.ManagedTransaction) -> None:
            state = self._lock(transaction, lease)
            if state["schema"] != SCHEMA_VERSION:
                raise LeaseLost("the graph is being emptied by another projector; drop this work")
            apply_batch(lambda cypher, rows: _rows(transaction, cypher, rows), batch)
            _rows(transaction, _ADVANCE, _named(applied=reach(state["applied"]), token=lease.token))

        self._write(work)

    def _ids(self) -> Iterator[list[str]]:
        """Ids of all facts and merges, in portions."""
        last = ""
        while found := self._read(_MENTIONS, {"after": last, "limit": NODES_A_DELETION}):
            yield [row["uid"] for row in found]
            last = found[-1]["uid"]
        yield [pair_id(row["one"], row["other"]) for row in self._read(_SAME)]

    def _lock(self, transaction: neo4j.ManagedTransaction, lease: Lease) -> Row:
        """Keep other writers out until the transaction ends. Raises ``LeaseLost`` for an older lease."""
        parameters = _named(schema=SCHEMA_VERSION, token=lease.token, owner=self._owner)
        state = _rows(transaction, _LOCK, parameters)[0]
        self._check_owner(state["owner"])
        if state["token"] > lease.token:
            raise LeaseLost(
                f"the graph at {self._url} was written under lease {state['token']}, this one is "
                f"{lease.token}: another projector has taken over, drop this work"
            )
        return state

    def _check_owner(self, owner: str | None) -> None:
        if owner is not None and self._owner is not None and owner != self._owner:
            raise StoreError(
                f"the graph at {self._url} holds the facts of another record store ({owner}, this one is "
                f"{self._owner}); name another database in MIDSPAN_GRAPH_URL, or, if those facts are no "
                "longer wanted, empty it with MATCH (n) DETACH DELETE n and run `midspan reindex`"
            )

    def _clear_some(self, delete: str, lease: Lease) -> int:
        def work(transaction: neo4j.ManagedTransaction) -> int:
            self._lock(transaction, lease)
            return int(_rows(transaction, delete, {})[0]["n"])

        return self._write(work)

    def _state(self) -> int | None:
        """The applied entry; None when what is there was made by an older schema or is being cleared."""
        rows = self._read(_STATE, _named())
        if not rows:
            return 0
        self._check_owner(rows[0]["owner"])
        if rows[0]["schema"] > SCHEMA_VERSION:
            raise NewerSchema(
                f"the graph at {self._url} has schema {rows[0]['schema']}, this midspan writes "
                f"{SCHEMA_VERSION}: a newer midspan made it; install that version, or name another database "
                "in MIDSPAN_GRAPH_URL"
            )
        return int(rows[0]["applied"]) if rows[0]["schema"] == SCHEMA_VERSION else None

    def _bring_up(self) -> None:
        if not self._up_to_date:
            steps.upgrade(self._take_step)
            self._up_to_date = True

    def _read(self, cypher: str, parameters: Row | None = None) -> list[Row]:
        with self._translated(), self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(lambda transaction: _rows(transaction, cypher, parameters or {}))

    def _write(self, work: Callable[[neo4j.ManagedTransaction], Result]) -> Result:
        """Run a unit of work in one transaction; the driver repeats it after a deadlock or a lost leader."""
        with self._translated(), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(work)

    def _write_one(self, cypher: str, parameters: Row | None = None) -> list[Row]:
        return self._write(lambda transaction: _rows(transaction, cypher, parameters or {}))

    def _take_step(self, cypher: str, parameters: Row) -> list[Row]:
        """As ``_write_one``; IF NOT EXISTS does not see what another process commits at the same moment."""
        try:
            with self._session(neo4j.WRITE_ACCESS) as session:
                return session.execute_write(lambda transaction: _rows(transaction, cypher, parameters))
        except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError, OSError) as error:
            if _EXISTS not in (getattr(error, "code", None) or ""):
                raise translated(error, self._url) from error
        return self._write_one(cypher, parameters)

    def _session(self, mode: str) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=mode)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError, OSError) as error:
            raise translated(error, self._url) from error


def _as_it_is(applied: int) -> int:
    return applied


def _named(**parameters: Any) -> dict[str, Any]:
    return {"name": PROJECTION, **parameters}


def _rows(transaction: neo4j.ManagedTransaction, cypher: str, parameters: Row) -> list[Row]:
    result = transaction.run(cypher, dict(parameters))
    return [dict(record) for record in result]
