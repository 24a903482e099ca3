"""A trained model on disk: a folder of ``config.json``, ``model.safetensors`` and ``card.json``.

The card says in words what the model is: trained on what, under which licence, how good, how to train it
again. Only the other two decide what the model answers, so only they are hashed; the card holds their hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from midspan.errors import ModelFilesMissing
from midspan.models.kit.card import CARD, SAID, missing_from, read_card
from midspan.models.kit.files import write_json
from midspan.models.kit.weights import check_hash, file_sha256

CONFIG, TENSORS = "config.json", "model.safetensors"


@dataclass(frozen=True)
class ModelFolder:
    config: dict[str, Any]
    tensors: dict[str, Tensor]
    """float32 where they are no whole numbers."""
    card: dict[str, Any]
    sha256: str

    def part(self, name: str) -> dict[str, Tensor]:
        """The tensors of a part, without its name and the point after it."""
        start = f"{name}."
        return {
            key.removeprefix(start): value for key, value in self.tensors.items() if key.startswith(start)
        }


def save_model(
    folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor], card: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a model, its tensors in half precision; returns the card, with its hash and size in bytes.

    Raises ``ValueError`` where the card leaves out what a card has to say.
    """
    if missing := missing_from(card, SAID):
        raise ValueError(f"the card of {folder.name} does not say {missing}")
    folder.mkdir(parents=True, exist_ok=True)
    half = {name: _half(value) for name, value in sorted(tensors.items())}
    safetensors.torch.save_file(half, folder / TENSORS)
    write_json(folder / CONFIG, config)
    size = (folder / TENSORS).stat().st_size
    whole = {**card, "weights_sha256": model_sha256(folder), "bytes": size}
    write_json(folder / CARD, whole)
    return whole


def load_model(folder: Path) -> ModelFolder:
    """Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` where config and tensors are not those that the
    card names. A folder of before cards named them is taken as it is."""
    for name in (CONFIG, TENSORS, CARD):
        if not (folder / name).is_file():
            raise ModelFilesMissing(
                f"{folder}: expected a model folder with {CONFIG}, {TENSORS} and {CARD}, found no {name}; "
                "install midspan again, or train the model (`midspan models` says how)"
            )
    card, found = read_card(folder), model_sha256(folder)
    if "weights_sha256" in card:
        remedy = "install midspan again, or train the model again"
        check_hash(str(folder), found, card["weights_sha256"], remedy)
    tensors = safetensors.torch.load_file(folder / TENSORS)
    return ModelFolder(
        config=json.loads((folder / CONFIG).read_text("utf-8")),
        tensors={
            name: value.float() if value.is_floating_point() else value for name, value in tensors.items()
        },
        card=card,
        sha256=found,
    )


def model_sha256(folder: Path) -> str:
    """SHA-256 (hex) over the hashes of ``config.json`` and ``model.safetensors``."""
    lines = "".join(f"{file_sha256(folder / name)}  {name}\n" for name in (CONFIG, TENSORS))
    return hashlib.sha256(lines.encode()).hexdigest()


def _half(tensor: Tensor) -> Tensor:
    kept = tensor.detach().contiguous().cpu()
    return kept.half() if kept.is_floating_point() else kept
