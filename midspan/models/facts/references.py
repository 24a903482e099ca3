"""Which types of names a pronoun or a description like "the company" may stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from midspan.models.facts.wordlist import words

if TYPE_CHECKING:
    from spacy.tokens import Token

Gender = Literal["", "f", "m"]

PEOPLE = frozenset({"PERSON"})
_PLACES = frozenset({"GPE", "LOC"})
THINGS = frozenset({"ORG", "GPE", "LOC", "FAC", "PRODUCT", "WORK_OF_ART", "EVENT"})
_GROUPS = frozenset({"ORG"})
_WORKS = frozenset({"WORK_OF_ART"})
PRONOUNS: dict[str, tuple[frozenset[str], Gender]] = {
    **dict.fromkeys(("he", "him", "his"), (PEOPLE, "m")),
    **dict.fromkeys(("she", "her"), (PEOPLE, "f")),
    **dict.fromkeys(("it", "its"), (THINGS, "")),
    **dict.fromkeys(("they", "them", "their"), (_GROUPS, "")),
}
DESCRIPTIONS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        words(
            """agency airline association band brand broadcaster charity club college committee company
            corporation firm foundation group institute institution label league manufacturer
            ministry museum newspaper orchestra organisation organization parent party publisher
            retailer school society studio team union university startup"""
        ),
        _GROUPS,
    ),
    **dict.fromkeys(
        words(
            """borough capital city colony country county district island kingdom municipality nation
            province region republic state suburb territory town village"""
        ),
        _PLACES,
    ),
    **dict.fromkeys(
        words(
            """actor actress architect artist astronaut astronomer author baroness bishop biologist
            chemist comedian composer conductor director economist emperor empress engineer explorer
            filmmaker footballer general historian inventor journalist king lawyer mathematician
            musician novelist painter philosopher physician physicist pianist playwright poet
            politician prince princess psychologist queen scientist sculptor singer songwriter
            statesman surgeon writer"""
        ),
        PEOPLE,
    ),
    **dict.fromkeys(
        words("album book film game magazine movie novel opera play poem series song"),
        _WORKS,
    ),
}
_FEMALE = words("""actress baroness countess dame duchess empress lady miss mrs mrs. ms ms. princess queen""")
_MALE = words("baron count duke emperor king lord mr mr. prince sir")
PERSONS = words(
    """aunt baby boy brother child colleague cousin daughter father friend girl grandfather
    grandmother husband man mother neighbour neighbor nephew niece officer parent patient person
    sister son student teacher uncle user wife woman"""
)
_WITH_CLAUSE = frozenset({"ccomp", "xcomp", "csubj"})


def wanted(token: Token) -> tuple[frozenset[str], Gender] | None:
    """The types of names that a pronoun or a description may stand for."""
    if token.tag_ in ("PRP", "PRP$"):
        if token.lower_ == "it" and _says_nothing(token):
            return None
        return PRONOUNS.get(token.lower_)
    if token.pos_ != "NOUN" or token.dep_ in ("attr", "appos", "compound") or token.tag_ != "NN":
        return None
    labels = DESCRIPTIONS.get(token.lemma_.lower())
    others = [child for child in token.children if child.dep_ not in ("case", "punct")]
    plain = [child.lower_ for child in others] in (["the"], ["this"])
    named = token.i + 1 < len(token.doc) and token.nbor().is_title  # "the film A Beautiful Mind"
    return (labels, gender_of(token.lower_)) if labels and plain and not named else None


def _says_nothing(it: Token) -> bool:
    """ "It is known that ...", "it rained": this "it" stands for nothing."""
    said = it.head
    that = said.i + 1 < len(it.doc) and said.nbor().lower_ == "that"
    return it.dep_ == "expl" or that or any(child.dep_ in _WITH_CLAUSE for child in said.children)


def gender_of(word: str) -> Gender:
    return "f" if word in _FEMALE else "m" if word in _MALE else ""
