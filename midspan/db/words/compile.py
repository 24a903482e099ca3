"""A query as one of tantivy's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tantivy import FieldType, Occur, Schema, TextAnalyzer
from tantivy import Query as Found

from midspan.db.words import analysis
from midspan.db.words.pages import pages
from midspan.db.words.query import AllOf, AnyOf, Field, Filtered, Misspelt, Not, Phrase, Prefix, Query, Word

A_WORD = 3
"""A run of Chinese or Japanese of up to so many pairs is a word, which is found whole. A longer one is a
sentence, of which any pair is found."""


@dataclass(frozen=True)
class Compiler:
    """Makes queries for one level of an index."""

    schema: Schema
    stems: TextAnalyzer
    """What the fields of stemmed tokens do to tokens; ``plain`` is what ``word`` does."""
    plain: TextAnalyzer
    of_sources: Callable[[Found], Found]
    """Places in the sources that a query finds among documents."""
    text: str = "text"
    """Field in which words are looked for."""

    def __call__(self, query: Query) -> Found:
        if isinstance(query, Word):
            return self._word(query.text)
        if isinstance(query, Misspelt):
            return self._misspelt(query.text)
        if isinstance(query, Phrase):
            return self._row(analysis.tokens(query.text))
        if isinstance(query, Prefix):
            return self._prefix(query.text)
        if isinstance(query, Field):
            return self._field(query)
        if isinstance(query, Filtered):
            return within(self(query.of), [self(condition) for condition in query.by])
        if isinstance(query, Not):
            return _nothing_but(self(query.of))
        wanted = Occur.Must if isinstance(query, AllOf) else Occur.Should
        return boolean(
            [
                (Occur.MustNot, self(part.of)) if isinstance(part, Not) else (wanted, self(part))
                for part in query.parts
            ]
        )

    def _word(self, text: str) -> Found:
        cut = analysis.tokens(text)
        if len(cut) > A_WORD and all(map(analysis.is_cjk, cut)):
            return boolean([(Occur.Should, self._row([pair])) for pair in dict.fromkeys(cut)])
        return self._row(cut)

    def _row(self, cut: list[str]) -> Found:
        """These tokens, one behind the other."""
        if self.text == "text" and len(cut) == 1 and len(cut[0]) == 1 and analysis.is_cjk(cut[0]):
            return Found.term_query(self.schema, "word", cut[0], index_option="basic")
        stems = self.stems.analyze(" ".join(cut))
        if not stems:
            return Found.empty_query()
        if len(stems) == 1:
            return Found.term_query(self.schema, self.text, stems[0], index_option="freq")
        return Found.phrase_query(self.schema, self.text, list(stems))

    def _misspelt(self, text: str) -> Found:
        [plain] = self.plain.analyze(" ".join(analysis.tokens(text)))
        return Found.fuzzy_term_query(self.schema, self._plain_field, plain, distance=1)

    def _prefix(self, text: str) -> Found:
        """A word that begins so; of several tokens the last one is the beginning."""
        cut = analysis.tokens(text)
        *_, plain = self.plain.analyze(" ".join(cut))
        begins = Found.fuzzy_term_query(self.schema, self._plain_field, plain, distance=0, prefix=True)
        if len(cut) == 1:
            return begins
        return boolean([(Occur.Must, self._row(cut[:-1])), (Occur.Must, begins)])

    @property
    def _plain_field(self) -> str:
        return "word" if self.text == "text" else self.text

    def _field(self, field: Field) -> Found:
        if field.name in ("title", "path"):
            return self.of_sources(replace(self, text=field.name)(field.of))
        if isinstance(field.of, (AnyOf, AllOf)):
            parts = tuple(
                Not(Field(field.name, part.of)) if isinstance(part, Not) else Field(field.name, part)
                for part in field.of.parts
            )
            return self(replace(field.of, parts=parts))
        if isinstance(field.of, Not):
            return self(Not(Field(field.name, field.of.of)))
        return self._number(field.of) if field.name == "page" else self._kind(field.of)

    def _number(self, of: Query) -> Found:
        if not isinstance(of, (Word, Phrase)):
            return Found.empty_query()
        first, last = pages(of.text)
        return Found.range_query(self.schema, "page", FieldType.Integer, first, last, use_inverted_index=True)

    def _kind(self, of: Query) -> Found:
        """Of the place itself, or of its source."""
        if not isinstance(of, (Word, Phrase)):
            return Found.empty_query()
        kind = Found.term_query(self.schema, "kind", of.text.casefold(), index_option="basic")
        return boolean([(Occur.Should, kind), (Occur.Should, self.of_sources(kind))])


def boolean(parts: Sequence[tuple[Any, Found]]) -> Found:
    """Without anything wanted it finds nothing."""
    return Found.boolean_query(parts) if parts else Found.empty_query()


def within(wanted: Found, conditions: Sequence[Found]) -> Found:
    """What is wanted, where all conditions hold; these count for no score."""
    unscored = [(Occur.Must, Found.const_score_query(condition, 0.0)) for condition in conditions]
    return boolean([(Occur.Must, wanted), *unscored]) if unscored else wanted


def _nothing_but(excluded: Found) -> Found:
    return Found.boolean_query([(Occur.Must, Found.all_query()), (Occur.MustNot, excluded)])
