"""The chapters whose models are trained and measured; each has a ``CHAPTER`` in its module ``chapter``."""

from __future__ import annotations

import importlib

from midspan.errors import UnknownName
from midspan.models.kit.chapter import Chapter

CHAPTERS = (  # one line a chapter
    "action",
    "atlas",
    "distill",
    "facts",
    "scene",
)


def chapter(name: str) -> Chapter:
    """Raises ``UnknownName``."""
    if name not in CHAPTERS:
        raise UnknownName("chapter", name, list(CHAPTERS))
    found: Chapter = importlib.import_module(f"midspan.models.{name}.chapter").CHAPTER
    return found
