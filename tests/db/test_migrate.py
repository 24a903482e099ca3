"""Migrations end where the tables say, and refuse what they do not know."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from midspan.db import migrate
from midspan.db.jobs.store import JobStore
from midspan.db.record_store import TARGETS, Commit
from midspan.db.records.engine import make_engine, reading, writing
from midspan.db.records.relational import SqlRecordStore
from midspan.db.records.schema import metadata
from midspan.errors import NewerSchema, StoreError
from midspan.records import Failure

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


def run(url: str, *statements: str) -> None:
    engine = make_engine(url)
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def go(url: str, move: Any, revision: str) -> None:
    """Take Alembic's steps up or down to a revision."""
    engine = make_engine(url)
    with writing(engine) as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(STEPS.parent))
        config.set_main_option("path_separator", "os")
        move(config, revision)
    engine.dispose()


def everything(made: Any) -> Commit:
    """Something in each table of records."""
    commit = made.document("a", "The cat sits left of the tree.", "The liver is large.", "Käse.")
    first, second, third = commit.segments
    there = replace(made.atlas(third), x_mm=-1000.1, y_mm=2000.2, z_mm=0.0)
    commit.products += [
        made.scene(first),
        made.atlas(second),
        made.atlas(first, None),
        there,
        made.event(second),
    ]
    commit.failures = [(None, made.id("a"), None, Failure("/x", "facts", "E", "broken", True))]
    return commit


def state(store: SqlRecordStore) -> Any:
    """What a person would notice."""
    (summary,) = store.sources()
    segments = store.segments(summary.source.id)
    return (
        (summary, segments, store.records_of([segment.id for segment in segments]), store.counts()),
        store.vectors("text", [segment.key for segment in segments if segment.key])[1].tolist(),
        store.text(summary.source.id, 0, 1000),
        store.failures(),
        [(target, store.outbox(target, 0, 100)) for target in TARGETS if target != "words"],
        sorted(one for ids in store.all_ids("words") for one in ids),
        store.near_points("stylised-adult", (-60.0, -20.0, 400.0), 9),
    )


def test_a_new_database_gets_the_tables(bare_url: str) -> None:
    assert migrate.current(bare_url) is None
    migrate.upgrade(bare_url)
    assert migrate.current(bare_url) == migrate.head()
    assert differences(bare_url) == []


def test_upgrading_twice_changes_nothing(url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(url))
    store.commit(made.document("a", "One."))
    migrate.upgrade(url)
    assert store.counts()["fact"] == 1
    store.close()
    assert differences(url) == []


def test_a_difference_would_be_seen(url: str) -> None:
    run(url, "ALTER TABLE lease ADD COLUMN extra TEXT")
    assert len(differences(url)) == 1


def test_down_step_by_step_and_up_again_keeps_every_record(url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(url))
    store.commit(everything(made))
    before = state(store)
    store.close()
    steps = sorted(path.name[:4] for path in (migrate.folder() / "versions").glob("[0-9]*.py"))
    for number in reversed(steps[:-1]):
        go(url, command.downgrade, number)
        assert migrate.current(url) == number
        migrate.upgrade(url)
        assert differences(url) == []
        store = SqlRecordStore(make_engine(url))
        assert state(store) == before
        store.close()


def test_down_to_nothing_leaves_nothing(url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(url))
    store.commit(everything(made))
    store.close()
    go(url, command.downgrade, "base")
    engine = make_engine(url)
    with reading(engine) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()
    migrate.upgrade(url)
    assert differences(url) == []
    store = SqlRecordStore(make_engine(url))
    assert set(store.counts().values()) == {0}
    store.commit(everything(made))
    store.close()


