"""How well a network places what it has not seen, while it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from midspan.models.scene.learned.decoding import decode
from midspan.models.scene.learned.measures import absolute
from midspan.models.scene.learned.placer import asking
from midspan.models.scene.training.examples import Placed
from midspan.models.scene.training.network import PlacingNetwork


def figures_of(network: PlacingNetwork, scenes: Sequence[Placed]) -> dict[str, float]:
    """Of ``one_step_all``, as decoding is later: without the places of other things. ``score`` is the
    unmirrored absolute similarity."""

    def engine(*inputs: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            return network(*map(torch.from_numpy, inputs)).float().numpy()  # type: ignore[no-any-return]

    rows = [one.row for one in scenes]
    found = [one[0] for one in decode(asking(engine), rows, network.config.heads, "one_step_all")]
    pairs = list(zip(found, scenes, strict=True))
    right = np.concatenate([said.bins[:, 2:] == true.bins[:, 2:] for said, true in pairs])
    return {
        "score": float(
            np.mean([absolute(said.points, true.points.astype(np.float64)) for said, true in pairs])
        ),
        "depth": float(right[:, 0].mean()),
        "facing": float(right[:, 1].mean()),
    }
