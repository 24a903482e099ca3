"""``atlas.small`` as the rest of the program sees it: sentences in, calibrated probabilities out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from midspan.models.atlas.identity import SHIPPED
from midspan.models.atlas.language.organs import mentions
from midspan.models.atlas.learned.network import AtlasConfig, AtlasNetwork
from midspan.models.encoder import bundled_network, choose_device
from midspan.models.kit.calibration import softmax
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.frozen import load_trained, trained_state
from midspan.models.kit.gate import Gate
from midspan.models.kit.text_network import Tokenizer, answers


@dataclass(frozen=True)
class Thresholds:
    """Set on the validation split."""

    temperature: float
    temperature_named: float
    """Of texts that name an organ, of which the network is right far more often."""
    none: float
    """At or above this probability of "no anatomy" a sentence has none."""
    organ: float
    """Below this probability of the best organ the answer is an abstention."""
    organ_in_context: float
    """The same where the text before was weighed in."""


class OrganPredictor:
    """Texts to a distribution over the organs and "no anatomy"."""

    def __init__(
        self, network: AtlasNetwork, tokenizer: Tokenizer, gate: Gate, thresholds: Thresholds
    ) -> None:
        self.network, self._tokenizer = network.eval(), tokenizer
        self.organs = network.config.organs
        self.gate, self.thresholds = gate, thresholds

    @classmethod
    def load(cls, folder: Path = SHIPPED, *, device: str | None = None) -> OrganPredictor:
        """The shipped model, or one from a folder of the same format.

        Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` when the files are not those of the card.
        """
        return cls.from_folder(load_model(folder), device=device)

    @classmethod
    def from_folder(cls, model: ModelFolder, *, device: str | None = None) -> OrganPredictor:
        config = AtlasConfig.from_json(model.config["network"])
        encoder, tokenizer = bundled_network()
        tokenizer.enable_truncation(config.max_tokens)
        with torch.random.fork_rng(devices=[]):  # initial values are thrown away
            network = load_trained(AtlasNetwork(config, encoder), model.part("network"))
        gate = Gate.of(model.tensors, model.config["gate_threshold"])
        return cls(
            network.to(choose_device(device)), tokenizer, gate, Thresholds(**model.config["thresholds"])
        )

    def to_folder(self) -> tuple[dict[str, object], dict[str, Tensor]]:
        """Config and tensors for :func:`midspan.models.kit.folder.save_model`."""
        config = {
            "network": self.network.config.to_json(),
            "thresholds": asdict(self.thresholds),
            "gate_threshold": self.gate.threshold,
        }
        network = {f"network.{name}": value for name, value in trained_state(self.network).items()}
        return config, {**network, **self.gate.tensors}

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(n, organs + 1): the last column is "no anatomy"; each row sums to 1."""
        if not texts:
            return np.zeros((0, len(self.organs) + 1))
        named = np.array([any(mention.organ for mention in mentions(text)) for text in texts])
        limits = self.thresholds
        temperatures = np.where(named, limits.temperature_named, limits.temperature)
        return softmax(answers(self.network, self._tokenizer, texts) / temperatures[:, None])
