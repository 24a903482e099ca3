"""Which nouns of a parsed sentence name things that can stand in a scene, how many of each, and which."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midspan.models.scene.lemmas import is_verb, singulars
from midspan.models.scene.lexicon import LONGEST, NAMED, Entry, look_up
from midspan.models.scene.verbs import VERBS

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_NUMBERS = {"two": 2, "2": 2, "both": 2, "pair": 2, "couple": 2, "three": 3, "3": 3}
_PLURALS_OF_ONE = frozenset({
    "glasses", "sunglasses", "eyeglasses", "spectacles", "goggles", "scissors", "swings", "stairs", "jeans",
    "trousers",
    "pants", "shorts", "binoculars", "pliers"
})  # fmt: skip
_COLLECTIONS = frozenset({
    "pair", "couple", "group", "bunch", "set", "number", "lot", "kind", "piece", "slice", "herd", "flock",
    "row",
    "stack", "pile", "heap", "line", "bundle", "variety", "collection", "crowd", "team",
    "type", "sort"
})  # fmt: skip
"""In "a row of huts" the huts are the things."""
_OUTER_NAMES = frozenset({
    "ORG", "GPE", "LOC", "NORP", "LAW", "EVENT", "WORK_OF_ART", "DATE", "TIME", "MONEY", "PERCENT", "LANGUAGE"
})  # fmt: skip
_PART_OF_PHRASE = frozenset({"DET", "ADJ", "NUM", "NOUN", "PROPN"})
CAP = 3
"""At most so many things for one plural."""


@dataclass(frozen=True)
class Mention:
    """A noun that names a thing, at ``[start, end)`` of the text; of an earlier sentence below 0."""

    start: int
    end: int
    surface: str
    entry: Entry
    count: int
    """How many of it there are, 1 to 3."""
    attributes: tuple[str, ...] = ()
    """Its adjectives: "red", "wooden"."""
    plural: bool = False
    bare: bool = False
    """Without article, number or possessive."""
    pronoun: bool = False


@dataclass
class Mentions:
    """The mentions of a sentence and the way from a token to the mention it belongs to."""

    found: list[Mention] = field(default_factory=list)
    at: dict[int, int] = field(default_factory=dict)
    """Head token (and what stands for it) to mention."""
    within: dict[int, int] = field(default_factory=dict)
    """Every token of its noun phrase to mention."""

    def add(self, token: Token, mention: Mention) -> int:
        self.found.append(mention)
        number = len(self.found) - 1
        self.claim(token, number)
        return number

    def claim(self, token: Token, number: int) -> None:
        """A phrase speaks of a mention."""
        first = _left(token)
        self.at[token.i] = number
        for position in range(first, token.i + 1):
            self.within[position] = number


def mentions(doc: Doc, hidden: Container[int] = (), wordings: Container[int] = ()) -> Mentions:
    """The nouns that name things, each thing once: "the cup" is the cup before it.

    ``hidden`` are tokens that say where, as in "at the edge of the picture"; ``wordings`` those of all that
    relates things, which are no second word of a compound: "the coin southeast of the cup".
    """
    known = Mentions()
    for token in doc:
        if token.i in hidden:
            continue
        contents = _container(token, known)
        if contents is not None:
            known.within[token.i] = contents
            known.at[token.i] = contents
            continue
        found = mention_at(token, wordings)
        if found is None:
            continue
        same = _said_before(token, found, known, doc)
        if same is None:
            known.add(token, found)
        else:
            known.claim(token, same)
    return known


def mention_at(token: Token, wordings: Container[int] = ()) -> Mention | None:
    """The thing whose head noun a token is."""
    entry: Entry | None
    if _is_letter(token):
        return Mention(token.idx, token.idx + 1, token.text[0], Entry(NAMED["small thing"], "open"), 1)
    compound = token.i + 1 not in wordings and _is_compound(token)
    if compound or is_verb(token, VERBS) or not _is_noun(token) or _numbered(token):
        return None
    if token.lemma_.lower() in _COLLECTIONS and token.i + 1 < len(token.doc) and token.nbor(1).lower_ == "of":
        return None
    if token.ent_type_ in _OUTER_NAMES and token.pos_ == "PROPN" and token.i:
        return None
    first, entry = _longest_phrase(token)
    if entry is None and token.ent_type_ == "PERSON" and token.pos_ == "PROPN" and _tells_now(token.doc):
        entry = Entry(NAMED["person"], "open", 0.5)
    if entry is None or _is_name(token, first):
        return None
    while first > 0 and token.doc[first - 1].dep_ == "compound" and token.doc[first - 1].head.i == token.i:
        first -= 1
    before = _left(token)
    if before > 1 and token.doc[before - 1].lower_ == "of":
        collection = token.doc[before - 2]
        first = collection.i if collection.lemma_.lower() in _COLLECTIONS else first
    span = token.doc[first : token.i + 1]
    described = tuple(child.lower_ for child in token.lefts if child.dep_ in ("amod", "nummod", "compound"))
    plural = token.tag_ in ("NNS", "NNPS")
    return Mention(
        span.start_char,
        span.end_char,
        span.text,
        entry,
        _count(token, span[0]),
        described,
        plural,
        not any(child.tag_ in ("DT", "CD", "PRP$", "PDT") or child.dep_ == "poss" for child in token.lefts),
        token.lower_ in ("he", "she"),
    )


def _is_noun(token: Token) -> bool:
    if token.pos_ in ("NOUN", "PROPN") or token.lower_ in ("he", "she", "someone", "somebody"):
        return True
    if token.i == 0 and token.pos_ == "INTJ":
        return True
    # A word that the parser takes for something else, behind an article: "the toilet is".
    behind = token.i > 0 and token.nbor(-1).tag_ in ("DT", "PRP$")
    last = token.i + 1 >= len(token.doc) or token.nbor(1).pos_ not in ("NOUN", "PROPN", "ADJ")
    if not (behind and last and token.pos_ in ("VERB", "ADJ", "ADV", "X", "INTJ")):
        return False
    entry = look_up(token.lower_)
    return entry is not None and entry.share >= 0.5


def _tells_now(doc: Doc) -> bool:
    """Whether people in it may be those of a picture: prose about them tells what was."""
    return len(doc) <= 30 and not any(token.tag_ in ("VBD", "CD") for token in doc)


def _is_name(token: Token, first: int) -> bool:
    """A thing with a name of its own, as "the Columbia River": hardly one of an arrangement."""
    if token.pos_ != "PROPN" or not token.text[0].isupper() or token.i == 0:
        return False
    before = token.nbor(-1)
    return before.pos_ == "PROPN" and before.text[0].isupper() and before.i > 0 and first == token.i


def _is_letter(token: Token) -> bool:
    """A thing that is called by a letter, as in games of positions: "A is left of B"."""
    last = token.i + 1 == len(token.doc)
    if last and len(token.text) == 2 and token.text[0].isupper() and token.text[1] == ".":
        return True
    if len(token.text) != 1 or not token.text.isupper() or token.text == "I":
        return False
    if last:
        return True
    after = token.nbor(1)
    return after.pos_ in (
        "AUX",
        "VERB",
        "ADP",
        "CCONJ",
        "PUNCT",
        "ADV",
        "PART",
    ) and not after.text.startswith("-")


def _is_compound(token: Token) -> bool:
    if token.i + 1 >= len(token.doc):
        return False
    after = token.nbor(1)
    if is_verb(after, VERBS):
        return False
    head = token.head
    if (
        token.dep_ in ("compound", "nmod")
        and head.i > token.i
        and head.pos_ in ("NOUN", "PROPN")
        and (after.pos_ in ("NOUN", "PROPN", "PUNCT", "ADJ"))
    ):
        return not _is_letter(after)
    return (
        after.tag_ in ("NN", "NNS")
        and token.tag_ in ("NN", "NNP")
        and after.head.i >= after.i
        and (look_up(f"{token.lower_} {after.lemma_.lower()}") is not None)
    )


def _longest_phrase(token: Token) -> tuple[int, Entry | None]:
    """The first token and the entry of the longest known phrase that ends in a token."""
    for length in range(LONGEST, 0, -1):
        first = token.i - length + 1
        if first < 0:
            continue
        words = [token.doc[i].lower_ for i in range(first, token.i)]
        for last in singulars(token):
            entry = look_up(" ".join([*words, last]))
            if entry is not None:
                return first, entry
    return token.i, None


def _left(token: Token) -> int:
    """Where the phrase begins whose head a token is."""
    first = token.i
    while first > 0:
        before = token.doc[first - 1]
        if before.pos_ not in _PART_OF_PHRASE and before.tag_ not in ("PRP$", "POS", "VBG", "VBN"):
            break
        if before.tag_ in ("VBG", "VBN") and before.head.i != token.i:
            break
        if before.lower_ in ("left", "right") or (
            before.pos_ in ("NOUN", "PROPN") and before.head.i < before.i
        ):
            break
        first -= 1
    return first


def _said_before(token: Token, found: Mention, known: Mentions, doc: Doc) -> int | None:
    """An earlier mention that "the ..." speaks of again; of another colour it is another thing."""
    letter = len(found.surface) == 1
    if not letter and not any(child.lower_ == "the" for child in token.children):
        return None
    for position, number in known.at.items():
        other = known.found[number]
        if (doc[position].lemma_ == token.lemma_ or (letter and other.surface == found.surface)) and (
            other.count == found.count and set(found.attributes) <= set(other.attributes)
        ):
            return number
    return None


def _container(token: Token, known: Mentions) -> int | None:
    """The thing before "of" that holds or shows this one: "a cup of tea", "a photo of a ship"."""
    first = _left(token)
    if token.pos_ != "NOUN" or first < 2 or token.doc[first - 1].lower_ != "of":
        return None
    before = known.at.get(first - 2)
    if before is None or token.doc[first - 2].lemma_.lower() in _COLLECTIONS:
        return None
    group = known.found[before].entry.category.group
    definite = token.doc[first].lower_ in ("the", "this", "that", "its", "his", "her", "their")
    shows = token.doc[first - 2].lemma_ in (
        "picture",
        "photo",
        "photograph",
        "painting",
        "poster",
        "statue",
        "drawing",
    )
    return before if (group == "small" and not definite) or shows else None


def _numbered(token: Token) -> bool:
    """ "Table 3", "Figure 2": a reference, not a thing."""
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    return following is not None and following.like_num and token.is_title


def _count(token: Token, first: Token) -> int:
    if first.i < token.i and first.lemma_.lower() in _COLLECTIONS and first.nbor(1).lower_ == "of":
        return _NUMBERS.get(first.lemma_.lower(), CAP if token.tag_ == "NNS" else 1)
    for child in token.children:
        if child.dep_ == "nummod" or child.lower_ in _NUMBERS:
            return _NUMBERS.get(child.lower_, 1 if child.lower_ in ("one", "1") else CAP)
        if child.lower_ in ("several", "many", "some") and token.tag_ in ("NNS", "NNPS"):
            return CAP
    plural = token.tag_ in ("NNS", "NNPS") and token.lower_ not in _PLURALS_OF_ONE
    return 2 if plural else 1
