"""Simple shapes of our own for things that have no icon, in a box of 100 x 100; they face right.

A row of ``shapes.tsv`` is a name, the nouns that it is drawn for, the categories that fall back on it, and
SVG in which ``currentColor`` is the thing's colour.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from midspan.models.scene.concepts import chain, taxonomy
from midspan.models.scene.lexicon import Category, is_area

FILE = Path(__file__).with_name("shapes.tsv")

_AREAS = {
    "#a9cdea": "water river lake pond sea ocean stream pool puddle harbour harbor canal bay",
    "#cfe3f5": "sky",
    "#c6dfb0": "lawn grass field meadow garden yard hill park pasture orchard forest",
    "#eadbb2": "beach sand desert island sandpit",
    "#f8fbff": "snow ice",
    "#b9b9b9": "road street path sidewalk court highway motorway square",
    "#a79f95": "mountain cliff rock cave volcano",
}
_COLOURS = {word: colour for colour, words in _AREAS.items() for word in words.split()}


@dataclass(frozen=True)
class Shape:
    name: str
    body: str

    @property
    def is_tile(self) -> bool:
        """Only its label says what it is."""
        return self.name == "tile"


@dataclass(frozen=True)
class _Shapes:
    of_name: dict[str, Shape]
    of_noun: dict[str, Shape]
    of_concept: dict[int, Shape]
    of_category: dict[str, Shape]


def shape_of(noun: str, concept: int | None, category: Category) -> Shape:
    """Of the noun itself, of the nearest that it is a kind of, of its category, or a tile."""
    known = _shapes()
    if is_area(category):
        return known.of_name["area"]
    if noun in known.of_noun:
        return known.of_noun[noun]
    above = chain(concept) if concept is not None else iter(())
    named = next((known.of_concept[one] for one in above if one in known.of_concept), None)
    return named or known.of_category.get(category.name, known.of_name["tile"])


def colour_of(noun: str, category: Category) -> str:
    """That of a well-known area; else a light colour that the same word always has."""
    if is_area(category):
        return _COLOURS.get(noun.split()[-1] if noun.strip() else "", "#e3ddd2")
    return f"hsl({zlib.crc32(noun.encode()) % 360} 55% 68%)"


@cache
def _shapes() -> _Shapes:
    found = _Shapes({}, {}, {}, {})
    meant = taxonomy().meant
    for line in FILE.read_text("utf-8").splitlines():
        name, nouns, categories, body = line.split("\t")
        shape = Shape(name, body)
        found.of_name[name] = shape
        for noun in filter(None, nouns.split(",")):
            found.of_noun[noun] = shape
            if noun in meant:
                found.of_concept[meant[noun]] = shape
        found.of_category.update(dict.fromkeys(filter(None, categories.split(",")), shape))
    return found
