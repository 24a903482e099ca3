"""Which entities are the same by the decisions that hold, and what a further one would contradict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timezone

from midspan.errors import WrongUse
from midspan.records import Decision, Named, is_outside

Pair = tuple[str, str]


def judged(decisions: Iterable[Decision]) -> list[Decision]:
    """The same ones in order of number, each saying whether it holds."""
    listed = sorted(decisions, key=lambda decision: decision.number)
    newest = {decision.pair: decision.number for decision in listed if decision.undone is None}
    return [replace(one, holds=newest.get(one.pair) == one.number) for one in listed]


class Joined:
    """A graph of what is the same: a forest, as long as each decision was checked before it was added."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        held = [decision for decision in judged(decisions) if decision.holds]
        self._held = {decision.pair: decision for decision in held}
        self._beside: dict[str, list[str]] = {}
        for decision in held:
            if decision.verdict == "same":
                for here, there in (decision.pair, reversed(decision.pair)):
                    self._beside.setdefault(here, []).append(there)

    def holding(self, pair: Pair) -> Decision | None:
        return self._held.get(pair)

    def without(self, pair: Pair) -> Joined:
        return Joined(decision for decision in self._held.values() if decision.pair != pair)

    def refuse_same(self, one: Named, other: Named) -> None:
        """Raises ``WrongUse`` where these two, which nothing holds about, cannot become the same."""
        if way := self._way(one.uid, other.uid):
            raise WrongUse(f"{one.uid} and {other.uid} are the same already, by way of {_through(way)}")
        left, right = self._all(one.uid), self._all(other.uid)
        known = sorted(uid for uid in left | right if not is_outside(uid))
        if len(known) > 1:
            raise WrongUse(
                f"this would make {' and '.join(known)} the same, two entities of knowledge graphs; split "
                "what is joined to the wrong one first (`midspan kg merges` lists it)"
            )
        for decision in self._held.values():
            if decision.verdict == "different" and (
                (decision.one.uid in left and decision.other.uid in right)
                or (decision.one.uid in right and decision.other.uid in left)
            ):
                raise WrongUse(_said(decision))

    def refuse_different(self, one: Named, other: Named) -> None:
        """Raises ``WrongUse`` where these two are the same by way of others."""
        way = self._way(one.uid, other.uid)
        if len(way) > 2:
            raise WrongUse(
                f"{one.uid} and {other.uid} are the same by way of {_through(way)}; split two that stand "
                "beside each other there first"
            )

    def _all(self, uid: str) -> set[str]:
        """Everything that is the same as this, with itself."""
        found, ahead = {uid}, [uid]
        while ahead:
            new = set(self._beside.get(ahead.pop(), ())) - found
            found |= new
            ahead += new
        return found

    def _way(self, one: str, other: str) -> list[str]:
        """From one to the other, both included; empty where they are not the same."""
        ways = [[one]]
        while ways:
            way = ways.pop()
            if way[-1] == other:
                return way
            ways += [[*way, uid] for uid in self._beside.get(way[-1], ()) if uid not in way]
        return []


def _through(way: list[str]) -> str:
    return " - ".join(way)


def _said(decision: Decision) -> str:
    day = datetime.fromtimestamp(decision.at, tz=timezone.utc).date()
    why = f" ({decision.why})" if decision.why else ""
    return (
        f"{decision.one.uid} and {decision.other.uid} are different: {decision.by} said so on {day}{why}; "
        f"`midspan kg undo {decision.number}` takes that back"
    )
