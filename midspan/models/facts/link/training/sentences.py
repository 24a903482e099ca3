"""Sentences with mentions of which it is known what they mean (benchmarks/build_link_data.py made them)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from midspan.models.facts.link.question import Mention, Question, in_text
from midspan.models.facts.link.training.falb import Case, share_of
from midspan.models.kit.jsonl import read_rows
from midspan.models.kit.splitting import Split

Text = Literal["fewrel", "namesakes", "passing", "strangers"]

SHIPPED = Path(__file__).parent / "text"
SPLITS: tuple[tuple[Split, float], ...] = (("test", 0.2), ("validation", 0.6), ("train", 1.0))
BETWEEN = 80
"""Characters between two mentions that are taken for their predicate."""


def sentences(name: Text, split: Split, folder: Path = SHIPPED) -> list[Case]:
    """Those of a split. Where a property is said, test by a hash of what the sentence is about, and the
    others by that property, so that what is learned on one of them is learned for properties never seen; else
    all by the name that the sentence begins with, whoever is meant by it."""
    return [case for case in map(case_of, read_rows(folder / f"{name}.jsonl.gz")) if _split_of(case) == split]


def case_of(row: Mapping[str, Any]) -> Case:
    """``text``, ``property``, and of ``subject`` and ``object`` each start, end, uid and the parser's
    kind."""
    text, subject, object_ = row["text"], row["subject"], row["object"]
    first, second = sorted((subject[:2], object_[:2]))
    between = text[first[1] : second[0]].strip()[-BETWEEN:]
    return Case(
        Question(_mention(text, subject), between or row["property"], _mention(text, object_)),
        *(subject[2], object_[2], row["property"]),
        group=row.get("doc", text),
    )


def _mention(text: str, place: tuple[int, int, str, Any]) -> Mention:
    start, end, _, kind = place
    return in_text(text, start, end, kind)


def _split_of(case: Case) -> Split:
    if not case.predicate:
        share = share_of("name", case.question.subject.name)
        return next(name for name, end in SPLITS if share < end)
    if share_of("subject", case.subject or "") < SPLITS[0][1]:
        return "test"
    return "validation" if share_of("property", case.predicate) < 0.5 else "train"
