"""Pictures of things, found by what the things are: a "terrier" is drawn as a dog.

``icons.json.gz`` is made by ``benchmarks/build_scene_icons.py`` of Fluent Emoji (Microsoft, MIT); which icon
is of which nouns says ``table.tsv``.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from midspan.models.scene.concepts import chain

FILE = Path(__file__).with_name("icons.json.gz")


@dataclass(frozen=True)
class Icon:
    name: str
    side: Literal["left", "front"]
    """To which it looks."""
    box: tuple[float, float, float, float]
    """Of what is drawn: x, y, width, height of the body's units."""
    body: str
    """SVG."""


@dataclass(frozen=True)
class Icons:
    of_noun: dict[str, Icon]
    of_concept: dict[int, Icon]


@cache
def icons() -> Icons:
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        rows = json.load(file)
    found = Icons({}, {})
    for name, row in rows.items():
        icon = Icon(name, row["side"], tuple(row["box"]), row["body"])
        found.of_noun.update(dict.fromkeys(row["nouns"], icon))
        found.of_concept.update(dict.fromkeys(row["concepts"], icon))
    return found


def icon_of(noun: str, concept: int | None) -> Icon | None:
    """Of the noun itself, else of the nearest that the concept is a kind of."""
    known = icons()
    if noun in known.of_noun:
        return known.of_noun[noun]
    above = chain(concept) if concept is not None else iter(())
    return next((known.of_concept[one] for one in above if one in known.of_concept), None)
