"""Chapter 4's first step: put a sentence at the organ it names, or say why not.

A dictionary, no learning. A mention counts unless its clause negates it, makes it conditional, or
speaks of a relative. When nothing counts the answer is an abstention with its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from midspan.models.atlas.anatomy.anatomy import PHANTOM, Anatomy
from midspan.models.atlas.anatomy.phantom import PointMm, Side
from midspan.models.atlas.language.organs import Mention
from midspan.records import DoubtKind

Laterality = Literal["left", "right", "both", "none"]


class Doubt(NamedTuple):
    """Why a mention is not stated of the patient."""

    kind: DoubtKind
    reason: str


@dataclass(frozen=True)
class Grounding:
    """Where a sentence belongs in the atlas. Frame: LPS, millimetres; offsets are within the text."""

    status: Literal["grounded", "abstained"]
    reason: str
    start: int
    end: int
    """The mention that decided, half-open."""
    organ: str | None
    point_mm: PointMm | None
    organs: Mapping[str, float]
    """Share of the mentions that count, by organ; of all mentions where the answer abstains."""
    laterality: Laterality
    negated: bool
    score: float
    """Probability of what was answered."""
    named: bool = True
    """The text has an anatomical word; otherwise the answer is inferred."""
    spread_mm: float | None = None
    """Expected distance from the point to the organ that is meant; None for an abstention."""
    hypothetical: bool = False
    """Only a condition speaks of it."""
    family: bool = False
    """It is said of a relative."""


def ground(text: str, anatomy: Anatomy = PHANTOM) -> Grounding | None:
    """The place of a sentence; None when it has no anatomical word.

    The organ that is mentioned most decides, of two the one mentioned first. A paired organ whose side
    is not stated has laterality ``both``: its point is the right one's centre, as ``reason`` says.
    """
    return ground_mentions(text, anatomy.vocabulary.mentions(text), anatomy)


def ground_mentions(
    text: str, found: list[Mention], anatomy: Anatomy = PHANTOM, why: str = "names {!r}"
) -> Grounding | None:
    """The place of a sentence by the mentions that were found in it; None when there are none. ``why`` is the
    reason, with a gap for the words that decide."""
    if not found:
        return None
    doubts = [_doubt(text, mention) for mention in found]
    sound = [mention for mention, doubt in zip(found, doubts, strict=True) if doubt is None]
    if not sound and doubts[0] is not None:
        return _abstain(found, found[0], doubts[0].reason, doubts[0].kind)
    inside = [mention for mention in sound if mention.organ]
    if not inside:
        return _abstain(found, sound[0], f"the atlas cannot place {sound[0].surface!r}")
    shares = _shares(inside)
    organ = max(shares, key=lambda name: shares[name])
    chosen = [mention for mention in inside if mention.organ == organ]
    side = _laterality(text, chosen) if organ in anatomy.paired else "none"
    if side is None:
        return _abstain(found, chosen[0], f"says both left and right of one {organ}")
    part = chosen[0].part
    reason = why.format(chosen[0].surface)
    if side == "both":
        reason += f"; no single side stated: the point is the right {part or organ}'s"
    return Grounding(
        status="grounded",
        reason=reason,
        start=chosen[0].start,
        end=chosen[0].end,
        organ=organ,
        point_mm=anatomy.centre(organ, _drawn(side), part),
        organs=shares,
        laterality=side,
        negated=False,
        score=shares[organ],
    )


def _drawn(laterality: Laterality) -> Side:
    """The side whose centre stands for a laterality."""
    if laterality == "both":
        return "right"
    return "" if laterality == "none" else laterality


def doubt_of(text: str) -> Doubt | None:
    """Why a text as a whole states nothing of the patient, if so."""
    end = len(text.rstrip(" .!?"))
    return _doubt(text, Mention(end, end, "its end", "", ""))


def stated_side(text: str) -> Laterality:
    """The one side that a text names anywhere, else ``both``."""
    stated = {match.group(1).lower() for match in _SIDE.finditer(text)}
    if stated == {"left"}:
        return "left"
    return "right" if stated == {"right"} else "both"


def _abstain(found: list[Mention], place: Mention, reason: str, doubt: DoubtKind | None = None) -> Grounding:
    return Grounding(
        status="abstained",
        reason=reason,
        start=place.start,
        end=place.end,
        organ=None,
        point_mm=None,
        organs=_shares([mention for mention in found if mention.organ]),
        laterality="none",
        negated=doubt == "negated",
        score=0.0,
        hypothetical=doubt == "hypothetical",
        family=doubt == "family",
    )


def _shares(found: list[Mention]) -> dict[str, float]:
    """Organ to its share of the mentions, in order of first mention."""
    counts = Counter(mention.organ for mention in found)
    return {organ: count / len(found) for organ, count in counts.items()}


# --- does the mention count? ---

_BREAK = re.compile(
    r"[;:.!?()\[\]]|\b(?:but|however|although|though|except|because|whereas|while|which"
    r"|and the|and his|and her)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:no(?! (?:doubt|matter|change)\b)|not(?! (?:only|just|necessarily|enough|yet known)\b)|n't|never"
    r"|nor|neither|without|absence of|absent|lack of|denie[sd]|deny|negative for|free of|free from"
    r"|ruled out|excluded?)\b",
    re.IGNORECASE,
)
_ENDS_NEGATION = re.compile(
    r"\b(?:is|are|was|were|may|might|can|could|will|would|should|must|who|when|where|until)\b", re.IGNORECASE
)
_NEGATED_AFTER = re.compile(
    r"^(?:\W+\w+){0,4}?\W+(?:is|are|was|were|has been|have been|looks?|appears?)\s+"
    r"(?:ruled out|absent|excluded|spared|uninvolved|unaffected"
    r"|not (?:involved|affected|seen|found|present))\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whether|in case of|in the event of|rule out|r/o|evaluate for"
    r"|should (?:you|he|she|they|there|the patient))\b",
    re.IGNORECASE,
)
_MAIN_CLAUSE = re.compile(r",\s*(?:then|the|a|an|your|his|her|its|their|this|these)\b[^,]*$", re.IGNORECASE)
"""What follows a condition when the mention stands in the main clause ("if you drink, your liver")."""
_RELATIVE = (
    r"(?:mothers?|fathers?|parents?|brothers?|sisters?|siblings?|aunts?|uncles?|grandmothers?|grandfathers?"
    r"|grandparents?|cousins?|relatives?|family members?|sons?|daughters?)"
)
_FAMILY = re.compile(
    rf"\bfamily history\b|\b(?:his|her|my|your|their|the patient's|a|an|the)\s+(?:\w+\s+)?{_RELATIVE}\s+"
    r"(?:had|has|have|with|who|died|suffers?|suffered|was|were|is|developed)\b"
    rf"|\b{_RELATIVE}'s\b",
    re.IGNORECASE,
)
_NEGATION_REACH = 8
"""Words that may stand between a negation and what it negates."""


def _doubt(text: str, mention: Mention) -> Doubt | None:
    """Why a mention does not count; None when it does."""
    if family := _FAMILY.search(text[: mention.start]):
        return Doubt("family", f"about a relative: {family.group()!r} before {mention.surface!r}")
    lead = _lead(text[: mention.start])
    condition = _CONDITION.search(lead)
    if condition and not _MAIN_CLAUSE.search(lead, condition.end()):
        return Doubt("hypothetical", f"only a condition: {condition.group()!r} before {mention.surface!r}")
    for cue in reversed(list(_NEGATION.finditer(lead))):
        between = lead[cue.end() :]
        if len(between.split()) <= _NEGATION_REACH and not _ENDS_NEGATION.search(between):
            return Doubt("negated", f"negated: {cue.group()!r} before {mention.surface!r}")
    if after := _NEGATED_AFTER.search(text[mention.end :]):
        return Doubt("negated", f"negated: {after.group().split()[-1]!r} after {mention.surface!r}")
    return None


def _lead(before: str) -> str:
    """What stands before a mention in its own clause: back to a clause border, over a list's commas."""
    breaks = list(_BREAK.finditer(before))
    clause = before[breaks[-1].end() :] if breaks else before
    pieces = clause.split(",")
    first = len(pieces) - 1
    while first > 0 and len(pieces[first].split()) <= 3:
        first -= 1
    return ",".join(pieces[first:])


