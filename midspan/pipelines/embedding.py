"""Stage: the vector of every sentence, made once for equal texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from midspan.pipelines.stage import Batch, Stage
from midspan.records import Embedding, Product, Run, Unit

Vector = npt.NDArray[np.float32]
Cached = Callable[[str, Sequence[str]], Mapping[str, Vector]]
"""(run id, text hashes) to the vectors there are, as ``RecordStore.cached_vectors``."""


class SentenceEncoder(Protocol):
    """What :class:`midspan.models.encoder.TextEncoder` offers."""

    name: str
    weights_sha256: str
    dim: int

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...


class EmbeddingStage(Stage):
    """One :class:`Embedding` in the space ``text`` a sentence; fragments are for full-text search only."""

    name = "embedding"
    unit: Unit = "char"
    requires = ("sentence",)
    produces = ("embedding",)

    def __init__(self, encoder: SentenceEncoder, cached: Cached) -> None:
        self._encoder = encoder
        self._cached = cached

    @property
    def run(self) -> Run:
        return Run(
            stage=self.name,
            stage_version=1,
            model=self._encoder.name,
            weights_sha256=self._encoder.weights_sha256,
            parameters={"dim": self._encoder.dim},
        )

    def __call__(self, batch: Batch) -> list[Product]:
        sentences = [segment for segment in batch.segments if segment.kind == "sentence"]
        if not sentences:
            return []
        hashes = [text_sha256(segment.text) for segment in sentences]
        texts = {key: segment.text for key, segment in zip(hashes, sentences, strict=True)}
        run_id = self.run.id
        vectors = self._vectors(run_id, texts)
        return [
            Embedding(
                segment_id=segment.id,
                source_id=segment.source_id,
                run_id=run_id,
                space="text",
                vector=vectors[key],
                text_sha256=key,
            )
            for key, segment in zip(hashes, sentences, strict=True)
        ]

    def _vectors(self, run_id: str, texts: Mapping[str, str]) -> dict[str, Vector]:
        """Vector by text hash: those made before, and the missing ones made now."""
        vectors = dict(self._cached(run_id, list(texts)))
        missing = [key for key in texts if key not in vectors]
        if missing:
            made = self._encoder.encode([texts[key] for key in missing])
            vectors.update(zip(missing, made, strict=True))
        return vectors


def text_sha256(text: str) -> str:
    """SHA-256 (hex) of the text in UTF-8; the key under which vectors are cached."""
    return hashlib.sha256(text.encode()).hexdigest()
