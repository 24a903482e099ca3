"""Vectors on a server instead of on every machine: chosen by a URL, killed, and found again."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from midspan import Workspace
from midspan.db.record_store import SHARED_VECTORS, Lease
from midspan.db.vector_index import VectorIndex
from midspan.db.vectors_milvus import MilvusIndex
from midspan.db.vectors_pgvector import PgvectorIndex
from midspan.db.vectors_url import MilvusAddress, kind_of
from midspan.errors import MissingExtra, StoreError, StoreUnavailable, WrongUse
from midspan.platform.parts import Parts
from midspan.platform.settings import Settings
from midspan.records import digest
from services.milvus import Milvus
from services.postgres import Postgres
from services.server import Server
from tests.conftest import started
from tests.platform.machines import DIM, ENCODE, Boot, document

KINDS = {"pgvector": PgvectorIndex, "milvus": MilvusIndex}
Make = Callable[[str], VectorIndex]


@pytest.fixture(params=["pgvector", "milvus"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


def index_at(url: str) -> Make:
    """Makes the index of the machines' documents for the record store of that identity."""
    kind = KINDS[kind_of(url)]
    return lambda owner: kind(url, owner, "vectors.text", DIM, ENCODE.id)


@pytest.fixture(params=["pgvector", "milvus"])
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """One that a test may kill."""
    kind: type[Server] = {"pgvector": Postgres, "milvus": Milvus}[request.param]
    server = started(kind(tmp_path / request.param))
    yield server
    server.kill()


# --- the verbs ---


