"""The verbs of the benchmark, in minimal pairs, and the sentences that name them.

The two of a pair are in opposite groups, so that whoever guesses the verb from the noun guesses, on
combinations that are not in the training split, the wrong one of the pair.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    name: str
    template: str
    """As in Something-Something, a bracket for each noun."""

    @property
    def nouns(self) -> int:
        """How many things the sentence names."""
        return self.template.lower().count("[something]")

    @property
    def sentence(self) -> str:
        """The template without brackets, as the list of labels has it."""
        return self.template.replace("[", "").replace("]", "")


VERBS = (
    Verb("push_right", "Pushing [something] from left to right"),
    Verb("push_left", "Pushing [something] from right to left"),
    Verb("move_closer", "Moving [something] closer to [something]"),
    Verb("move_away", "Moving [something] away from [something]"),
    Verb("put_into", "Putting [something] into [something]"),
    Verb("take_out", "Taking [something] out of [something]"),
    Verb("cover", "Covering [something] with [something]"),
    Verb("uncover", "Uncovering [something]"),
    Verb("lift_hold", "Lifting [something] up completely without letting it drop down"),
    Verb("lift_drop", "Lifting [something] up completely, then letting it drop down"),
    Verb("push_fall", "Pushing [something] so that it falls off the table"),
    Verb("push_little", "Pushing [something] so that it slightly moves"),
    Verb("pretend_pick", "Pretending to pick [something] up"),
    Verb("put_down", "Putting [something] on a surface"),
    Verb("light_up", "Poking [something] so that it lights up"),
    Verb("poke_nothing", "Poking [something] so lightly that it doesn't or almost doesn't move"),
    Verb("spin", "Spinning [something] so it continues spinning"),
    Verb("open", "Opening [something]"),
)
NAMES = tuple(verb.name for verb in VERBS)


def group(verb: int) -> int:
    """0 or 1; the two of a pair differ."""
    return verb % 2


def label(verb: int, nouns: tuple[str, ...]) -> str:
    """The sentence with its nouns: "pushing striped star from left to right"."""
    parts = VERBS[verb].template.lower().split("[something]")
    return "".join(part + noun for part, noun in zip(parts, (*nouns, ""), strict=True))
