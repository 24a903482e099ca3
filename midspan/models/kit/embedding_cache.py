"""Sentence embeddings that training and evaluation need again and again, kept in a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from midspan.models.kit.files import whole

CHUNK = 1024


class Encoder(Protocol):
    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...


class EmbeddingCache:
    """Texts to unit vectors in half precision; each text is encoded once for each encoder.

    The file is written after every chunk, so that work that is cut off is not lost.
    """

    def __init__(self, path: Path, encoder: Callable[[], Encoder]) -> None:
        """``encoder`` is called only when a text is missing from the file."""
        self._path, self._make = path, encoder
        self._encoder: Encoder | None = None
        self._rows: dict[str, npt.NDArray[np.float16]] = {}
        if path.exists():
            with safetensors.safe_open(path, framework="numpy") as file:
                names = json.loads(file.metadata()["texts"])
                self._rows = dict(zip(names, file.get_tensor("vectors"), strict=True))

    def encode(
        self, texts: Sequence[str], report: Callable[[int, int], None] = lambda done, of: None
    ) -> npt.NDArray[np.float32]:
        """(n, d) float32 in the order of ``texts``."""
        names = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        missing = {name: text for name, text in zip(names, texts, strict=True) if name not in self._rows}
        left = list(missing.items())
        for start in range(0, len(left), CHUNK):
            chunk = left[start : start + CHUNK]
            self._encoder = self._encoder or self._make()
            vectors = self._encoder.encode([text for _, text in chunk]).astype(np.float16)
            self._rows.update((name, row) for (name, _), row in zip(chunk, vectors, strict=True))
            self._save()
            report(start + len(chunk), len(left))
        return np.stack([self._rows[name] for name in names]).astype(np.float32)

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        metadata = {"texts": json.dumps(list(self._rows))}
        with whole(self._path) as half:
            safetensors.numpy.save_file({"vectors": np.stack(list(self._rows.values()))}, half, metadata)
