"""Any network of actions, by a config that is kept with its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from midspan.models.action.classes import Classes
from midspan.models.action.inputs import INPUT_NAMES, Modality
from midspan.models.action.networks.appearance import AppearanceConfig, AppearanceNetwork
from midspan.models.action.networks.audio import AudioConfig, AudioNetwork
from midspan.models.action.networks.by_moment import by_moment
from midspan.models.action.networks.fusion import FusionConfig, FusionNetwork
from midspan.models.action.networks.heads import by_head
from midspan.models.action.networks.layout import LayoutConfig, LayoutNetwork
from midspan.models.kit.graph import export_graph

Kind = Literal["layout", "appearance", "audio", "fusion"]
Sizes = LayoutConfig | AppearanceConfig | AudioConfig | FusionConfig
ANSWER = "answer"
TABLE: dict[Kind, tuple[Any, Any]] = {
    "layout": (LayoutConfig, LayoutNetwork),
    "appearance": (AppearanceConfig, AppearanceNetwork),
    "audio": (AudioConfig, AudioNetwork),
    "fusion": (FusionConfig, FusionNetwork),
}


@dataclass(frozen=True)
class NetworkConfig:
    kind: Kind
    modalities: tuple[Modality, ...]
    """What it is shown, in this order."""
    sizes: Sizes
    classes: Classes

    def build(self) -> nn.Module:
        network: nn.Module = TABLE[self.kind][1](self.sizes, self.classes)
        return network

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "modalities": list(self.modalities),
            "sizes": self.sizes.to_json(),
            "classes": self.classes.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> NetworkConfig:
        kind: Kind = data["kind"]
        sizes, classes = TABLE[kind][0].from_json(data["sizes"]), Classes.from_json(data["classes"])
        return cls(kind, tuple(data["modalities"]), sizes, classes)


def all_logits(network: nn.Module, inputs: tuple[Tensor, ...]) -> dict[str, dict[str, Tensor]]:
    """What is trained of a network's answers, by name and head; the last is the answer."""
    if isinstance(network, FusionNetwork):
        boxes, categories, scores, clip = inputs
        return network.logits(boxes, categories, scores, clip)
    classes: Classes = network.classes  # type: ignore[assignment]
    return {ANSWER: by_head(network(*inputs), classes)}


def weights_of(network: nn.Module) -> dict[str, npt.NDArray[Any]]:
    """For a model folder: all of it, frozen or not."""
    return {f"network.{name}": value.cpu().numpy() for name, value in network.state_dict().items()}


def load_network(config: NetworkConfig, tensors: dict[str, npt.NDArray[Any]]) -> nn.Module:
    """In evaluation mode. Raises ``RuntimeError`` where the tensors are not the network's."""
    with torch.random.fork_rng(devices=[]):  # initial values are thrown away
        network = config.build()
    network.load_state_dict({name: torch.from_numpy(np.asarray(value)) for name, value in tensors.items()})
    return network.eval()


def network_graph(network: nn.Module, config: NetworkConfig, inputs: tuple[npt.NDArray[Any], ...]) -> bytes:
    """Its graph, shown some inputs of two clips or more."""
    names = [name for modality in config.modalities for name in INPUT_NAMES[modality]]
    shown = [torch.from_numpy(one) for one in inputs]
    return export_graph(by_moment(network.cpu()), shown, names, [{0: "batch"}] * len(shown))
