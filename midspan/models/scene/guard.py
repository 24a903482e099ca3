"""Whether a wording between two nouns is meant spatially: in other prose "in" and "on" are mostly not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midspan.models.scene.lemmas import infinitive
from midspan.models.scene.reading import Reading
from midspan.models.scene.verbs import PLACING, POSTURE, SPATIAL
from midspan.models.scene.wordings import Trigger

if TYPE_CHECKING:
    from spacy.tokens import Token

SURE = 0.3, 0.08
UNSURE = 0.5, 0.15
"""The least share of a noun's use that must be of a thing, for wordings that are sure and for the others:
in any
sentence and in a short one."""
SHORT = 14
"""Words of a caption or an instruction, in which things may be named without an article."""


def is_meant(reading: Reading, trigger: Trigger, anchor: Token, subject: int, thing: int) -> bool:
    """``anchor`` is what the wording hangs on in the parse."""
    pair = [reading.mention(subject), reading.mention(thing)]
    short = len(reading.doc) <= SHORT
    least = (SURE if trigger.wording.sure else UNSURE)[short]
    if any(one.entry.share < least for one in pair):
        return False
    if trigger.wording.sure:
        return True
    if _lasts(reading) or _is_idiom(reading, trigger):
        return False
    outside = not trigger.first <= anchor.i < trigger.last
    if outside and anchor.pos_ == "VERB" and infinitive(anchor, SPATIAL) not in SPATIAL:
        return False
    if pair[0].pronoun and infinitive(anchor, SPATIAL) not in POSTURE | PLACING:
        return False
    if not short and {one.entry.category.group for one in pair} == {"place"}:
        return False
    return short or not all(one.plural and one.bare for one in pair)


def _lasts(reading: Reading) -> bool:
    """Years go by in it: what is told of an office or a life, not of a picture."""
    return any(token.lower_ in _LONG for token in reading.doc)


def _is_idiom(reading: Reading, trigger: Trigger) -> bool:
    """ "In the hands of", "in your court"."""
    words = [token.lower_ for token in reading.doc[trigger.last : trigger.last + 3]]
    for place, word in enumerate(words):
        if (word in _OF and words[place + 1 : place + 2] == ["of"]) or (
            word in _YOURS and "your" in words[:place]
        ):
            return trigger.text.lower() in ("in", "into", "at", "on", "under")
    return False


_LONG = frozenset(
    {"year", "years", "decade", "decades", "century", "centuries", "career", "policy", "debate"}
)
_OF = frozenset(
    {"hands", "path", "shoes", "eyes", "wake", "heart", "face", "helm", "foot", "wings", "spirit"}
)
_YOURS = frozenset({"court", "shoes", "plate", "hands", "sleeve", "mind"})
