"""The model that comes with midspan: where its folder is, and its name. Nothing is imported here."""

from __future__ import annotations

from pathlib import Path

PLACER = Path(__file__).parent / "learned" / "small"
PLACER_NAME = "scene.small"
