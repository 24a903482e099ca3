"""Running Cypher over many rows, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

ROWS_A_STATEMENT = 1000

Row = dict[str, Any]
"""Plain JSON values by name."""
Batch = Mapping[str, Sequence[Row]]
"""Rows by what they are of."""
RunCypher = Callable[[str, Mapping[str, Any]], Sequence[Mapping[str, Any]]]
"""Runs a statement with parameters and answers its rows."""


def each(run: RunCypher, statement: str, parameter: str, values: Sequence[Any]) -> None:
    for part in parts(values):
        run(statement, {parameter: part})


def parts(values: Sequence[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(values), ROWS_A_STATEMENT):
        yield list(values[start : start + ROWS_A_STATEMENT])
