"""``atlas.small`` as the rest of the program sees it: sentences in, calibrated probabilities out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tokenizers
import torch

from midspan.models.atlas.language.organs import mentions
from midspan.models.atlas.learned.network import AtlasConfig, AtlasNetwork, load_trained, start_from
from midspan.models.atlas.learned.training import answers
from midspan.models.encoder import bundled_network, choose_device
from midspan.models.kit.calibration import softmax
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.gate import Gate
from midspan.models.registry import model_entry

SHIPPED = Path(__file__).parent / "weights/small"
NAME = "atlas.small"


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
        self, network: AtlasNetwork, tokenizer: tokenizers.Tokenizer, gate: Gate, thresholds: Thresholds
    ) -> None:
        self.network = network.eval()
        self.organs = network.config.organs
        self.gate = gate
        self.thresholds = thresholds
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path = SHIPPED, *, device: str | None = None) -> OrganPredictor:
        """The shipped model, or one from a folder of the same format.

        Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` when the shipped files were changed.
        """
        expected = model_entry(NAME).weights_sha256 if folder == SHIPPED else None
        return cls.from_folder(load_model(folder, expected), device=device)

    @classmethod
    def from_folder(cls, model: ModelFolder, *, device: str | None = None) -> OrganPredictor:
        config = AtlasConfig.from_json(model.config["network"])
        encoder, tokenizer = bundled_network()
        tokenizer.enable_truncation(config.max_tokens)
        with torch.random.fork_rng(devices=[]):  # initial values are thrown away
            network = start_from(AtlasNetwork(config), encoder)
        gate = Gate(
            model.tensors["gate.weight"].numpy(),
            float(model.tensors["gate.bias"]),
            model.config["gate_threshold"],
        )
        trained = {
            name.removeprefix("network."): value
            for name, value in model.tensors.items()
            if name.startswith("network.")
        }
        load_trained(network, trained).to(choose_device(device))
        return cls(network, tokenizer, gate, Thresholds(**model.config["thresholds"]))

    def to_folder(self) -> tuple[dict[str, object], dict[str, torch.Tensor]]:
        """Config and tensors for :func:`midspan.models.kit.folder.save_model`."""
        config = {
            "network": self.network.config.to_json(),
            "thresholds": asdict(self.thresholds),
            "gate_threshold": self.gate.threshold,
        }
        tensors = {f"network.{name}": value for name, value in self.network.trained_state().items()}
        tensors["gate.weight"] = torch.tensor(self.gate.weight)
        tensors["gate.bias"] = torch.tensor(self.gate.bias)
        return config, tensors

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(n, organs + 1): the last column is "no anatomy"; each row sums to 1."""
        if not texts:
            return np.zeros((0, len(self.organs) + 1))
        named = np.array([any(mention.organ for mention in mentions(text)) for text in texts])
        limits = self.thresholds
        temperatures = np.where(named, limits.temperature_named, limits.temperature)
        return softmax(answers(self.network, self._tokenizer, texts) / temperatures[:, None])