def test_a_database_of_the_first_schema_is_brought_up_with_its_records(bare_url: str, made: Any) -> None:
    """Written by the statements of that time, not by today's store."""
    go(bare_url, command.upgrade, "0001")
    segment, run_id, source = made.segments("a", "Käse in the liver.")[0], made.reading.id, made.id("a")
    run(
        bare_url,
        f"INSERT INTO source VALUES ('{source}', 'document', 'text/plain', 'a', 7, 1000.0, NULL)",
        f"INSERT INTO run VALUES ('{run_id}', 'reading', 1, '', '', '{{}}', '0.1', 1.0)",
        'INSERT INTO segment(id, source_id, run_id, ordinal, kind, unit, start, "end", text) VALUES '
        f"('{segment.id}', '{source}', '{run_id}', 0, 'sentence', 'char', 0, 18, '{segment.text}')",
        "INSERT INTO atlas_grounding VALUES "
        f"('atlas-1', '{source}', '{run_id}', '{segment.id}', 'char', 0, 18, 'x', 'adult', 'grounded', '', "
        "1.5, 2.5, 3.5, 'liver', '{}', 'none', true, false, 0.5), "
        f"('atlas-2', '{source}', '{run_id}', '{segment.id}', 'char', 0, 18, 'x', 'adult', 'abstained', "
        "'only a condition: it', NULL, NULL, NULL, NULL, '{}', 'none', true, false, 0.5), "
        f"('atlas-3', '{source}', '{run_id}', '{segment.id}', 'char', 0, 18, 'x', 'adult', 'abstained', "
        "'about a relative: it', NULL, NULL, NULL, NULL, '{}', 'none', true, false, 0.5)",
    )
    migrate.upgrade(bare_url)
    store = SqlRecordStore(make_engine(bare_url))
    assert [found.id for found, _ in store.near_points("adult", (0.0, 0.0, 0.0), 9)] == ["atlas-1"]
    assert store.outbox_end("words") > 0, "full text has something to do"
    [whole, sentence] = store.word_items([one for ids in store.all_ids("words") for one in ids])
    assert (whole.level, sentence.id, sentence.text) == ("document", segment.id, "Käse in the liver.")
    assert [record.id for record in store.records("atlas", {"hypothetical": True})] == ["atlas-2"]
    assert [record.id for record in store.records("atlas", {"family": True})] == ["atlas-3"]
    store.retire(source, None)
    assert store.near_points("adult", (0.0, 0.0, 0.0), 9) == []
    store.close()


def test_jobs_of_before_stay_and_what_was_partial_may_be_retried_after_a_step_back(bare_url: str) -> None:
    """Written by the statements of that time: an item that failed, a failure without a place."""
    go(bare_url, command.upgrade, "0007")
    run(
        bare_url,
        "INSERT INTO job(id, state, paths, stages, total, done, failed, discovering, cancel_requested, "
        "created_at, message, worker) VALUES ('job-1', 'failed', '[]', '[]', 2, 1, 1, false, false, 1.0, "
        "'', '')",
        *(
            "INSERT INTO job_item(job_id, idx, uri, state, outcome, attempts, lease_holder, lease_token, "
            f"lease_until, segments, records) VALUES ('job-1', {index}, '/{index}', '{state}', '{outcome}', "
            "1, '', 1, 0.0, 3, '{}')"
            for index, state, outcome in ((0, "done", "new"), (1, "failed", "failed"))
        ),
        "INSERT INTO failure(digest, job_id, item, path, stage, kind, message, retryable, created_at) "
        "VALUES ('d', 'job-1', 1, '/1', 'facts', 'E', 'broken', true, 1.0)",
    )
    migrate.upgrade(bare_url)
    engine = make_engine(bare_url)
    jobs = JobStore(engine)
    job = jobs.job("job-1")
    assert job is not None
    assert (job.state, job.done, job.partial, job.failed) == ("failed", 1, 0, 1)
    [item] = jobs.items("job-1", "failed")
    assert item.failures == (Failure("/1", "facts", "E", "broken", True),)
    run(
        bare_url,
        "UPDATE job_item SET outcome = 'partial' WHERE idx = 0",
        "UPDATE job SET partial = 1 WHERE id = 'job-1'",
    )
    go(bare_url, command.downgrade, "0007")
    migrate.upgrade(bare_url)
    job = jobs.job("job-1")
    assert job is not None
    assert (job.done, job.partial, job.failed) == (0, 0, 2)
    assert jobs.retry("job-1") == 2
    engine.dispose()


def test_migrations_do_not_import_the_tables_of_today() -> None:
    assert not [step.name for step in STEPS.glob("*.py") if "import midspan" in step.read_text()]
    assert not [step.name for step in STEPS.glob("*.py") if "from midspan" in step.read_text()]


def test_steps_follow_each_other_by_number() -> None:
    script = ScriptDirectory(str(STEPS.parent))
    numbers = [step.revision for step in script.walk_revisions()]
    assert migrate.head() == script.get_current_head() == numbers[0]
    assert numbers == sorted(numbers, reverse=True)
    assert {step.name[:5] for step in STEPS.glob("*.py")} == {f"{number}_" for number in numbers}


def test_a_newer_database_is_refused(url: str) -> None:
    run(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchema, match=f"9999.*{migrate.head()}.*install"):
        migrate.upgrade(url)
    engine = make_engine(url)
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


def test_two_processes_may_upgrade_at_once(bare_url: str) -> None:
    url = bare_url
    code = "import sys; from midspan.db.migrate import upgrade; upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert differences(url) == []
