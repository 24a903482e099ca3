"""Migrations end where the tables say, and refuse what they do not know."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from midspan.db import migrate
from midspan.db.engine import make_engine, reading
from midspan.db.relational import SqlRecordStore
from midspan.db.tables import metadata
from midspan.errors import NewerSchema, StoreError

STEPS = Path(migrate.__file__).parents[2] / "migrations" / "versions"


def differences(url: str) -> list[Any]:
    engine = make_engine(url)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"include_name": migrate.is_ours})
        found = compare_metadata(context, metadata)
    engine.dispose()
    return list(found)


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


def test_a_new_database_gets_the_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert migrate.current(url) is None
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()
    assert differences(url) == []


def test_upgrading_twice_changes_nothing(sqlite_url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(sqlite_url))
    store.commit(made.document("a", "One."))
    migrate.upgrade(sqlite_url)
    assert store.counts()["fact"] == 1
    store.close()
    assert differences(sqlite_url) == []


def test_a_difference_would_be_seen(sqlite_url: str, path: Path) -> None:
    execute(path, "ALTER TABLE lease ADD COLUMN extra TEXT")
    assert len(differences(sqlite_url)) == 1


def test_migrations_do_not_import_the_tables_of_today() -> None:
    assert not [step.name for step in STEPS.glob("*.py") if "import midspan" in step.read_text()]
    assert not [step.name for step in STEPS.glob("*.py") if "from midspan" in step.read_text()]


def test_steps_follow_each_other_by_number() -> None:
    script = ScriptDirectory(str(STEPS.parent))
    numbers = [step.revision for step in script.walk_revisions()]
    assert migrate.head() == script.get_current_head() == numbers[0]
    assert numbers == sorted(numbers, reverse=True)
    assert {step.name[:5] for step in STEPS.glob("*.py")} == {f"{number}_" for number in numbers}


def test_a_newer_database_is_refused(sqlite_url: str, path: Path) -> None:
    execute(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchema, match=f"9999.*{migrate.head()}.*install"):
        migrate.upgrade(sqlite_url)
    engine = make_engine(sqlite_url)
    with pytest.raises(NewerSchema):
        SqlRecordStore(engine)
    engine.dispose()


def test_a_database_without_schema_is_not_opened(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(StoreError, match="midspan db upgrade"):
        SqlRecordStore(engine)
    engine.dispose()


def test_a_read_only_upgrade_checks_and_writes_nothing(tmp_path: Path, sqlite_url: str) -> None:
    migrate.upgrade(sqlite_url, read_only=True)
    bare = tmp_path / "bare.db"
    execute(bare, "CREATE TABLE other (id)")
    with pytest.raises(StoreError, match="midspan db upgrade"):
        migrate.upgrade(f"sqlite:///{bare}", read_only=True)
    assert migrate.current(f"sqlite:///{bare}") is None


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "taken.db"
    execute(path, "CREATE TABLE scene_relation (id)")
    with pytest.raises(StoreError, match="already exists"):
        migrate.upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    assert names == ["scene_relation"]


def test_two_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    code = "import sys; from midspan.db.migrate import upgrade; upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert differences(url) == []
