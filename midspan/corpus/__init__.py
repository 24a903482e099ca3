"""The demo corpus that ships with midspan. README.md lists each file with its origin and licence."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The folder with ``documents/`` and ``videos/``."""
    return Path(__file__).parent
