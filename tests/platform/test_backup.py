"""Backups: of one moment, also while others write; they prove themselves, and what is restored is whole."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from midspan import Workspace
from midspan.db.records import copies
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import DamagedStore, NotFound, ProjectionAhead, StoreError, WrongUse
from midspan.platform.answers import IngestReport
from services.postgres import Postgres, programs
from tests.platform.machines import document

WHOLE = ("stores", "outbox", "integrity", "rows", "files", "origin")


def problems(workspace: Workspace) -> list[str]:
    return [check.detail for check in workspace.doctor().checks if check.name in WHOLE and not check.ok]


def everything(workspace: Workspace) -> Any:
    """What is found, by words, by meaning and in the graph."""
    store = workspace.parts.store
    (hits, rows) = (
        workspace.search("radium Warsaw kidney").hits,
        workspace.cypher("MATCH (m:Mention) RETURN m.uid"),
    )
    return store.counts(), {(hit.record, hit.text) for hit in hits}, sorted(rows.rows), workspace.projected()


@pytest.fixture
def backup(tmp_path: Path, workspace: Workspace) -> Path:
    return workspace.backup(tmp_path / "backup").folder


def test_what_is_restored_is_what_was_backed_up(workspace: Workspace, backup: Path, tmp_path: Path) -> None:
    with Workspace.restore(backup, tmp_path / "new") as restored:
        assert problems(restored) == []
        assert everything(restored) == everything(workspace)


def test_uploads_come_along(fresh: Workspace, tmp_path: Path) -> None:
    with Path(__file__).open("rb") as file:
        kept = fresh.upload("notes.txt", file)
    fresh.ingest([kept], stages=["none"])
    backup = fresh.backup(tmp_path / "backup").folder
    with Workspace.restore(backup, tmp_path / "new") as restored:
        assert (restored.parts.uploads / kept.parent.name / kept.name).read_bytes() == kept.read_bytes()


def test_a_restored_workspace_goes_on(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("Paris is the capital of France.")
    with Workspace.restore(backup, tmp_path / "new") as restored:
        assert restored.ingest([tmp_path / "more.txt"]).new == 1
        assert problems(restored) == []


def test_backups_taken_while_an_ingest_runs_are_each_of_one_moment(fresh: Workspace, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(120):
        (documents / f"{number}.txt").write_text(
            f"Marie Curie met person {number} in Warsaw. The liver is large."
        )
    reports: list[IngestReport] = []
    begun = threading.Event()

    def work() -> None:
        with Workspace.open(fresh.folder) as other:
            reports.append(other.ingest([documents], progress=lambda progress: begun.set()))

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    backups = [fresh.backup(tmp_path / f"backup {number}") for number in range(3)]
    thread.join()

    assert reports[0].ok
    assert reports[0].new == 120
    seen = [backup.counts["source"] for backup in backups]
    assert seen == sorted(seen)
    for number, backup in enumerate(backups):
        with Workspace.restore(backup.folder, tmp_path / f"new {number}") as restored:
            assert problems(restored) == []
            assert restored.parts.store.counts() == backup.counts
    with Workspace.open(tmp_path / "new 0") as restored:
        done = restored.ingest([documents])
        assert done.ok
        assert restored.parts.store.counts() == fresh.parts.store.counts()


# --- what is refused ---


def test_a_damaged_record_store_is_not_backed_up(
    tmp_path: Path, ingested: tuple[Path, Path, IngestReport]
) -> None:
    folder = Path(shutil.copytree(ingested[0], tmp_path / "copy"))
    with closing(sqlite3.connect(folder / "midspan.db")) as connection:
        connection.execute("UPDATE fact SET score = score / 2")
        connection.commit()
    with Workspace.open(folder) as workspace, pytest.raises(DamagedStore, match="no backup was made"):
        workspace.backup(tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def test_a_backup_goes_into_a_folder_of_its_own(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(WrongUse, match="is there already"):
        workspace.backup(tmp_path / "there")


def test_what_a_killed_backup_left_is_no_backup_and_not_in_the_way(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "backup.partial").mkdir()
    (tmp_path / "backup.partial" / "midspan.db").write_bytes(b"half")
    with pytest.raises(NotFound, match="no backup"):
        Workspace.restore(tmp_path / "backup.partial", tmp_path / "new")
    workspace.backup(tmp_path / "backup")
    assert not (tmp_path / "backup.partial").exists()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("name", ["midspan.db", "backup.json"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    backup: Path, tmp_path: Path, name: str
) -> None:
    cut(backup / name)
    with pytest.raises(DamagedStore, match="another backup"):
        Workspace.restore(backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_restored_over_a_workspace(backup: Path, fresh: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="--workspace NEW"):
        Workspace.restore(backup, fresh.folder)
    (tmp_path / "orphans" / "graph").mkdir(parents=True)
    (tmp_path / "orphans" / "graph" / "graph.mark").write_text(json.dumps({"store": "x", "applied": 3}))
    with pytest.raises(ProjectionAhead):
        Workspace.restore(backup, tmp_path / "orphans")


def test_the_commands(command: Any, tmp_path: Path, ingested: tuple[Path, Path, IngestReport]) -> None:
    code, said, _ = command("--workspace", ingested[0], "backup", tmp_path / "b", "--json")
    assert code == 0
    made = json.loads(said)
    assert made["records"]["fact"] > 0
    code, said, _ = command("--workspace", tmp_path / "new", "restore", tmp_path / "b", "--json")
    assert code == 0
    restored = json.loads(said)
    assert restored["ok"]
    assert restored["counts"]["records"] == made["records"]
    code, _, complaint = command("--workspace", tmp_path / "new", "restore", tmp_path / "b")
    assert code == 2
    assert "--workspace NEW" in complaint


# --- servers ---


@pytest.fixture
def served(postgres: Postgres, postgres_url: str) -> Iterator[SqlRecordStore]:
    store = SqlRecordStore(make_engine(postgres_url))
    for number in range(5):
        store.commit(document(f"document {number}"))
    yield store
    store.close()


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    with postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE backed TEMPLATE {postgres_template}")  # type: ignore[call-overload]
        connection.execute("CREATE DATABASE empty_one")
        yield postgres.database_url("backed")
        for name in ("backed", "empty_one"):
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs()), prepend=":")


def test_postgresql_is_dumped_under_load_and_restored(
    served: SqlRecordStore, postgres: Postgres, postgres_url: str, tmp_path: Path, on_path: None
) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            served.commit(document(f"more {number}"))
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    identity, counts = copies.copy(postgres_url, tmp_path)
    stop.set()
    thread.join()

    assert identity == served.identity()
    assert counts["fact"] == counts["embedding.text"] == 3 * counts["source"]
    empty = postgres.database_url("empty_one")
    assert copies.put_back(tmp_path / "records.dump", empty) == (identity, counts)
    restored = SqlRecordStore(make_engine(empty))
    assert restored.check_database().damage == restored.check_rows().damage == ()
    restored.close()
    with pytest.raises(WrongUse, match="tables already"):
        copies.put_back(tmp_path / "records.dump", empty)


def test_a_workspace_on_servers_is_backed_up_and_restored(
    postgres: Postgres,
    postgres_url: str,
    documents: Path,
    tmp_path: Path,
    on_path: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIDSPAN_DATABASE_URL", postgres_url)
    with Workspace.open(tmp_path / "machine") as workspace:
        workspace.ingest([documents])
        counts = workspace.parts.store.counts()
        backup = workspace.backup(tmp_path / "backup")
    assert backup.counts == counts
    monkeypatch.setenv("MIDSPAN_DATABASE_URL", postgres.database_url("empty_one"))
    with Workspace.restore(backup.folder, tmp_path / "machine") as restored:
        assert restored.parts.store.counts() == counts
        assert restored.projected()["graph"]["Mention"] == counts["fact"]
    monkeypatch.delenv("MIDSPAN_DATABASE_URL")
    with pytest.raises(WrongUse, match="set MIDSPAN_DATABASE_URL"):
        Workspace.restore(backup.folder, tmp_path / "other")


def test_without_pg_dump_the_message_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match=r"pg_dump is not on PATH.*postgresql-client"):
        copies.copy(postgres_url, tmp_path)


def test_what_pg_dump_says_is_passed_on_without_the_password(
    postgres: Postgres, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pg_dump").write_text('#!/bin/sh\necho "server version mismatch: $*" >&2; exit 1\n')
    (tmp_path / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(StoreError, match="server version mismatch") as raised:
        copies.copy(postgres_url, tmp_path)
    assert postgres.password not in str(raised.value)
