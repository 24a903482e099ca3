"""One case: break a run, set it right, compare with a run that nothing broke."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from faults import child
from faults.arena import Arena
from faults.contents import differences
from faults.kinds import Broken, faults
from faults.points import Profile
from faults.processes import run

EXPECTED_ENDS = frozenset({"done", "error", "killed"})
"""What a broken process may come to; an exception that is not midspan's own, or no end, is a finding."""


@dataclass(frozen=True)
class Outcome:
    """What became of one case."""

    fault: str
    profile: Profile
    seed: int
    fired: bool
    how: str
    """What was done, and how the broken process ended."""
    problems: tuple[str, ...]
    """Empty when the stores hold what they hold without the fault."""
    seconds: float

    @property
    def equal(self) -> bool:
        return not self.problems


def run_case(arena: Arena, fault: str, seed: int) -> Outcome:
    """The same case breaks the same place of the same work."""
    start = time.monotonic()
    chosen = random.Random(f"{fault}/{arena.profile}/{seed}")
    again = chosen.random() < 0.5
    _ = arena.reference
    site = arena.fresh()
    broken = faults(arena.profile)[fault](arena, site, chosen)
    problems = [*_bad_end(broken)]
    righted = run(child.set_right, site, again)
    if righted.how == "done":
        problems += differences(arena.reference.contents, righted.told["contents"])
        problems += [f"the same command again failed: {f}" for f in righted.told.get("failures", [])]
    else:
        problems.append(f"setting right ended as {righted.how}: {righted.message}")
    arena.drop(site)
    how = f"{broken.how}: {broken.end.how} {broken.end.message}".rstrip()
    how += "; the same command again" if again else "; another worker went on"
    seconds = time.monotonic() - start
    return Outcome(fault, arena.profile, seed, broken.fired, how, tuple(problems), seconds)


def _bad_end(broken: Broken) -> list[str]:
    if broken.end.how in EXPECTED_ENDS:
        return []
    return [f"the broken process ended as {broken.end.how}: {broken.end.message}"]
