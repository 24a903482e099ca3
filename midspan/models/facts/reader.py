"""Parsed sentences to canonical triples: the rules and the linker together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midspan.models.facts.extraction import Triple, extract_triples
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.linking import LinkedTriple, Linker
from midspan.models.facts.pairs import pair_candidates
from midspan.models.facts.phrases import Antecedents, Phrase
from midspan.records import FactSlot

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

        Of the pairs only those of two names or literals whose kinds are those that the property asks for, and
        that nothing says already.
        """
        found = [(triple, self._linker.link(triple)) for triple in extract_triples(doc, antecedents)]
        for triple in pair_candidates(doc, antecedents, self._linker.knows):
            linked = self._linker.link(triple)
            said = (_says_same(linked, other) for _, other in found)
            if linked.typed and _is_named(triple.subject) and _is_named(triple.object) and not any(said):
                found.append((triple, linked))
        return found


def _is_named(phrase: Phrase) -> bool:
    return bool(phrase.label) or not phrase.noun


def _says_same(one: LinkedTriple, other: LinkedTriple) -> bool:
    """The same property of the same, even if an argument has more words."""
    return (
        one.predicate.uid == other.predicate.uid
        and _is_same(one.subject, other.subject)
        and _is_same(one.object, other.object)
    )


def _is_same(one: FactSlot, other: FactSlot) -> bool:
    return (one.uid is not None and one.uid == other.uid) or (one.start < other.end and other.start < one.end)
