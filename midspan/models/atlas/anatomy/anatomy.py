"""What grounding a text must know of an atlas: its words, its sides, and its centres.

The phantom's is made from its formulas alone, without voxels; any other's from the atlas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from midspan.models.atlas.anatomy.atlas import Atlas, Structure
from midspan.models.atlas.anatomy.phantom import PAIRED, PointMm, Side, centre_mm
from midspan.models.atlas.identity import ATLAS
from midspan.models.atlas.language.organs import (
    ALIASES,
    OUTSIDE,
    Meaning,
    Vocabulary,
    as_phrase,
    phantom_vocabulary,
)


@dataclass(frozen=True)
class Anatomy:
    atlas: str
    vocabulary: Vocabulary
    paired: frozenset[str]
    centre: Callable[[str, Side, str], PointMm]
    """(organ, side, part): a point deep inside; side and part may be empty."""


PHANTOM = Anatomy(ATLAS, phantom_vocabulary(), PAIRED, centre_mm)


def anatomy_of(atlas: Atlas) -> Anatomy:
    def centre(organ: str, side: Side, part: str) -> PointMm:
        named = [one for one in atlas.structures_of(organ) if one.name == part]
        sided = [one for one in named or atlas.structures_of(organ, side) if one.side == side]
        return atlas.centre_of(max(sided or named or atlas.structures_of(organ, side), key=atlas.n_voxels))

    return Anatomy(atlas.name, vocabulary_of(atlas.structures), atlas.paired, centre)


def vocabulary_of(structures: Iterable[Structure]) -> Vocabulary:
    """Words for structures (their own and the table's), for organs (their name and, where it is one of
    the phantom's, the words that we know for it), and for anatomy that is not there."""
    table = tuple(structures)
    organs = {one.organ for one in table}
    phrases = dict.fromkeys(
        (*OUTSIDE, *(alias for words in ALIASES.values() for alias in words)), Meaning("")
    )
    for organ in organs:
        words = (organ, f"{organ}s", *ALIASES.get(organ.lower(), ()))
        phrases |= {as_phrase(word): Meaning(organ) for word in words}
    named: dict[str, list[Structure]] = {}
    for one in table:
        for word in {as_phrase(word) for word in (one.name, f"{one.name}s", one.title, *one.aliases)}:
            named.setdefault(word, []).append(one)
    for phrase, meant in named.items():
        if phrase not in {as_phrase(organ) for organ in organs}:
            phrases[phrase] = _meaning(meant)
    return Vocabulary({phrase: meaning for phrase, meaning in phrases.items() if phrase})


def _meaning(meant: list[Structure]) -> Meaning:
    """As much as the structures of a word have in common; of several organs the first counts."""
    first = meant[0]
    alone = first.name != first.organ and all(one.name == first.name for one in meant)
    side = first.side if all(one.side == first.side for one in meant) else ""
    return Meaning(first.organ, first.name if alone else "", side)
