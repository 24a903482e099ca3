"""What ``midspan evaluate`` writes: one JSON file and a Markdown table of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

VIEWS = ("masked", "plain", "unnamed", "stem_clean")
ABSTENTION = ("none_", "ece", "gate_", "placed")


def write(folder: Path, data: Mapping[str, Any]) -> None:
    """``TASK.json`` and ``TASK.md``; ``data`` has the keys of the fixed shape and perhaps ``reliability`` and
    ``collections``."""
    folder.mkdir(parents=True, exist_ok=True)
    name = data["task"]
    (folder / f"{name}.json").write_text(json.dumps(_finite(data), indent=1) + "\n", "utf-8")
    (folder / f"{name}.md").write_text(markdown(data), "utf-8")


def markdown(data: Mapping[str, Any]) -> str:
    """A table for each group of figures."""
    seeds = ", ".join(str(seed) for seed in data["seeds"])
    lines = [
        f"# {data['task']}: the models beside their baselines",
        "",
        f"Data: {data['data']}. Seeds of the trained baselines: {seeds}. "
        "± is one standard error, with each document as one draw.",
        "",
    ]
    for rows in _tables(data["rows"]):
        names = list(dict.fromkeys(name for _, metrics in rows for name in metrics))
        lines += ["| model | " + " | ".join(names) + " |", "|" + "---|" * (len(names) + 1)]
        for model, metrics in rows:
            cells = [_cell(metrics[name]) if name in metrics else "" for name in names]
            lines.append(f"| {model} | " + " | ".join(cells) + " |")
        lines.append("")
    if data.get("reliability"):
        lines += ["Reliability (masked): confidence against the share that is right.", ""]
        lines += ["| confidence | sentences | mean confidence | right |", "|---|---|---|---|"]
        for one in data["reliability"]:
            span = f"{one['low']:.1f} to {one['high']:.1f}"
            lines.append(f"| {span} | {one['count']} | {one['confidence']:.3f} | {one['accuracy']:.3f} |")
        lines.append("")
    if data.get("collections"):
        lines += [
            "Where it errs (masked): % with a right organ among the most probable one, two and three.",
            "",
        ]
        lines += ["| documents of | sentences | first | first two | first three |", "|---|---|---|---|---|"]
        for one in data["collections"]:
            shares = " | ".join(f"{share:.1f}" for share in one["right_among"])
            lines.append(f"| {one['name']} | {one['count']} | {shares} |")
        lines.append("")
    return "\n".join(lines)


Metrics = Mapping[str, Mapping[str, float]]


def _tables(rows: Sequence[Mapping[str, Any]]) -> list[list[tuple[str, Metrics]]]:
    """Rows cut by the group of their figures, so that tables stay narrow; without rows that have none."""
    tables: list[list[tuple[str, Metrics]]] = []
    for group in dict.fromkeys(_group(name) for row in rows for name in row["metrics"]):
        cut: list[tuple[str, Metrics]] = [
            (row["model"], {name: one for name, one in row["metrics"].items() if _group(name) == group})
            for row in rows
        ]
        tables.append([(model, metrics) for model, metrics in cut if metrics])
    return tables


def _group(name: str) -> str:
    """What a figure is about: retrieval, or places, abstention and calibration in one view."""
    if "@" in name:
        return "retrieval"
    view = next((view for view in VIEWS if name.endswith(view)), "")
    return f"abstention {view}" if name.startswith(ABSTENTION) else view


def _cell(figure: Mapping[str, float]) -> str:
    mean, se = figure["mean"], figure["se"]
    if math.isnan(mean):
        return "-"
    digits = 1 if abs(mean) >= 20 else 2 if abs(mean) >= 1 else 3
    return f"{mean:.{digits}f}" if math.isnan(se) else f"{mean:.{digits}f} ± {se:.{digits}f}"


def _finite(value: Any) -> Any:
    """Not-a-numbers as null: JSON knows none."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
