"""The table of kinds: what it has is kept, what it lacks is refused."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from midspan.db.record_store import Commit
from midspan.db.records.kinds import KINDS, kind_named
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import UnknownName
from midspan.records import RECORDS, Fact, Record
from midspan.records.kinds import for_each_kind


@dataclass(frozen=True)
class Gauge(Record):
    """Of a kind that no table has."""

    kind = "gauge"
    plural = "gauges"


@dataclass(frozen=True)
class Rumour(Fact):
    """Passes itself off as a fact."""


def test_every_kind_of_record_has_a_table_of_its_own() -> None:
    assert KINDS.keys() == RECORDS.keys()
    assert [kind.record for kind in KINDS.values()] == list(RECORDS.values())
    assert len({kind.table.name for kind in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize("stranger", [Gauge, Rumour])
def test_a_record_without_a_table_is_refused_with_all_of_its_commit(
    store: SqlRecordStore, made, stranger: type[Record]
) -> None:
    commit = made.document("doc", "Marie Curie was born in Warsaw.")
    fact = next(product for product in commit.products if isinstance(product, Fact))
    values = {field.name: getattr(fact, field.name) for field in fields(stranger)}
    store.commit(Commit(**{**vars(commit), "products": []}))
    before = store.counts()
    with pytest.raises(UnknownName, match=f"unknown kind of record '{stranger.__name__}'"):
        store.commit(Commit(runs=commit.runs, products=[fact, stranger(**values)]))
    assert store.counts() == before


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="known: atlas, event, fact, scene"):
        kind_named("gauge")


def test_a_table_must_have_the_very_kinds_of_record() -> None:
    with pytest.raises(LookupError, match="kinds in somewhere: scene"):
        for_each_kind("somewhere", {"scene": 1})
    with pytest.raises(LookupError, match="gauge"):
        for_each_kind("somewhere", {**dict.fromkeys(RECORDS, 1), "gauge": 1})


def test_what_is_counted_is_what_its_records_say_counts(store: SqlRecordStore, made) -> None:
    """In SQL as in Python, of the store and of a source."""
    commit = made.document("doc", "The liver.", "No liver.", "It rains.")
    one, two, three = commit.segments
    commit.products += [made.atlas(one), made.atlas(two, organ=None), made.atlas(three, organ=None)]
    commit.products += [made.scene(one), made.event(two)]
    store.commit(commit)
    for kind in RECORDS:
        counting = sum(record.counts for record in store.records(kind))
        assert store.counts()[kind] == counting
        assert store.sources()[0].records[kind] == counting
    assert store.counts()["atlas"] == 1
