"""How the pages show each kind of record: a module each; a new one is a file here and a line in the table."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from midspan.ui.kinds.view import KindView, table
from midspan.ui.label import SEGMENTS, Label

_MODULES = (
    "fact",
    "atlas",
    "scene",
    "event",
)

KINDS: dict[str, KindView[Any]] = table(import_module(f"{__name__}.{module}").VIEW for module in _MODULES)
"""The view of each kind, in the order of pages, counts and the filter."""

LABELS: dict[str, Label] = {**SEGMENTS, **KINDS}
"""What a hit or a passage may be: a segment or a record."""
