"""What a sentence says about where things are.

Works on a spaCy parse. A scene needs two things that are related to each other, or one that has a place in
the picture; that two things are named makes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from midspan.models.scene.implied import implied
from midspan.models.scene.mentions import Mention
from midspan.models.scene.reading import Reading
from midspan.models.scene.relations import Description
from midspan.models.scene.stated import stated

if TYPE_CHECKING:
    from spacy.tokens import Doc

LONGEST = 60
"""Words: what is longer is no sentence about an arrangement."""


def describe(doc: Doc, earlier: Sequence[Sequence[Mention]] = ()) -> Description | None:
    """Things and relations of one sentence; None unless it relates things to each other.

    ``earlier`` are the mentions of the sentences before it, the nearest first, which its pronouns may mean.
    """
    return described(Reading.of(doc, earlier))


def described(reading: Reading) -> Description | None:
    if len(reading.doc) > LONGEST:
        return None
    relations = list(dict.fromkeys(stated(reading)))
    pairs = {frozenset((one.subject, one.object)) for one in relations}
    relations += [one for one in implied(reading) if frozenset((one.subject, one.object)) not in pairs]
    return Description(tuple(reading.known.found), tuple(relations)) if relations else None
