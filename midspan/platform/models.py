"""The stages of a workspace and the models behind them: their identity at once, their weights on first use.

Knowing which run a stage is costs no import of torch or spaCy, so that finding nothing to do is quick.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore
from midspan.models.registry import model_entry
from midspan.pipelines.stage import Stage
from midspan.platform.atlases import PHANTOM, Atlases
from midspan.platform.settings import Settings
from midspan.records import Run

if TYPE_CHECKING:
    from midspan.models.atlas.language.context import Context
    from midspan.models.atlas.language.grounding import Grounding
    from midspan.models.atlas.learned.predictor import OrganPredictor
    from midspan.models.atlas.placing import Placer
    from midspan.models.encoder import TextEncoder
    from midspan.models.parser import Parser
    from midspan.pipelines.embedding import SentenceVectors

BUNDLED_ENCODER = "text.minilm"
BUNDLED_DIM = 384
BUNDLED_PARSER = "parse.en-core-web-sm"
STAGES = ("embedding", "scene", "atlas", "facts", "signature")
"""Stages that can be named; what they share (the parse) runs when one of them needs it."""


class Encoder:
    """The workspace's text encoder; the bundled one is loaded on the first text."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        entry = model_entry(BUNDLED_ENCODER)
        if settings.text_model is None:
            self.name, self.weights_sha256, self.dim = entry.name, entry.weights_sha256, BUNDLED_DIM
        else:  # what another model is can only be known by loading it
            self.name, self.weights_sha256 = self.loaded.name, self.loaded.weights_sha256
            self.dim = self.loaded.dim

    @cached_property
    def loaded(self) -> TextEncoder:
        import torch  # takes seconds

        from midspan.models.encoder import TextEncoder

        if self._settings.threads:
            torch.set_num_threads(self._settings.threads)
        if self._settings.text_model is None:
            return TextEncoder()
        return TextEncoder.from_name(self._settings.text_model, download=True)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(n, dim) float32, rows of length 1."""
        with self._lock:
            return self.loaded.encode(texts)


class LazyParser:
    """spaCy's pipeline, loaded on the first sentence."""

    @cached_property
    def loaded(self) -> Parser:
        from midspan.models.parser import load_parser  # loads spaCy

        return load_parser()

    def parse(self, texts: Sequence[str]) -> list[Any]:
        return self.loaded.parse(texts) if texts else []


class LazyPlacer:
    """The atlas model over one atlas; both are loaded on the first sentence that needs them."""

    def __init__(self, atlases: Atlases, name: str, predictor: Callable[[], OrganPredictor]) -> None:
        self._atlases, self._name, self._predictor = atlases, name, predictor

    @cached_property
    def loaded(self) -> Placer:
        from midspan.models.atlas.placing import Placer  # loads scipy

        atlases, name = self._atlases, self._name
        return Placer(lambda: atlases.atlas(name), self._predictor, lambda: atlases.anatomy(name))

    def place(
        self,
        texts: Sequence[str],
        embeddings: npt.NDArray[np.float32] | None = None,
        contexts: Sequence[Context] | None = None,
    ) -> list[Grounding]:
        return self.loaded.place(texts, embeddings, contexts) if texts else []


class Models:
    """All stages in order, with the models they share."""

    def __init__(self, settings: Settings, store: RecordStore, atlases: Atlases) -> None:
        self._settings = settings
        self._store = store
        self._atlases = atlases
        self._placers: dict[tuple[str, str], LazyPlacer] = {}
        self.parser = LazyParser()

    @cached_property
    def encoder(self) -> Encoder:
        return Encoder(self._settings)

    @property
    def stages(self) -> list[Stage]:
        """One stage a capability, and one more for each imported atlas, in an order in which each finds
        what it requires."""
        return [*self._stages, *(self._atlas_stage(one.name, one.sha256) for one in self._atlases.stored())]

    def placer(self, atlas: str, sha256: str = "") -> LazyPlacer:
        """The atlas model over an atlas: the phantom, or an imported one by name and hash."""
        return self._placers.setdefault(
            (atlas, sha256), LazyPlacer(self._atlases, atlas, lambda: self._predictor)
        )

    def _atlas_stage(self, atlas: str, sha256: str = "") -> Stage:
        from midspan.pipelines.atlas import AtlasStage

        vectors = self._vectors if self._settings.text_model is None else None
        return AtlasStage(self.placer(atlas, sha256), vectors, atlas, sha256)

    @cached_property
    def _predictor(self) -> OrganPredictor:
        from midspan.models.atlas.learned.predictor import OrganPredictor  # loads torch

        return OrganPredictor.load()

    @cached_property
    def _stages(self) -> list[Stage]:
        from midspan.models.facts.knowledge_graph import bundled_kg
        from midspan.models.facts.linking import Linker
        from midspan.pipelines.facts import FactStage
        from midspan.pipelines.parse import ParseStage
        from midspan.pipelines.scene import SceneStage
        from midspan.pipelines.signature import SignatureStage

        graph = bundled_kg()
        return [
            self._embedding,
            ParseStage(self.parser),
            SceneStage(),
            self._atlas_stage(PHANTOM),
            FactStage(
                Linker(graph),
                graph_sha256=graph.sha256,
                parser_sha256=model_entry(BUNDLED_PARSER).weights_sha256,
            ),
            SignatureStage(),
        ]

    @cached_property
    def _embedding(self) -> Stage:
        from midspan.pipelines.embedding import EmbeddingStage

        return EmbeddingStage(self._vectors)

    @cached_property
    def _vectors(self) -> SentenceVectors:
        from midspan.pipelines.embedding import SentenceVectors

        return SentenceVectors(self.encoder, self._store.cached_vectors)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of queries, in the space of the sentences."""
        return self.encoder.encode(texts)

    @property
    def text_dim(self) -> int:
        return self.encoder.dim

    @property
    def visual_dim(self) -> int:
        from midspan.models.action.signature import DIM

        return DIM

    @property
    def text_run(self) -> Run:
        """The run whose vectors the text index holds."""
        return _run_of(self._embedding)

    @property
    def visual_run(self) -> Run:
        """The run whose vectors the visual index holds."""
        from midspan.pipelines.signature import SignatureStage

        return _run_of(SignatureStage())

    def verify(self) -> list[str]:
        """Read every model, which checks its files' hashes; one line each.

        Raises ``ModelFilesMissing`` or ``ModelHashMismatch``.
        """
        from midspan.models.atlas.identity import NAME, SHIPPED
        from midspan.models.facts.knowledge_graph import bundled_kg
        from midspan.models.kit.folder import load_model

        lines = [f"{self.encoder.name} {self.encoder.loaded.weights_sha256[:12]}"]
        lines.append(f"{BUNDLED_PARSER} {self.parser.loaded.weights_sha256[:12]}")
        bundled_kg()  # compares the hash itself
        lines.append(f"facts.alias {model_entry('facts.alias').weights_sha256[:12]}")
        lines.append(f"{NAME} {load_model(SHIPPED, model_entry(NAME).weights_sha256).sha256[:12]}")
        return lines


def _run_of(stage: Stage) -> Run:
    if stage.run is None:
        raise TypeError(f"stage {stage.name!r} stores nothing, so it has no run")
    return stage.run
