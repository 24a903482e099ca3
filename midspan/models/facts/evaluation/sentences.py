"""Sentences as a document gives them: each with what its document said before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from midspan.models.facts.memory import DocumentMemory
from midspan.models.facts.reader import Sentence
from midspan.models.parser import load_parser

Text = tuple[str, str]
"""Document and text."""


def in_documents(texts: Sequence[Text]) -> Iterator[tuple[Text, int, Sentence]]:
    """Each with where it begins in its document. Those of a document come in its order."""
    documents: dict[str, tuple[DocumentMemory, list[int]]] = {}
    docs = load_parser().parse([text for _, text in texts])
    for (name, text), doc in zip(texts, docs, strict=True):
        memory, starts = documents.setdefault(name, (DocumentMemory(), [0]))
        ordinal = len(starts) - 1
        memory.read(ordinal, str(ordinal), doc, starts[-1])
        yield (name, text), starts[-1], memory.sentence(ordinal, doc)
        starts.append(starts[-1] + len(text) + 1)
