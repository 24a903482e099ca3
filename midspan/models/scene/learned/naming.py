"""Where a text names the things that are to be placed: as given, by their words, or by what they are called.

"The tree" is the apple tree where the text says no more; a plural names every thing of the kind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from midspan.models.scene.lexicon import LONGEST, all_words

Span = tuple[int, int]
"""Half-open, in code points of the text."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def named_at(text: str, labels: Sequence[str], categories: Sequence[str]) -> list[list[Span]]:
    """For each thing the places of ``text`` that name it, in order; empty where none does.

    By its label, or a word that stands for its category and no other; else by the last word of its label.
    """
    sure, loose = _wanted(labels, categories)
    begins = {form.split()[0] for wanted in (sure, loose) for form in wanted}
    found: list[list[Span]] = [[] for _ in labels]
    maybe: list[list[Span]] = [[] for _ in labels]
    words = [(match.group().lower(), match.span()) for match in _WORD.finditer(text)]
    place = 0
    while place < len(words):
        if begins.isdisjoint(_singular(words[place][0])):
            place += 1
            continue
        for length in range(min(LONGEST, len(words) - place), 0, -1):
            said = " ".join(word for word, _ in words[place : place + length])
            span = words[place][1][0], words[place + length - 1][1][1]
            forms = _singular(said)
            certain = next((sure[form] for form in forms if form in sure), ())
            possible = next((loose[form] for form in forms if form in loose), ())
            for thing in certain:
                found[thing].append(span)
            for thing in possible:
                maybe[thing].append(span)
            if certain or possible:
                place += length - 1
                break
        place += 1
    return [named or guessed for named, guessed in zip(found, maybe, strict=True)]


def _wanted(
    labels: Sequence[str], categories: Sequence[str]
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    sure: dict[str, list[int]] = defaultdict(list)
    loose: dict[str, list[int]] = defaultdict(list)
    for thing, (label, category) in enumerate(zip(labels, categories, strict=True)):
        own = label.lower()
        for word in {own, *_words_of().get(category, ())}:
            sure[word].append(thing)
        for word in {own.split()[-1], category.split()[-1]}:
            loose[word].append(thing)
    return sure, {word: things for word, things in loose.items() if word not in sure}


@cache
def _words_of() -> dict[str, tuple[str, ...]]:
    """The words of each category of the playground."""
    found: dict[str, list[str]] = defaultdict(list)
    for word, entry in all_words().items():
        if entry.mapping == "lexicon":
            found[entry.category.name].append(word)
    return {name: tuple(words) for name, words in found.items()}


def _singular(said: str) -> tuple[str, ...]:
    """What is said, and without the endings that a plural may have or a possessive."""
    forms = [said]
    for ending in ("'s", "’s", "es", "s"):
        if said.endswith(ending):
            forms.append(said.removesuffix(ending))
    return tuple(forms)
