"""Nearest neighbours in PostgreSQL, by the extension pgvector: no machine that searches holds the vectors.

Everything lies in a schema of its own, so that the database may be the records' or any other. A row a space
in ``midspan_vectors.projection`` says up to which outbox entry of which record store, and for which encoder,
the space's table is true. It is written in the transaction of its batch, so a batch is applied once
whatever dies. ``token`` is the highest lease token seen: a holder that lost its lease is refused by it.

HNSW over 16-bit copies proposes candidates, which are ranked by the whole vectors. A search among
``allowed`` keys compares with each of them, and is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    TextClause,
    cast,
    delete,
    event,
    func,
    select,
    text,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.schema import CreateTable, DropTable

from midspan.db.holding import held
from midspan.db.record_store import Lease, Target
from midspan.db.records import dialect
from midspan.db.records.faults import said, sqlstate
from midspan.db.vector_checks import checked, checked_query
from midspan.db.vector_index import VectorIndex
from midspan.db.vectors_url import EXPECTED
from midspan.errors import LeaseLost, StoreError, StoreUnavailable, WrongUse, needs_extra

with needs_extra("keeping vectors in PostgreSQL", "postgres"):
    import psycopg
    from pgvector.psycopg import register_vector
    from pgvector.sqlalchemy import HALFVEC, VECTOR

    from midspan.db.records import postgres

SCHEMA = "midspan_vectors"
OLDEST = (0, 8)
"""pgvector before it goes on looking when a filter or deletions have left too few."""
PATIENCE = 120.0
"""Seconds that a server may take over one statement before it counts as gone; building an index may take
as long as it takes."""
ROWS_A_COPY = 1000

NEIGHBOURS, BUILDING = 16, 100
"""HNSW's ``m`` and ``ef_construction``."""
CANDIDATES, MOST_CANDIDATES = 200, 1000
"""Of HNSW a search (``ef_search``), and the most that pgvector takes."""
WIDEST = 4000
"""Dimensions that HNSW takes of ``halfvec``."""

