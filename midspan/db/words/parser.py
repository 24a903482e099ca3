"""The query language. Every string is answered with a tree or refused with ``WrongUse``, in words.

=============================  =====================================================================
``left lung``                  any of these words, in any of their English forms; the more, the better
``"left lung"``, ``“…”``       these words, in this order
``-heart``, ``NOT heart``      without it; phrases and groups too
``liver AND lung``             both; binds closer than ``OR``
``liver OR lung``              one of them or both
``(liver OR lung) AND left``   groups
``hepat*``                     words that begin so
``title:atlas``, ``path:pdf``  in sources whose title has, whose path has the word
``kind:event``, ``page:3-5``   of this kind; on these pages
=============================  =====================================================================

``AND``, ``OR`` and ``NOT`` are operators in capitals only. One that has nothing to work on is passed over. A
quote or group that is not closed goes to the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from midspan.db.words import analysis
from midspan.db.words.pages import pages
from midspan.db.words.query import AllOf, AnyOf, Asked, Field, Filtered, Not, Phrase, Prefix, Query, Word
from midspan.db.words.stop_words import STOP_WORDS
from midspan.errors import WrongUse

LONGEST = 10_000
"""Code points of a query."""
DEEPEST = 50
"""Groups within groups."""
MOST_PREFIXES = 20
FIELDS = ("title", "path", "kind", "page")

_OPENS, _CLOSES = '"“”„«「『', '"“”»」』'
_TOKEN = re.compile(
    rf"""
    (?P<minus>(?<![^\s(])-(?=[^\s\-)]))
  | (?P<field>(?:{"|".join(FIELDS)}):(?=[^\s)]))
  | [{_OPENS}](?P<phrase>[^{_CLOSES}]*)[{_CLOSES}]?
  | (?P<open>\()
  | (?P<close>\))
  | (?P<word>[^\s()]+)
    """,
    re.VERBOSE,
)
_OPERATORS = ("AND", "OR", "NOT")


@dataclass(frozen=True)
class _Token:
    kind: str
    """minus, field, phrase, open, close, word, AND, OR or NOT."""
    text: str


def parse(text: str) -> Asked:
    """The tree of a query.

    Raises ``WrongUse`` for one that has no word, that only excludes, that is longer than 10,000 code points,
    has groups more than 50 deep, more than 20 beginnings of words, or pages that are no numbers.
    """
    if not text.strip():
        raise WrongUse('the query is empty; type a word, a question or a "phrase"')
    if len(text) > LONGEST:
        raise WrongUse(f"the query has {len(text):,} characters; at most {LONGEST:,} are searched for")
    tokens = _tokens(_mended(text))
    parser = _Parser(tokens)
    tree = parser.whole()
    if tree is None:  # operators alone: as the words that they are
        tree = _listed([Word(token.text) for token in tokens if token.kind in _OPERATORS])
    if tree is None:
        raise WrongUse('the query has no word; type a word, a question or a "phrase"')
    if isinstance(tree, Not):
        raise WrongUse("the query only says what to leave out; add a word that is looked for")
    return Asked(tree, " ".join(parser.wanted))


def _mended(text: str) -> str:
    """With one sign in the place of each half of a surrogate pair that has lost its other half."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        said = match[kind]
        found.append(_Token(said if kind == "word" and said in _OPERATORS else kind, said))
    return found


