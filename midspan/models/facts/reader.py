"""Parsed sentences to canonical triples: the rules and the linker together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from midspan.models.facts.extraction import Triple, extract_triples
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.link.asking import Place
from midspan.models.facts.link.document import DocumentNames
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.linking import LinkedTriple, Linker, Said
from midspan.models.facts.pairs import pair_candidates
from midspan.models.facts.phrases import Antecedents, Phrase
from midspan.models.facts.shipped import LINKER
from midspan.records import FactSlot

if TYPE_CHECKING:
    from spacy.tokens import Doc

Found = list[tuple[Triple, LinkedTriple]]


@dataclass(frozen=True)
class Sentence:
    """A parsed sentence, and what its document said before."""

    doc: Doc
    antecedents: Antecedents = field(default_factory=dict)
    names: DocumentNames = field(default_factory=DocumentNames)
    ordinal: int = 0

    @property
    def place(self) -> Place:
        return Place(self.doc.text, self.names, self.ordinal)


class FactReader:
    def __init__(self, linker: Linker) -> None:
        self._linker = linker

    @classmethod
    def over(cls, graph: KnowledgeGraph, model: Path = LINKER) -> FactReader:
        """``model`` is the linker's folder. Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
        return cls(Linker(graph, LinkModel.load(model)))

    @classmethod
    def bundled(cls, model: Path = LINKER) -> FactReader:
        """Over the knowledge graph in the package. Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
        return cls.over(bundled_kg(), model)

    def read(self, sentences: Sequence[Sentence]) -> list[Found]:
        """What each sentence says, in order, each with what it links to; then what only its names suggest.

        Of the pairs only those of two names or literals whose kinds are those that the property asks for, and
        that nothing says already.
        """
        said = [
            [Said(triple, one.place) for triple in triples]
            for one in sentences
            for triples in (extract_triples(one.doc, one.antecedents), self._pairs(one))
        ]
        linked = iter(self._linker.link([one for several in said for one in several]))
        found = [[(one.triple, next(linked)) for one in several] for several in said]
        return [
            [*clauses, *_new(clauses, pairs)] for clauses, pairs in zip(found[::2], found[1::2], strict=True)
        ]

    def _pairs(self, sentence: Sentence) -> Iterator[Triple]:
        """Those that may be kept: to link a pair costs more than to find it."""
        for one in pair_candidates(sentence.doc, sentence.antecedents, self._linker.knows):
            if _is_named(one.subject) and _is_named(one.object) and self._linker.may_fit(one):
                yield one


def _new(clauses: Found, pairs: Found) -> Found:
    """Those of the pairs that are believed and not said already."""
    kept: Found = []
    for triple, linked in pairs:
        said = (_says_same(linked, other) for _, other in (*clauses, *kept))
        if linked.typed and not any(said):
            kept.append((triple, linked))
    return kept


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
