"""Stage: the vector of every sentence, made once for equal texts and shared with other stages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from midspan.pipelines import stopping
from midspan.pipelines.stage import WHOLE, Batch, Stage
from midspan.records import Embedding, Product, Run, Unit

Vector = npt.NDArray[np.float32]
Cached = Callable[[str, Sequence[str]], Mapping[str, Vector]]
"""(run id, text hashes) to the vectors there are, as ``RecordWriter.cached_vectors``."""


Check = Callable[[], None]
Encode = Callable[[Sequence[str], Check], npt.NDArray[np.float32]]
"""n texts to (n, dim), rows of length 1; the second is called between batches, and may raise."""


class SentenceVectors:
    """The vector of each text, made once: kept in the store, or here since one of the last batches."""

    def __init__(self, run: Run, encode: Encode, cached: Cached, keep: int = 8192) -> None:
        """``run`` says whose vectors they are; ``keep`` is how many stay in memory for the stages that come
        after."""
        self.run = run
        self._encode = encode
        self._cached = cached
        self._keep = keep
        self._recent: dict[str, Vector] = {}

    def by_hash(self, texts: Mapping[str, str], check: Check = stopping.go_on) -> dict[str, Vector]:
        """Vector by text hash, for texts by their hash."""
        vectors = {key: self._recent[key] for key in texts if key in self._recent}
        unknown = [key for key in texts if key not in vectors]
        if unknown:
            vectors.update(self._cached(self.run.id, unknown))
        missing = [key for key in texts if key not in vectors]
        if missing:
            made = self._encode([texts[key] for key in missing], check)
            vectors.update(zip(missing, made, strict=True))
        self._remember(vectors)
        return vectors

    def of(self, texts: Sequence[str], check: Check = stopping.go_on) -> npt.NDArray[np.float32]:
        """(n, dim), rows of length 1, in the order of ``texts``."""
        hashes = [text_sha256(text) for text in texts]
        vectors = self.by_hash(dict(zip(hashes, texts, strict=True)), check)
        return np.stack([vectors[key] for key in hashes])

    def _remember(self, vectors: Mapping[str, Vector]) -> None:
        self._recent.update(vectors)
        for key in list(self._recent)[: max(0, len(self._recent) - self._keep)]:
            del self._recent[key]


class EmbeddingStage(Stage):
    """One :class:`Embedding` in the space ``text`` a sentence; fragments are for full-text search only.

    Leaves ``vector`` in ``Batch.shared``: the vector of a sentence, None for other segments.
    """

    name = "embedding"
    unit: Unit = "char"
    requires = ("sentence",)
    portion = WHOLE
    produces = ("embedding", "vector")

    def __init__(self, vectors: SentenceVectors) -> None:
        self._vectors = vectors

    @property
    def run(self) -> Run:
        return self._vectors.run

    def __call__(self, batch: Batch) -> list[Product]:
        hashes = {
            segment.id: text_sha256(segment.text) for segment in batch.segments if segment.kind == "sentence"
        }
        sentences = [segment for segment in batch.segments if segment.id in hashes]
        texts = {hashes[segment.id]: segment.text for segment in sentences}
        vectors = self._vectors.by_hash(texts, batch.check)
        batch.shared["vector"] = [vectors.get(hashes.get(segment.id, "")) for segment in batch.segments]
        run_id = self.run.id
        return [
            Embedding(
                segment_id=segment.id,
                source_id=segment.source_id,
                run_id=run_id,
                space="text",
                vector=vectors[hashes[segment.id]],
                text_sha256=hashes[segment.id],
            )
            for segment in sentences
        ]


def text_sha256(text: str) -> str:
    """SHA-256 (hex) of the text in UTF-8; the key under which vectors are cached."""
    return hashlib.sha256(text.encode()).hexdigest()
