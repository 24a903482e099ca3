"""Which stages have to run in one process, one after the other, and which may run side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain

from midspan.pipelines.stage import Stage


@dataclass(frozen=True)
class Part:
    """Stages that share what does not travel, as a parse."""

    stages: tuple[Stage, ...]
    """In order."""
    remembers: bool
    """One of them has memories: the segments of a source come in order."""
    after: tuple[int, ...]
    """Which parts before this one make something that it uses."""
    makes: frozenset[str]
    """What other parts use of it."""


def parts_of(stages: Sequence[Stage]) -> list[Part]:
    """All these stages, each in one part: with all that it requires and all that require the same."""
    together: list[list[Stage]] = []
    for stage in stages:
        mine = [part for part in together if any(_meet(stage.requires, other) for other in part)]
        together = [part for part in together if part not in mine] + [[*chain(*mine), stage]]
    together = [sorted(part, key=stages.index) for part in together]
    together.sort(key=lambda part: stages.index(part[0]))
    return [_part(index, together) for index in range(len(together))]


def _part(index: int, together: Sequence[Sequence[Stage]]) -> Part:
    stages = together[index]
    used = {name for stage in stages for name in stage.uses}
    used_later = {name for part in together[index + 1 :] for stage in part for name in stage.uses}
    return Part(
        stages=tuple(stages),
        remembers=any(stage.remembers for stage in stages),
        after=tuple(n for n in range(index) if any(_meet(used, stage) for stage in together[n])),
        makes=frozenset(name for stage in stages for name in stage.produces) & used_later,
    )


def _meet(names: Collection[str], stage: Stage) -> bool:
    return not set(names).isdisjoint(stage.produces)