_PROJECTION = Table(
    "projection",
    MetaData(schema=SCHEMA),
    Column("space", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("dim", Integer, nullable=False),
    Column("applied", BigInteger, nullable=False),
    Column("vectors", BigInteger, nullable=False),
    Column("token", BigInteger, nullable=False),
)

_VERSION = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"


@dataclass(frozen=True)
class _State:
    """What a space's row says."""

    applied: int = 0
    count: int = 0
    token: int = 0
    fits: bool = False
    """Whether vectors of this encoder are there."""


class PgvectorIndex(VectorIndex):
    """Vectors of one space; safe to share between threads.

    ``model`` is the run id of the encoder: vectors of another model or dimension are not used, the index
    counts as empty then. ``owner`` is the record store's identity; a database that holds another one's
    vectors is refused with ``StoreError``.
    """

    def __init__(self, url: str, owner: str, target: Target, dim: int, model: str) -> None:
        """Connects at the first use. Raises ``MissingExtra``, ``WrongUse``."""
        if dim > WIDEST:
            raise WrongUse(f"pgvector finds vectors of at most {WIDEST} dimensions, these have {dim}")
        self._engine = _engine(url)
        self._owner = owner
        self._space = target.removeprefix("vectors.")
        self._vectors = _table(f"space_{self._space}", dim)
        self._dim = dim
        self._model = model

    def apply(
        self,
        keys: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32],
        removed: npt.NDArray[np.int64],
        through: int,
        lease: Lease,
    ) -> None:
        """One transaction. A key that is set and removed in one call is held. Raises ``WrongUse`` for
        vectors that are not finite or not of the index's dimension."""
        keys, vectors = checked(keys, vectors, self._dim)
        gone = np.unique(np.concatenate([np.asarray(removed, dtype=np.int64).reshape(-1), keys]))
        with self._transaction() as connection:
            state = self._lock(connection, lease)
            if not state.fits:
                state = self._begin(connection)
            among = dialect.one_of(connection, self._vectors.c.key, gone.tolist())
            deleted = connection.execute(delete(self._vectors).where(among)).rowcount
            self._copy(connection, self._vectors, keys, vectors)
            self._advance(connection, max(through, state.applied), state.count - deleted + len(keys), lease)

    def search(
        self, query: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        [question] = checked_query(query, self._dim)
        if k < 1 or (allowed is not None and not len(allowed)):
            return []
        with self._transaction() as connection:
            if not self._state(connection).fits:
                return []
            if allowed is None:
                near = self._proposed(connection, question, k)
            else:
                among = dialect.one_of(connection, self._vectors.c.key, np.asarray(allowed).tolist())
                near = select(self._vectors).where(among)
            found = near.cte("near").prefix_with("MATERIALIZED")
            distance = found.c.vector.max_inner_product(question)
            ranked = select(found.c.key, distance).order_by(distance, found.c.key).limit(k)
            return [(key, -negative) for key, negative in connection.execute(ranked)]

    def vectors(self, keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        rows: Sequence[Any] = []
        with self._transaction() as connection:
            if len(keys) and self._state(connection).fits:
                among = dialect.one_of(connection, self._vectors.c.key, np.asarray(keys).tolist())
                wanted = select(self._vectors).where(among).order_by(self._vectors.c.key)
                rows = connection.execute(wanted).all()
        held = np.array([row.key for row in rows], dtype=np.int64)
        return held, np.array([row.vector for row in rows], dtype=np.float32).reshape(-1, self._dim)

    def applied(self) -> int:
        with self._transaction() as connection:
            state = self._state(connection)
        return state.applied if state.fits else 0

    def count(self) -> int:
        with self._transaction() as connection:
            state = self._state(connection)
        return state.count if state.fits else 0

    def clear(self, lease: Lease) -> None:
        with self._transaction() as connection:
            self._lock(connection, lease)
            self._begin(connection)
            self._advance(connection, 0, 0, lease)

    def rebuild(
        self,
        batches: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
        through: int,
        prolong: Callable[[], Lease],
    ) -> None:
        """One transaction: into a new table, which takes the old one's name at the end."""
        fresh = _table(f"{self._vectors.name}_t{prolong().token}", self._dim)
        count = 0
        with self._transaction() as connection:
            connection.execute(CreateTable(fresh))
            for batch in batches:
                prolong()
                keys, vectors = checked(*batch, self._dim)
                self._copy(connection, fresh, keys, vectors)
                count += len(keys)
            self._build(connection, fresh, prolong)
            lease = prolong()
            self._lock(connection, lease)
            connection.execute(DropTable(self._vectors, if_exists=True))
            connection.execute(text(f"ALTER TABLE {fresh} RENAME TO {self._vectors.name}"))
            self._advance(connection, through, count, lease)

    def close(self) -> None:
        self._engine.dispose()

    def describe(self) -> str:
        with self._transaction() as connection:
            version = connection.scalar(select(func.current_setting("server_version")))
            extension = connection.scalar(text(_VERSION))
        return f"pgvector {extension} on PostgreSQL {version} at {_shown(self._engine)}"

    # --- the row that says what is there ---

    def _state(self, connection: Connection, *, lock: bool = False) -> _State:
        wanted = select(_PROJECTION).where(_PROJECTION.c.space == self._space)
        row = connection.execute(wanted.with_for_update() if lock else wanted).first()
        if row is None:
            return _State()
        if row.owner != self._owner:
            raise StoreError(
                f"{_shown(self._engine)} holds the vectors of another record store ({row.owner}, this one is "
                f"{self._owner}); name another database in MIDSPAN_VECTORS_URL, or, if those vectors are no "
                f"longer wanted, say DROP SCHEMA {SCHEMA} CASCADE there and run `midspan reindex`"
            )
        fits = (row.model, row.dim) == (self._model, self._dim)
        return _State(row.applied, row.vectors, row.token, fits)

    def _lock(self, connection: Connection, lease: Lease) -> _State:
        """Keep other writers out until the transaction ends. Raises ``LeaseLost`` for an older lease."""
        nothing = {"model": "", "dim": 0, "applied": 0, "vectors": 0, "token": 0}
        row = {"space": self._space, "owner": self._owner, **nothing}
        dialect.insert_ignore(connection, _PROJECTION, [row])
        state = self._state(connection, lock=True)
        if state.token > lease.token:
            raise LeaseLost(
                f"the vectors at {_shown(self._engine)} were written under lease {state.token}, this one is "
                f"{lease.token}: another projector has taken over, drop this work"
            )
        return state

    def _advance(self, connection: Connection, applied: int, count: int, lease: Lease) -> None:
        encoder = {"model": self._model, "dim": self._dim}
        reached = {"applied": applied, "vectors": count, "token": lease.token}
        connection.execute(
            update(_PROJECTION).where(_PROJECTION.c.space == self._space).values(**encoder, **reached)
        )

    # --- tables ---

    def _begin(self, connection: Connection) -> _State:
        """An empty table in place of what is there."""
        connection.execute(DropTable(self._vectors, if_exists=True))
        connection.execute(CreateTable(self._vectors))
        connection.execute(self._indexing(self._vectors))
        return _State()

    def _indexing(self, table: Table) -> TextClause:
        return text(
            f"CREATE INDEX ON {table} USING hnsw ((vector::halfvec({self._dim})) halfvec_ip_ops) "
            f"WITH (m = {NEIGHBOURS}, ef_construction = {BUILDING})"
        )

    def _build(self, connection: Connection, table: Table, prolong: Callable[[], Lease]) -> None:
        """Index a full table, however long it takes; the lease is held meanwhile."""
        driver: Any = connection.connection.driver_connection
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        patience, driver.patience = driver.patience, 0.0
        try:
            held(lambda: connection.execute(self._indexing(table)), prolong, driver.cancel)
        finally:
            driver.patience = patience

    def _proposed(
        self, connection: Connection, question: npt.NDArray[np.float32], k: int
    ) -> Select[tuple[int, Any]]:
        """Candidates by HNSW, more than are wanted of them. It goes on looking where deleted rows left too
        few."""
        effort = min(max(2 * k, CANDIDATES), MOST_CANDIDATES)
        settings = {"hnsw.ef_search": str(effort), "hnsw.iterative_scan": "relaxed_order"}
        connection.execute(select(*(func.set_config(name, value, True) for name, value in settings.items())))
        half = cast(self._vectors.c.vector, HALFVEC(self._dim))
        return select(self._vectors).order_by(half.max_inner_product(question)).limit(max(effort, k))

    def _copy(
        self,
        connection: Connection,
        table: Table,
        keys: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32],
    ) -> None:
        driver: Any = connection.connection.driver_connection
        with self._translated(), driver.cursor() as cursor:
            for start in range(0, len(keys), ROWS_A_COPY):  # none of which takes a server's patience
                with cursor.copy(f"COPY {table} FROM STDIN WITH (FORMAT BINARY)") as rows:
                    rows.set_types(["int8", "vector"])
                    for place in range(start, min(start + ROWS_A_COPY, len(keys))):
                        rows.write_row((int(keys[place]), vectors[place]))

    # --- talking to the server ---

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Each statement sees what was committed before it: also a table that has just been replaced."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise _translation(error, _shown(self._engine)) from error
        except psycopg.Error as error:  # of a COPY, which does not go through SQLAlchemy
            raise _translation(DBAPIError("COPY", None, error), _shown(self._engine)) from error


def _engine(url: str) -> Engine:
    """Connects when it is used; each connection finds the extension and the schema there, or makes them."""
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError):  # its words would show the password
        raise WrongUse(f"MIDSPAN_VECTORS_URL cannot be read; {EXPECTED}") from None
    engine = postgres.make_engine(parsed, read_only=False, patience=PATIENCE)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        if connection.execute(f"SELECT to_regclass('{SCHEMA}.projection')").fetchone()[0] is None:
            _make(connection)
        [(version,)] = connection.execute(_VERSION).fetchall()
        if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
            raise StoreError(
                f"{_shown(engine)} has pgvector {version}; midspan needs {'.'.join(map(str, OLDEST))} or "
                "newer: install it, then say ALTER EXTENSION vector UPDATE there"
            )
        register_vector(connection)
        connection.commit()

    return engine


