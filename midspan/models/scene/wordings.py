"""The wordings by which captions, instructions and descriptions say where things are.

They are matched on the lower-cased words of a sentence with a blank between them, the longest first. Each
gives one or more predicates between what is before it and what is behind it: "above and to the right of"
gives two. What is placed in the picture and not beside a thing ("in the top left corner") relates it to
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from spacy.tokens import Doc

Predicate = Literal[
    "left_of", "right_of", "above", "below", "on", "under", "inside", "outside", "next_to", "touching",
    "behind",
    "in_front_of", "between", "far_from", "around", "across_from", "facing", "facing_away", "at_left",
    "at_right",
    "at_top", "at_bottom", "at_center",
    "turned_left", "turned_right"
]  # fmt: skip
"""``at_...`` are places in the picture; ``facing`` says that the subject looks at the object."""

INVERSE: dict[Predicate, Predicate] = {
    "left_of": "right_of",
    "right_of": "left_of",
    "above": "below",
    "below": "above",
    "behind": "in_front_of",
    "in_front_of": "behind",
    "next_to": "next_to",
    "touching": "touching",
    "far_from": "far_from",
    "across_from": "across_from",
    "outside": "outside",
}
"""What holds the other way round; ``on``, ``under``, ``inside`` and the rest have none."""

IN_PICTURE = frozenset(
    {"at_left", "at_right", "at_top", "at_bottom", "at_center", "turned_left", "turned_right"}
)
"""What a thing has by itself: its place in the picture and the side that it is turned to."""


@dataclass(frozen=True)
class Wording:
    """What one way of saying it means."""

    pattern: re.Pattern[str]
    meaning: Callable[[re.Match[str]], tuple[Predicate, ...]]
    sure: bool
    """It is hardly ever meant but spatially; "in" or "on" may be meant of anything."""
    swapped: bool = False
    """What is behind it is where it says: "contains", "is surrounded by"."""
    owned: bool = False
    """The second thing is in the match: "to its left"."""


@dataclass(frozen=True)
class Trigger:
    """A wording in a sentence, of the tokens ``[first, last)``."""

    first: int
    last: int
    predicates: tuple[Predicate, ...]
    wording: Wording
    text: str


_WAY: dict[str, tuple[Predicate, ...]] = {
    "left": ("left_of",),
    "right": ("right_of",),
    **dict.fromkeys(("above", "over", "up", "higher", "upper", "top", "north"), ("above",)),
    **dict.fromkeys(
        ("below", "under", "underneath", "beneath", "down", "lower", "bottom", "south"), ("below",)
    ),
    "east": ("right_of",),
    "west": ("left_of",),
    "behind": ("behind",),
    "in front": ("in_front_of",),
}
_HOURS: dict[str, tuple[Predicate, ...]] = {
    "twelve": ("above",),
    **dict.fromkeys(("one", "two"), ("above", "right_of")),
    "three": ("right_of",),
    **dict.fromkeys(("four", "five"), ("below", "right_of")),
    "six": ("below",),
    **dict.fromkeys(("seven", "eight"), ("below", "left_of")),
    "nine": ("left_of",),
    **dict.fromkeys(("ten", "eleven"), ("above", "left_of")),
}
_PLACES: dict[str, Predicate] = {
    "left": "at_left",
    "right": "at_right",
    "top": "at_top",
    "upper": "at_top",
    "bottom": "at_bottom",
    "lower": "at_bottom",
    **dict.fromkeys(("middle", "center", "centre"), "at_center"),
}

_TO = (
    r"(?:(?:to|on|at|in|from|toward|towards|along|by) )?(?:the )?"
    r"(?:(?:far|immediate|direct|very|extreme|near|other) )*"
)
_HAND = r"(?:(?: - | )?hand)?(?: - )?(?: ?(?:side|edge|end|part|corner))?"
_SIDE = rf"{_TO}(?P<h>left|right){_HAND}"
_UP = r"(?P<v>above|over|below|under|underneath|beneath|up|down|higher|lower|behind|in front)(?: than)?"
_CORNER = r"(?P<v>upper|lower|top|bottom)(?: - | )?(?:and )?(?P<h>left|right)"
_AND = r"(?: and|,)?(?: (?:also|slightly|just|a bit|a little|off))*"
_OF = r"(?:of|from|position (?:of|from|to|relative to|with respect to))"
_PICTURE = (
    r"(?:the |this |your )?"
    r"(?:picture|image|canvas|page|scene|photo|photograph|drawing)"
)
_IN = r"(?:(?:on|at|in|near|toward|towards|along) )?(?:the )?(?:(?:far|very|extreme) )*"
_ENDS = r"(?=(?: [.,;:!?)]| there\b| (?:is|are|sits|stands|and|but|draw|add|put|place|we|i|you)\b|$))"


def _ways(match: re.Match[str]) -> tuple[Predicate, ...]:
    return tuple(way for group in ("v", "h") if match.group(group) for way in _WAY[match.group(group)])


def _compass(match: re.Match[str]) -> tuple[Predicate, ...]:
    return tuple(way for word in match.groups() if word for way in _WAY[word])


def _clock(match: re.Match[str]) -> tuple[Predicate, ...]:
    word, names = match.group("hour"), list(_HOURS)
    hour = int(word) % 12 if word.isdigit() else names.index(word)
    exact = _HOURS[names[hour]]
    if match.group("minutes") == "30":
        return tuple(dict.fromkeys((*exact, *_HOURS[names[(hour + 1) % 12]])))
    return exact


def _places(match: re.Match[str]) -> tuple[Predicate, ...]:
    return tuple(dict.fromkeys(_PLACES[word] for word in match.groups() if word in _PLACES))


def _just(*predicates: Predicate) -> Callable[[re.Match[str]], tuple[Predicate, ...]]:
    return lambda match: predicates


def _wording(
    pattern: str,
    meaning: Callable[[re.Match[str]], tuple[Predicate, ...]] | Predicate,
    *,
    sure: bool = True,
    swapped: bool = False,
    owned: bool = False,
) -> Wording:
    said = meaning if callable(meaning) else _just(meaning)
    return Wording(re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), said, sure, swapped, owned)


_NUMBER = "|".join(_HOURS)
_BE = r"(?:(?:is|are|was|were) )?"

WORDINGS: tuple[Wording, ...] = (
    # --- sides ---
    _wording(rf"{_SIDE} {_OF}", lambda match: _WAY[match.group("h")]),
    _wording(rf"{_UP}{_AND} {_SIDE}(?: {_OF})?", _ways),
    _wording(rf"{_SIDE}{_AND} {_UP}(?: of)?", _ways),
    _wording(rf"(?:diagonally )?{_TO}{_CORNER}{_HAND} {_OF}", _ways),
    _wording(
        rf"diagonally {_UP}(?:(?:,| and)? {_SIDE.replace('?P<h>', '?P<x>')})?(?: {_OF})?",
        lambda match: tuple(way for word in match.group("v", "x") if word for way in _WAY[word]),
    ),
    _wording(
        r"(?:(?:to|in|on|at) )?(?:the )?(?:(?:due|far) )?(north|south)?(?: - | )?(east|west)?(?:ern)?"
        r"(?: side| direction| corner)? of",
        _compass,
    ),
    _wording(
        rf"(?:(?:at|in|to|on) )?(?:(?:the|a) )?(?:about )?(?P<hour>{_NUMBER}|1[0-2]"
        rf"|[1-9])(?::(?P<minutes>00|30))?"
        r"(?: ?o'clock)(?: position| direction| side)? (?:of|from|to|relative to|with respect to)",
        _clock,
    ),
    _wording(
        r"(?:at|in|to|on) (?:the )?(?P<hour>1[0-2]|[1-9]):(?P<minutes>00|30) (?:position )?(?:of|from|to"
        r"|relative to)",
        _clock,
    ),
    _wording(
        r"(?:to|on|at) (?:its|his|her|their|(?:the |a )?(?:\w+ ){1,2}'s) (?:immediate )?(?P<h>left|right)"
        rf"{_HAND}(?! (?:hand|arm|leg|foot|ear|eye|shoulder|knee|side|wing|paw)\b)",
        lambda match: _WAY[match.group("h")],
        owned=True,
    ),
    # --- places in the picture ---
    _wording(
        rf"{_IN}(?:(top|upper|bottom|lower)(?: - | )?)?(?:(left|right|middle|center|centre|top"
        rf"|bottom)){_HAND} of {_PICTURE}",
        _places,
    ),
    _wording(
        rf"(?:in|at|on|near) (?:the )?(?:(?:far|very|extreme) )*(?:(top|upper|bottom|lower)(?: - | ))?"
        rf"(left|right)(?:(?: - | )?hand)?(?: ?(?:side|edge|corner))?{_ENDS}",
        _places,
    ),
    _wording(
        rf"(?:in|at|on|near|along) (?:the )?(?:very )?(top|bottom|upper|lower|middle|center|centre)"
        rf"(?: edge| part)?{_ENDS}",
        _places,
    ),
    _wording(
        rf"(?:in|at|on|near|along) (?:the )?(?:very )?(top|bottom|upper|lower|left|right)"
        rf"(?: edge| part| border| side)? of {_PICTURE}",
        _places,
    ),
    # --- up and down ---
    _wording(r"above|higher than|high above|overhead of", "above"),
    _wording(r"over", "above", sure=False),
    _wording(r"below|lower than|down from", "below", sure=False),
    _wording(r"(?:on|onto|at|to) (?:the )?(?:very )?top of|atop(?: of)?", "on"),
    _wording(r"on|onto|upon", "on", sure=False),
    _wording(
        r"on (?:the |its )?(?:upper |outer )?surface of|astride|aboard", "on", sure=False
    ),
    _wording(r"underneath|beneath|at the (?:foot|bottom) of|on the (?:underside|bottom) of", "under"),
    _wording(r"under", "under", sure=False),
    # --- in and out ---
    _wording(r"inside(?: of)?|in the (?:inside|interior) of", "inside"),
    _wording(r"in|into|within", "inside", sure=False),
    _wording(
        rf"(?:in|at|on) the (?:exact |very )?(?:middle|center|centre) of|{_BE}enclosed (?:by|in)", "inside"
    ),
    _wording(rf"{_BE}(?:a )?part of", "inside", sure=False),
    _wording(
        r"contains?|containing|(?:consists?|consisting) of|(?:has|have) as a part|(?:is |are )?(?:filled"
        r"|full) (?:with|of)",
        "inside",
        sure=False,
        swapped=True,
    ),
    _wording(r"outside(?: of)?|out of|off(?: of)?|detached from", "outside", sure=False),
    # --- near and far ---
    _wording(
        r"(?:right |directly |immediately )?next to|beside|alongside(?: of)?|(?:very )?close to|close by"
        r"|adjacent to"
        r"|(?:at|on|by) the side of|(?:right )?near(?:by)?(?: to)?|in the vicinity of|side by side with",
        "next_to",
    ),
    _wording(r"(?:at|on|by|along|near) the (?:very )?(?:edge|border|rim|foot|end|bank|shore) of", "next_to"),
    _wording(r"(?:far|far away|a long way|distant|at a distance) from|at a great distance from", "far_from"),
    _wording(r"away from", "far_from"),
    _wording(r"past", "next_to", sure=False),
    _wording(
        rf"{_BE}(?:touching|attached to|connected to|joined to|fastened to|tied to|stuck to"
        rf"|pressed against|propped against)"
        r"|touches|touch|against|up against|in contact with",
        "touching",
        sure=False,
    ),
    # --- before and behind ---
    _wording(
        r"behind|in (?:the )?back of|(?:at|on|to) the (?:back|rear) of|(?:in|at) the rear of|beyond", "behind"
    ),
    _wording(r"in (?:the )?front of|(?:at|on|to) the front of|ahead of", "in_front_of"),
    _wording(
        r"(?:directly |right )?(?:across|opposite)(?: (?:the )?(?:street|road|room|table|hall))? from"
        r"|opposite(?: to| of)?|on the (?:other|opposite|far) side of(?: the (?:room|street|road"
        r"|table) from)?|across",
        "across_from",
    ),
    # --- between and around ---
    _wording(r"(?:in )?between|midway between|halfway between|in the middle between", "between"),
    _wording(r"among|amongst|amid", "between", sure=False),
    _wording(
        r"(?:all )?around|(?:all )?round|surrounds?|surrounding|encircl(?:es|e|ing)", "around", sure=False
    ),
    _wording(r"(?:is |are |was |were )?(?:surrounded|encircled) (?:by|with)", "around", swapped=True),
    _wording(r"covers?|covering|overl(?:ies|ying)|(?:is |are )?draped over", "on", sure=False),
    _wording(rf"{_BE}covered (?:by|with|in)", "on", sure=False, swapped=True),
    # --- looks ---
    _wording(
        r"(?:(?:is|are) )?(?:facing|faces|looking|turned|pointing) (?:to )?(?:the )?(?P<h>left"
        r"|right)(?! (?:of|at)\b)",
        lambda match: ("turned_left",) if match.group("h") == "left" else ("turned_right",),
    ),
    _wording(
        rf"{_BE}(?:facing|faces|face|turned towards?|pointing (?:at|towards?)|(?:looking|looks|staring"
        rf"|stares|gazing|gazes)"
        r" (?:at|towards?))|watches|watching|toward|towards|facing (?:to|toward|towards)",
        "facing",
        sure=False,
    ),
    _wording(
        rf"{_BE}(?:facing away from|faces? away from|turned away from|looking away from)|with (?:its|his"
        rf"|her|their) back(?:s)?"
        r" (?:turned )?to",
        "facing_away",
    ),
)  # fmt: skip

BESIDE = _wording("by|at", "next_to", sure=False)
"""Only behind a stance: "sits by the fire", "stands at the window"."""


def triggers(doc: Doc) -> Iterator[Trigger]:
    """The wordings of a sentence from left to right; of those that overlap the earliest, then the longest."""
    spoken = [token.lower_ for token in doc]
    text = " ".join(spoken)
    starts, position = {}, 0
    ends = {}
    for index, word in enumerate(spoken):
        starts[position] = index
        position += len(word)
        ends[position] = index + 1
        position += 1
    found = [
        (starts[match.start()], -ends[match.end()], match, wording)
        for wording in WORDINGS
        for match in wording.pattern.finditer(text)
        if match.start() in starts and match.end() in ends
    ]
    reached = 0
    for first, last, match, wording in sorted(found, key=lambda one: one[:2]):
        predicates = wording.meaning(match)
        if first < reached or not predicates:
            continue
        reached = -last
        yield Trigger(first, -last, predicates, wording, doc[first:-last].text)
