"""What an event is called: its verb, and the sentence that a verb and its things make.

    sentence("put_into", ("striped star",))     # "puts the striped star into something"
    verb_in_words("put_into")                   # "put into"

A verb of the benchmark has a sentence with a place for each thing that it is done with. A verb of one's own
clips that is a template itself ("Pushing [something] from left to right", "Tearing something") has its things
put in; any other ("open fridge") is followed by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

UNNAMED = "something"
_PLACE = re.compile(r"\[something\]|\bsomething\b", re.IGNORECASE)

SENTENCES = {
    "push_right": "pushes something from left to right",
    "push_left": "pushes something from right to left",
    "move_closer": "moves something closer to something",
    "move_away": "moves something away from something",
    "put_into": "puts something into something",
    "take_out": "takes something out of something",
    "cover": "covers something with something",
    "uncover": "uncovers something",
    "lift_hold": "lifts something up completely without letting it drop down",
    "lift_drop": "lifts something up completely, then lets it drop down",
    "push_fall": "pushes something so that it falls off the table",
    "push_little": "pushes something so that it slightly moves",
    "pretend_pick": "pretends to pick something up",
    "put_down": "puts something on a surface",
    "light_up": "pokes something so that it lights up",
    "poke_nothing": "pokes something so lightly that it does not or almost does not move",
    "spin": "spins something so that it continues spinning",
    "open": "opens something",
}
"""By verb of the benchmark, its template in the third person."""


def verb_in_words(verb: str) -> str:
    """As people type it: without underscores."""
    return verb.replace("_", " ")


def things_named(verb: str) -> int:
    """How many things the verb's sentence has places for."""
    return len(_PLACE.findall(SENTENCES.get(verb, verb)))


def sentence(verb: str, nouns: Sequence[str]) -> str:
    """The verb's sentence with its things in their places, in order; a thing without a name stays
    something."""
    template = SENTENCES.get(verb, verb_in_words(verb))
    if not _PLACE.search(template):
        return " ".join([template, *(f"the {noun}" for noun in nouns)])
    named: Iterator[str] = iter(nouns)

    def name(_: re.Match[str]) -> str:
        noun = next(named, "")
        return f"the {noun}" if noun else UNNAMED

    said = _PLACE.sub(name, template)
    return said[:1].lower() + said[1:]