def _make(connection: Any) -> None:
    """The extension, the schema and its first table; one process at a time."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (SCHEMA,))
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    connection.execute(str(CreateTable(_PROJECTION, if_not_exists=True)))
    connection.commit()


def _table(name: str, dim: int) -> Table:
    return Table(
        name,
        MetaData(schema=SCHEMA),
        Column("key", BigInteger, primary_key=True, autoincrement=False),
        Column("vector", VECTOR(dim), nullable=False),
    )


def _shown(engine: Engine) -> str:
    """Where it is, without the password."""
    return engine.url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def _translation(error: SQLAlchemyError, where: str) -> StoreError:
    text = said(error)
    if 'extension "vector"' in text or "vector.control" in text:
        return StoreError(
            f"{where} lacks the extension vector ({text}); install pgvector on that server (Debian: "
            "postgresql-NN-pgvector, Docker: pgvector/pgvector), let a superuser say CREATE EXTENSION vector "
            "in this database, then try again"
        )
    if isinstance(error, PoolTimeout) or _is_gone(error):
        return StoreUnavailable(
            f"the vectors at {where} cannot be reached or changed now ({text}); nothing is lost: look at "
            "that server, then do the same again"
        )
    return StoreError(f"{where} refused a statement ({text})")


def _is_gone(error: SQLAlchemyError) -> bool:
    """Whether the same may work another time: the server is away, full, busy, or ended the statement."""
    if not isinstance(error, DBAPIError):
        return False
    kinds = {kind.__name__ for kind in type(error.orig).__mro__}
    lost = error.connection_invalidated or bool(kinds & {"OperationalError", "InterfaceError"})
    return lost or (sqlstate(error) or "")[:2] in ("08", "40", "53", "55", "57")
