"""The graph of a network that places things, and whether both engines say the same by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from midspan.models.kit.folder import ModelFolder
from midspan.models.kit.graph import export_graph
from midspan.models.kit.parity import parity
from midspan.models.scene.learned.grid import MASKED
from midspan.models.scene.learned.placer import INPUTS, Placer
from midspan.models.scene.learned.rows import LABEL_PIECES, Row
from midspan.models.scene.training.network import PlacingNetwork


def placing_graph(network: PlacingNetwork) -> bytes:
    """Of any number of scenes, pieces and things."""
    batch, length, things = 2, 8, 3
    ones = torch.ones((batch, length), dtype=torch.int64)
    inputs = (
        ones,
        torch.ones((batch, things, LABEL_PIECES), dtype=torch.int64),
        torch.ones((batch, things), dtype=torch.int64),
        torch.ones((batch, things, length), dtype=torch.int64),
        torch.ones((batch, things, things), dtype=torch.int64),
        torch.ones((batch, things, 4), dtype=torch.int64),
    )
    axes = (
        {0: "batch", 1: "length"},
        {0: "batch", 1: "things"},
        {0: "batch", 1: "things"},
        {0: "batch", 1: "things", 2: "length"},
        {0: "batch", 1: "things", 2: "things"},
        {0: "batch", 1: "things"},
    )
    return export_graph(network, inputs, INPUTS, axes)


def engines_agree(model: ModelFolder, rows: Sequence[Row]) -> dict[str, Any]:
    """What the card says of it; things without places. Raises ``EnginesDiffer``."""
    placed = [np.tile(np.array(MASKED, dtype=np.int64), (len(row.ids), 1)) for row in rows]
    said = [
        np.concatenate(Placer.from_folder(model, engine=engine).ask(rows, placed))
        for engine in ("torch", "onnxruntime")
    ]
    return {"engines": parity(*said, classes=False).to_json()}
