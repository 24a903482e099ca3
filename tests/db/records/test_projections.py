"""Leases, and what of the outbox is kept for whom, on both record stores."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from midspan.db import migrate
from midspan.db.record_store import FORGET_SECONDS, LOCAL, SHARED, Generation, Lease, RecordStore
from midspan.db.records import dialect
from midspan.db.records.engine import make_engine, writing
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import LeaseLost, OutboxPruned

HOUR = 3600.0


@pytest.fixture
def store(record_store_url: str) -> Iterator[SqlRecordStore]:
    opened = SqlRecordStore(make_engine(record_store_url))
    yield opened
    opened.close()


@dataclass
class Clock:
    """The record store's clock in the hands of a test."""

    now: float = 1_000_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(dialect, "now", lambda connection: made.now)
    return made


def held(store: RecordStore, name: str = "projector", holder: str = "me", seconds: float = 60.0) -> Lease:
    lease = store.acquire(name, holder, seconds)
    assert lease is not None
    return lease


def state(replica: str, number: int, applied: int) -> Generation:
    return Generation("graph", number, f"g{number}", "", applied, {}, replica=replica)


def ids(store: RecordStore, after: int = 0) -> list[int]:
    return [entry.id for entry in store.outbox("graph", after, 100)]


def filled(store: RecordStore, made: Any, count: int) -> list[int]:
    """Ids of the graph's outbox entries, one a document."""
    for number in range(count):
        store.commit(made.document(f"document {number}", "One."))
    return ids(store)


# --- leases ---


def test_a_lease_ends_by_the_clock_of_the_record_store(store: RecordStore, clock: Clock) -> None:
    held(store)
    clock.now += 59
    assert store.acquire("projector", "you", 60) is None
    clock.now += 2
    assert held(store, holder="you").token == 2


@pytest.mark.parametrize("jump", [3 * HOUR, -3 * HOUR], ids=["forward", "backward"])
def test_after_a_clock_jumps_a_lease_has_run_out_and_its_holder_is_kept_out(
    store: RecordStore, clock: Clock, jump: float
) -> None:
    mine = held(store)
    clock.now += jump

    yours = held(store, holder="you")

    assert yours.token > mine.token
    with pytest.raises(LeaseLost):
        store.publish(state(LOCAL, 1, 0), mine)
    store.publish(state(LOCAL, 1, 0), yours)
    assert store.acquire("projector", "me", 60) is None


@pytest.mark.parametrize("jump", [3 * HOUR, -3 * HOUR], ids=["forward", "backward"])
def test_a_machine_whose_clock_is_wrong_takes_no_lease_from_a_server(
    store: RecordStore, record_store_url: str, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    """On SQLite the machine's clock is the store's, so there a jump ends the lease."""
    held(store)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)

    taken = store.acquire("projector", "you", 60)

    assert (taken is None) == record_store_url.startswith("postgresql")


def test_its_holder_goes_on_with_the_same_token_after_a_jump(store: RecordStore, clock: Clock) -> None:
    mine = held(store)
    for jump in (5 * HOUR, -9 * HOUR):
        clock.now += jump
        assert held(store).token == mine.token


