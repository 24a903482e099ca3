"""The model that places things: a folder's weights, asked by ONNX Runtime or torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from midspan.models.kit.engine import Engine, EngineName, choose
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.onnx_engine import OnnxEngine
from midspan.models.kit.token_batches import by_tokens
from midspan.models.scene.learned.answers import Said
from midspan.models.scene.learned.config import PlacingConfig
from midspan.models.scene.learned.decoding import Ask, Floats, Ints, Layout, Strategy, decode
from midspan.models.scene.learned.rows import Question, Row, Rows, padded
from midspan.models.scene.shipped import PLACER

INPUTS = ("tokens", "labels", "ids", "near", "apart", "placed")
PIECES = 8192
"""In a batch, things among them."""
DEFAULT: Strategy = "highest_confidence"


@dataclass(frozen=True)
class Placer:
    config: PlacingConfig
    rows: Rows
    ask: Ask
    sha256: str = ""

    @classmethod
    def load(cls, folder: Path = PLACER, *, engine: EngineName = "auto", threads: int = 1) -> Placer:
        """The shipped one. Raises ``ModelFilesMissing`` and ``ModelHashMismatch``."""
        return cls.from_folder(load_model(folder), engine=engine, threads=threads)

    @classmethod
    def from_folder(cls, model: ModelFolder, *, engine: EngineName = "auto", threads: int = 1) -> Placer:
        config = PlacingConfig.from_json(model.config["network"])
        made = choose(
            engine,
            lambda: OnnxEngine(model.graph, model.tensors, threads=threads),
            lambda: _torch_engine(config, model),
        )
        rows = Rows(config.positions, model.config["known"])
        return cls(config, rows, asking(made), model.sha256)

    def place(
        self, questions: Sequence[Question], strategy: Strategy | None = None, seed: int = 0
    ) -> list[list[Layout]]:
        """For each question its layouts, the most probable first; ``DEFAULT`` where no strategy is named."""
        chosen = strategy or (DEFAULT if self.config.heads == "discrete" else "human_order")
        rows = [self.rows(question) for question in questions]
        return decode(self.ask, rows, self.config.heads, chosen, seed)

    def say(self, question: Question, placed: Ints) -> Said:
        """What the network says of each thing, given bins (things, 4) of those that have a place."""
        return Said.of(self.ask([self.rows(question)], [placed])[0], self.config.heads)


def asking(engine: Callable[..., Any]) -> Ask:
    """Asks an engine about rows in batches of like length."""

    def ask(rows: Sequence[Row], placed: Sequence[Ints]) -> list[Floats]:
        found: list[Floats | None] = [None] * len(rows)
        for group in by_tokens([len(row.tokens) + len(row.ids) for row in rows], PIECES):
            inputs = padded([rows[place] for place in group])
            bins = np.zeros((*inputs[2].shape, 4), dtype=np.int64)
            for k, place in enumerate(group):
                bins[k, : len(placed[place])] = placed[place]
            answers = engine(*inputs, bins)
            for k, place in enumerate(group):
                found[place] = answers[k, : len(placed[place])]
        return [one for one in found if one is not None]

    return ask


def _torch_engine(config: PlacingConfig, model: ModelFolder) -> Engine:
    from midspan.models.kit.frozen import load_trained
    from midspan.models.kit.torch_engine import TorchEngine
    from midspan.models.scene.training.network import build

    return TorchEngine(load_trained(build(config), model.tensors))
