"""Teachers of what clips do not have are left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from midspan.models.action.clips import Data, read_data
from midspan.models.distill.distilling import Plan


def without(plan: Plan, data: Data) -> Plan:
    """The plan with the teachers that the clips have something for; with none ``WrongUse`` is raised."""
    lacks = data.train.parts[0].meta.lacks
    return replace(plan, teachers=tuple(one for one in plan.teachers if one not in lacks))


def left_out(plan: Plan, folder: Path | None) -> tuple[str, ...]:
    """Teachers of what the clips of a folder do not have; the benchmark's (None) lack nothing."""
    there = plan if folder is None else without(plan, read_data(folder))
    return tuple(one for one in plan.teachers if one not in there.teachers)
