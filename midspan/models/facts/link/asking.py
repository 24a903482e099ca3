"""From a triple in its sentence to what the linker is asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from midspan.models.facts.extraction import Triple
from midspan.models.facts.knowledge_graph import Kind
from midspan.models.facts.link.document import DocumentNames
from midspan.models.facts.link.question import Mention, Question, in_text
from midspan.models.facts.phrases import Determiner, Phrase

KIND_OF_LABEL: dict[str, Kind] = {
    "PERSON": "person",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "ORG": "organisation",
    "WORK_OF_ART": "work",
    "NORP": "other",
    "EVENT": "other",
    "LANGUAGE": "other",
    "LAW": "other",
    "PRODUCT": "other",
}
"""Of the parser's labels."""
SUBJECTS: tuple[Determiner, ...] = ("",)
OBJECTS: tuple[Determiner, ...] = ("", "indefinite")
"""How a common noun may be pointed at to be looked up: "a guitar" may be the guitar of the knowledge graph,
"the company" is not the notion of a company."""


@dataclass(frozen=True)
class Place:
    """Where a triple is said."""

    text: str
    """The sentence, in which the triple's offsets count."""
    names: DocumentNames = field(default_factory=DocumentNames)
    """Of its document, as far as it is read."""
    ordinal: int = 0
    """Of the sentence in it."""


def question(triple: Triple, place: Place, literals: tuple[bool, bool]) -> Question:
    """A literal is not looked up."""
    subject, object_ = triple.subject, triple.object
    return Question(
        mention(subject, place, asked=not literals[0] and _may_be_known(subject, SUBJECTS)),
        triple.relation,
        mention(object_, place, asked=not literals[1] and _may_be_known(object_, OBJECTS)),
    )


def mention(phrase: Phrase, place: Place, *, asked: bool) -> Mention:
    kind: Kind | Literal[""] = KIND_OF_LABEL.get(phrase.label, "")
    known = [_owned(name) for name in phrase.names or (phrase.surface,)]
    whole = [place.names.full_name(name, place.ordinal) for name in known]
    first, *others = whole if kind in ("person", "") else known
    return replace(
        in_text(place.text, phrase.start, phrase.end, kind),
        name=first,
        forms=tuple(dict.fromkeys((*others, *known))),
        proper=not phrase.noun,
        asked=asked,
    )


def _owned(name: str) -> str:
    """ "Apple's" is of Apple."""
    return name.removesuffix("'s").removesuffix("’s") or name


def _may_be_known(phrase: Phrase, determiners: tuple[Determiner, ...]) -> bool:
    return bool(phrase.names) and (not phrase.noun or phrase.determiner in determiners)
