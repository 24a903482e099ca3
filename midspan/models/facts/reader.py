"""Parsed sentences to canonical triples: the rules and the linker together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midspan.models.facts.extraction import Triple, extract_triples
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.linking import LinkedTriple, Linker
from midspan.models.facts.pairs import pair_candidates
from midspan.models.facts.phrases import Antecedents

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

    def read(self, doc: Doc, antecedents: Antecedents | None = None) -> list[tuple[Triple, LinkedTriple]]:
        """What a sentence says, in order, each with what it links to; then what only its names suggest.

        Of the pairs only those whose three slots are linked, and that no clause says already.
        """
        found = [(triple, self._linker.link(triple)) for triple in extract_triples(doc, antecedents)]
        said = {_meaning(linked) for _, linked in found}
        for triple in pair_candidates(doc, antecedents, self._linker.knows):
            linked = self._linker.link(triple)
            if linked.status == "linked" and _meaning(linked) not in said:
                said.add(_meaning(linked))
                found.append((triple, linked))
        return found


def _meaning(linked: LinkedTriple) -> tuple[str, ...]:
    return tuple(
        slot.uid or (slot.name if slot.literal else "")
        for slot in (linked.subject, linked.predicate, linked.object)
    )
