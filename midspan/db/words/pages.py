"""The pages that a query names."""

from __future__ import annotations

import re

from midspan.errors import WrongUse

_PAGES = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


def pages(said: str) -> tuple[int, int]:
    """``3-5`` as (first, last). Raises ``WrongUse`` for what is no page."""
    match = _PAGES.fullmatch(said)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last:
        raise WrongUse(f"page:{said} names no page; write page:3 or page:3-5")
    return first, last
