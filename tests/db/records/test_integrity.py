"""Damage inside a record store is found, by the database's own checks and by the rows' checksums."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from midspan.db.records import checksums
from midspan.db.records.engine import make_engine, reading, writing
from midspan.db.records.relational import SqlRecordStore
from midspan.db.records.schema import metadata
from midspan.records import Named
from tests.db.test_migrate import everything

SUMMED = [table.name for table in metadata.sorted_tables if checksums.COLUMN in table.c]


@pytest.fixture
def full(url: str, made: Any) -> Any:
    """A store with rows in every table of records."""
    store = SqlRecordStore(make_engine(url))
    store.commit(everything(made))
    store.decide("same", Named(f"local:{'0' * 24}", "Ada"), Named("wd:Q1", "Ada Lovelace"), "me", "")
    yield store
    store.close()


def run(store: SqlRecordStore, statement: str) -> None:
    with writing(store._engine) as connection:
        connection.execute(text(statement))


def test_what_was_written_is_whole(full: SqlRecordStore) -> None:
    assert full.check_database().damage == ()
    found = full.check_rows()
    assert found.damage == ()
    assert "match their checksums" in found.notes[0]
    assert len(found.notes) == 1  # no row without a checksum


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("chunk", "text = replace(text, 'liver', 'lever')"),
        ("segment", "start = start + 1 WHERE ordinal = 1"),
        ("fact", "polarity = 'negated'"),
        ("scene_object", "x = x + 0.0000001 WHERE idx = 0"),
        ("atlas_grounding", "x_mm = -x_mm"),
        ("action_event", "score = 0"),
    ],
)
def test_a_row_that_was_changed_behind_our_back_is_found(
    full: SqlRecordStore, table: str, change: str
) -> None:
    run(full, f"UPDATE {table} SET {change}")
    damage = full.check_rows().damage
    assert len(damage) == 1
    assert f"rows of {table} do not match" in damage[0]


def test_a_vector_that_was_changed_is_found(full: SqlRecordStore) -> None:
    run(
        full, "UPDATE embedding SET vector = (SELECT vector FROM embedding ORDER BY segment_key DESC LIMIT 1)"
    )
    assert any("of embedding do not match" in damage for damage in full.check_rows().damage)


def test_a_vector_that_was_changed_is_no_answer_for_the_same_text_again(
    full: SqlRecordStore, made: Any
) -> None:
    with reading(full._engine) as connection:
        run_id, sha = connection.execute(text("SELECT run_id, text_sha256 FROM embedding LIMIT 1")).one()
    assert sha in full.cached_vectors(run_id, [sha])
    run(full, f"UPDATE embedding SET checksum = checksum + 1 WHERE text_sha256 = '{sha}'")
    assert full.cached_vectors(run_id, [sha]) == {}


def test_a_run_that_was_changed_is_found(full: SqlRecordStore) -> None:
    run(full, "UPDATE run SET model = 'another' WHERE stage = 'facts'")
    assert full.check_rows().damage == ("2 rows of run do not match their ids",)


def test_rows_from_before_there_were_checksums_are_counted_and_not_judged(full: SqlRecordStore) -> None:
    run(full, "UPDATE fact SET checksum = NULL, polarity = 'negated'")
    found = full.check_rows()
    assert found.damage == ()
    assert "older than checksums" in found.notes[-1]


def test_every_table_of_records_has_rows_with_checksums_here(full: SqlRecordStore) -> None:
    empty = {"page", "thumbnail", "event_embedding"}  # of documents with pages, of videos
    with reading(full._engine) as connection:
        for name in set(SUMMED) - empty:
            assert checksums.compare(connection, metadata.tables[name]).summed > 0, name


def test_numbers_have_one_checksum_in_whatever_form_they_come() -> None:
    assert checksums.checksum({"a": 1, "b": 0.0}) == checksums.checksum({"b": -0.0, "a": 1.0, "key": 7})
    assert checksums.checksum({"a": 1}) != checksums.checksum({"b": 1})
    assert checksums.checksum({"a": "x", "b": None}) == checksums.checksum({"a": "x"})


# --- the databases' own checks ---


def test_zeroed_pages_are_found(sqlite_url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(sqlite_url))
    for number in range(40):
        store.commit(made.document(f"d{number}", "The liver is large.", "A cat sits left of a tree."))
    store.close()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'fact'").fetchone()
    with path.open("r+b") as file:
        file.seek(4096 * (root - 1))
        file.write(bytes(4096))
    store = SqlRecordStore(make_engine(sqlite_url))
    assert any("integrity_check" in line for line in store.check_database().damage)
    assert any("fact cannot be read" in line for line in store.check_rows().damage)
    store.close()


def test_rows_whose_parent_is_gone_are_found(sqlite_url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(sqlite_url))
    store.commit(made.document("d", "The liver is large."))
    store.close()
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("DELETE FROM run WHERE stage = 'facts'")
        connection.commit()
    store = SqlRecordStore(make_engine(sqlite_url))
    assert "foreign keys: 1 rows of fact belong to no run" in store.check_database().damage
    store.close()


def test_amcheck_finds_an_index_that_lacks_a_row(postgres_url: str, made: Any) -> None:
    store = SqlRecordStore(make_engine(postgres_url))
    store.commit(made.document("d", "The liver is large."))
    assert store.check_database().damage == ()
    assert store.check_database().notes == ("amcheck of tables and indexes",)
    with writing(store._engine) as connection:  # as it would be after a crash without fsync
        connection.execute(
            text("UPDATE pg_index SET indisready = false WHERE indexrelid = 'pk_fact'::regclass")
        )
    store.commit(made.document("e", "The heart is small."))
    with writing(store._engine) as connection:
        connection.execute(
            text("UPDATE pg_index SET indisready = true WHERE indexrelid = 'pk_fact'::regclass")
        )
    (damage,) = store.check_database().damage
    assert "pk_fact" in damage
    store.close()


def test_without_the_right_to_run_it_amcheck_is_not_run(postgres_url: str) -> None:
    plain = make_engine(postgres_url)
    with writing(plain) as connection:
        connection.execute(text("CREATE ROLE plain_reader LOGIN"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain_reader"))
    from midspan.db.records import amcheck

    with plain.connect() as connection:
        connection.execute(text("SET ROLE plain_reader"))
        assert "permission denied" in amcheck._problem(connection, lambda: amcheck._install(connection))
        connection.rollback()
        connection.execute(text("DROP OWNED BY plain_reader"))
        connection.execute(text("DROP ROLE plain_reader"))
        connection.commit()
    plain.dispose()
