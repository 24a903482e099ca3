"""The rules that the reader of scenes is measured against: closed lists of things and of twelve relations.

The first version of the scene stage worked so. What is said of the picture, of pronouns and of facing is not
in it, and a noun is a thing only if it stands in the lists of ``lexicon``, which have grown a little since.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midspan.models.scene.lexicon import LONGEST, listed
from midspan.models.scene.mentions import Mention
from midspan.models.scene.relations import Description, Relation
from midspan.models.scene.wordings import Predicate

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_TRIGGERS: dict[Predicate, tuple[str, ...]] = {
    "left_of": (
        "to the left of",
        "to the left side of",
        "on the left of",
        "on the left side of",
        "at the left of",
        "left of",
    ),
    "right_of": (
        "to the right of",
        "to the right side of",
        "on the right of",
        "on the right side of",
        "at the right of",
        "right of",
    ),
    "above": ("above", "over"),
    "below": ("below",),
    "on": ("on", "on top of", "onto", "upon", "atop"),
    "under": ("under", "underneath", "beneath"),
    "inside": ("inside", "inside of", "in", "into", "within"),
    "next_to": (
        "next to",
        "right next to",
        "close to",
        "beside",
        "near",
        "alongside",
        "adjacent to",
        "by the side of",
        "against",
    ),
    "behind": ("behind", "in back of"),
    "in_front_of": ("in front of",),
    "between": ("between", "in between"),
    "far_from": ("far from", "far away from"),
}
_PHRASES: dict[tuple[str, ...], Predicate] = {
    tuple(phrase.split()): predicate for predicate, phrases in _TRIGGERS.items() for phrase in phrases
}

_VERBS: dict[str, tuple[Predicate, bool]] = {
    # a verb with a subject and an object: the relation it implies, and whether it is the object's
    "wear": ("on", True),
    "ride": ("on", False),
    "climb": ("on", False),
    "hold": ("next_to", True),
    "carry": ("next_to", True),
    "kick": ("next_to", True),
    "throw": ("next_to", True),
    "catch": ("next_to", True),
    "hug": ("next_to", False),
    "pet": ("next_to", False),
    "feed": ("next_to", False),
    "chase": ("next_to", False),
    "push": ("next_to", False),
    "pull": ("next_to", False),
}
_PLACING = frozenset({
    "put", "place", "set", "lay", "hang", "park", "drop", "draw", "move", "keep", "leave", "find",
    "see", "stand", "lean", "store", "hide", "pour"
})  # fmt: skip
"""Verbs whose object, not whose subject, is where the preposition says."""
_POSTURE = frozenset({
    "be", "sit", "stand", "lie", "wait", "sleep", "rest", "kneel", "park", "play", "crouch", "perch",
    "stay"
})  # fmt: skip
"""Verbs after which "by" means beside."""
_BECOMING = frozenset({"convert", "turn", "change", "transform", "divide", "cut", "break", "translate"})
"""Verbs after which "into" is no place."""


def describe_by_lists(doc: Doc) -> Description | None:
    """Things and stated relations of one sentence; None unless it relates two things to each other."""
    reader = _Reader(doc)
    relations = reader.explicit() + reader.implicit()
    relations = list(dict.fromkeys(relations))
    return Description(tuple(reader.mentions), tuple(relations)) if relations else None


@dataclass
class _Reader:
    """Mentions of a doc, and the way from a token to its mention."""

    doc: Doc
    mentions: list[Mention] = field(default_factory=list)
    index: dict[int, int] = field(default_factory=dict)
    """Head token's position to mention."""

    def __post_init__(self) -> None:
        for token in self.doc:
            found = _mention_at(token)
            if found is None:
                continue
            same = self._same(token, found)
            if same is None:
                self.mentions.append(found)
                same = len(self.mentions) - 1
            self.index[token.i] = same

    def _same(self, token: Token, found: Mention) -> int | None:
        """An earlier mention that "the ..." speaks of again."""
        if not any(child.lower_ == "the" for child in token.children):
            return None
        for position, index in self.index.items():
            if self.doc[position].lemma_ == token.lemma_ and self.mentions[index].count == found.count:
                return index
        return None

    def explicit(self) -> list[Relation]:
        relations: list[Relation] = []
        position = 0
        while position < len(self.doc):
            length, predicate = _trigger(self.doc, position)
            if predicate is None:
                position += 1
                continue
            relations += self._stated(position, position + length, predicate)
            position += length
        return relations

    def _stated(self, first: int, last: int, predicate: Predicate) -> list[Relation]:
        trigger = self.doc[first:last]
        anchor = _anchor(trigger)
        objects = self._objects(last)
        if anchor is None or not objects or _negated(anchor, first) or anchor.lemma_ in _BECOMING:
            return []
        subjects = [subject for subject in self._subjects(anchor, first) if subject not in objects]
        if predicate == "between":
            if len(objects) == 1 and self.mentions[objects[0]].count > 1:
                objects = [objects[0], objects[0]]
            if len(objects) < 2:
                return []
            return [
                Relation(subject, predicate, objects[0], trigger.text, True, objects[1])
                for subject in subjects
            ]
        return [
            self._dressed(Relation(subject, predicate, thing, trigger.text, True))
            for subject in subjects
            for thing in objects
            if predicate != "inside" or self._can_hold(thing)
        ]

    def _can_hold(self, mention: int) -> bool:
        """ "In children" and "in dogs" are about kinds, not places."""
        return self.mentions[mention].entry.category.group not in ("person", "animal")

    def _dressed(self, relation: Relation) -> Relation:
        """A person "in a hat" is not inside it: the hat is on the person."""
        thing = self.mentions[relation.object].entry.category.group
        if relation.predicate == "inside" and thing == "clothing":
            return Relation(relation.object, "on", relation.subject, relation.trigger, False)
        return relation

    def implicit(self) -> list[Relation]:
        relations = []
        for verb in self.doc:
            if verb.pos_ != "VERB" or verb.lemma_ not in _VERBS or _negated(verb, verb.i):
                continue
            predicate, turned = _VERBS[verb.lemma_]
            actors = self._with_conjuncts(_child(verb, "nsubj") or _doer(verb))
            things = self._with_conjuncts(_child(verb, "dobj"))
            for actor in actors:
                for thing in things:
                    if actor != thing:
                        subject, target = (thing, actor) if turned else (actor, thing)
                        relations.append(Relation(subject, predicate, target, verb.text, False))
        return relations

    def _objects(self, last: int) -> list[int]:
        """Mentions that a trigger ending before token ``last`` points at."""
        for token in self.doc[last : last + 6]:  # determiners and adjectives may stand between
            if token.i in self.index:
                return self._with_conjuncts(token)
            if token.pos_ in ("VERB", "AUX", "PUNCT", "ADP", "NOUN", "PROPN") and token.dep_ != "compound":
                return []
        return []

    def _subjects(self, anchor: Token, first: int) -> list[int]:
        """Mentions that are where the trigger says, given what the trigger hangs on."""
        if anchor.i in self.index:
            return self._with_conjuncts(anchor, before=first)
        if anchor.pos_ not in ("VERB", "AUX", "ADJ"):
            return []
        what = _child(anchor, "attr")
        if anchor.lemma_ == "be" and what is not None and what.i in self.index:
            return self._with_conjuncts(what)  # "there is a cup on the table"
        thing = _child(anchor, "dobj") or _child(anchor, "nsubjpass")
        actor = _child(anchor, "nsubj") or _doer(anchor)
        chosen = thing if thing is not None and anchor.lemma_ in _PLACING else actor or thing
        return self._with_conjuncts(chosen)

    def _with_conjuncts(self, token: Token | None, before: int | None = None) -> list[int]:
        if token is None:
            return []
        tokens = [token, *token.conjuncts]
        found = [self.index[t.i] for t in tokens if t.i in self.index and (before is None or t.i < before)]
        return list(dict.fromkeys(found))


