"""Which nouns of a parsed sentence name things that can stand in a scene, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midspan.models.scene.lexicon import LONGEST, Entry, look_up

if TYPE_CHECKING:
    from spacy.tokens import Token

_NUMBERS = {"two": 2, "2": 2, "both": 2, "three": 3, "3": 3}
_PLURALS_OF_ONE = frozenset({
    "glasses", "sunglasses", "eyeglasses", "spectacles", "goggles", "scissors", "swings"
})  # fmt: skip
CAP = 3
"""At most so many things for one plural."""


@dataclass(frozen=True)
class Mention:
    """A noun that names a thing, at ``[start, end)`` of the text."""

    start: int
    end: int
    surface: str
    entry: Entry
    count: int
    """How many of it there are, 1 to 3."""


def mention_at(token: Token) -> Mention | None:
    """The thing whose head noun a token is."""
    if token.pos_ not in ("NOUN", "PROPN") and token.lower_ not in ("he", "she"):
        return None
    if token.dep_ == "compound" or _numbered(token):
        return None
    for length in range(LONGEST, 0, -1):
        first = token.i - length + 1
        if first < 0:
            continue
        words = [token.doc[i].lower_ for i in range(first, token.i)]
        for last in (token.lemma_.lower(), token.lower_):
            entry = look_up(" ".join([*words, last]))
            if entry is not None:
                span = token.doc[first : token.i + 1]
                return Mention(span.start_char, span.end_char, span.text, entry, _count(token))
    return None


def _numbered(token: Token) -> bool:
    """ "Table 3", "Figure 2": a reference, not a thing."""
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    return following is not None and following.like_num and token.is_title


def _count(token: Token) -> int:
    for child in token.children:
        if child.dep_ == "nummod" or child.lower_ in _NUMBERS:
            return _NUMBERS.get(child.lower_, 1 if child.lower_ in ("one", "1") else CAP)
        if child.lower_ in ("several", "many", "some") and token.tag_ in ("NNS", "NNPS"):
            return CAP
    plural = token.tag_ in ("NNS", "NNPS") and token.lower_ not in _PLURALS_OF_ONE
    return 2 if plural else 1
