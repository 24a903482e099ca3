"""Networks by torch, on a CUDA device where there is one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from midspan.models.kit.engine import TOKENS, TOKENS_CUDA, Floats


class TorchEngine:
    def __init__(self, network: nn.Module, device: torch.device | None = None) -> None:
        """The network moves to ``device``: without one a CUDA device where there is one, else the CPU."""
        self._device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._network = network.to(self._device)
        self.tokens = TOKENS_CUDA if self._device.type == "cuda" else TOKENS

    def __call__(self, *inputs: npt.NDArray[Any]) -> Floats:
        with torch.inference_mode():
            said = self._network(*(torch.from_numpy(one).to(self._device) for one in inputs))
        return np.asarray(said.float().cpu().numpy())
