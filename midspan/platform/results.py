"""What ``midspan evaluate`` writes: one JSON file and a Markdown table of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def write(folder: Path, data: Mapping[str, Any]) -> None:
    """``TASK.json`` and ``TASK.md``; ``data`` has the keys of the fixed shape and perhaps ``reliability``."""
    folder.mkdir(parents=True, exist_ok=True)
    name = data["task"]
    (folder / f"{name}.json").write_text(json.dumps(_finite(data), indent=1) + "\n", "utf-8")
    (folder / f"{name}.md").write_text(markdown(data), "utf-8")


def markdown(data: Mapping[str, Any]) -> str:
    """A table for each group of rows with the same figures."""
    seeds = ", ".join(str(seed) for seed in data["seeds"])
    lines = [
        f"# {data['task']}: the models beside their baselines",
        "",
        f"Data: {data['data']}. Seeds of the trained baselines: {seeds}. "
        "± is one standard error, with each document as one draw.",
        "",
    ]
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for group in _views(data["rows"]):
        groups.setdefault(tuple(group["metrics"]), []).append(group)
    for names, rows in groups.items():
        lines += ["| model | " + " | ".join(names) + " |", "|" + "---|" * (len(names) + 1)]
        for row in rows:
            cells = [_cell(row["metrics"][name]) for name in names]
            lines.append(f"| {row['model']} | " + " | ".join(cells) + " |")
        lines.append("")
    if data.get("reliability"):
        lines += ["Reliability (masked): confidence against the share that is right.", ""]
        lines += ["| confidence | sentences | mean confidence | right |", "|---|---|---|---|"]
        for one in data["reliability"]:
            span = f"{one['low']:.1f} to {one['high']:.1f}"
            lines.append(f"| {span} | {one['count']} | {one['confidence']:.3f} | {one['accuracy']:.3f} |")
        lines.append("")
    return "\n".join(lines)


VIEWS = ("masked", "plain", "stem_clean")


def _views(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows cut by the view that ends their figures' names, so that tables stay narrow."""
    cut: list[Mapping[str, Any]] = []
    for view in VIEWS:
        for row in rows:
            metrics = {k: v for k, v in row["metrics"].items() if k.endswith(f"_{view}")}
            core = {k: v for k, v in metrics.items() if not k.startswith(("recall@", "ndcg@"))}
            cut.append({"model": row["model"], "metrics": core})
    for row in rows:
        retrieval = {k: v for k, v in row["metrics"].items() if k.startswith(("recall@", "ndcg@"))}
        cut.append({"model": row["model"], "metrics": retrieval})
    return [row for row in cut if row["metrics"]]


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
