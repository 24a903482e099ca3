"""What states a run of the atlas model, without loading the model: no third party is imported here."""

from __future__ import annotations

from pathlib import Path

from midspan.models.kit.card import shipped_card

ATLAS = "mird-adult"
"""Name of the atlas that ships."""
NAME = "atlas.small"
SHIPPED = Path(__file__).parent / "learned/weights/small"


def weights_sha256() -> str:
    """Of the shipped model. Raises ``ModelFilesMissing``."""
    return str(shipped_card(SHIPPED)["weights_sha256"])
