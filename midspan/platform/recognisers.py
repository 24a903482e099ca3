"""Which recogniser of actions a workspace uses: known at once, loaded on first use."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.models.action.shipped import FUSION, STUDENT
from midspan.models.kit.card import read_card
from midspan.platform.lazy import Lazy

if TYPE_CHECKING:
    from midspan.models.action.recogniser import Recogniser

USUAL, NONE = "shipped", "none"


class Recognisers:
    def __init__(self, chosen: str, inference: dict[str, Any]) -> None:
        """``chosen`` is "shipped", "none" or the folder of a network of frames of one's own."""
        self._chosen, self._inference = chosen, inference
        self.load: Lazy[Recogniser] = Lazy(self._load)

    @cached_property
    def identity(self) -> dict[str, str]:
        """SHA-256 of the weights by name, that of frames alone first; empty where nothing is recognised.
        Raises ``ModelFilesMissing``."""
        if self._chosen == NONE:
            return {}
        cards = map(read_card, self._folders)
        return {str(card["name"]): str(card["weights_sha256"]) for card in cards}

    @property
    def _folders(self) -> tuple[Path, ...]:
        """Those that ship are two: of frames, and of frames and boxes."""
        return (STUDENT, FUSION) if self._chosen == USUAL else (Path(self._chosen).expanduser().absolute(),)

    def _load(self) -> Recogniser:
        """Raises ``ModelFilesMissing`` and ``ModelHashMismatch``."""
        from midspan.models.action.recogniser import Recogniser  # loads ONNX Runtime

        return Recogniser.load(*self._folders, **self._inference)
