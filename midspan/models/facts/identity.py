"""What states the run of the facts, without loading spaCy or the knowledge graph: no third party is imported
here."""

from __future__ import annotations

from midspan.models.identity import parser_sha256
from midspan.models.registry import model_entry
from midspan.records import Run

RULES_VERSION = 2
"""Of ``extraction``, ``scope``, ``prose``, ``pairs`` and ``discourse``."""
LINKER_VERSION = 1
"""Of ``linking``."""


def run() -> Run:
    return Run(
        stage="facts",
        stage_version=2,
        model="facts.rules+facts.alias",
        weights_sha256=model_entry("facts.alias").weights_sha256,
        parameters={"parser": parser_sha256(), "rules": RULES_VERSION, "linker": LINKER_VERSION},
    )