@pytest.mark.slow
def test_every_verb_works_with_vectors_on_a_server(
    url: str, documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIDSPAN_VECTORS_URL", url)
    with Workspace.open(tmp_path / "workspace") as workspace:
        workspace.ingest([documents])
        [hit, *_] = workspace.search("who found radium").hits
        assert "meaning" in hit.why
        assert "radium" in hit.text
        counted = workspace.projected()["vectors"]
        assert counted["text"] > 5
        wrong = [check for check in workspace.doctor().checks if not check.ok and check.name != "broker"]
        assert wrong == []
        workspace.reindex(["vectors.text"])
        assert workspace.projected()["vectors"] == counted
        workspace.backup(tmp_path / "backup")
        assert not list(workspace.folder.rglob("*.faiss"))

    with Workspace.restore(tmp_path / "backup", tmp_path / "again") as restored:
        assert restored.projected()["vectors"] == counted
        assert "radium" in restored.search("who found radium").hits[0].text


def test_without_a_url_no_client_of_a_server_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from midspan import Workspace\n"
        "with Workspace.open(sys.argv[1]) as w: w.search('anything')\n"
        "print([name for name in ('pymilvus', 'grpc', 'pgvector', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "w")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# --- one index for all machines ---


def test_machines_share_it_and_what_it_applied_is_pruned(machine: Boot, url: str) -> None:
    a, b = machine("a", None, index_at(url)), machine("b", None, index_at(url))
    for name in ("one", "two"):
        a.store.commit(document(name))
        assert a.projector.project().complete
    noted = a.store.generation("vectors.text", SHARED_VECTORS)
    assert noted is not None
    assert noted.applied == a.store.outbox_end("vectors.text")
    assert a.store.outbox_lag("vectors.text", 0) == 1

    assert b.index.count() == 6
    b.store.retire(digest("one"), "")
    assert b.projector.project().complete
    assert a.index.count() == 3
    assert a.projector.project().complete  # the graph is each one's own
    assert a.is_equal()
    assert b.is_equal()


def test_files_of_before_hold_no_entry_back(machine: Boot, pgvector_url: str) -> None:
    before = machine("a")
    before.store.commit(document("one"))
    assert before.projector.project().complete

    after = machine("a", None, index_at(pgvector_url))
    after.store.commit(document("two"))
    assert after.projector.project().complete

    assert after.is_equal()
    assert after.store.generation("vectors.text", "a") is None
    assert after.store.outbox_lag("vectors.text", 0) == 1


def test_another_record_store_is_refused(url: str) -> None:
    lease = Lease("projector", "here", 1, 0.0)
    mine, other = index_at(url)("mine"), index_at(url)("other")
    nothing = np.empty(0, dtype=np.int64)
    mine.apply(np.array([1]), np.eye(1, DIM, dtype=np.float32), nothing, 1, lease)

    for use in (other.count, other.applied, partial(other.clear, lease)):
        with pytest.raises(StoreError, match="another record store") as raised:
            use()
        assert "reindex" in str(raised.value)
    assert mine.count() == 1
    mine.close()
    other.close()


# --- a server that dies ---


@pytest.mark.parametrize("record_store_url", ["sqlite"], indirect=True)
def test_a_server_that_is_back_catches_up(
    machine: Boot, own_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("midspan.db.vectors_milvus.CALL_SECONDS", 5.0)
    a = machine("a", None, index_at(own_server.url))
    a.store.commit(document("one"))
    assert a.projector.project().complete
    own_server.kill()
    a.store.commit(document("two"))

    problems = a.projector.project().problems
    assert set(problems) == {"vectors.text"}
    assert "cannot be reached" in problems["vectors.text"]
    assert own_server.password not in problems["vectors.text"]
    assert a.projector.lag() == {"vectors.text": 1, "graph": 0}
    assert a.graph.counts()["Mention"] == 6

    own_server.start()
    until = time.monotonic() + 120  # a client waits longer from one vain try to connect to the next
    while not (done := a.projector.project()).complete and time.monotonic() < until:
        time.sleep(1)
    assert done.problems == {}
    assert a.is_equal()


def test_a_server_killed_in_the_middle_of_a_batch_has_it_once_when_it_comes_again(
    own_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("midspan.db.vectors_milvus.CALL_SECONDS", 5.0)
    lease, nothing = Lease("projector", "here", 1, 0.0), np.empty(0, dtype=np.int64)
    index = index_at(own_server.url)("mine")
    vectors = np.random.default_rng(0).normal(size=(3000, DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index.apply(np.arange(3), vectors[:3], nothing, 1, lease)
    batch = partial(index.apply, np.arange(1, 3000), vectors[1:], np.array([0]), 2, lease)
    raised: list[BaseException] = []

    def write() -> None:
        try:
            batch()
        except StoreUnavailable as error:
            raised.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(0.2)
    own_server.kill()
    thread.join()
    own_server.start()

    assert index.applied() == (1 if raised else 2)
    batch()
    assert (index.applied(), index.count()) == (2, 2999)
    for row in (1, 1500, 2999):
        assert index.search(vectors[row], 1, np.array([row]))[0] == (row, pytest.approx(1.0, abs=1e-5))
    assert index.search(vectors[0], 5, np.array([0])) == []
    index.close()


# --- what is missing or wrong is said ---


def test_a_role_that_may_not_make_the_extension_is_told_who_may(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS plain")
        connection.execute("DROP ROLE IF EXISTS somebody")
        connection.execute("CREATE ROLE somebody LOGIN PASSWORD 'hush-hush'")
        connection.execute("CREATE DATABASE plain OWNER somebody")
    url = f"postgresql://somebody:hush-hush@127.0.0.1:{postgres.port}/plain"
    index = index_at(url)("mine")

    with pytest.raises(StoreError, match=r"superuser say CREATE EXTENSION vector") as raised:
        index.count()
    assert "hush-hush" not in str(raised.value)

    with postgres.connect("plain") as connection:
        connection.execute("CREATE EXTENSION vector")
    assert index.count() == 0
    index.close()


@pytest.mark.parametrize(
    "wrong", ["", "mysql://u:hush@h/d", "milvus:///x", "milvus://:hush@h", "milvus://u:hush@h:port"]
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(wrong: str) -> None:
    with pytest.raises(WrongUse, match="expected postgresql://") as raised:
        kind_of(wrong)
        MilvusAddress.of(wrong)
    assert "hush" not in str(raised.value)


def test_a_milvus_url_is_read_and_shown_without_its_password() -> None:
    address = MilvusAddress.of("milvus+s://us%40er:p%3Aw@host:19531/papers")

    assert (address.uri, address.user, address.password) == ("https://host:19531", "us@er", "p:w")
    assert address.database == "papers"
    assert "p:w" not in repr(address)
    assert MilvusAddress.of("milvus://host").uri == "http://host:19530"


def test_an_unset_url_means_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIDSPAN_VECTORS_URL", "")
    assert Settings().vectors_url is None


@pytest.mark.parametrize(
    ("package", "url", "extra"),
    [("pymilvus", "milvus://host", "milvus"), ("pgvector", "postgresql://host/d", "postgres")],
)
def test_a_missing_extra_is_named(
    package: str, url: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIDSPAN_VECTORS_URL", url)
    monkeypatch.delitem(sys.modules, "midspan.db.vectors_pgvector", raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    parts = Parts.at(Settings(workspace=tmp_path / "workspace"), create=True)

    with pytest.raises(MissingExtra, match=rf"midspan\[{extra}\]"):
        assert parts.indexes
    parts.close()


def test_a_server_without_the_database_says_so(postgres: Postgres) -> None:
    index = index_at(postgres.database_url("not_there"))("mine")
    with pytest.raises(StoreUnavailable, match="not_there") as raised:
        index.count()
    assert postgres.password not in str(raised.value)
    index.close()