class _Parser:
    """By recursive descent: a list of alternatives of conjunctions of operands."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._prefixes = 0
        self.wanted: list[str] = []
        """The words that are looked for, as they were typed."""

    def whole(self) -> Query | None:
        parts = []
        while self._at < len(self._tokens):
            parts += self._list()
            self._take("close")  # of nothing
        return _listed(parts)

    def _list(self) -> list[Query]:
        """What stands side by side, up to the end of the group."""
        parts: list[Query] = []
        while self._at < len(self._tokens) and self._next() != "close":
            if self._take("OR") or self._take("AND"):
                continue
            parts += _none_or(self._alternatives())
        return parts

    def _alternatives(self) -> Query | None:
        parts = _none_or(self._conjunction())
        while self._take("OR"):
            parts += _none_or(self._conjunction())
        return _any_of(parts)

    def _conjunction(self) -> Query | None:
        parts = _none_or(self._operand())
        while self._take("AND"):
            parts += _none_or(self._operand())
        return _all_of(parts)

    def _operand(self) -> Query | None:
        negated = False
        before = len(self.wanted)
        while self._take("NOT") or self._take("minus"):
            negated = not negated
        found = self._field() if self._next() == "field" else self._one()
        if not negated:
            return found
        del self.wanted[before:]
        return None if found is None else _negated(found)

    def _field(self) -> Query | None:
        name = self._said().removesuffix(":")
        before = len(self.wanted)
        of = self._one()
        del self.wanted[before:]
        if name == "page":
            for word in _words_of(of):
                pages(word)
        return None if of is None else Field(name, of)

    def _one(self) -> Query | None:
        """A word, a phrase or a group; None where there is none, or it has no letter or digit."""
        kind = self._next()
        if kind == "open":
            return self._group()
        if kind not in ("word", "phrase"):
            return None
        said = self._said()
        cut = analysis.tokens(said)
        if not cut:
            return None
        self.wanted.append(said.rstrip("*"))
        if kind == "phrase":
            return Phrase(said)
        if said.endswith("*") and len(cut[-1]) > 1:
            return self._prefix(said)
        return Word(said)

    def _prefix(self, said: str) -> Prefix:
        self._prefixes += 1
        if self._prefixes > MOST_PREFIXES:
            raise WrongUse(
                f"the query has more than {MOST_PREFIXES} words with a * at their end; leave some out"
            )
        return Prefix(said)

    def _group(self) -> Query | None:
        self._said()
        self._depth += 1
        if self._depth > DEEPEST:
            raise WrongUse(f"the query has groups more than {DEEPEST} deep; take some brackets away")
        parts = self._list()
        self._take("close")
        self._depth -= 1
        return _listed(parts)

    def _next(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _take(self, kind: str) -> bool:
        taken = self._next() == kind
        self._at += taken
        return taken

    def _said(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1].text


def _listed(parts: Sequence[Query]) -> Query | None:
    """What stands side by side: of fields every one must fit, of the rest any."""
    by = tuple(part for part in parts if _is_filter(part))
    rest = _any_of([part for part in parts if not _is_filter(part)])
    if not by:
        return rest
    if rest is None:
        return _all_of(by)
    if isinstance(rest, Not):
        return _all_of([*by, rest])
    return Filtered(rest, by)


def _any_of(parts: Sequence[Query]) -> Query | None:
    return _joined(AnyOf, parts)


def _all_of(parts: Sequence[Query]) -> Query | None:
    return _joined(AllOf, parts)


def _joined(kind: type[AnyOf] | type[AllOf], parts: Sequence[Query]) -> Query | None:
    """Without doubles, and without words that carry no topic beside ones that do."""
    once = list(dict.fromkeys(parts))
    wanted = [part for part in once if not isinstance(part, Not)]
    left_out = [part for part in once if isinstance(part, Not)]
    wanted = [part for part in wanted if not _is_stop_word(part)] or wanted
    if not wanted:
        unwanted = [part.of for part in left_out]
        return Not(unwanted[0] if len(unwanted) == 1 else AnyOf(tuple(unwanted))) if unwanted else None
    if len(wanted) == 1 and not left_out:
        return wanted[0]
    return kind((*wanted, *left_out))


def _negated(query: Query) -> Query:
    return query.of if isinstance(query, Not) else Not(query)


def _none_or(query: Query | None) -> list[Query]:
    return [] if query is None else [query]


def _is_filter(query: Query) -> bool:
    if isinstance(query, (AnyOf, AllOf)):
        return all(map(_is_filter, query.parts))
    return isinstance(query, Field)


def _is_stop_word(query: Query) -> bool:
    return isinstance(query, Word) and STOP_WORDS.issuperset(analysis.tokens(query.text))


def _words_of(query: Query | None) -> Iterable[str]:
    if isinstance(query, (AnyOf, AllOf)):
        for part in query.parts:
            yield from _words_of(part)
    elif isinstance(query, Not):
        yield from _words_of(query.of)
    elif isinstance(query, (Word, Phrase, Prefix)):
        yield query.text
