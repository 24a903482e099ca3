"""What we say of the driver's errors: to whoever typed a query, and of statements that nobody typed."""

from __future__ import annotations

import neo4j.exceptions
import pytest

from midspan.db.graph.neo4j_driver import translated
from midspan.errors import QueryTimeout, StoreUnavailable


class Ended(neo4j.exceptions.ClientError):
    """As the server says it of a transaction that took too long."""

    code = "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"


def test_only_a_typed_in_query_is_to_be_made_narrower() -> None:
    typed = translated(Ended(), "bolt://h", seconds=5)
    assert isinstance(typed, QueryTimeout) and "longer than 5 s; begin it with a narrower MATCH" in str(typed)
    ours = translated(Ended(), "bolt://h")
    assert isinstance(ours, StoreUnavailable) and ours.retryable
    assert "db.transaction.timeout" in str(ours) and "MATCH" not in str(ours)


@pytest.mark.parametrize("seconds", [None, 5.0])
def test_a_server_that_is_gone_is_named_either_way(seconds: float | None) -> None:
    error = neo4j.exceptions.ServiceUnavailable("no route")
    assert "bolt://h cannot be reached" in str(translated(error, "bolt://h", seconds))
