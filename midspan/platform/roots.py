"""Which paths the browser may name: whoever reaches the page should not read the whole machine by it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from midspan.errors import WrongUse


def within(path: Path, roots: Sequence[Path]) -> Path:
    """The path, links and ``..`` followed. Raises ``WrongUse`` where it lies in none of the folders."""
    there = path.expanduser().resolve()
    allowed = [root.expanduser().resolve() for root in roots]
    if not any(there.is_relative_to(root) for root in allowed):
        names = ", ".join(map(str, allowed)) or "none"
        raise WrongUse(
            f"{there} lies in no folder that the browser may name ({names}); upload it, ingest it by "
            "`midspan ingest`, or name its folder in MIDSPAN_UI_ROOTS"
        )
    return there