# --- which side? ---

_SIDE = re.compile(
    r"\b(left|right|bilateral|both)\b(?![\s-]+(?:the|a|an|him|her|it|them|away|now|after|in|to|untreated|alone)\b)",
    re.IGNORECASE,
)
_SIDE_REACH = 4
"""Words before a mention among which a side may stand ("left upper lobe of the lung")."""


def _laterality(text: str, chosen: list[Mention]) -> Laterality | None:
    """The side of a paired organ; None where one mention is given two sides that contradict each other."""
    stated: set[str] = set()
    for mention in chosen:
        here = _sides(text, mention)
        if here == {"left", "right"} and not _joined(text, mention):
            return None
        stated |= here
    if stated == {"left"}:
        return "left"
    return "right" if stated == {"right"} else "both"


def _sides(text: str, mention: Mention) -> set[str]:
    if mention.side:
        return {mention.side}
    lead = _near(text, mention)
    after = re.match(r"\W{1,3}(left|right)\b(?=\s*[,;:.)]|\s*$)", text[mention.end :], re.IGNORECASE)
    words = [match.group(1).lower() for match in _SIDE.finditer(lead)]
    return {*words, after.group(1).lower()} if after else set(words)


def _joined(text: str, mention: Mention) -> bool:
    """ "left and right kidney" is no contradiction."""
    lead = _near(text, mention)
    return (
        re.search(r"\b(left|right)\W+(?:(?:and|or|versus|vs|to)\W+)(?:the\W+)?(left|right)\b", lead, re.I)
        is not None
    )


def _near(text: str, mention: Mention) -> str:
    lead = _lead(text[: mention.start])
    words = list(re.finditer(r"\S+", lead))
    return lead[words[-_SIDE_REACH].start() :] if len(words) > _SIDE_REACH else lead
