"""``atlas.small`` as the rest of the program sees it: sentences in, calibrated probabilities out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from midspan.errors import ModelFilesMissing
from midspan.models.atlas.identity import SHIPPED
from midspan.models.atlas.language.organs import mentions
from midspan.models.atlas.learned.config import AtlasConfig
from midspan.models.kit.calibration import softmax
from midspan.models.kit.engine import Engine, EngineName, Floats, choose
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.gate import Gate
from midspan.models.kit.onnx_engine import OnnxEngine
from midspan.models.kit.token_batches import answered, tokens_of
from midspan.models.minilm.wheel import MiniLM, read_minilm

if TYPE_CHECKING:
    import tokenizers


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
    """The same for a sentence of a document."""


class OrganPredictor:
    """Texts to a distribution over the organs and "no anatomy"."""

    def __init__(
        self,
        engine: Engine,
        tokenizer: tokenizers.Tokenizer,
        organs: tuple[str, ...],
        gate: Gate,
        thresholds: Thresholds,
    ) -> None:
        self._engine, self._tokenizer = engine, tokenizer
        self.organs = organs
        self.gate, self.thresholds = gate, thresholds

    @classmethod
    def load(cls, folder: Path = SHIPPED, *, engine: EngineName = "auto", threads: int = 1) -> OrganPredictor:
        """The shipped model, or one from a folder of the same format.

        Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` when the files are not those of the card.
        """
        return cls.from_folder(load_model(folder), engine=engine, threads=threads)

    @classmethod
    def from_folder(
        cls, model: ModelFolder, *, engine: EngineName = "auto", threads: int = 1
    ) -> OrganPredictor:
        config = AtlasConfig.from_json(model.config["network"])
        encoder = read_minilm()
        by_onnxruntime = partial(_by_onnxruntime, model, encoder, threads)
        return cls(
            choose(engine, by_onnxruntime, partial(_by_torch, model, encoder)),
            encoder.tokenizer(config.max_tokens),
            config.organs,
            Gate.of(model.tensors, model.config["gate_threshold"]),
            Thresholds(**model.config["thresholds"]),
        )

    def logits(self, texts: Sequence[str], check: Callable[[], None] = lambda: None) -> Floats:
        """(n, organs + 1); at least one text. ``check`` is called before each batch; what it raises ends the
        work."""
        return answered(self._engine, tokens_of(self._tokenizer, texts), check)

    def probabilities(
        self, texts: Sequence[str], check: Callable[[], None] = lambda: None
    ) -> npt.NDArray[np.float64]:
        """(n, organs + 1): the last column is "no anatomy"; each row sums to 1."""
        if not texts:
            return np.zeros((0, len(self.organs) + 1))
        named = np.array([any(mention.organ for mention in mentions(text)) for text in texts])
        limits = self.thresholds
        temperatures = np.where(named, limits.temperature_named, limits.temperature)
        return softmax(self.logits(texts, check) / temperatures[:, None])


def predictor_config(config: AtlasConfig, gate: Gate, thresholds: Thresholds) -> dict[str, Any]:
    """What stands in the config of a model folder."""
    return {
        "network": config.to_json(),
        "thresholds": asdict(thresholds),
        "gate_threshold": gate.threshold,
    }


def _by_onnxruntime(model: ModelFolder, encoder: MiniLM, threads: int) -> Engine:
    """What the network does not train it has from the encoder."""
    if not model.graph:
        raise ModelFilesMissing(
            "the model folder has no graph.onnx, so that torch alone can answer (MIDSPAN_ENGINE=torch); "
            "train the model again with this version of midspan"
        )
    start = {f"bert.{name}": value for name, value in encoder.tensors.items()}
    return OnnxEngine(model.graph, {**start, **model.part("network")}, threads=threads)


def _by_torch(model: ModelFolder, encoder: MiniLM) -> Engine:
    from midspan.models.atlas.learned.network import load_network  # loads torch
    from midspan.models.bert import build_bert
    from midspan.models.kit.torch_engine import TorchEngine
    from midspan.models.minilm.network import torch_tensors

    return TorchEngine(load_network(model, build_bert(encoder.config, torch_tensors(encoder))))
