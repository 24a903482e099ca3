"""What the evaluation of a chapter says, and how it is published."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from midspan.errors import UnknownName
from midspan.models.kit import results
from midspan.models.kit.calibration import ReliabilityBin
from midspan.models.kit.measuring import Figure, Row
from midspan.models.kit.metric import Metric


@dataclass(frozen=True)
class Extra:
    """Figures that are no row: in JSON as they are under ``key``, in Markdown a table of their own."""

    key: str
    rows: Sequence[Any]
    """Dataclasses."""
    table: results.Table


@dataclass(frozen=True)
class Evaluation:
    data: str
    """What was measured on."""
    rows: Sequence[Row]
    extras: Sequence[Extra] = ()


def publish(
    folder: Path, task: str, seeds: Sequence[int], metrics: Sequence[Metric], found: Evaluation
) -> dict[str, Any]:
    """Write ``TASK.json`` and ``TASK.md``; returns what stands in the first.

    Raises ``UnknownName`` where a row has a figure that is no metric of the task.
    """
    data = {
        "task": task,
        "data": found.data,
        "seeds": list(seeds),
        "rows": [asdict(row) for row in found.rows],
        **{extra.key: [asdict(row) for row in extra.rows] for extra in found.extras},
    }
    about = (
        f"Data: {found.data}. Seeds of the trained baselines: {', '.join(map(str, seeds))}. "
        "± is one standard error, with each document as one draw."
    )
    tables = [*_tables(found.rows, metrics), *(extra.table for extra in found.extras)]
    page = results.Page(f"{task}: the models beside their baselines", about, tables)
    results.write(folder, task, data, page)
    return data


def reliability_extra(bins: Sequence[ReliabilityBin], view: str) -> Extra:
    """A reliability diagram in figures."""
    rows = [
        (f"{one.low:.1f} to {one.high:.1f}", one.count, f"{one.confidence:.3f}", f"{one.accuracy:.3f}")
        for one in bins
    ]
    columns = ("confidence", "sentences", "mean confidence", "right")
    caption = f"Reliability ({view}): confidence against the share that is right."
    return Extra("reliability", bins, results.Table(columns, rows, caption))


def _tables(rows: Sequence[Row], metrics: Sequence[Metric]) -> list[results.Table]:
    """Rows cut by the table of their metrics, so that tables stay narrow; without rows that have none."""
    table_of = {name: table for metric in metrics for name, table in metric.figures.items()}
    names = list(dict.fromkeys(name for row in rows for name in row.metrics))
    for name in names:
        if name not in table_of:
            raise UnknownName("metric", name, list(table_of))
    tables = []
    for table in dict.fromkeys(table_of[name] for name in names):
        columns = [name for name in names if table_of[name] == table]
        cells = [
            [row.model, *(_cell(row.metrics[name]) if name in row.metrics else "" for name in columns)]
            for row in rows
            if not row.metrics.keys().isdisjoint(columns)
        ]
        tables.append(results.Table(["model", *columns], cells))
    return tables


def _cell(figure: Figure) -> str:
    mean, se = figure.mean, figure.se
    if math.isnan(mean):
        return "-"
    digits = 1 if abs(mean) >= 20 else 2 if abs(mean) >= 1 else 3
    return f"{mean:.{digits}f}" if math.isnan(se) else f"{mean:.{digits}f} ± {se:.{digits}f}"
