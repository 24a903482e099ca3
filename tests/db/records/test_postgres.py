"""PostgreSQL alone: its URLs, and what its server can do to us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from midspan.db import migrate
from midspan.db.record_store import Commit, RunResult
from midspan.db.records import postgres as connections
from midspan.db.records import server_check
from midspan.db.records.bulk import insert_new
from midspan.db.records.engine import make_engine, reading, write, writing
from midspan.db.records.relational import SqlRecordStore
from midspan.db.records.tables import lease
from midspan.errors import ReadOnlyWorkspace, StoreError, StoreUnavailable
from services.postgres import Postgres
from tests.db.conftest import postgres_database

OF_A = {"source": 1, "segment": 3, "fact": 3, "embedding.text": 3}


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    made = make_engine(postgres_url)
    yield made
    made.dispose()


@pytest.fixture
def own(tmp_path: Path, postgres: Postgres) -> Iterator[Postgres]:
    """A server of the test's own, to be killed; asks for ``postgres`` so that it is skipped with it."""
    server = Postgres(tmp_path / "server")
    server.start()
    migrate.upgrade(server.url)
    yield server
    server.kill()


def document(made: Any) -> Commit:
    commit: Commit = made.document("a", "One.", "Two.", "Three.")
    return commit


def counted(store: SqlRecordStore) -> dict[str, int]:
    return {name: count for name, count in store.counts().items() if count}


# --- URLs ---


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_usual_urls(postgres_url: str, scheme: str) -> None:
    url = postgres_url.replace("postgresql+psycopg", scheme)
    assert migrate.current(url) == migrate.head()


def test_options_of_the_url_count(postgres_url: str) -> None:
    engine = make_engine(f"{postgres_url}?options=-c%20lock_timeout%3D1234&application_name=mine")
    with reading(engine) as connection:
        told = connection.execute(
            text("SELECT current_setting('lock_timeout'), current_setting('application_name')")
        )
        assert told.one() == ("1234ms", "mine")
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://me:secret@host/db", "begin with postgresql://.*got mysql://"),
        ("postgresql+psycopg2://me:secret@host/db", "got postgresql\\+psycopg2://"),
        ("postgresql://me:sec@ret:secret@host:secret/db", "cannot be read"),
        ("secret", "cannot be read"),
    ],
)
def test_other_urls_are_refused_without_telling_the_password(url: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint) as caught:
        make_engine(url)
    assert "secret" not in str(caught.value)


def test_without_psycopg_the_error_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from midspan.db.records.engine import make_engine\n"
        "make_engine('postgresql://me:secret@host/db')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "StoreError" in done.stderr
    assert "midspan[postgres]" in done.stderr
    assert "secret" not in done.stderr.replace(code, "")


@pytest.mark.parametrize("place", ["port", "password", "database"])
def test_what_cannot_be_reached_is_told_without_the_password(postgres: Postgres, place: str) -> None:
    password = "wrong-secret" if place == "password" else postgres.password
    port = 1 if place == "port" else postgres.port
    name = "none" if place == "database" else "midspan"
    engine = make_engine(f"postgresql://midspan:{password}@127.0.0.1:{port}/{name}")
    with pytest.raises(StoreUnavailable, match="not reachable") as caught, reading(engine):
        pass
    assert password not in str(caught.value)
    engine.dispose()


def test_a_read_only_engine_writes_nothing(postgres_url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(postgres_url, read_only=True))
    assert store.sources() == []
    with pytest.raises(ReadOnlyWorkspace):
        store.commit(document(made))
    store.close()


def test_without_the_right_to_make_extensions_the_error_says_what_to_do(postgres: Postgres) -> None:
    with postgres_database(postgres) as url:
        name = url.rsplit("/", 1)[1]
        with postgres.connect(name) as admin:
            admin.execute("CREATE ROLE plain LOGIN PASSWORD 'plain-secret'")
            admin.execute("GRANT ALL ON SCHEMA public TO plain")
        plain = url.replace(f"{postgres.user}:{postgres.password}", "plain:plain-secret")
        try:
            with pytest.raises(StoreError, match=r"postgresql-contrib.*CREATE EXTENSION cube"):
                migrate.upgrade(plain)
            with postgres.connect(name) as admin:
                admin.execute("CREATE EXTENSION cube")
            migrate.upgrade(plain)
            assert migrate.current(plain) == migrate.head()
        finally:
            with postgres.connect(name) as admin:
                admin.execute("DROP OWNED BY plain")
                admin.execute("DROP ROLE plain")


# --- rows in bulk ---


