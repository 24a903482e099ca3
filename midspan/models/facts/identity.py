"""What states the run of the facts, without loading spaCy or the knowledge graph: no third party is imported
here."""

from __future__ import annotations

from collections.abc import Sequence

from midspan.models.identity import parser_sha256
from midspan.models.registry import model_entry
from midspan.records import Run

RULES_VERSION = 2
"""Of ``extraction``, ``scope``, ``prose``, ``pairs`` and ``discourse``."""
LINKER_VERSION = 3
"""Of ``linking``."""
BUNDLED_KG = "e620749ea68a9a7f1893824938bbd40e4ee70e1788ec3ed1d642daaf452e1183"
"""Identity of the knowledge graph in the package (``KnowledgeGraph.sha256``)."""


def run(graphs: Sequence[str] = (BUNDLED_KG,)) -> Run:
    """``graphs`` are the identities of the knowledge graphs that are linked against, in order."""
    return Run(
        stage="facts",
        stage_version=2,
        model="facts.rules+facts.alias",
        weights_sha256=model_entry("facts.alias").weights_sha256,
        parameters={
            "parser": parser_sha256(),
            "rules": RULES_VERSION,
            "linker": LINKER_VERSION,
            "graphs": list(graphs),
        },
    )
