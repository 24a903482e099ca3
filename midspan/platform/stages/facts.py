"""Facts: rules over the parse, linked to the knowledge graphs that the workspace uses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from midspan.models.facts.shipped import LINKER, LINKER_NAME
from midspan.models.registry import model_entry
from midspan.pipelines.facts import FactStage
from midspan.pipelines.stage import Stage
from midspan.platform.knowledge import KnowledgeGraphs
from midspan.platform.models import Models

if TYPE_CHECKING:
    from midspan.models.facts.reader import FactReader


def stages(models: Models) -> list[Stage]:
    graphs = models.graphs.identities()
    return [FactStage(models.lazy(f"fact reader {graphs}", partial(_load_reader, models.graphs)), graphs)]


def verify(models: Models) -> list[str]:
    from midspan.models.kit.folder import load_model  # loads numpy

    used = zip(models.graphs.used(), models.graphs.opened(), strict=True)  # which compares hashes
    return [
        f"facts.alias {model_entry('facts.alias').weights_sha256[:12]}",
        f"{LINKER_NAME} {load_model(LINKER).sha256[:12]}",
        *(f"kg {name} {graph.sha256[:12]}" for name, graph in used),
    ]


def _load_reader(graphs: KnowledgeGraphs) -> FactReader:
    from midspan.models.facts.kg.union import Graphs  # loads numpy
    from midspan.models.facts.reader import FactReader  # loads spaCy

    return FactReader.over(Graphs(graphs.opened()))
