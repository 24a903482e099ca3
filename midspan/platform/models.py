"""The models that the stages of a workspace share: their identity at once, their weights on first use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordWriter
from midspan.models.action import identity as action
from midspan.models.identity import bundled_encoder_run, encoder_run
from midspan.pipelines.embedding import SentenceVectors
from midspan.platform.atlases import Atlases
from midspan.platform.detectors import Detectors
from midspan.platform.knowledge import KnowledgeGraphs
from midspan.platform.lazy import Lazy
from midspan.platform.recognisers import Recognisers
from midspan.platform.settings import Settings
from midspan.records import Run

if TYPE_CHECKING:
    from midspan.models.encoder import TextEncoder
    from midspan.models.parser import Parser

T = TypeVar("T")


class Models:
    """Safe to use from several threads."""

    def __init__(
        self, settings: Settings, store: RecordWriter, atlases: Atlases, graphs: KnowledgeGraphs
    ) -> None:
        self._settings = settings
        self._store = store
        self.atlases = atlases
        self.graphs = graphs
        self._lazy: dict[str, Lazy[Any]] = {}
        self._lock = threading.Lock()
        self._encoding = threading.Lock()
        self.encoder = self.lazy("text encoder", self._load_encoder)
        self.parser = self.lazy("parser", _load_parser)
        self.recognisers = Recognisers(settings.recogniser, self.inference)
        self.detectors = Detectors(settings.detector, settings.folder, settings.threads)

    def lazy(self, name: str, make: Callable[[], T]) -> Lazy[T]:
        """The one thing of this name, made by whoever asks first, on first use."""
        with self._lock:
            return self._lazy.setdefault(name, Lazy(make))

    @property
    def inference(self) -> dict[str, Any]:
        """Which engine answers for a network, and with how many threads."""
        return {"engine": self._settings.engine, "threads": self._settings.threads}

    @property
    def scenes_by_model(self) -> bool:
        """Whether a model says where the things of a scene begin."""
        return self._settings.scenes == "model"

    # --- the text encoder ---

    @property
    def encoder_is_bundled(self) -> bool:
        return self._settings.text_model is None

    @cached_property
    def vectors(self) -> SentenceVectors:
        """Of the sentences that are ingested."""
        return SentenceVectors(self.text_run, self.encode, self._store.cached_vectors)

    def encode(
        self, texts: Sequence[str], check: Callable[[], None] = lambda: None
    ) -> npt.NDArray[np.float32]:
        """(n, dim) float32, rows of length 1, in the space of the sentences; one thread at a time."""
        encoder = self.encoder()
        with self._encoding:
            return encoder.encode(texts, check)

    @cached_property
    def text_run(self) -> Run:
        """The run whose vectors the text index holds. What another model than the bundled one is can only
        be known by loading it."""
        if self.encoder_is_bundled:
            return bundled_encoder_run()
        encoder = self.encoder()
        return encoder_run(encoder.name, encoder.weights_sha256, encoder.dim)

    @property
    def text_dim(self) -> int:
        return int(self.text_run.parameters["dim"])

    def _load_encoder(self) -> TextEncoder:
        from midspan.models.encoder import TextEncoder  # loads ONNX Runtime

        name = self._settings.text_model
        if name is None:
            return TextEncoder(**self.inference)
        return TextEncoder.from_name(name, download=True)

    # --- the vectors of video windows ---

    visual_run = action.SIGNATURE
    """The run whose vectors the visual index holds."""
    visual_dim = action.DIM


def _load_parser() -> Parser:
    from midspan.models.parser import load_parser  # loads spaCy

    return load_parser()
