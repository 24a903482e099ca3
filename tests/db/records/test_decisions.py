"""Decisions on what is the same: what they may say together, the audit, and their way to the graph."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import combinations
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from midspan.db.record_store import pair_id
from midspan.db.records import decisions
from midspan.db.records.decisions import read_decisions
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import NotFound, WrongUse
from midspan.records import Decision, Named, is_outside


def outside(name: str) -> Named:
    return Named(f"local:{name.encode().hex():0>24}", name)


A, B, C, D = (outside(name) for name in "abcd")
ONE, TWO = Named("wd:Q1", "One"), Named("wd:Q2", "Two")


def merge(store: SqlRecordStore, one: Named, other: Named) -> Decision:
    return store.decide("same", one, other, "me", "seen")


def split(store: SqlRecordStore, one: Named, other: Named) -> Decision:
    return store.decide("different", one, other, "you", "")


def held(store: SqlRecordStore) -> set[tuple[str, str]]:
    """The pairs that are the same."""
    return {one.pair for one in store.decisions() if one.holds and one.verdict == "same"}


# --- deciding ---


def test_a_decision_says_who_when_and_why(store: SqlRecordStore) -> None:
    made = merge(store, ONE, A)
    (listed,) = store.decisions()
    assert listed == made
    assert (made.one, made.other, made.by, made.why) == (A, ONE, "me", "seen")
    assert made.holds
    assert made.at > 1.7e9


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_the_same_again_in_whichever_order_is_not_noted_again(store: SqlRecordStore, verdict: Any) -> None:
    first = store.decide(verdict, B, A, "me", "")
    assert store.decide(verdict, A, B, "you", "again") == first
    assert len(store.decisions()) == 1


def test_a_split_overrules_a_merge_and_forbids_another(store: SqlRecordStore) -> None:
    merged, parted = merge(store, A, ONE), split(store, ONE, A)
    assert held(store) == set()
    assert [(one.number, one.holds) for one in store.decisions()] == [
        (parted.number, True),
        (merged.number, False),
    ]
    with pytest.raises(WrongUse, match=rf"you said so on 20\d\d-.*kg undo {parted.number}"):
        merge(store, A, ONE)


def test_undoing_a_split_brings_the_merge_back_and_undoing_that_leaves_nothing(store: SqlRecordStore) -> None:
    merged, parted = merge(store, A, ONE), split(store, A, ONE)
    undone = store.undo(parted.number, "she", "they are")
    assert undone.undone is not None
    assert (undone.undone.by, undone.undone.why, undone.holds) == ("she", "they are", False)
    assert held(store) == {merged.pair}
    store.undo(merged.number, "she", "")
    assert held(store) == set()
    assert len(store.decisions()) == 2
    assert merge(store, A, ONE).number not in (merged.number, parted.number)


def test_decisions_are_found_by_either_entity(store: SqlRecordStore) -> None:
    merge(store, A, ONE)
    merge(store, B, A)
    split(store, B, TWO)
    assert [one.pair for one in store.decisions(A.uid)] == [(A.uid, B.uid), (A.uid, ONE.uid)]
    assert len(store.decisions("wd:Q3")) == 0


# --- what is refused ---

Act = Callable[[SqlRecordStore], object]


@pytest.mark.parametrize(
    ("before", "act", "why"),
    [
        ([], lambda store: merge(store, ONE, TWO), "two entities of knowledge graphs"),
        ([], lambda store: split(store, ONE, TWO), "two entities of knowledge graphs"),
        ([], lambda store: merge(store, A, A), "was named twice"),
        ([(A, ONE)], lambda store: merge(store, A, TWO), "would make wd:Q1 and wd:Q2 the same"),
        ([(A, ONE), (A, B), (C, TWO)], lambda store: merge(store, B, C), "would make wd:Q1 and wd:Q2 the"),
        ([(A, B), (B, C)], lambda store: merge(store, A, C), "the same already, by way of"),
        ([(A, B), (B, C)], lambda store: split(store, A, C), "the same by way of"),
        ([], lambda store: store.undo(99, "me", ""), "no decision 99"),
    ],
)  # fmt: skip
def test_what_contradicts_is_refused_and_changes_nothing(
    store: SqlRecordStore, before: list[tuple[Named, Named]], act: Act, why: str
) -> None:
    for pair in before:
        merge(store, *pair)
    there = store.decisions()
    with pytest.raises(WrongUse, match=why):
        act(store)
    assert store.decisions() == there


def test_what_is_different_is_kept_apart_by_whatever_way(store: SqlRecordStore) -> None:
    split(store, A, ONE)
    merge(store, B, ONE)
    with pytest.raises(WrongUse, match="are different: you said so"):
        merge(store, A, B)


def test_an_undo_that_would_contradict_is_refused(store: SqlRecordStore) -> None:
    merge(store, A, ONE)
    parted = split(store, A, ONE)
    merge(store, A, TWO)
    with pytest.raises(WrongUse, match="wd:Q1 and wd:Q2"):
        store.undo(parted.number, "me", "")
    assert held(store) == {(A.uid, TWO.uid)}
    assert parted in store.decisions()


def test_a_decision_is_undone_once(store: SqlRecordStore) -> None:
    made = merge(store, A, ONE)
    store.undo(made.number, "me", "")
    with pytest.raises(WrongUse, match="undone already, by me"):
        store.undo(made.number, "me", "")
    with pytest.raises(NotFound):
        store.undo(made.number + 1, "me", "")  # the undo itself is a line of the audit and no decision


def test_of_two_at_once_that_contradict_each_other_one_is_made(
    store: SqlRecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would read what is there before the other has written, if it were let."""
    both_read = Barrier(2)

    def read(connection: Connection, uid: str | None = None) -> list[Decision]:
        found = read_decisions(connection, uid)
        with suppress(BrokenBarrierError):
            both_read.wait(0.5)
        return found

    def one(other: Named) -> str:
        try:
            merge(store, A, other)
        except WrongUse:
            return "refused"
        return "made"

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(decisions, "read_decisions", read)
        assert sorted(pool.map(one, [ONE, TWO])) == ["made", "refused"]
    assert len(held(store)) == 1


