"""The linker's weights: a space and a ranker in one model folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.ranker import Ranker
from midspan.models.facts.link.space import Space
from midspan.models.facts.shipped import LINKER
from midspan.models.kit.folder import ModelFolder, load_model


@dataclass(frozen=True)
class LinkModel:
    space: Space
    ranker: Ranker
    sha256: str

    @classmethod
    def load(cls, folder: Path = LINKER) -> LinkModel:
        """The shipped one. Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` when the files are not
        those of the card."""
        return cls.from_folder(load_model(folder))

    @classmethod
    def from_folder(cls, model: ModelFolder) -> LinkModel:
        """Raises ``ValueError`` for a model that looks at other features."""
        if tuple(model.config["features"]) != FEATURES:
            raise ValueError("the linker was trained on other features; train it again")
        return cls(
            Space.of(model.part("space")),
            Ranker.of(model.part("ranker"), model.config["temperature"]),
            model.sha256,
        )
