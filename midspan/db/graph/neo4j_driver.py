"""The official driver as we open it, and its errors in our words."""

from __future__ import annotations

import logging

import neo4j
import neo4j.exceptions

from midspan.db.graph.neo4j_address import Neo4jAddress
from midspan.errors import QueryTimeout, StoreError, StoreUnavailable, WrongUse

logging.getLogger("neo4j").addHandler(logging.NullHandler())  # what it logs it raises too

CONNECT_SECONDS = 5.0
"""For a connection and its handshake."""
RETRY_SECONDS = 10.0
"""How long a transaction is tried again after a deadlock, or while the server cannot be reached."""
IDLE_SECONDS = 10.0
"""A pooled connection that was idle for longer is tried before it is used: the server may have restarted."""

_FAILED = "Statement.ExecutionFailed"
"""The server's code for what went wrong within an expression, as a path from a node to itself."""


def open_driver(address: Neo4jAddress) -> neo4j.Driver:
    """Connects at the first use. Without a user no credentials are sent.

    A server that hangs in mid-statement is noticed by the driver when twice the server's own setting
    ``server.bolt.connection_keep_alive`` (60 s unless set) has passed in silence.
    """
    return neo4j.GraphDatabase.driver(
        address.url,
        auth=(address.user, address.password) if address.user else None,
        notifications_min_severity="OFF",
        connection_timeout=CONNECT_SECONDS,
        connection_acquisition_timeout=2 * CONNECT_SECONDS,
        liveness_check_timeout=IDLE_SECONDS,
        max_transaction_retry_time=RETRY_SECONDS,
    )


def translated(error: Exception, url: str, seconds: float | None = None) -> StoreError | WrongUse:
    """Our error for one of the driver's; ``seconds`` is the limit of a typed-in query."""
    if isinstance(error, neo4j.exceptions.AuthError):
        return StoreUnavailable(
            f"Neo4j at {url} refused the user or password: {error.message}; see MIDSPAN_GRAPH_URL"
        )
    if isinstance(error, neo4j.exceptions.BrokenRecordError):
        return WrongUse(f"the query cannot be run: its answer holds what the driver cannot read: {error}")
    if not isinstance(error, neo4j.exceptions.Neo4jError):
        return StoreUnavailable(f"Neo4j at {url} cannot be reached: {error}; is the server running?")
    code = error.code or ""
    ended = "TimedOut" in code or "Terminated" in code
    if ended and seconds is None:
        return StoreUnavailable(
            f"Neo4j at {url} ended a statement of our own at its time limit ({code}); it is "
            "tried again with the next ingest or search; db.transaction.timeout says how long it may take"
        )
    if ended:
        return QueryTimeout(
            f"the query ran longer than {seconds:g} s; begin it with a narrower MATCH, as a node by its uid, "
            "or allow more time"
        )
    if "OutOfMemory" in code and seconds is not None:
        return QueryTimeout(
            "the query needs more memory than the server gives to one; begin it with a narrower MATCH, as a "
            "node by its uid"
        )
    if seconds is not None and (isinstance(error, neo4j.exceptions.ClientError) or _FAILED in code):
        return WrongUse(f"the query cannot be run: {error.message}")
    if error.is_retryable():
        return StoreUnavailable(f"Neo4j at {url} is busy: {error.message} ({code}); try again")
    return StoreError(f"Neo4j at {url} refused a statement: {error.message} ({code})")
