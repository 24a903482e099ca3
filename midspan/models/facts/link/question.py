"""What the linker is asked: the words of a triple, and what is said around each of its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from midspan.models.facts.knowledge_graph import Kind

Side = Literal["subject", "object"]
SIDES: tuple[Side, ...] = ("subject", "object")

_STAND_INS: dict[str, str] = {
    "person": "someone",
    "place": "somewhere",
    "organisation": "an organisation",
    "work": "a work",
    "occupation": "an occupation",
}


BESIDE = 40
"""Characters on either side that are directly around a mention."""


def opposite(side: Side) -> Side:
    return "object" if side == "subject" else "subject"


def stand_in(kind: str) -> str:
    """What stands in a context where a name is not to be seen."""
    return _STAND_INS.get(kind, "something")


@dataclass(frozen=True)
class Mention:
    name: str
    kind: Kind | Literal[""] = ""
    """What the parser takes it for; empty where it does not say."""
    context: str = ""
    """The sentence with ``stand_in`` in the name's place: what it says to whoever does not know the name."""
    before: str = ""
    after: str = ""
    """What stands directly around it."""
    forms: tuple[str, ...] = ()
    """What else it may be looked up as, the most complete first."""
    proper: bool = True
    """A name; a common noun is looked up as it stands, and in nothing like it."""
    asked: bool = True
    """Whether it is to be looked up at all: no date is."""


def in_text(text: str, start: int, end: int, kind: Kind | Literal[""]) -> Mention:
    """The mention at ``[start, end)`` of a sentence."""
    before, after = text[:start], text[end:]
    context = f"{before}{stand_in(kind)}{after}"
    return Mention(text[start:end], kind, context, before[-BESIDE:], after[:BESIDE])


@dataclass(frozen=True)
class Question:
    """A triple: two mentions and the words between them."""

    subject: Mention
    predicate: str
    object: Mention

    def mention(self, side: Side) -> Mention:
        return self.subject if side == "subject" else self.object
