"""Do two engines give the same answers? Asked before a model is kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.errors import EnginesDiffer

LARGEST = 1e-3
"""Between what two engines may say of the same input; rounding alone makes a hundredth of it."""


@dataclass(frozen=True)
class Parity:
    """Of what torch and ONNX Runtime say of the same inputs."""

    answers: int
    largest_difference: float
    """Of any two outputs, as they leave the network."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def parity(by_torch: npt.NDArray[Any], by_onnxruntime: npt.NDArray[Any], *, classes: bool = True) -> Parity:
    """Outputs (n, k) of two engines.

    Raises ``EnginesDiffer`` where they are further apart than ``LARGEST``, or, where the outputs are those of
    ``classes``, another one is the most probable.
    """
    if by_torch.shape != by_onnxruntime.shape:
        raise EnginesDiffer(f"torch answers {by_torch.shape}, ONNX Runtime {by_onnxruntime.shape}")
    largest = float(np.abs(by_torch - by_onnxruntime).max())
    others = int((by_torch.argmax(axis=-1) != by_onnxruntime.argmax(axis=-1)).sum()) if classes else 0
    if not largest <= LARGEST or others:
        raise EnginesDiffer(
            f"torch and ONNX Runtime differ by up to {largest:.2g} (allowed {LARGEST:g}), in {others} of "
            f"{len(by_torch)} answers in what they answer; the model is not kept: report this with the "
            "versions of torch, onnx and onnxruntime"
        )
    return Parity(len(by_torch), largest)
