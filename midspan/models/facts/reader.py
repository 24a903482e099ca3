"""Parsed sentences to canonical triples: the rules and the linker together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midspan.models.facts.extraction import Triple, extract_triples
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.linking import LinkedTriple, Linker

if TYPE_CHECKING:
    from spacy.tokens import Doc


class FactReader:
    def __init__(self, linker: Linker) -> None:
        self._linker = linker

    @classmethod
    def over(cls, graph: KnowledgeGraph) -> FactReader:
        return cls(Linker(graph))

    @classmethod
    def bundled(cls) -> FactReader:
        """Over the knowledge graph in the package. Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
        return cls.over(bundled_kg())

    def read(self, doc: Doc) -> list[tuple[Triple, LinkedTriple]]:
        """What a sentence says, in order, each with what it links to."""
        return [(triple, self._linker.link(triple)) for triple in extract_triples(doc)]
