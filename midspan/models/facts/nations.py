"""Adjectives of nations: of which country a "Danish physicist" is.

``nations.tsv`` is made by benchmarks/build_nations.py.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "nations.tsv"


def country_of(adjective: str) -> str:
    """The English name of the country; empty for what is no adjective of a nation."""
    return _countries().get(adjective, "")


@cache
def _countries() -> dict[str, str]:
    rows = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines())
    return {row[0]: row[1] for row in rows}
