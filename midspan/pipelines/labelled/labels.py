"""Who says what is done in which video: labels in a table, or in the files that Something-Else was published
in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from midspan.errors import WrongUse

TABLE = "labels.csv"
SPLIT_FILES = ("train", "validation", "test")
"""Names of the files of Something-Else, and what a table may have in its column ``split``."""


@dataclass(frozen=True)
class Label:
    where: str
    """File and line, for messages."""
    video: Path
    verb: str
    """Empty where nobody said: a clip that a student may watch, while its teachers answer."""
    noun: str = ""
    start: float = 0.0
    """Seconds from the first picture."""
    end: float | None = None
    """None: the video's."""
    split: str = ""
    """One of ``SPLIT_FILES``; empty where nothing is said."""


@dataclass(frozen=True)
class Refused:
    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True)
class Labels:
    of: tuple[Label, ...]
    refused: tuple[Refused, ...]
    """Rows that cannot be used."""
    boxes: tuple[Path, ...] = ()
    """Files with boxes of several videos."""


def is_labelled(data: Path) -> bool:
    """Whether this is labelled videos: a table or JSON file, or a folder with one."""
    if data.is_file():
        return data.suffix.lower() in (".csv", ".json")
    return (data / TABLE).is_file() or (data / f"{SPLIT_FILES[0]}.json").is_file()


def read_labels(data: Path) -> Labels:
    """Raises ``WrongUse`` where a file is not as expected, ``CorruptSource`` where it is no JSON."""
    from midspan.pipelines.labelled.something_else import read_splits
    from midspan.pipelines.labelled.table import read_table

    if data.is_dir():
        table = data / TABLE
        if table.is_file():
            return read_table(table)
        files = {name: data / f"{name}.json" for name in SPLIT_FILES}
        return read_splits({name: path for name, path in files.items() if path.is_file()})
    if data.suffix.lower() == ".csv":
        return read_table(data)
    return read_splits({"": data})


def words(text: object) -> str:
    """A name with single spaces; empty for none."""
    return " ".join(str(text).split()) if text is not None else ""


def refuse(path: Path, expected: str) -> WrongUse:
    return WrongUse(f"{path}: expected {expected}")
