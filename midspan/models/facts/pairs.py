"""A second generator: two mentions in one sentence, with the path between them in the parse.

It finds what no clause says outright ("the Warsaw-born physicist's paper in Nature") at the price of much
that is wrong. So its triples are candidates: they become facts only where both sides and the predicate are
linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from midspan.models.facts.extraction import MAX_SENTENCE_TOKENS, Triple
from midspan.models.facts.phrases import Antecedents, Phrase, noun_phrase, phrase_between, readable
from midspan.models.facts.prose import is_prose
from midspan.models.facts.scope import stance

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc, Span, Token

MAX_MENTIONS = 30
MAX_PATH = 8
"""Tokens on the way from one to the other."""
_NO_MENTION = frozenset({"CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "MONEY", "TIME"})
_TITLE_LINKS = frozenset({"compound", "nmod", "amod"})


def pair_candidates(
    doc: Doc, antecedents: Antecedents | None = None, worth: Callable[[str], bool] = lambda key: True
) -> Iterator[Triple]:
    """A triple for each pair of mentions whose key is ``worth`` it; none of what is no prose."""
    if len(doc) > MAX_SENTENCE_TOKENS or not is_prose(doc):
        return
    found = mentions(doc, antecedents or {})
    for (one, left), (other, right) in combinations(found, 2):
        if left.overlaps(right):
            continue
        path = _path(one, other)
        if path is None or path.changes_subject:
            continue
        (subject, first), (object_, last) = ((one, left), (other, right))
        if path.turned:
            (subject, first), (object_, last) = (object_, last), (subject, first)
        if worth(path.key):
            yield _triple(doc, subject, object_, first, last, path)


def mentions(doc: Doc, antecedents: Antecedents) -> list[tuple[Token, Phrase]]:
    """Names, noun chunks and what was resolved, in order, with their heads."""
    found: dict[tuple[int, int], tuple[Token, Phrase]] = {}
    for span in doc.ents:
        if span.label_ not in _NO_MENTION:
            _note(found, span.root, _of_span(span, span.label_))
    for chunk in doc.noun_chunks:
        if chunk.root.pos_ != "PRON" and not any(token.tag_ == "PRP$" for token in chunk):
            _note(found, chunk.root, _of_span(chunk, chunk.root.ent_type_))
    for place in antecedents:
        phrase = noun_phrase(doc[place], antecedents)
        if phrase is not None:
            _note(found, doc[place], phrase)
    spans = [(phrase.start, phrase.end) for _, phrase in found.values() if phrase.label]
    ordered = sorted(found.values(), key=lambda one: (one[1].start, one[1].end))
    return [one for one in ordered if not _is_within(one[1], spans)][:MAX_MENTIONS]


def _is_within(phrase: Phrase, names: Sequence[tuple[int, int]]) -> bool:
    """ "The University" of "The University of Vienna", "14 March" of "14 March 1879"."""
    return any(
        start <= phrase.start and phrase.end <= end and (start, end) != (phrase.start, phrase.end)
        for start, end in names
    )


def _note(found: dict[tuple[int, int], tuple[Token, Phrase]], head: Token, phrase: Phrase) -> None:
    if any(sign.isalnum() for sign in phrase.surface):
        found.setdefault((phrase.start, phrase.end), (head, phrase))


def _of_span(span: Span, label: str) -> Phrase:
    first = 1 if len(span) > 1 and span[0].dep_ == "det" else 0
    place = phrase_between(span[first], span[-1])
    head = span.root
    noun = head.lemma_ if head.pos_ == "NOUN" and not label else ""
    names = (readable(place.surface),)
    return Phrase(place.surface, place.start, place.end, label, names, noun, "definite" if first else "")


class _Path:
    """From one token up to their common governor and down to the other."""

    def __init__(self, up: list[Token], top: Token, down: list[Token]) -> None:
        self.top = top
        self.turned = _is_subject_side(down) and not _is_subject_side(up)
        if not up and not down:
            self.turned = False
        elif not down:
            # The second governs the first: "Poland's capital", "Apple chief Tim Cook".
            self.turned = True
        self._up, self._down = (down, up) if self.turned else (up, down)

    @property
    def changes_subject(self) -> bool:
        """Leads into a clause with a subject of its own: "Bob was born in Ulm, and Ann studied in Bern"."""
        return any(
            token.dep_ in ("conj", "advcl", "ccomp", "parataxis")
            and _is_verb(token)
            and any(child.dep_ in ("nsubj", "nsubjpass") for child in token.children)
            for token in self._down
        ) and bool(self._up)

    @property
    def words(self) -> list[Token]:
        """Between the two, without them."""
        inner = [*self._up[1:], *self._down[1:]]
        ends = bool(self._up) and bool(self._down)
        return sorted([*inner, *([self.top] if ends else [])], key=lambda token: token.i)

    @property
    def key(self) -> str:
        """In the words of the clause rules: ``found by``, ``be capital of``, ``be in``."""
        top = self.top
        down = [token for token in reversed(self._down[1:]) if token.dep_ != "conj" or _is_verb(token)]
        if self._up and down and down[0].dep_ == "conj" and _is_verb(top) and _is_verb(down[0]):
            # "was born in Ulm and died in Princeton": of the second place it says "died in".
            top, down = down[0], down[1:]
        words = [token.lower_ if token.pos_ == "ADP" else token.lemma_.lower() for token in down]
        if self._up:
            up = [token.lemma_.lower() for token in self._up[1:] if token.dep_ not in ("conj", "appos")]
            particles = [child.lower_ for child in top.children if child.dep_ == "prt"]
            return " ".join([*up, top.lemma_.lower(), *particles, *words])
        if not self._up and self._down and self._down[-1].dep_ in _TITLE_LINKS | {"poss"} and down:
            return " ".join(["be", *words, "of"])
        if not words:
            return "be of"
        if down[0].pos_ == "VERB" and not self._up:
            return " ".join(words)
        return " ".join(["be", *words]) if down[-1].pos_ == "ADP" else " ".join(["be", *words, "of"])


def _path(one: Token, other: Token) -> _Path | None:
    """None where they hang together in no way, or one is the other, or by too long a way."""
    up = [one, *one.ancestors]
    down = [other, *other.ancestors]
    places = {token.i: index for index, token in enumerate(up)}
    for index, token in enumerate(down):
        if token.i in places:
            left, right = up[: places[token.i]], down[:index]
            if not 0 < len(left) + len(right) <= MAX_PATH:
                return None
            return _Path(left, token, right)
    return None


def _is_verb(token: Token) -> bool:
    return token.pos_ in ("VERB", "AUX")


def _is_subject_side(way: list[Token]) -> bool:
    return bool(way) and way[-1].dep_ in ("nsubj", "nsubjpass")


def _triple(doc: Doc, subject: Token, object_: Token, left: Phrase, right: Phrase, path: _Path) -> Triple:
    words = path.words
    between = phrase_between(words[0], words[-1]) if words else None
    if between is None or between.overlaps(left) or between.overlaps(right):
        start, end = sorted((left, right), key=lambda phrase: phrase.start)
        between = Phrase(doc.text[start.end : end.start].strip(), start.end, end.start)
        gap = doc.text[start.end : end.start]
        lead = len(gap) - len(gap.lstrip())
        between = Phrase(gap.strip(), start.end + lead, start.end + lead + len(gap.strip()))
    top = path.top
    said = stance(top, *(token for token in (subject, object_) if token.i != top.i))
    return Triple(
        subject=left,
        predicate=between,
        relation=" ".join(word.text for word in words) or between.surface,
        key=path.key,
        object=right,
        polarity=said.polarity,
        modality=said.modality,
        generator="pair",
    )
