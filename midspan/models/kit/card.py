"""What a model folder says of itself; read with the standard library alone, so that naming a model loads
nothing.

``weights_sha256`` is the model's identity: runs carry it, and the loader refuses tensors that do not have it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from midspan.errors import ModelFilesMissing

CARD = "card.json"
SAID = ("name", "licence", "trained_on", "retrain")
"""What whoever trains a model has to say of it."""
MEASURED = ("weights_sha256", "bytes")
"""What is written beside it when the folder is."""


def read_card(folder: Path) -> dict[str, Any]:
    """Raises ``ModelFilesMissing``."""
    if not (folder / CARD).is_file():
        raise ModelFilesMissing(
            f"{folder}: expected a model folder with {CARD}, found none; install midspan again, or train the "
            "model (`midspan models` says how)"
        )
    card: dict[str, Any] = json.loads((folder / CARD).read_text("utf-8"))
    return card


def shipped_card(folder: Path) -> dict[str, Any]:
    """The card of a model that ships: it says all there is to say. Raises ``ModelFilesMissing``."""
    card = read_card(folder)
    if missing := missing_from(card, (*SAID, *MEASURED)):
        raise ModelFilesMissing(f"{folder / CARD} does not say {missing}; install midspan again")
    return card


def missing_from(card: Mapping[str, Any], needed: tuple[str, ...]) -> str:
    """What a card leaves out, in words; empty where nothing."""
    return ", ".join(name for name in needed if not card.get(name))
