"""Nearest neighbours on a Milvus server, or on many: no machine that searches holds the vectors.

A collection holds the vectors of a space, by key. A row a space in the collection ``midspan_state`` says
which collection that is, and up to which outbox entry of which record store, and for which encoder, it is
true. Milvus has no transactions, so that row is written last: a batch that breaks off is there in part until
it comes again, and since vectors are set and taken out by key, coming again doubles nothing. ``token`` is
the highest lease token seen: a holder that lost its lease is refused by it, before its batch and once more
before it moves the row.

Milvus lets a reader wait for everything that was written anywhere, which costs a fifth of a second. Searches
do not: they see what this process has written, and of others what is a few seconds old.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from midspan.db.holding import held
from midspan.db.record_store import Lease, Target
from midspan.db.vector_checks import checked, checked_query
from midspan.db.vector_index import VectorIndex
from midspan.db.vectors_url import MilvusAddress
from midspan.errors import LeaseLost, StoreError, StoreUnavailable, needs_extra

STATES = "midspan_state"
CONNECT_SECONDS = 10.0
CALL_SECONDS = 60.0
"""How long the client goes on trying one call before the server counts as gone."""
BUILD_SECONDS = 24 * 3600.0
ROWS_A_CALL = 1000
STALE_SECONDS = 10.0
"""Longer than what a bounded read may miss."""

NEIGHBOURS, BUILDING = 16, 100
"""HNSW's ``M`` and ``efConstruction``."""
CANDIDATES, MOST_CANDIDATES = 200, 16_384
"""Of HNSW a search (``ef``), and the most hits that Milvus gives."""

NOT_FOUND, NOT_LOADED = 100, 101
"""Milvus's codes for a collection that is not there, or not ready to be searched."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _State:
    """What a space's row says."""

    owner: str
    model: str = ""
    dim: int = 0
    applied: int = 0
    token: int = 0
    live: str = ""
    """The collection that is searched."""


