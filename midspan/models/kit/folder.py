"""A trained model on disk: ``config.json``, ``model.safetensors``, ``graph.onnx`` and ``card.json``.

Torch and ONNX Runtime read the same weights; the graph is what only the second needs, and holds none. The
card says in words what the model is: trained on what, under which licence, how good, how to train it again.
Config and tensors decide what the model answers and give it its hash; the card holds it, and the graph's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors.numpy

from midspan.errors import ModelFilesMissing
from midspan.models.kit.card import CARD, SAID, missing_from, read_card
from midspan.models.kit.files import write_json
from midspan.models.kit.weights import check_hash, file_sha256

CONFIG, TENSORS, GRAPH = "config.json", "model.safetensors", "graph.onnx"
REMEDY = "install midspan again, or train the model again"
Tensors = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class ModelFolder:
    config: dict[str, Any]
    tensors: Tensors
    """float32 where they are no whole numbers."""
    card: dict[str, Any]
    sha256: str
    graph: bytes = b""
    """Empty where the model's network has none: torch alone can answer then."""

    def part(self, name: str) -> Tensors:
        """The tensors of a part, without its name and the point after it."""
        start = f"{name}."
        return {
            key.removeprefix(start): value for key, value in self.tensors.items() if key.startswith(start)
        }


def save_model(
    folder: Path,
    config: Mapping[str, Any],
    tensors: Mapping[str, npt.ArrayLike],
    card: Mapping[str, Any],
    *,
    graph: bytes = b"",
    check: Callable[[ModelFolder], Mapping[str, Any]] = lambda _: {},
) -> dict[str, Any]:
    """Write a model, its tensors in half precision; returns the card, with hashes and the size in bytes.

    ``check`` is shown the model as it will be read; what it finds stands in the card. If it raises, there is
    no card, and so no model. Raises ``ValueError`` where the card leaves out what a card has to say.
    """
    if missing := missing_from(card, SAID):
        raise ValueError(f"the card of {folder.name} does not say {missing}")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (CARD, GRAPH):
        (folder / name).unlink(missing_ok=True)
    half = {name: _half(value) for name, value in sorted(tensors.items())}
    safetensors.numpy.save_file(half, folder / TENSORS)
    write_json(folder / CONFIG, config)
    whole = {
        **card,
        "weights_sha256": model_sha256(folder),
        "bytes": (folder / TENSORS).stat().st_size,
    }
    if graph:
        (folder / GRAPH).write_bytes(graph)
        whole["graph_sha256"] = file_sha256(folder / GRAPH)
    whole |= check(_read(folder, whole))
    write_json(folder / CARD, whole)
    return whole


def add_to_model(
    folder: Path,
    config: Mapping[str, Any],
    tensors: Mapping[str, npt.ArrayLike] | None = None,
    *,
    graph: bytes = b"",
    check: Callable[[ModelFolder], Mapping[str, Any]] = lambda _: {},
) -> dict[str, Any]:
    """What is chosen with a model as it will be read belongs to it too; returns the card with its new hashes.

    What is not given, or has other names, stays. The card comes last: a folder that was left in between is
    refused. Raises as :func:`load_model` and :func:`save_model` do.
    """
    model = load_model(folder)
    return save_model(
        folder,
        {**model.config, **config},
        {**model.tensors, **(tensors or {})},
        model.card,
        graph=graph or model.graph,
        check=check,
    )


def load_model(folder: Path) -> ModelFolder:
    """Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` where the files are not those that the card
    names. A folder of before cards named them is taken as it is."""
    card = read_card(folder)
    needed = (CONFIG, TENSORS, *([GRAPH] if "graph_sha256" in card else []))
    for name in needed:
        if not (folder / name).is_file():
            raise ModelFilesMissing(
                f"{folder}: expected a model folder with {', '.join((*needed, CARD))}, found no {name}; "
                "install midspan again, or train the model (`midspan models` says how)"
            )
    if "weights_sha256" in card:
        check_hash(str(folder), model_sha256(folder), card["weights_sha256"], REMEDY)
    if "graph_sha256" in card:
        check_hash(str(folder / GRAPH), file_sha256(folder / GRAPH), card["graph_sha256"], REMEDY)
    return _read(folder, card)


def model_sha256(folder: Path) -> str:
    """SHA-256 (hex) over the hashes of ``config.json`` and ``model.safetensors``."""
    lines = "".join(f"{file_sha256(folder / name)}  {name}\n" for name in (CONFIG, TENSORS))
    return hashlib.sha256(lines.encode()).hexdigest()


def _read(folder: Path, card: dict[str, Any]) -> ModelFolder:
    return ModelFolder(
        config=json.loads((folder / CONFIG).read_text("utf-8")),
        tensors={
            name: _float(value) for name, value in safetensors.numpy.load_file(folder / TENSORS).items()
        },
        card=card,
        sha256=model_sha256(folder),
        graph=(folder / GRAPH).read_bytes() if "graph_sha256" in card else b"",
    )


def _half(value: npt.ArrayLike) -> npt.NDArray[Any]:
    kept = np.ascontiguousarray(value).reshape(np.shape(value))
    return kept.astype(np.float16) if np.issubdtype(kept.dtype, np.floating) else kept


def _float(value: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return value.astype(np.float32) if np.issubdtype(value.dtype, np.floating) else value
