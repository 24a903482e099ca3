"""Quantities with their units, by a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_QUANTITY = re.compile(r"\b(\d+(?:\.\d+)?) (bar|kW|rpm)\b")


@dataclass(frozen=True)
class Quantity:
    value: float
    unit: str
    start: int
    end: int


def quantities(text: str) -> Iterator[Quantity]:
    for found in _QUANTITY.finditer(text):
        yield Quantity(float(found[1]), found[2], found.start(), found.end())
