"""URLs of a Neo4j: which are taken, and that no message shows a password."""

from __future__ import annotations

import pytest

from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph.neo4j_address import SCHEMES, Neo4jAddress
from midspan.errors import StoreUnavailable, WrongUse


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_of_the_driver_opens(scheme: str) -> None:
    address = Neo4jAddress.of(f"{scheme}://ada:pa%40ss%2F1@graph.example:7688/facts")
    assert address == Neo4jAddress(f"{scheme}://graph.example:7688", "ada", "pa@ss/1", "facts")
    Neo4jGraph(address).close()


def test_what_is_left_out_has_defaults() -> None:
    assert Neo4jAddress.of("bolt://graph.example") == Neo4jAddress("bolt://graph.example:7687")
    assert Neo4jAddress.of("bolt://[::1]:7000/") == Neo4jAddress("bolt://[::1]:7000")


def test_routing_context_is_kept() -> None:
    assert Neo4jAddress.of("neo4j://h?region=eu").url == "neo4j://h:7687?region=eu"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://ada:secret77@h:7687", "'http'"),
        ("ada:secret77@h:7687", "begins with"),
        ("secret77", "begins with"),
        ("", "begins with"),
        ("bolt://", "no host"),
        ("bolt://ada:secret77@:7687", "no host"),
        ("bolt://ada:secret77@h:port", "no host and port"),
        ("bolt://ada:se/secret77@h:7687", "no host and port"),
        ("bolt://ada:secret77@h:7687/a/b", "more than a database"),
        ("bolt://:secret77@h:7687", "without a user"),
        ("bolt://ada:secret77@h:7687?x=1", "behind ? or #"),
        ("neo4j://ada:secret77#x@h:7687", "no host and port"),
        ("bolt://ada:secret77@[::1", "no host and port"),
    ],
)
def test_a_wrong_url_is_told_what_is_expected_without_its_password(url: str, named: str) -> None:
    with pytest.raises(WrongUse, match="MIDSPAN_GRAPH_URL") as refusal:
        Neo4jAddress.of(url)
    assert named in str(refusal.value)
    assert "bolt+ssc" in str(refusal.value)
    assert "secret77" not in str(refusal.value)


def test_no_repr_and_no_message_shows_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("midspan.db.graph.neo4j_driver.RETRY_SECONDS", 0.5)
    address = Neo4jAddress.of("bolt://ada:secret77@127.0.0.1:9")  # the discard port: nobody listens
    assert "secret77" not in repr(address)
    graph = Neo4jGraph(address)
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:9 cannot be reached") as problem:
        graph.query("RETURN 1")
    assert "secret77" not in str(problem.value)
    graph.close()
