"""Labels in a table: ``video,verb[,noun][,start][,end][,split]``, a row an action; without a verb, a stretch
to watch."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from midspan.errors import WrongUse
from midspan.pipelines.labelled.labels import SPLIT_FILES, Label, Labels, Refused, refuse, words

COLUMNS = ("video", "verb", "noun", "start", "end", "split")


def read_table(path: Path) -> Labels:
    """Videos are named from the table's folder on, times are seconds; other columns are passed over.

    Raises ``WrongUse`` for a file that is no such table.
    """
    labels: list[Label] = []
    refused: list[Refused] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = {"video", "verb"} - set(rows.fieldnames or ())
            if missing:
                raise refuse(path, f"columns video and verb, and perhaps {', '.join(COLUMNS[2:])}")
            for row in rows:
                where = f"{path.name}, line {rows.line_num}"
                try:
                    labels.append(_label(row, path.parent, where))
                except ValueError as error:
                    refused.append(Refused(where, str(error)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise refuse(path, f"a table with commas in UTF-8 ({error})") from error
    except OSError as error:
        raise WrongUse(f"{path} cannot be read ({error.strerror})") from error
    return Labels(tuple(labels), tuple(refused))


def _label(row: Mapping[str, str | None], folder: Path, where: str) -> Label:
    """Raises ``ValueError`` that says what is wrong."""
    told = {name: words(row.get(name)) for name in COLUMNS}
    if not told["video"]:
        raise ValueError("a row needs a video")
    video = folder / (row["video"] or "").strip()
    if not video.is_file():
        raise ValueError(f"there is no file {video}")
    start = _seconds(told["start"], "start") or 0.0
    end = _seconds(told["end"], "end")
    if end is not None and end <= start:
        raise ValueError(f"ends at second {end:g}, and starts at {start:g}")
    if told["split"] and told["split"] not in SPLIT_FILES:
        raise ValueError(f"unknown split {told['split']!r}; known: {', '.join(SPLIT_FILES)}")
    return Label(where, video, told["verb"], told["noun"], start, end, told["split"])


def _seconds(text: str, name: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"{name} is no time in seconds: {text!r}")
    return seconds
