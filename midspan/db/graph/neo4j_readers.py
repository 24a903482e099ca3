"""Processes that run typed-in queries on a Neo4j server.

A server limits neither the size of one value (``RETURN range(1, 100000000)``) nor the time that it takes to
send it, and no driver stops in the middle of one. A process can be kept to a memory limit and killed.
"""

from __future__ import annotations

import queue
from collections.abc import Mapping
from typing import Any

import neo4j.exceptions

from midspan.db.graph.child import GRACE_SECONDS, NARROWER, Child
from midspan.db.graph.neo4j_address import Neo4jAddress
from midspan.db.graph.neo4j_driver import open_driver, translated
from midspan.db.graph.process import rows_of
from midspan.db.graph_store import Rows
from midspan.errors import QueryTimeout, StoreError, StoreUnavailable, WrongUse

READERS = 4
"""Typed-in queries that run at the same time; more wait."""
ERRORS: dict[str, type[StoreError | WrongUse]] = {
    error.__name__: error for error in (QueryTimeout, StoreUnavailable, StoreError, WrongUse)
}
"""What a reader may answer with, by name."""


class Neo4jReaders:
    """A few processes that read, started when they are needed; safe to share between threads."""

    def __init__(self, address: Neo4jAddress) -> None:
        self._address = address
        self._places: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(READERS):
            self._places.put(None)

    def query(self, cypher: str, parameters: Mapping[str, Any], limit: int, seconds: float) -> Rows:
        """A user's read, already checked.

        Raises ``QueryTimeout``, ``WrongUse``, and ``StoreUnavailable``, also when all places were taken for
        ``seconds``.
        """
        try:
            child = self._places.get(timeout=seconds)
        except queue.Empty:
            raise StoreUnavailable(f"{READERS} other questions are being answered; try again") from None
        try:
            if child is None or not child.alive:
                child = self._start()
            wanted = {"cypher": cypher, "parameters": dict(parameters), "limit": limit, "seconds": seconds}
            reply = child.call("query", wanted, seconds + GRACE_SECONDS)
        except TimeoutError as error:
            check_reachable(self._address)  # it is not, when it hangs
            raise QueryTimeout(
                f"the query did not stop at its time limit and was ended; {NARROWER}"
            ) from error
        finally:
            self._places.put(child)
        if reply.get("error") in ERRORS:
            raise ERRORS[reply["error"]](reply["message"])
        return rows_of(reply)

    def close(self) -> None:
        """End those that are not at work; the others end with their last reference."""
        for _ in range(READERS):
            child = self._places.get_nowait() if not self._places.empty() else None
            if child is not None:
                child.close()

    def _start(self) -> Child:
        child = Child("midspan.db.graph.neo4j_reader")
        where = self._address
        child.call(
            "open",
            {"url": where.url, "user": where.user, "password": where.password, "database": where.database},
        )
        return child


def check_reachable(address: Neo4jAddress) -> None:
    """Raises ``StoreUnavailable`` within seconds unless the server answers."""
    try:
        with open_driver(address) as driver:
            driver.verify_connectivity()
    except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError, OSError) as error:
        raise translated(error, address.url) from error
