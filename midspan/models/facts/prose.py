"""Whether a segment is prose, so that its parse can be believed.

What a document holds beside prose comes as a sentence too: code, tables, option lists, front matter, legal
text in capitals, numbered headings. A parser makes clauses of them; here are the signs that there are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

MOST_CODE = 0.12
"""Share of words that look like code."""
MOST_SYMBOLS = 0.08
"""Share of signs that are neither letters, digits, space nor the punctuation of prose."""
MOST_CAPITALS = 0.6
"""Share of letters."""
MOST_NUMBERS = 0.4
"""Share of words that are numbers."""
FEWEST = 3
"""Words."""

_ANSWER = "midspan.prose"
_PROSE = frozenset(".,;:!?'\"’‘“”`()-–—…%&$€£/")
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
_CODE = re.compile(
    r"""\w\(\S*\)                     # call()
    |[a-z0-9]+_\w+|__\w+            # snake_case
    |[a-z]+[a-z0-9]*[A-Z]\w*        # camelCase
    |\w+::\w+|\w+\.\w+\.\w+      # a::b, a.b.c
    |https?:|www\.|\S+@\S+\.\w+     # addresses
    |^--?[a-z][\w-]*|^[/~.]+/\w     # --option, /path
    |[{}<>=\\|^~]|\]\(|^[#*+]+$""",
    re.X,
)
_REFERENCE = re.compile(r"\b(?:doi|arXiv|ISBN|ISSN|pp?)\b[.:]?\s*\d|\bet al\.,?\s*\(?\d{4}|\(\d{4}\)\.", re.I)


def is_prose(doc: Doc) -> bool:
    """A sentence of words with a finite verb. The answer is kept with the doc, since each generator asks."""
    if _ANSWER not in doc.user_data:
        doc.user_data[_ANSWER] = _is_prose(doc)
    return bool(doc.user_data[_ANSWER])


def _is_prose(doc: Doc) -> bool:
    text, words = doc.text, [token for token in doc if any(map(str.isalnum, token.text))]
    if "```" in text or len(words) < FEWEST or not any(token.tag_ in _FINITE for token in words):
        return False
    return not (
        _share(words, _is_code) > MOST_CODE
        or _share(words, _is_number) > MOST_NUMBERS
        or _symbols(text) > MOST_SYMBOLS
        or _is_capitals(words)
        or _is_reference(text, words)
    )


def _share(words: list[Token], has: Callable[[Token], bool]) -> float:
    return sum(map(has, words)) / len(words)


def _is_code(word: Token) -> bool:
    return _CODE.search(word.text) is not None


def _is_number(word: Token) -> bool:
    return not any(sign.isalpha() for sign in word.text)


def _symbols(text: str) -> float:
    signs = [sign for sign in text if not sign.isspace()]
    return sum(not sign.isalnum() and sign not in _PROSE for sign in signs) / max(len(signs), 1)


def _is_capitals(words: list[Token]) -> bool:
    letters = [sign for word in words for sign in word.text if sign.isalpha()]
    return sum(map(str.isupper, letters)) > MOST_CAPITALS * len(letters)


def _is_reference(text: str, words: list[Token]) -> bool:
    """An entry of a list of references: its places in print, and hardly a verb."""
    return _REFERENCE.search(text) is not None and sum(token.tag_ in _FINITE for token in words) < 2
