"""Transactions under contention and death, and the database's errors in our words."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from midspan.db import migrate
from midspan.db.record_store import Commit
from midspan.db.records import engine as engines
from midspan.db.records.engine import make_engine, reading, writing
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import ReadOnlyWorkspace, StoreError, StoreUnavailable


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    made = make_engine(sqlite_url)
    yield made
    made.dispose()


WRITER = """
import sys
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.record_store import Commit
from midspan.records import Location, Source
url, name = sys.argv[1:]
store = SqlRecordStore(make_engine(url))
for i in range(20):
    source = Source(f"{name}{i}", "document", "text/plain", name, 1, 1.0)
    store.complete_runs([source.id])
    store.commit(Commit(sources=[source], locations=[Location(f"/{source.id}", source.id, 1, 1, 1.0)]))
"""

VICTIM = """
import sys, time
from midspan.db.records import write
from midspan.db.records.engine import make_engine, writing
from midspan.db.record_store import Commit
from midspan.records import Source
engine = make_engine(sys.argv[1])
def commit(name):
    return Commit(sources=[Source(name, "document", "text/plain", name, 1, 1.0)])
with writing(engine) as connection:
    write.write(connection, commit("committed"), 1.0)
with writing(engine) as connection:
    write.write(connection, commit("under way"), 1.0)
    print("written", flush=True)
    time.sleep(600)
"""


def test_two_processes_write_at_once(url: str) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, name], stderr=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    assert [process.communicate()[1] for process in both] == ["", ""]
    store = SqlRecordStore(make_engine(url))
    assert store.counts()["source"] == 40
    store.close()


def test_kill_9_loses_the_transaction_under_way_and_no_other(url: str) -> None:
    victim = subprocess.Popen([sys.executable, "-c", VICTIM, url], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    assert victim.stdout.readline() == "written\n"
    victim.kill()
    victim.wait()
    victim.stdout.close()
    store = SqlRecordStore(make_engine(url))
    assert [summary.source.id for summary in store.sources()] == ["committed"]
    store.retire("committed", None)
    store.close()


def test_sqlite_is_set_up_for_durable_shared_use(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine) as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": engines.BUSY_SECONDS * 1000,
    }


def test_an_error_rolls_everything_back(engine: Engine) -> None:
    def fail_after_writing() -> None:
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO lease VALUES ('x', 'me', 1, 1.0, 0)"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail_after_writing()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM lease")).scalar() == 0


def test_a_read_sees_one_moment(engine: Engine, made: Any) -> None:
    store = SqlRecordStore(engine)
    store.commit(made.document("a", "One."))
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM segment")) == 1
        store.retire(made.id("a"), None)
        assert connection.scalar(text("SELECT count(*) FROM fact")) == 1
    assert store.counts()["fact"] == 0


SAME = """
import sys
from tests.db.conftest import Made
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
url, name = sys.argv[1:]
made, store = Made(), SqlRecordStore(make_engine(url))
sys.stdin.readline()
for i in range(15):
    store.commit(made.document(f"shared {i}", "One.", "Two.", path=f"/shared/{i}"))
    store.commit(made.document(f"{name} {i}", "Own.", path=f"/moved/{i}"))
"""


def test_two_processes_write_the_same_sources_and_move_the_same_paths(url: str, made: Any) -> None:
    script = [sys.executable, "-c", SAME, url]
    both = [
        subprocess.Popen([*script, name], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in both] == ["", ""]
    store = SqlRecordStore(make_engine(url))
    there = {summary.source.title: summary.paths for summary in store.sources(100)}
    assert sorted(there.values()) == sorted(
        [(f"/{kind}/{i}",) for kind in ("moved", "shared") for i in range(15)]
    )
    counts = store.counts()
    assert (counts["source"], counts["segment"], counts["fact"]) == (30, 45, 45)
    entries = store.outbox("graph", 0, 1000)
    facts = {fact.id for fact in store.records("fact", limit=100)}
    assert facts <= {fact_id for entry in entries for fact_id in entry.ids}
    store.close()


def test_a_lock_that_is_not_given_up(sqlite_url: str, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)
    store = SqlRecordStore(make_engine(sqlite_url))
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match=r"locked.*try again"):
            store.commit(made.document("a", "One."))
        assert store.sources() == []  # readers do not wait
    store.commit(made.document("a", "One."))
    store.close()


def test_a_full_disk(sqlite_engine: Engine, made: Any) -> None:
    store = SqlRecordStore(sqlite_engine)
    with sqlite_engine.connect() as connection:  # the pool gives this connection out again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="no space left"):
        store.commit(made.document("a", "One " * 50_000))
    assert store.counts()["source"] == 0


def test_a_disk_that_fails_a_write(sqlite_url: str) -> None:
    """In a process that may let no file grow: the system then refuses the write."""
    code = (
        "import resource, sys\n"
        "from midspan.db.jobs.store import JobStore\n"
        "from midspan.db.records.engine import make_engine\n"
        "from midspan.errors import StoreUnavailable\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n    JobStore(make_engine(sys.argv[1])).create(['/documents'] * 9999)\n"
        "except StoreUnavailable as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, sqlite_url], capture_output=True, text=True, check=True
    )
    assert re.search("no space left|the disk under", done.stdout), done.stdout + done.stderr
    assert "what was committed is kept" in done.stdout


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"this is not a database, it is a text " * 100)
    with pytest.raises(StoreError, match="damaged"):
        migrate.upgrade(f"sqlite:///{tmp_path / 'bad.db'}")


def test_a_database_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="not reachable"):
        migrate.current(f"sqlite:///{tmp_path / 'none' / 'x.db'}")


def test_a_password_is_not_told(tmp_path: Path) -> None:
    engine = make_engine("postgresql+psycopg://me:secret@127.0.0.1:1/none?connect_timeout=1")
    with pytest.raises(StoreUnavailable, match="not reachable") as caught, reading(engine):
        pass
    assert "secret" not in str(caught.value)


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(StoreError, match="expected the URL of a file"):
        make_engine("sqlite://")


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may write everywhere, so step down for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def sealed_url(sqlite_template: Path) -> Iterator[str]:
    """A database that may be read, in a folder that cannot be written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "midspan.db"
        file.write_bytes(sqlite_template.read_bytes())
        file.chmod(0o444)
        folder.chmod(0o555)
        yield f"sqlite:///{file}"
        folder.chmod(0o755)


def test_writing_in_a_sealed_folder(sealed_url: str) -> None:
    engine = make_engine(sealed_url)
    with ordinary_user(), pytest.raises(ReadOnlyWorkspace, match="--workspace"):
        SqlRecordStore(engine).commit(Commit())
    engine.dispose()


def test_reading_in_a_sealed_folder(sealed_url: str, made: Any) -> None:
    with ordinary_user():
        migrate.upgrade(sealed_url, read_only=True)
        store = SqlRecordStore(make_engine(sealed_url, read_only=True))
        assert store.sources() == []
        with pytest.raises(ReadOnlyWorkspace):
            store.commit(made.document("a", "One."))
        store.close()


def test_a_read_only_engine_sees_what_others_write(url: str, made: Any) -> None:
    writer = SqlRecordStore(make_engine(url))
    reader = SqlRecordStore(make_engine(url, read_only=True))
    writer.commit(made.document("a", "One."))
    assert reader.counts()["source"] == 1
    reader.close()
    writer.close()