def test_copy_refuses_a_row_that_is_there_and_keeps_nothing(engine: Engine) -> None:
    row = {"name": "x", "holder": "", "token": 1, "expires_at": 1, "seconds": 0.5}
    with writing(engine) as connection:
        insert_new(connection, lease, [row])

    def again() -> None:
        with writing(engine) as connection:
            insert_new(connection, lease, [row | {"name": "y"}, row])

    with pytest.raises(StoreUnavailable, match=r"at the same time.*try again"):
        again()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT name, token, expires_at, seconds FROM lease")).all() == [
            ("x", 1, 1.0, 0.5)
        ]


def test_copy_says_what_is_wrong_with_a_value(engine: Engine) -> None:
    row = {"name": "x", "holder": "nul \x00", "token": 1, "expires_at": 1.0, "seconds": 0.0}
    with pytest.raises(StoreError, match="refused"), writing(engine) as connection:
        insert_new(connection, lease, [row])


# --- two writers ---


def test_a_transaction_that_loses_a_deadlock_is_begun_again(engine: Engine) -> None:
    """Two that lock two rows in opposite orders, each after the other has its first."""
    for name in "ab":
        with writing(engine) as connection:
            connection.execute(lease.insert().values(name=name, holder="", token=0, expires_at=0, seconds=0))
    script = [sys.executable, "-c", CROSSING, engine.url.render_as_string(hide_password=False)]
    both = [
        subprocess.Popen([*script, order], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for order in ("ab", "ba")
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "first\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate()[0].split() for process in both]
    assert sorted(len(lines) for lines in told) == [1, 2]
    assert all(lines[-1] == "done" for lines in told)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT token FROM lease")).scalars().all() == [2, 2]


CROSSING = """
import sys
from sqlalchemy import text
from midspan.db.records.engine import make_engine, write
url, order = sys.argv[1:]
begun = False
def work(connection):
    global begun
    for name in order:
        connection.execute(text("UPDATE lease SET token = token + 1 WHERE name = :name"), {"name": name})
        if not begun:
            begun = True
            print("first", flush=True)
            sys.stdin.readline()
        elif name == order[0]:
            print("again", flush=True)
write(make_engine(url), work)
print("done", flush=True)
"""


def test_what_loses_every_time_is_retryable_in_the_end(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def work(connection: Any) -> None:
        tries.append(1)
        connection.execute(text("DO $$ BEGIN RAISE serialization_failure; END $$"))

    monkeypatch.setattr("midspan.db.records.engine.ATTEMPTS", 3)
    with pytest.raises(StoreUnavailable, match="try again"):
        write(engine, work)
    assert len(tries) == 3


def test_a_lock_that_is_not_given_up(postgres_url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(postgres_url, patience=1.0))
    store.commit(document(made))
    other = make_engine(postgres_url)
    with writing(other) as connection:
        connection.execute(text("SELECT 1 FROM source FOR UPDATE"))
        with pytest.raises(StoreUnavailable, match=r"locked.*try again"):
            store.retire(made.id("a"), None)
        assert counted(store) == OF_A  # readers do not wait
    store.retire(made.id("a"), None)
    store.close()
    other.dispose()


def test_a_client_that_falls_silent_loses_its_locks(postgres_url: str, made: Any) -> None:
    """SIGSTOP in mid-transaction, as a machine that is put to sleep."""
    store = SqlRecordStore(make_engine(postgres_url))
    store.commit(document(made))
    code = (
        "import sys\nfrom sqlalchemy import text\n"
        "from midspan.db.records.engine import make_engine, writing\n"
        "with writing(make_engine(sys.argv[1], patience=1.0)) as connection:\n"
        "    connection.execute(text('SELECT 1 FROM source FOR UPDATE'))\n"
        "    print('held', flush=True)\n    sys.stdin.readline()\n"
        "    connection.execute(text('DELETE FROM source'))\n"
    )
    silent = subprocess.Popen(
        [sys.executable, "-c", code, postgres_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert silent.stdout is not None
    assert silent.stdout.readline() == "held\n"
    os.kill(silent.pid, signal.SIGSTOP)
    store.commit(Commit(results=[RunResult(made.id("a"), made.facts2.id, True)]))
    os.kill(silent.pid, signal.SIGCONT)
    assert "StoreUnavailable" in silent.communicate("\n")[1]
    assert silent.returncode == 1
    assert store.counts()["source"] == 1
    store.close()


# --- connection loss ---


@contextmanager
def at_statement(engine: Engine, number: int, strike: Callable[[], None]) -> Iterator[list[str]]:
    """Strike once, just before the statement of this number goes out; the last one is the commit."""
    sent: list[str] = []

    def note(statement: str) -> None:
        sent.append(statement)
        if len(sent) == number:
            strike()

    def before(_: Any, cursor: Any, statement: str, *rest: Any) -> None:
        note(statement)

    def commit(_: Any) -> None:
        note("COMMIT")

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", commit)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "commit", commit)


def test_a_connection_lost_before_any_statement_loses_nothing(
    postgres: Postgres, engine: Engine, made: Any
) -> None:
    store = SqlRecordStore(engine)
    name = str(engine.url.database)

    def cut() -> None:
        with postgres.connect() as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    with at_statement(engine, 0, cut) as sent:
        store.commit(document(made))
    assert sent[-1] == "COMMIT"
    assert len(sent) > 10
    whole = counted(store)
    for number in range(1, len(sent) + 1):
        with writing(engine) as connection:
            for table in ("source", "run", "outbox"):
                connection.execute(text(f"TRUNCATE {table} CASCADE"))
        with at_statement(engine, number, cut), pytest.raises(StoreUnavailable):
            store.commit(document(made))
        assert counted(store) == {}, sent[number - 1]
        store.commit(document(made))
        assert counted(store) == whole


@pytest.mark.parametrize("share", [0.3, 0.7, 1.0])
def test_kill_9_of_the_server_in_mid_batch(own: Postgres, made: Any, share: float) -> None:
    engine = make_engine(own.url)
    store = SqlRecordStore(engine)
    store.commit(made.document("before", "Kept."))
    before = counted(store)
    with at_statement(engine, 0, own.kill) as sent:
        store.commit(made.document("rehearsal", "One.", "Two.", "Three."))
    store.retire(made.id("rehearsal"), None)
    with at_statement(engine, round(share * len(sent)), own.kill), pytest.raises(StoreUnavailable):
        store.commit(document(made))
    with pytest.raises(StoreUnavailable):
        store.counts()
    own.start()
    assert counted(store) == before
    store.commit(document(made))
    assert counted(store) == {name: count + OF_A[name] for name, count in before.items()}
    store.close()


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_server_that_hangs_is_given_up(own: Postgres, made: Any, share: float) -> None:
    """Whether a commit that got no answer was done is open; the same again makes it so in any case."""
    engine = make_engine(f"{own.url}?connect_timeout=2", patience=1.0)
    store = SqlRecordStore(engine)
    with at_statement(engine, 0, own.hang) as sent:
        store.commit(made.document("rehearsal", "One."))
    store.retire(made.id("rehearsal"), None)
    with (
        at_statement(engine, round(share * len(sent)), own.hang),
        pytest.raises(StoreUnavailable, match="no answer for"),
    ):
        store.commit(document(made))
    for verb in (store.counts, store.sources):
        with pytest.raises(StoreUnavailable):
            verb()
    own.resume()
    store.commit(document(made))
    assert counted(store) == OF_A
    store.close()


def test_an_idle_connection_to_a_hanging_server_is_given_up(own: Postgres) -> None:
    """The pool tries a connection before it hands it out."""
    engine = make_engine(f"{own.url}?connect_timeout=2", patience=1.0)
    store = SqlRecordStore(engine)
    assert store.sources() == []
    own.hang()
    with pytest.raises(StoreUnavailable):
        store.sources()
    own.resume()
    assert store.sources() == []
    store.close()


def test_a_statement_that_takes_too_long_is_ended_by_the_server(postgres_url: str) -> None:
    engine = make_engine(postgres_url, patience=0.5)
    with pytest.raises(StoreUnavailable, match="took too long"), reading(engine) as connection:
        connection.execute(text("SELECT pg_sleep(600)"))
    engine.dispose()


def test_waiting_for_ever_is_possible(postgres_url: str) -> None:
    engine = make_engine(postgres_url, patience=0)
    with reading(engine) as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "0"
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        assert isinstance(driver, connections.ImpatientConnection)
        assert driver.patience == 0
    engine.dispose()


# --- the doctor's look ---


def test_a_server_is_what_it_should_be(postgres_url: str) -> None:
    good, told = server_check.check(postgres_url)
    assert good
    assert told.startswith("PostgreSQL ")
    assert "cube" in told


def test_a_server_without_cube_is_told(postgres: Postgres) -> None:
    with postgres_database(postgres) as url:
        good, told = server_check.check(url)
    assert not good
    assert "CREATE EXTENSION cube" in told
