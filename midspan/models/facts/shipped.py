"""The linker that comes with midspan: where its folder is, and its name. Nothing is imported here."""

from __future__ import annotations

from pathlib import Path

LINKER = Path(__file__).parent / "link" / "small"
LINKER_NAME = "facts.small"
