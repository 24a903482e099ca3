"""What states the run of the facts, without loading spaCy or the knowledge graph: no third party is imported
here."""

from __future__ import annotations

from collections.abc import Sequence

from midspan.models.facts.shipped import LINKER, LINKER_NAME
from midspan.models.identity import parser_sha256
from midspan.models.kit.card import shipped_card
from midspan.records import Run

RULES_VERSION = 3
"""Of ``extraction``, ``scope``, ``prose``, ``pairs``, ``discourse``, ``patterns`` and ``dates``."""
LINKER_VERSION = 3
"""Of ``linking`` and ``link``."""
BUNDLED_KG = "2282b362b098e769a9c8151db6234eb97ad4ec226d5ba78e36f668f090187a55"
"""Identity of the knowledge graph in the package (``KnowledgeGraph.sha256``)."""


def run(graphs: Sequence[str] = (BUNDLED_KG,)) -> Run:
    """``graphs`` are the identities of the knowledge graphs that are linked against, in order."""
    return Run(
        stage="facts",
        stage_version=2,
        model=f"facts.rules+{LINKER_NAME}",
        weights_sha256=shipped_card(LINKER)["weights_sha256"],
        parameters={
            "parser": parser_sha256(),
            "rules": RULES_VERSION,
            "linker": LINKER_VERSION,
            "graphs": list(graphs),
        },
    )
