"""Places, times and sizes in words."""

from __future__ import annotations

import time

from midspan.platform.matching import spans, telling_words
from midspan.records import Unit


def clock(seconds: float) -> str:
    """``m:ss``, with hours where there are some."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def duration(milliseconds: float) -> str:
    """How long a search took."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def place(unit: Unit, start: float, end: float, page: int | None = None) -> str:
    """Where something stands in its source."""
    if unit == "s":
        return f"{clock(start)} to {clock(end)}"
    characters = f"characters {int(start):,} to {int(end):,}"
    return characters if page is None else f"page {page}, {characters}"


def ago(then: float, now: float | None = None) -> str:
    """A Unix time as the distance to now."""
    seconds = max(0.0, (time.time() if now is None else now) - then)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def byte_size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"


def counted(count: int, noun: str, plural: str = "") -> str:
    """``1 hit``, ``2 hits``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def query_spans(query: str, text: str) -> list[tuple[int, int]]:
    """Where the telling words of a query stand in a text, endings aside."""
    return spans(telling_words(query), text)
