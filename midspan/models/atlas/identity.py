"""What names the atlas model in runs, read without loading it: no third party is imported here."""

from __future__ import annotations

from pathlib import Path

ATLAS = "mird-adult"
"""Name of the atlas that ships."""
NAME = "atlas.small"
SHIPPED = Path(__file__).parent / "learned/weights/small"
