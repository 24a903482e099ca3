"""A search brings its machine up to the record store, without waiting for long."""

from __future__ import annotations

import threading

import pytest

from midspan.errors import StoreUnavailable
from midspan.platform import projector as module
from tests.platform.machines import Boot, document


def test_a_search_brings_its_machine_up(machine: Boot) -> None:
    a, b = machine("a"), machine("b")
    a.store.commit(document("one"))

    b.projector.freshen(["vectors.text"])
    b.projector.close()

    assert b.index.count() == 3
    assert b.graph.counts()["Mention"] == 0
    assert [row.id for row in a.store.replicas()] == ["b"]


def test_searches_look_once_in_a_while(machine: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    a = machine("a")
    a.projector.freshen(["vectors.text"])
    a.store.commit(document("one"))
    looks: list[str] = []
    end = a.store.outbox_end
    monkeypatch.setattr(a.store, "outbox_end", lambda target: (looks.append(target), end(target))[1])

    a.projector.freshen(["vectors.text"])
    assert (looks, a.index.count()) == ([], 0)

    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    a.projector.freshen(["vectors.text"])
    a.projector.close()
    assert a.index.count() == 3


def test_a_search_does_not_wait_for_a_long_catching_up(
    machine: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = machine("a")
    a.store.commit(document("one"))
    monkeypatch.setattr(module, "FRESHEN_SECONDS", 0.01)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    go = threading.Event()
    clear, clears = a.index.clear, []

    def waiting(lease: object) -> None:
        clears.append(1)
        go.wait()
        clear(lease)  # type: ignore[arg-type]

    monkeypatch.setattr(a.index, "clear", waiting)
    for _ in range(3):
        a.projector.freshen(["vectors.text"])
        assert a.index.count() == 0

    go.set()
    a.projector.close()
    assert len(clears) == 1
    assert a.index.count() == 3


def test_a_store_that_fails_does_not_fail_the_search(machine: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    a = machine("a")
    a.store.commit(document("one"))

    def broken(*_: object) -> int:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(a.store, "outbox_end", broken)
    a.projector.freshen(["vectors.text"])
