"""A model of actions as the rest of the program sees it: clips in, calibrated probabilities out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.errors import ModelFilesMissing
from midspan.models.action.classes import Classes
from midspan.models.action.clips import Clips
from midspan.models.action.inputs import Boxes, Inputs, Modality, Views, inputs
from midspan.models.kit.calibration import softmax
from midspan.models.kit.engine import Engine, EngineName, Floats, choose
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.onnx_engine import OnnxEngine

BATCH = 8
"""Clips; enough to fill a processor's core, few enough to stay in its cache."""
Probabilities = npt.NDArray[np.float64]


class ActionPredictor:
    """What is shown of a clip (``modalities``, in this order) to the classes of each head."""

    def __init__(
        self,
        engine: Engine,
        modalities: tuple[Modality, ...],
        classes: Classes,
        temperatures: Mapping[str, float],
    ) -> None:
        """``temperatures`` are the heads'."""
        self._engine, self._temperatures = engine, temperatures
        self.modalities, self.classes = modalities, classes

    @classmethod
    def load(cls, folder: Path, *, engine: EngineName = "auto", threads: int = 1) -> ActionPredictor:
        """Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` when the files are not the card's."""
        return cls.from_folder(load_model(folder), engine=engine, threads=threads)

    @classmethod
    def from_folder(
        cls, model: ModelFolder, *, engine: EngineName = "auto", threads: int = 1
    ) -> ActionPredictor:
        network = model.config["network"]
        return cls(
            choose(engine, partial(_by_onnxruntime, model, threads), partial(_by_torch, model)),
            tuple(network["modalities"]),
            Classes.from_json(network["classes"]),
            model.config["temperatures"],
        )

    def logits(self, shown: Inputs, check: Callable[[], None] = lambda: None) -> Floats:
        """(n, classes.total) of what :func:`inputs_of` makes.

        ``check`` is called before each batch; what it raises ends the work.
        """
        return self.said(shown, check)[:, : self.classes.total]

    def said(self, shown: Inputs, check: Callable[[], None] = lambda: None) -> Floats:
        """(n, classes.total + looks): all that the network says; see ``AppearanceConfig.looks``."""
        count, parts = len(shown[0]), []
        for start in range(0, count, BATCH):
            check()
            parts.append(self._engine(*(one[start : start + BATCH] for one in shown)))
        return np.concatenate(parts) if parts else np.zeros((0, self.classes.total), dtype=np.float32)

    def of_clips(self, clips: Clips, views: Views | None = None, boxes: Boxes = "seen") -> Floats:
        """Logits (n, classes.total) of clips, read in parts."""
        parts = []
        for start in range(0, len(clips), 4 * BATCH):
            places = np.arange(start, min(start + 4 * BATCH, len(clips)))
            shown = views.at(places) if views is not None else None
            parts.append(self.logits(inputs_of(self.modalities, clips.at(places), shown, boxes)))
        return np.concatenate(parts) if parts else np.zeros((0, self.classes.total), dtype=np.float32)

    def probabilities(self, logits: npt.NDArray[np.floating]) -> dict[str, Probabilities]:
        """Calibrated, by head: (n, classes), rows sum to 1."""
        return {
            head: softmax(said, self._temperatures[head]) for head, said in self.classes.split(logits).items()
        }


def inputs_of(
    modalities: tuple[Modality, ...], clips: Clips, views: Views | None = None, boxes: Boxes = "seen"
) -> Inputs:
    """What a network of several modalities is given."""
    return tuple(one for modality in modalities for one in inputs(modality, clips, views, boxes))


def _by_onnxruntime(model: ModelFolder, threads: int) -> Engine:
    if not model.graph:
        raise ModelFilesMissing(
            "the model folder has no graph.onnx, so that torch alone can answer (MIDSPAN_ENGINE=torch)"
        )
    return OnnxEngine(model.graph, model.part("network"), threads=threads, folded=True)


def _by_torch(model: ModelFolder) -> Engine:
    from midspan.models.action.networks.network import NetworkConfig, load_network  # loads torch
    from midspan.models.kit.torch_engine import TorchEngine

    config = NetworkConfig.from_json(model.config["network"])
    tensors: dict[str, Any] = model.part("network")
    return TorchEngine(load_network(config, tensors))
