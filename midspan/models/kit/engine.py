"""What answers for a network: ONNX Runtime on the CPU, or torch where there is a CUDA device or it is asked
for. Both read the same weights; only the second needs torch."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from midspan.errors import WrongUse, needs_extra

EngineName = Literal["auto", "onnxruntime", "torch"]
Floats = npt.NDArray[np.float32]
TOKENS = 512
"""In a batch, on a CPU: enough to fill it, few enough to stay in its cache."""
TOKENS_CUDA = 32_768
DEVICE_FILES = ("/dev/nvidiactl", "/dev/dxg")


class Engine(Protocol):
    tokens: int
    """How many tokens a batch should hold, padding among them."""

    def __call__(self, *inputs: npt.NDArray[Any]) -> Floats:
        """The network's output for a batch of its inputs, float32."""


def choose(name: EngineName, by_onnxruntime: Callable[[], Engine], by_torch: Callable[[], Engine]) -> Engine:
    """The named engine; for ``auto`` torch where it can use a CUDA device, else ONNX Runtime.

    Raises ``WrongUse``, and ``MissingExtra`` where torch is asked for and not installed.
    """
    if name not in ("auto", "onnxruntime", "torch"):
        raise WrongUse(f"unknown engine {name!r}; known: auto, onnxruntime, torch")
    wants_torch = name == "torch" or (name == "auto" and has_cuda())
    if not wants_torch:
        return by_onnxruntime()
    with needs_extra("Inference by torch", "train"):
        return by_torch()


def has_cuda() -> bool:
    """Whether torch is installed and finds a CUDA device. Torch takes seconds to load, so it is asked only
    where the system has such a device."""
    if not any(Path(file).exists() for file in DEVICE_FILES) or importlib.util.find_spec("torch") is None:
        return False
    import torch

    return bool(torch.cuda.is_available())
