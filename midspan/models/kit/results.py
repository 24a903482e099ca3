"""The one writer of results: a JSON file with all there is to know, and Markdown that shows it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Table:
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    caption: str = ""

    @property
    def lines(self) -> list[str]:
        head = [self.caption, ""] if self.caption else []
        rule = "|" + "---|" * len(self.columns)
        return [*head, _line(self.columns), rule, *map(_line, self.rows), ""]


@dataclass(frozen=True)
class Page:
    title: str
    about: str
    """Data or machine, in a line."""
    tables: Sequence[Table]
    notes: Sequence[str] = ()

    @property
    def markdown(self) -> str:
        lines = [f"# {self.title}", "", self.about, ""]
        lines += [line for table in self.tables for line in table.lines]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes), *([""] if self.notes else [])])


def write(folder: Path, name: str, data: Mapping[str, Any], page: Page) -> None:
    """``NAME.json`` and ``NAME.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(_finite(data), indent=1) + "\n", "utf-8")
    (folder / f"{name}.md").write_text(page.markdown, "utf-8")


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _finite(value: Any) -> Any:
    """Not-a-numbers as null: JSON knows none."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
