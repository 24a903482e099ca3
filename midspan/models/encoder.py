"""The sentence encoder that all text models share: text in, unit vectors out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from midspan.models.kit.engine import Engine, EngineName, Floats, choose
from midspan.models.kit.onnx_engine import OnnxEngine
from midspan.models.kit.token_batches import answered, tokens_of
from midspan.models.minilm import wheel

if TYPE_CHECKING:
    import tokenizers

MAX_TOKENS = 256
LEAST_LENGTH = 1e-12

Pooled = Callable[[Sequence[str], Callable[[], None]], Floats]
"""At least one text to vectors (n, dim) of any length, in their order; the second is called often."""


class TextEncoder:
    """Texts to L2-normalised vectors.

    ``TextEncoder()`` is the bundled all-MiniLM-L6-v2, read from its wheel without unpacking it to disk; the
    network is never asked. :meth:`from_name` takes any other sentence-transformers model.
    """

    def __init__(self, *, engine: EngineName = "auto", threads: int = 1) -> None:
        """``threads`` are those of ONNX Runtime; 0 leaves the choice to it.

        Raises ``ModelFilesMissing`` or ``ModelHashMismatch``.
        """
        model = wheel.read_minilm()
        chosen = choose(engine, lambda: _by_onnxruntime(model, threads), lambda: _by_torch(model))
        self._pooled: Pooled = _Tokenized(chosen, model.tokenizer(MAX_TOKENS))
        self.name = wheel.NAME
        self.weights_sha256 = wheel.SHA256
        self.dim = wheel.DIM

    @classmethod
    def from_name(cls, name_or_folder: str, *, download: bool = False) -> TextEncoder:
        """A sentence-transformers model from a folder or the local hub cache; torch answers for it.

        Only with ``download`` may it be fetched from the hub. Code that comes with a model is not run,
        pickled weights are refused. Raises ``ModelFilesMissing`` and ``MissingExtra``.
        """
        from midspan.models.sentence_transformer import load_sentence_transformer

        encoder = cls.__new__(cls)
        encoder._pooled, encoder.weights_sha256, encoder.dim = load_sentence_transformer(
            name_or_folder, download=download
        )
        encoder.name = Path(name_or_folder).name if Path(name_or_folder).is_dir() else name_or_folder
        return encoder

    def encode(self, texts: Sequence[str], check: Callable[[], None] = lambda: None) -> Floats:
        """(n, dim) float32, each row of length 1, in the order of ``texts``; tokens past 256 are cut.

        ``check`` is called before each batch, several times a second; what it raises ends the work.
        """
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        pooled = self._pooled(texts, check)
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.asarray(pooled / np.maximum(lengths, LEAST_LENGTH), dtype=np.float32)


class _Tokenized:
    """A network of tokens, asked in batches of like length."""

    def __init__(self, engine: Engine, tokenizer: tokenizers.Tokenizer) -> None:
        self._engine, self._tokenizer = engine, tokenizer

    def __call__(self, texts: Sequence[str], check: Callable[[], None]) -> Floats:
        return answered(self._engine, tokens_of(self._tokenizer, texts), check)


def _by_onnxruntime(model: wheel.MiniLM, threads: int) -> Engine:
    return OnnxEngine(wheel.GRAPH.read_bytes(), model.tensors, threads=threads)


def _by_torch(model: wheel.MiniLM) -> Engine:
    from midspan.models.kit.torch_engine import TorchEngine  # loads torch
    from midspan.models.minilm.network import sentence_encoder

    return TorchEngine(sentence_encoder(model))