def _trigger(doc: Doc, position: int) -> tuple[int, Predicate | None]:
    """Length and predicate of the longest trigger that starts here."""
    for length in range(5, 0, -1):
        words = tuple(token.lower_ for token in doc[position : position + length])
        if len(words) == length and words in _PHRASES:
            return length, _PHRASES[words]
    token = doc[position]
    if token.lower_ == "by" and token.dep_ == "prep" and token.head.lemma_ in _POSTURE:
        return 1, "next_to"
    return 0, None


def _anchor(trigger: Span) -> Token | None:
    """The token that the trigger hangs on: outside it, or "left" itself where that passes for a verb."""
    for token in trigger:
        if _child(token, "nsubj") or _child(token, "nsubjpass"):
            return token
    inside = {token.i for token in trigger}
    return next((token.head for token in trigger if token.head.i not in inside), None)


def _child(token: Token, dependency: str) -> Token | None:
    return next((child for child in token.children if child.dep_ == dependency), None)


def _doer(verb: Token) -> Token | None:
    """Who does what a verb without a subject of its own says: "a boy holding ...", "is and holds ..."."""
    if verb.dep_ in ("acl", "relcl"):
        return verb.head
    if verb.dep_ in ("conj", "advcl", "xcomp"):
        return _child(verb.head, "nsubj") or (_doer(verb.head) if verb.head.i != verb.i else None)
    return None


def _negated(head: Token, first: int) -> bool:
    before = head.doc[first - 1].lower_ if first > 0 else ""
    return before == "not" or any(child.dep_ == "neg" for child in head.children)


def _mention_at(token: Token) -> Mention | None:
    """The thing whose head noun a token is."""
    if token.pos_ not in ("NOUN", "PROPN") and token.lower_ not in ("he", "she"):
        return None
    if token.dep_ == "compound":
        return None
    for length in range(LONGEST, 0, -1):
        first = token.i - length + 1
        if first < 0:
            continue
        words = [token.doc[i].lower_ for i in range(first, token.i)]
        for last in (token.lemma_.lower(), token.lower_):
            entry = listed(" ".join([*words, last]))
            if entry is not None:
                span = token.doc[first : token.i + 1]
                return Mention(
                    span.start_char,
                    span.end_char,
                    span.text,
                    entry,
                    2 if token.tag_ in ("NNS", "NNPS") else 1,
                )
    return None
