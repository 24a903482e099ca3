"""What is where a wording says: mostly what stands before it; of "on it stands a vase" what is behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from midspan.models.scene.lemmas import infinitive, is_verb
from midspan.models.scene.lexicon import is_area
from midspan.models.scene.objects import owns
from midspan.models.scene.reading import PRONOUNS, Reading, anchor_of, child, subject_of
from midspan.models.scene.relations import Relation
from midspan.models.scene.verbs import PLACING, STANCE, VERBS
from midspan.models.scene.wordings import IN_PICTURE, Trigger
from midspan.models.scene.words import words

if TYPE_CHECKING:
    from spacy.tokens import Token

_PASSED = words(
    "just directly right immediately slightly far also all exactly straight diagonally partly partially"
    " can be"
    " there high deep up down now still back halfway somewhere almost out currently positioned located"
    " placed well both each physically 's low together asleep alone quietly standing is are"
)
"""Words between a thing and the wording that says where it is."""
_STARTS = frozenset({"and", "but", "while", "with", "where", "then"})

_CHAINS = frozenset({"of", "with", "in", "wearing", "holding", "from", "on"})


def subjects_of(reading: Reading, trigger: Trigger, before: Sequence[Relation]) -> list[int]:
    doc, known = reading.doc, reading.known
    position, verb = trigger.first - 1, None
    while position >= 0 and position not in known.within and _is_passed(doc[position]):
        if doc[position].pos_ in ("VERB", "AUX") or is_verb(doc[position], VERBS):
            verb = doc[position]
        position -= 1
    token = doc[position] if position >= 0 else None
    if token is not None and position in known.within and not owns(token):
        return _upon_area(reading, token, verb, before) or _before(reading, trigger, token, verb, before)
    if token is not None and token.lower_ in PRONOUNS:
        meant = reading.meant(token)
        return [] if meant is None else [meant]
    if token is None or token.is_punct or token.lower_ in _STARTS or (verb is None and token.pos_ != "VERB"):
        behind = _behind(reading, trigger)
        if behind:
            return behind
    if token is not None and token.lower_ == "and" and before and verb is None:
        last = before[-1]
        return [
            one.subject for one in before if one.trigger == last.trigger and one.predicate == last.predicate
        ]
    return _by_parse(reading, trigger)


def _is_passed(token: Token) -> bool:
    if token.lower_ in _PASSED or token.pos_ == "AUX" or is_verb(token, VERBS):
        return True
    if token.pos_ == "ADJ" and token.dep_ in ("acomp", "oprd"):
        return True
    if token.pos_ in ("VERB", "ADJ") or token.tag_ in ("VBG", "VBN", "VBD", "VBZ"):
        return infinitive(token, STANCE) in STANCE or token.tag_ in ("VBN", "VBG", "VBZ")
    return token.pos_ == "ADV" or token.lower_ in ("which", "that", "who")


def _before(
    reading: Reading, trigger: Trigger, token: Token, verb: Token | None, before: Sequence[Relation]
) -> list[int]:
    """The thing before the wording, or with a verb between them the subject of the clause."""
    anchor = anchor_of(reading, trigger)
    if verb is None:
        if trigger.last < len(reading.doc) and reading.doc[trigger.last].tag_ == "PRP$":
            return [reading.known.within[token.i]]  # "a pirate with a parrot on his shoulder"
        if anchor is not None and anchor.pos_ == "VERB" and anchor.i < token.i:
            return _of_verb(reading, anchor) or [reading.known.within[token.i]]
        joined = _phrase_start(reading, token) - 1
        if before and joined > 0 and reading.doc[joined].lower_ in ("and", ","):
            return [reading.known.within[token.i]]  # "a fork left of the plate and a spoon right of it"
        if (
            anchor is not None
            and anchor.i in reading.known.at
            and anchor.i < trigger.first
            and not _is_held(reading, anchor)
        ):
            return reading.with_conjuncts(anchor, before=trigger.first)
        return [_holder(reading, token)]
    subject = subject_of(verb) or (subject_of(verb.head) if verb.dep_ in ("aux", "auxpass") else None)
    if subject is not None and subject.i in reading.known.at and subject.i < trigger.first:
        return reading.with_conjuncts(subject, before=trigger.first)
    return [_first_of(reading, token)]


def _upon_area(reading: Reading, token: Token, verb: Token | None, before: Sequence[Relation]) -> list[int]:
    """ "A clock on the wall above the stove": it is the clock that is above the stove."""
    number = reading.known.within[token.i]
    if verb is not None or not is_area(reading.mention(number).entry.category):
        return []
    return [one.subject for one in before if one.object == number and one.predicate in ("on", "inside")]


def _is_held(reading: Reading, token: Token) -> bool:
    """Clothes and small things that somebody has: "a man with a hat next to ..." is about the man."""
    before = _phrase_start(reading, token) - 1
    return before > 0 and reading.doc[before].lower_ == "with" and before - 1 in reading.known.within


def _holder(reading: Reading, token: Token) -> int:
    return _first_of(reading, token) if _is_held(reading, token) else reading.known.within[token.i]


def _first_of(reading: Reading, token: Token) -> int:
    """The thing that a chain of phrases before a verb is about: the man of "a man with a beard"."""
    number = reading.known.within[token.i]
    before = _phrase_start(reading, token) - 1
    if before - 1 in reading.known.within and reading.doc[before].lower_ in _CHAINS:
        return _first_of(reading, reading.doc[before - 1])
    return number


def _phrase_start(reading: Reading, token: Token) -> int:
    first = token.i
    while reading.known.within.get(first - 1) == reading.known.within[token.i]:
        first -= 1
    return first


def _behind(reading: Reading, trigger: Trigger) -> list[int]:
    """ "On the table stands a vase", "to the left of it there is a dog": the thing after the verb."""
    doc, known = reading.doc, reading.known
    position = trigger.last
    if not trigger.wording.owned and trigger.predicates[0] not in IN_PICTURE:
        while (
            position < len(doc)
            and not (position in known.at and not owns(doc[position]))
            and (doc[position].lower_ not in PRONOUNS)
        ):
            position += 1
        position += 1
        while (
            position + 1 < len(doc) and doc[position].lower_ == "and" and trigger.predicates == ("between",)
        ):
            position += 1
            while position < len(doc) and position in known.within:
                position += 1
    start, verbs = position, 0
    while position < len(doc):
        token = doc[position]
        if position in known.at and not owns(token) and token.dep_ != "compound":
            return reading.with_conjuncts(token) if verbs else []
        if position not in known.within:
            if token.pos_ in ("AUX", "VERB") or token.lower_ in (",", "there"):
                verbs += 1
            elif token.pos_ not in (
                "DET",
                "ADJ",
                "NUM",
                "ADV",
                "PART",
                "PRON",
                "NOUN",
            ) and token.lower_ not in ("of",):
                return []
        if position > start + 9:
            return []
        position += 1
    return []


def _by_parse(reading: Reading, trigger: Trigger) -> list[int]:
    anchor = anchor_of(reading, trigger)
    if anchor is None:
        return []
    if anchor.i in reading.known.at:
        return reading.with_conjuncts(anchor, before=trigger.first)
    return _of_verb(reading, anchor) if anchor.pos_ in ("VERB", "AUX", "ADJ") else []


def _of_verb(reading: Reading, verb: Token) -> list[int]:
    what = child(verb, "attr")
    if verb.lemma_ == "be" and what is not None and what.i in reading.known.at:
        return reading.with_conjuncts(what)  # "there is a cup on the table"
    thing = child(verb, "dobj") or child(verb, "nsubjpass")
    actor = subject_of(verb)
    chosen = (
        thing
        if thing is not None and (infinitive(verb, PLACING) in PLACING or actor is None)
        else actor or thing
    )
    return reading.with_conjuncts(chosen)
