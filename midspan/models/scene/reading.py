"""A sentence as it is read: its parse, its mentions, and whom its pronouns mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midspan.models.scene.mentions import Mention, Mentions, mentions
from midspan.models.scene.wordings import IN_PICTURE, Trigger, triggers

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_ONE = frozenset({"it", "its", "itself"})
_MANY = frozenset({"they", "them", "their"})
_PERSONS = frozenset({"he", "him", "his", "she", "her"})
PRONOUNS = _ONE | _MANY | _PERSONS


@dataclass
class Reading:
    doc: Doc
    triggers: tuple[Trigger, ...]
    known: Mentions
    earlier: Sequence[Sequence[Mention]] = ()
    """Of the sentences before, the nearest first."""
    reached: dict[int, int] = field(default_factory=dict)
    """Pronoun to mention."""

    @classmethod
    def of(cls, doc: Doc, earlier: Sequence[Sequence[Mention]] = ()) -> Reading:
        found = tuple(triggers(doc))
        spans = [(one.predicates[0] in IN_PICTURE, range(one.first, one.last)) for one in found]
        hidden = {position for in_picture, span in spans if in_picture for position in span}
        wordings = {position for _, span in spans for position in span}
        reading = cls(doc, found, mentions(doc, hidden, wordings), earlier)
        for token in doc:
            if token.lower_ in ("he", "she") and token.i in reading.known.at:
                meant = reading.meant(token)
                if meant is not None:
                    reading.known.at[token.i] = reading.known.within[token.i] = meant
        return reading

    def mention(self, number: int) -> Mention:
        return self.known.found[number]

    def group(self, number: int) -> str:
        return self.known.found[number].entry.category.group

    def meant(self, token: Token, but: Sequence[int] = ()) -> int | None:
        """The mention that a pronoun stands for, of this sentence or of an earlier one."""
        if token.i in self.reached:
            return self.reached[token.i]
        here = [
            number
            for number in dict.fromkeys(
                self.known.at[place] for place in sorted(self.known.at) if place < token.i
            )
            if number not in but and not self.mention(number).pronoun
        ]
        fitting = [number for number in here if _fits(token.lower_, self.mention(number))]
        if fitting:
            self.reached[token.i] = fitting[0]
            return fitting[0]
        if here and token.lower_ not in _PERSONS:
            return None
        for sentence in self.earlier:
            found = next((one for one in sentence if _fits(token.lower_, one)), None)
            if found is not None:
                self.known.found.append(found)
                self.reached[token.i] = len(self.known.found) - 1
                return self.reached[token.i]
        return None

    def with_conjuncts(self, token: Token | None, before: int | None = None) -> list[int]:
        """A token's mention and those that are joined to it by "and"."""
        if token is None:
            return []
        tokens = [token, *token.conjuncts]
        found = [
            self.known.at[one.i]
            for one in tokens
            if one.i in self.known.at and (before is None or one.i < before)
        ]
        return list(dict.fromkeys(found))


def _fits(word: str, mention: Mention) -> bool:
    group = mention.entry.category.group
    if word in _ONE:
        return group != "person" and not mention.plural
    if word in _MANY:
        return mention.plural or mention.count > 1
    return group == "person" and not mention.plural


def child(token: Token, dependency: str) -> Token | None:
    return next((one for one in token.children if one.dep_ == dependency), None)


def subject_of(verb: Token) -> Token | None:
    """Who does what a verb says, also one without a subject of its own: "a boy holding", "is and holds"."""
    subjects = [one for one in verb.children if one.dep_ in ("nsubj", "nsubjpass")]
    own = next((one for one in reversed(subjects) if one.i < verb.i), subjects[0] if subjects else None)
    if own is not None and own.tag_ not in ("WDT", "WP"):
        return own
    if verb.dep_ in ("acl", "relcl"):
        return verb.head
    if verb.dep_ in ("conj", "advcl", "xcomp", "aux", "pcomp", "ccomp") and verb.head.i != verb.i:
        return subject_of(verb.head)
    return None


def negated(head: Token, first: int) -> bool:
    """Whether what hangs on a token, said at ``first``, is denied."""
    before = head.doc[first - 1].lower_ if first > 0 else ""
    return before in ("not", "n't", "never", "without") or any(one.dep_ == "neg" for one in head.children)


def anchor_of(reading: Reading, trigger: Trigger) -> Token | None:
    """The token that the wording hangs on: outside it, or "left" itself where that passes for a verb."""
    span = reading.doc[trigger.first : trigger.last]
    for token in span:
        if child(token, "nsubj") or child(token, "nsubjpass"):
            return token
    inside = {token.i for token in span}
    outside = next((token.head for token in span if token.head.i not in inside), None)
    return outside or span.root
