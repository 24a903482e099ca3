"""Sentences as a document gives them: each with what its document said before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from midspan.models.facts.discourse import Discourse
from midspan.models.facts.phrases import Antecedents
from midspan.models.parser import load_parser

if TYPE_CHECKING:
    from spacy.tokens import Doc

Sentence = tuple[str, str]
"""Document and text."""


def in_documents(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, int, Doc, Antecedents]]:
    """Each with where it begins in its document. Those of a document come in its order."""
    documents: dict[str, tuple[Discourse, list[int]]] = {}
    docs = load_parser().parse([text for _, text in sentences])
    for (name, text), doc in zip(sentences, docs, strict=True):
        discourse, starts = documents.setdefault(name, (Discourse(), [0]))
        ordinal = len(starts) - 1
        discourse.read(ordinal, str(ordinal), doc, starts[-1])
        yield (name, text), starts[-1], doc, discourse.antecedents(ordinal)
        starts.append(starts[-1] + len(text) + 1)
