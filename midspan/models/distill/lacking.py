"""Teachers of what clips do not have are left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from midspan.models.action.clips import read_data
from midspan.models.distill.distilling import Plan


def taught_by(plan: Plan, data: Path | None) -> tuple[Plan, tuple[str, ...]]:
    """The plan with the teachers that the clips of a folder have something for, and those left out.

    Raises ``WrongUse`` where none remains.
    """
    lacks = () if data is None else read_data(data).train.parts[0].meta.lacks
    left_out = tuple(one for one in plan.teachers if one in lacks)
    return replace(plan, teachers=tuple(one for one in plan.teachers if one not in lacks)), left_out