acts = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["same", "different"]), *2 * [st.sampled_from([A, B, C, D, ONE, TWO])]),
        st.tuples(st.just("undo"), st.integers(1, 6), st.none()),
    ),
    max_size=14,
)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=acts)
def test_whatever_is_asked_for_what_holds_never_contradicts_itself(
    store: SqlRecordStore, work: list[tuple[Any, Any, Any]]
) -> None:
    for decision in store.decisions():  # of the example before
        if decision.undone is None:
            store.undo(decision.number, "me", "")
    for verdict, one, other in work:
        try:
            if verdict == "undo":
                store.undo(store.decisions()[-one].number, "me", "")
            else:
                store.decide(verdict, one, other, "me", "")
        except (WrongUse, IndexError):
            continue
    groups: list[set[str]] = []
    for pair in held(store):
        ends = [next((group for group in groups if uid in group), {uid}) for uid in pair]
        assert ends[0] is not ends[1], "a second way between the same two"
        groups = [group for group in groups if group not in ends] + [ends[0] | ends[1]]
    apart = {frozenset(one.pair) for one in store.decisions() if one.holds and one.verdict == "different"}
    for group in groups:
        assert sum(not is_outside(uid) for uid in group) <= 1
        assert not {frozenset(pair) for pair in combinations(group, 2)} & apart


# --- the way to the graph ---


def test_each_line_goes_to_the_graphs_outbox_with_its_pair(store: SqlRecordStore) -> None:
    made = merge(store, A, ONE)
    pair = pair_id(A.uid, ONE.uid)
    assert store.merges([pair, "fact-1"])[pair].decision == made
    store.undo(made.number, "me", "")
    assert store.merges([pair]) == {}
    assert [entry.ids for entry in store.outbox("graph", 0, 10)] == [(pair,), (pair,)]


def test_a_rebuild_is_given_facts_and_what_holds(store: SqlRecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    facts = {item for ids in store.all_ids("graph") for item in ids}
    merge(store, A, ONE)
    split(store, B, ONE)
    assert {item for ids in store.all_ids("graph") for item in ids} - facts == {pair_id(A.uid, ONE.uid)}
    assert len(facts) == 2


def test_decisions_outlive_the_documents(store: SqlRecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    merge(store, A, ONE)
    store.retire(made.id("a"), None)
    assert held(store) == {(A.uid, ONE.uid)}
    assert store.check_rows().damage == ()
