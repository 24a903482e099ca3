"""Triples, entities and facts as rows of tokens, after sections 2.1 and 2.2 of the chapter's specification.

Markers are tokens behind the encoder's vocabulary, so that no text can hold one, and each part of a text is
cut by itself, so that none can push a marker out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import tokenizers

from midspan.errors import WrongUse
from midspan.models.facts.knowledge_graph import Entity, Predicate
from midspan.models.facts.link.question import Question

Marker = Literal["subject", "predicate", "object", "entity", "relation", "fact", "description"]
MARKERS: tuple[Marker, ...] = get_args(Marker)
MASKS = ("[MASK]", "<mask>")

A_PART, AN_ITEM, A_LABEL = 40, 32, 20
"""Most tokens: of a part of a triple (128 of the whole), of an entity or a property, of its label."""
Row = list[int]
Item = Entity | Predicate


@dataclass(frozen=True)
class Triple:
    tokens: Row
    places: tuple[int, int, int]
    """Of the markers of subject, predicate and object."""


class Texts:
    def __init__(self, tokenizer: tokenizers.Tokenizer, vocabulary: int) -> None:
        """``vocabulary`` is the encoder's, without markers. Raises ``WrongUse`` for a tokenizer that marks no
        beginning and end, or has no mask."""
        self._tokenizer = tokenizer
        self._markers = {name: vocabulary + place for place, name in enumerate(MARKERS)}
        edges = tokenizer.encode("").ids
        masks = [found for name in MASKS if (found := tokenizer.token_to_id(name)) is not None]
        if len(edges) != 2 or not masks:
            raise WrongUse(
                "the encoder's tokenizer has to put a token before and behind a text, and to have a mask; "
                "give a folder of BERT or RoBERTa as published"
            )
        (self._first, self._last), self._mask = edges, masks[0]

    def triple(self, asked: Question) -> Triple:
        """``[SUBJ] s [PRED] p [OBJ] o``."""
        row, places = [self._first], []
        parts: tuple[tuple[Marker, str], ...] = (
            ("subject", asked.subject.name),
            ("predicate", asked.predicate),
            ("object", asked.object.name),
        )
        for marker, text in parts:
            places.append(len(row))
            row += [self._markers[marker], *self._part(text, A_PART)]
        return Triple([*row, self._last], (places[0], places[1], places[2]))

    def item(self, item: Item) -> Row:
        """``label [ENT] description`` or ``label [REL] description``; aliases are left out."""
        label = self._part(item.name, A_LABEL)
        marker = self._markers["entity" if isinstance(item, Entity) else "relation"]
        rest = AN_ITEM - len(label) - 3
        return [self._first, *label, marker, *self._part(item.description, rest), self._last]

    def fact(self, asked: Question, items: Sequence[Item], hides: Callable[[], bool] = lambda: False) -> Row:
        """``triple [FACT] [SUBJ] label [DESC] description ...`` of a subject, a property and an object;
        where ``hides`` says so the mask stands for a label."""
        row = [*self.triple(asked).tokens[:-1], self._markers["fact"]]
        sides: tuple[Marker, ...] = ("subject", "predicate", "object")
        for marker, item in zip(sides, items, strict=True):
            label = [self._mask] if hides() else self._part(item.name, A_LABEL)
            said = self._part(item.description, AN_ITEM - A_LABEL)
            row += [self._markers[marker], *label, self._markers["description"], *said]
        return [*row, self._last]

    def _part(self, text: str, most: int) -> Row:
        return self._tokenizer.encode(text, add_special_tokens=False).ids[:most]
