"""A trained model on disk: a folder of ``config.json``, ``model.safetensors`` and ``card.json``.

The card says in words what the model is: trained on what, under which licence, how good, how to train it
again. Only the other two decide what the model answers, so only they are hashed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from midspan.errors import ModelFilesMissing
from midspan.models.kit.weights import check_hash, file_sha256

CONFIG, TENSORS, CARD = "config.json", "model.safetensors", "card.json"


@dataclass(frozen=True)
class ModelFolder:
    config: dict[str, Any]
    tensors: dict[str, Tensor]
    """float32."""
    card: dict[str, Any]
    sha256: str


def save_model(folder: Path, config: dict[str, Any], tensors: dict[str, Tensor], card: dict[str, Any]) -> str:
    """Write a model, its tensors in half precision; returns its hash."""
    folder.mkdir(parents=True, exist_ok=True)
    half = {name: value.detach().half().contiguous().cpu() for name, value in sorted(tensors.items())}
    safetensors.torch.save_file(half, folder / TENSORS)
    _write(folder / CONFIG, config)
    _write(folder / CARD, card)
    return model_sha256(folder)


def load_model(folder: Path, expected_sha256: str | None = None) -> ModelFolder:
    """Raises ``ModelFilesMissing``, or ``ModelHashMismatch`` where a hash is expected."""
    for name in (CONFIG, TENSORS, CARD):
        if not (folder / name).is_file():
            raise ModelFilesMissing(
                f"{folder}: expected a model folder with {CONFIG}, {TENSORS} and {CARD}, found no {name}; "
                "install midspan again, or train the model (`midspan models` says how)"
            )
    found = model_sha256(folder)
    if expected_sha256 is not None:
        check_hash(str(folder), found, expected_sha256, "install midspan again")
    tensors = safetensors.torch.load_file(folder / TENSORS)
    return ModelFolder(
        config=json.loads((folder / CONFIG).read_text("utf-8")),
        tensors={name: value.to(torch.float32) for name, value in tensors.items()},
        card=json.loads((folder / CARD).read_text("utf-8")),
        sha256=found,
    )


def model_sha256(folder: Path) -> str:
    """SHA-256 (hex) over the hashes of ``config.json`` and ``model.safetensors``."""
    lines = "".join(f"{file_sha256(folder / name)}  {name}\n" for name in (CONFIG, TENSORS))
    return hashlib.sha256(lines.encode()).hexdigest()


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
