"""The things of the sentences just before one, which its pronouns may mean: "A mug is here. Beside it
..."."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midspan.models.scene.mentions import Mention
from midspan.models.scene.reading import Reading

if TYPE_CHECKING:
    from spacy.tokens import Doc

NEAR = 3
"""So many segments back a thing is looked for."""
KEPT = 256
"""So many sentences are remembered of a document: a piece of it may be asked again."""


@dataclass(frozen=True)
class _Sentence:
    start: int
    mentions: tuple[Mention, ...]


class Window:
    """Takes the sentences of a source in order, the same ones again as well."""

    def __init__(self) -> None:
        self._sentences: dict[int, _Sentence] = {}

    def read(self, ordinal: int, start: int, doc: Doc) -> Reading:
        """Note a sentence that begins at ``start`` in its source, and read it after those before it."""
        reading = Reading.of(doc, self._before(ordinal, start))
        if ordinal in self._sentences:
            return reading
        named = tuple(one for one in reading.known.found if not one.pronoun)
        self._sentences[ordinal] = _Sentence(start, named)
        while len(self._sentences) > KEPT:
            del self._sentences[min(self._sentences)]
        return reading

    def _before(self, ordinal: int, start: int) -> list[Sequence[Mention]]:
        """The mentions before a sentence, the nearest sentence first; offsets count from its ``start``."""
        found: list[Sequence[Mention]] = []
        for before in range(ordinal - 1, ordinal - 1 - NEAR, -1):
            sentence = self._sentences.get(before)
            if sentence is not None:
                shift = sentence.start - start
                found.append(
                    [replace(one, start=one.start + shift, end=one.end + shift) for one in sentence.mentions]
                )
        return found