def test_one_of_many_takes_a_lease_that_nobody_had(store: RecordStore) -> None:
    start = threading.Barrier(8)
    got: list[Lease | None] = []

    def take(holder: str) -> None:
        start.wait()
        got.append(store.acquire("new", holder, 60))

    threads = [threading.Thread(target=take, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 8
    assert len([lease for lease in got if lease is not None]) == 1


# --- the outbox and its replicas ---


def test_entries_stay_until_every_replica_has_applied_them(store: RecordStore, made: Any) -> None:
    entries = filled(store, made, 4)
    a, b = held(store, "a"), held(store, "b")

    store.publish(state("a", 1, entries[3]), a)
    assert ids(store) == entries[3:]
    more = [*entries[3:], *filled(store, made, 6)[1:]]
    store.publish(state("b", 1, more[1]), b)
    store.publish(state("a", 2, more[2]), a)
    store.publish(state("a", 3, more[2]), a)
    assert ids(store) == more[1:]

    for number in (2, 3):
        store.publish(state("b", number, more[2]), b)
    assert ids(store) == more[2:]


def test_a_server_without_files_holds_entries_back_too(store: RecordStore, made: Any) -> None:
    entries = filled(store, made, 3)
    store.publish(Generation("graph", 1, "", "", entries[1], {}, replica=SHARED), held(store, "shared"))
    store.publish(state("a", 1, entries[2]), held(store, "a"))
    assert ids(store) == entries[1:]

    store.publish(Generation("graph", 1, "", "", entries[2], {}, replica=SHARED), held(store, "shared"))
    assert ids(store) == entries[2:]
    assert len(store.generations("graph", SHARED)) == 1


def test_replicas_do_not_see_each_others_generations(store: RecordStore) -> None:
    store.publish(state("a", 1, 5), held(store, "a"))
    store.publish(state("b", 1, 7), held(store, "b"))
    assert store.generation("graph", "a") == state("a", 1, 5)
    assert store.generations("graph", "b") == [state("b", 1, 7)]
    assert store.generation("graph") is None


def test_the_newest_generation_of_each_target(store: RecordStore) -> None:
    lease = held(store, "a")
    for number in (1, 2):
        store.publish(state("a", number, 5), lease)
    words = replace(state("a", 1, 5), target="words")
    store.publish(words, lease)
    assert store.newest_generations("a") == {"graph": state("a", 2, 5), "words": words}
    assert store.newest_generations("b") == {}


@pytest.mark.parametrize(("unseen", "forgotten"), [(FORGET_SECONDS - 1, False), (FORGET_SECONDS + 1, True)])
def test_a_replica_that_is_not_seen_is_forgotten(
    store: RecordStore, made: Any, clock: Clock, unseen: float, forgotten: bool
) -> None:
    entries = filled(store, made, 3)
    store.see("old", "there:/folder")
    store.publish(state("old", 1, entries[0]), held(store, "old"))
    clock.now += unseen
    store.see("new", "here:/folder")

    store.publish(state("new", 1, entries[2]), held(store, "new"))

    assert ids(store) == (entries[2:] if forgotten else entries)
    assert (store.generation("graph", "old") is None) == forgotten
    assert [row.id for row in store.replicas()] == (["new"] if forgotten else ["new", "old"])


def test_a_replica_that_is_seen_is_never_forgotten(store: RecordStore, made: Any, clock: Clock) -> None:
    entries = filled(store, made, 2)
    store.publish(state("quiet", 1, entries[0]), held(store, "quiet"))
    for _ in range(4):
        clock.now += FORGET_SECONDS - 1
        store.see("quiet", "there")
        store.publish(state("busy", 1, entries[1]), held(store, "busy"))
    assert ids(store) == entries


def test_who_lies_behind_what_is_pruned_is_told_so(store: RecordStore, made: Any) -> None:
    entries = filled(store, made, 3)
    store.publish(state("a", 1, entries[1]), held(store, "a"))

    assert ids(store, after=entries[1]) == entries[2:]
    with pytest.raises(OutboxPruned, match="reindex"):
        store.outbox("graph", entries[0], 100)


def test_replicas_are_listed_with_their_lag_in_entries(store: RecordStore, made: Any, clock: Clock) -> None:
    entries = filled(store, made, 5)
    store.see("a", "here:/folder")
    store.publish(state("a", 1, entries[0]), held(store, "a"))
    store.publish(state("a", 2, entries[1]), held(store, "a"))
    clock.now += 30
    store.see("b", "there:/folder")

    first, second = store.replicas()

    assert (first.id, first.name, first.unseen_seconds, first.lag) == (
        "a",
        "here:/folder",
        30.0,
        {"graph": 3},
    )
    assert (second.id, second.unseen_seconds, second.lag) == ("b", 0.0, {})


moves = st.lists(
    st.one_of(
        st.just("commit"),
        st.tuples(st.sampled_from("abc"), st.sampled_from(["catch up", "one entry", "anew", "away"])),
    ),
    max_size=25,
)


@given(moves)
def test_whatever_the_order_a_live_replica_finds_all_that_it_has_not_applied(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, made: Any, moves: list[Any]
) -> None:
    """``held_now`` is what an honest replica would have applied; ``all_entries`` what was ever committed."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("any") / "records.db")
    store = SqlRecordStore(make_engine(f"sqlite:///{path}"))
    all_entries: list[int] = []
    held_now: dict[str, tuple[int, int]] = {}  # replica: (generation, applied)
    for move in moves:
        if move == "commit":
            store.commit(made.document(f"document {len(all_entries)}", "One."))
            all_entries.append(store.outbox_end("graph"))
            continue
        replica, how = move
        number, applied = held_now.get(replica, (0, 0))
        if how == "away" or (how == "one entry" and not applied):
            continue
        if how == "anew":
            applied = store.outbox_end("graph")
        elif applied:
            found = ids(store, after=applied)
            assert found == [entry for entry in all_entries if entry > applied]
            applied = (found[0] if how == "one entry" else found[-1]) if found else applied
        else:
            applied = store.outbox_end("graph")
        held_now[replica] = (number + 1, applied)
        store.publish(state(replica, number + 1, applied), held(store, replica))
    assert store.outbox_end("graph") == (all_entries[-1] if all_entries else 0)
    for _, applied in held_now.values():
        if applied:
            assert ids(store, after=applied) == [entry for entry in all_entries if entry > applied]
    store.close()


# --- the migration ---


def test_a_workspace_keeps_its_projections_through_the_migration(bare_url: str) -> None:
    engine = make_engine(bare_url)

    def step(move: Any, revision: str) -> None:
        with writing(engine) as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(Path(__file__).parents[3] / "migrations"))
            config.set_main_option("path_separator", "os")
            move(config, revision)

    step(command.upgrade, "0001")
    with writing(engine) as connection:
        values = "'graph', 7, 'graph.g000007.t3.kgl', 'ab', 9, '{\"Mention\": 2}', 'm', 4, :now"
        connection.execute(text(f"INSERT INTO projection VALUES ({values})"), {"now": time.time()})
        connection.execute(text("INSERT INTO lease VALUES ('projector', 'me', 3, 1e12)"))
    migrate.upgrade(bare_url)
    store = SqlRecordStore(engine)
    wanted = Generation("graph", 7, "graph.g000007.t3.kgl", "ab", 9, {"Mention": 2}, "m", 4)
    assert store.generation("graph") == wanted
    assert held(store, holder="you").token == 4

    store.publish(state("other machine", 1, 9), held(store, "other"))
    step(command.downgrade, "0001")
    with writing(engine) as connection:
        # whoever goes on without a tail would take what is in the file for all there is
        assert connection.execute(text("SELECT target, generation FROM projection")).all() == []
    step(command.upgrade, "head")
    assert store.generation("graph") is None
    store.close()