class MilvusIndex(VectorIndex):
    """Vectors of one space; safe to share between threads.

    ``model`` is the run id of the encoder: vectors of another model or dimension are not used, the index
    counts as empty then. ``owner`` is the record store's identity; a database that holds another one's
    vectors is refused with ``StoreError``. Neighbours come by HNSW, also among ``allowed`` keys, so some
    may be missed; cosines are exact.
    """

    def __init__(self, url: str, owner: str, target: Target, dim: int, model: str) -> None:
        """Connects at the first use. Raises ``MissingExtra``, ``WrongUse``."""
        with needs_extra("a vector index in Milvus", "milvus"):
            import pymilvus
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what it logs it raises too
        self._milvus: Any = pymilvus
        self._address = MilvusAddress.of(url)
        self._owner = owner
        self._space = target.removeprefix("vectors.")
        self._dim = dim
        self._model = model
        self._connecting = threading.Lock()
        self._connected: Any = None
        self._wrote_at = float("-inf")

    def apply(
        self,
        keys: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32],
        removed: npt.NDArray[np.int64],
        through: int,
        lease: Lease,
    ) -> None:
        """A key that is set and removed in one call is held. Raises ``WrongUse`` for vectors that are not
        finite or not of the index's dimension; nothing is changed then. Any other error may leave part of
        the batch, and ``applied`` where it was."""
        keys, vectors = checked(keys, vectors, self._dim)
        gone = np.setdiff1d(np.asarray(removed, dtype=np.int64).reshape(-1), keys)
        with self._translated():
            state = self._locked(lease)
            if not self._fits(state):
                state = self._begun(lease)
            for some in _portions(gone.tolist()):
                self._client.delete(state.live, ids=some, timeout=CALL_SECONDS)
            self._put(state.live, keys, vectors)
            self._wrote_at = time.monotonic()
            self._write_state(replace(state, applied=max(through, state.applied), token=lease.token))

    def search(
        self, query: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        [question] = checked_query(query, self._dim)
        if k < 1 or (allowed is not None and not len(allowed)):
            return []
        limit = min(k, MOST_CANDIDATES)
        effort = {"ef": min(max(2 * k, CANDIDATES), MOST_CANDIDATES)}

        def ask(live: str) -> list[tuple[int, float]]:
            [hits] = self._client.search(
                live,
                data=[question.tolist()],
                filter="" if allowed is None else f"key in {np.asarray(allowed).tolist()}",
                limit=limit,
                output_fields=["key"],
                search_params={"metric_type": "IP", "params": effort},
                consistency_level=self._level,
                timeout=CALL_SECONDS,
            )
            return [(int(hit["key"]), float(hit["distance"])) for hit in hits]

        return self._on_live(ask) or []

    def vectors(self, keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        def ask(live: str) -> list[dict[str, Any]]:
            return [
                row
                for some in _portions(np.unique(np.asarray(keys, dtype=np.int64)).tolist())
                for row in self._client.get(
                    live,
                    ids=some,
                    output_fields=["key", "vector"],
                    consistency_level=self._level,
                    timeout=CALL_SECONDS,
                )
            ]

        rows = sorted(self._on_live(ask) or [], key=lambda row: row["key"])
        held = np.array([row["key"] for row in rows], dtype=np.int64)
        return held, np.array([row["vector"] for row in rows], dtype=np.float32).reshape(-1, self._dim)

    def applied(self) -> int:
        with self._translated():
            state = self._state("Strong")
        return state.applied if self._fits(state) else 0

    def count(self) -> int:
        def ask(live: str) -> int:
            [row] = self._client.query(
                live,
                filter="",
                output_fields=["count(*)"],
                consistency_level=self._level,
                timeout=CALL_SECONDS,
            )
            return int(row["count(*)"])

        return self._on_live(ask) or 0

    def clear(self, lease: Lease) -> None:
        with self._translated():
            self._locked(lease)
            self._sweep(self._begun(lease))

    def rebuild(
        self,
        batches: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
        through: int,
        prolong: Callable[[], Lease],
    ) -> None:
        """Into a new collection, which the space's row names at the end; the old one goes then."""
        with self._translated():
            self._bring_up()
            fresh = self._create(prolong())
            try:
                for batch in batches:
                    prolong()
                    self._put(fresh, *checked(*batch, self._dim))
                held(lambda: self._index(fresh), prolong)
                lease = prolong()
                self._locked(lease)
            except BaseException:
                self._drop(fresh)
                raise
            state = self._mine(lease, fresh, through)
            self._write_state(state)
            self._sweep(state)

    def close(self) -> None:
        if self._connected is not None:
            self._connected.close()
            self._connected = None

    def describe(self) -> str:
        with self._translated():
            return f"Milvus {self._client.get_server_version()} at {self._address.uri}"

    # --- the row that says what is there ---

    @property
    def _level(self) -> str:
        """How fresh an answer must be: what this process has just written is in it."""
        return "Session" if time.monotonic() - self._wrote_at < STALE_SECONDS else "Bounded"

    def _fits(self, state: _State) -> bool:
        return (state.model, state.dim) == (self._model, self._dim)

    def _mine(self, lease: Lease, live: str, applied: int) -> _State:
        return _State(self._owner, self._model, self._dim, applied, lease.token, live)

    def _state(self, level: str) -> _State:
        def ask() -> list[dict[str, Any]]:
            return list(
                self._client.query(
                    STATES,
                    filter=f'space == "{self._space}"',
                    output_fields=["state"],
                    consistency_level=level,
                    timeout=CALL_SECONDS,
                )
            )

        try:
            rows = self._loading(STATES, ask)
        except self._milvus.MilvusException as error:
            if error.code != NOT_FOUND:
                raise
            return _State(self._owner)
        if not rows:
            return _State(self._owner)
        state = _State(**json.loads(rows[0]["state"]))
        if state.owner != self._owner:
            raise StoreError(
                f"Milvus at {self._address.uri} holds the vectors of another record store ({state.owner}, "
                f"this one is {self._owner}); name another database in MIDSPAN_VECTORS_URL, or, if those "
                "vectors are no longer wanted, drop its collections midspan_* and run `midspan reindex`"
            )
        return state

    def _write_state(self, state: _State) -> None:
        """Raises ``LeaseLost`` where somebody has gone on under a newer lease."""
        self._check_token(self._state("Strong"), state.token)
        row = {"space": self._space, "state": json.dumps(asdict(state)), "unused": [0.0, 0.0]}
        self._client.upsert(STATES, [row], timeout=CALL_SECONDS)
        self._wrote_at = time.monotonic()

    def _locked(self, lease: Lease) -> _State:
        """The row as it is now. Raises ``LeaseLost`` for an older lease than it has seen."""
        self._bring_up()
        state = self._state("Strong")
        self._check_token(state, lease.token)
        return state

    def _check_token(self, state: _State, token: int) -> None:
        if state.token > token:
            raise LeaseLost(
                f"the vectors at {self._address.uri} were written under lease {state.token}, this one is "
                f"{token}: another projector has taken over, drop this work"
            )

    # --- collections ---

    def _bring_up(self) -> None:
        if self._client.has_collection(STATES, timeout=CALL_SECONDS):
            return
        kinds = self._milvus.DataType
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("space", kinds.VARCHAR, is_primary=True, max_length=64)
        schema.add_field("state", kinds.VARCHAR, max_length=2048)
        schema.add_field("unused", kinds.FLOAT_VECTOR, dim=2)  # no collection without one
        index = self._client.prepare_index_params()
        index.add_index(field_name="unused", index_type="FLAT", metric_type="IP")
        self._client.create_collection(STATES, schema=schema, index_params=index, timeout=CALL_SECONDS)

    def _begun(self, lease: Lease) -> _State:
        """An empty collection in place of what is there."""
        fresh = self._create(lease)
        self._index(fresh)
        state = self._mine(lease, fresh, 0)
        self._write_state(state)
        return state

    def _create(self, lease: Lease) -> str:
        name = f"{self._prefix}{lease.token}_{uuid.uuid4().hex[:8]}"
        kinds = self._milvus.DataType
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("key", kinds.INT64, is_primary=True)
        schema.add_field("vector", kinds.FLOAT_VECTOR, dim=self._dim)
        self._client.create_collection(name, schema=schema, timeout=CALL_SECONDS)
        return name

    def _index(self, name: str) -> None:
        """Build the index and load it, however long it takes."""
        index = self._client.prepare_index_params()
        index.add_index(
            field_name="vector",
            index_type="HNSW",
            metric_type="IP",
            params={"M": NEIGHBOURS, "efConstruction": BUILDING},
        )
        self._client.create_index(name, index, timeout=BUILD_SECONDS)
        self._client.load_collection(name, timeout=BUILD_SECONDS)

    def _put(self, name: str, keys: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32]) -> None:
        for places in _portions(range(len(keys))):
            rows = [{"key": int(keys[place]), "vector": vectors[place].tolist()} for place in places]
            self._client.upsert(name, rows, timeout=CALL_SECONDS)

    @property
    def _prefix(self) -> str:
        return f"midspan_{self._space}_"

    def _sweep(self, state: _State) -> None:
        """Drop what was replaced, and what was left by rebuilds that were killed."""
        for name in self._client.list_collections(timeout=CALL_SECONDS):
            if name.startswith(self._prefix) and name != state.live:
                token = name.removeprefix(self._prefix).partition("_")[0]
                if token.isdigit() and int(token) <= state.token:
                    self._drop(name)

    def _drop(self, name: str) -> None:
        try:
            self._client.drop_collection(name, timeout=CALL_SECONDS)
        except self._milvus.MilvusException:
            return  # a later rebuild sweeps it away

    # --- talking to the server ---

    @property
    def _client(self) -> Any:
        with self._connecting:
            if self._connected is None:
                self._connected = self._milvus.MilvusClient(
                    self._address.uri,
                    user=self._address.user,
                    password=self._address.password,
                    db_name=self._address.database,
                    timeout=CONNECT_SECONDS,
                )
            return self._connected

    def _on_live(self, ask: Callable[[str], Answer]) -> Answer | None:
        """Ask the space's collection; None where there is none of this encoder. One that another process
        has replaced since is looked up again."""
        with self._translated():
            for level in (self._level, "Strong"):
                state = self._state(level)
                if not self._fits(state):
                    return None
                try:
                    return self._loading(state.live, partial(ask, state.live))
                except self._milvus.MilvusException as error:
                    if error.code != NOT_FOUND or level == "Strong":
                        raise
        return None

    def _loading(self, name: str, ask: Callable[[], Answer]) -> Answer:
        """Ask once more with the collection loaded, where the server has not done so after its start."""
        try:
            return ask()
        except self._milvus.MilvusException as error:
            if error.code != NOT_LOADED:
                raise
        self._client.load_collection(name, timeout=CALL_SECONDS)
        return ask()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        import grpc

        try:
            yield
        except (self._milvus.MilvusException, grpc.RpcError) as error:
            raise self._translation(error) from error

    def _translation(self, error: Any) -> StoreError:
        text = " ".join(str(getattr(error, "message", None) or error).split())[:300]
        if self._address.password:
            text = text.replace(self._address.password, "***")
        if getattr(error, "is_input_error", False):
            return StoreError(f"Milvus at {self._address.uri} refused a call ({text})")
        return StoreUnavailable(
            f"the vectors at {self._address.uri} cannot be reached or changed now ({text}); nothing is lost: "
            "look at that server, then do the same again"
        )


def _portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), ROWS_A_CALL):
        yield values[start : start + ROWS_A_CALL]
