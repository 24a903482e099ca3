"""What reading facts remembers of a document: what its references stand for, and whose its names are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midspan.models.facts.discourse import Discourse
from midspan.models.facts.link.document import DocumentNames
from midspan.models.facts.reader import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass
class DocumentMemory:
    discourse: Discourse = field(default_factory=Discourse)
    names: DocumentNames = field(default_factory=DocumentNames)

    def title(self, ordinal: int, segment_id: str, text: str, start: int) -> None:
        """See :meth:`Discourse.title`."""
        self.discourse.title(ordinal, segment_id, text, start)

    def read(self, ordinal: int, segment_id: str, doc: Doc, start: int) -> None:
        """Note a sentence that begins at ``start`` in its source."""
        self.discourse.read(ordinal, segment_id, doc, start)
        self.names.note(ordinal, [one.text for one in doc.ents if one.label_ == "PERSON"])

    def sentence(self, ordinal: int, doc: Doc) -> Sentence:
        """A sentence that was noted, with what is known in it."""
        return Sentence(doc, self.discourse.antecedents(ordinal), self.names, ordinal)
