"""Facts: rules over the parse, linked to the bundled knowledge graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midspan.models.registry import model_entry
from midspan.pipelines.facts import FactStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models

if TYPE_CHECKING:
    from midspan.models.facts.reader import FactReader


def stages(models: Models) -> list[Stage]:
    return [FactStage(models.lazy("fact reader", _load_reader))]


def verify(models: Models) -> list[str]:
    from midspan.models.facts.kg.bundled import bundled_kg  # loads numpy

    bundled_kg()  # compares the hashes itself
    return [f"facts.alias {model_entry('facts.alias').weights_sha256[:12]}"]


def _load_reader() -> FactReader:
    from midspan.models.facts.reader import FactReader  # loads spaCy

    return FactReader.bundled()
