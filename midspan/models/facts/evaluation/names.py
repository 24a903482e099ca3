"""Sentences of our own, written before the linker was first asked: which of the name only the rest tells."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from midspan.models.facts.link.asking import KIND_OF_LABEL
from midspan.models.facts.link.question import Mention, Question, in_text
from midspan.models.facts.link.training.falb import Case
from midspan.models.parser import load_parser

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

FILE = Path(__file__).with_name("names.tsv")
Sort = Literal["context", "absent", "plain"]
"""Only the context tells; somebody of the name that the graph does not have; the one that everybody means."""
SORTS: tuple[Sort, ...] = get_args(Sort)


def name_cases(sort: Sort) -> list[Case]:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == sort]
    docs = load_parser().parse([row["sentence"] for row in rows])
    return [_case(doc, row["mention"], row["uid"]) for row, doc in zip(rows, docs, strict=True)]


def _case(doc: Doc, name: str, uid: str) -> Case:
    text, start = doc.text, doc.text.index(name)
    end = start + len(name)
    label = next((one.label_ for one in doc.ents if one.start_char < end and start < one.end_char), "")
    asked = in_text(text, start, end, KIND_OF_LABEL.get(label, ""))
    other = next(_others(doc, start, end), None)
    if other is None:
        return Case(Question(asked, text[end:].strip(), Mention("", asked=False)), uid, None, group=text)
    beside = in_text(text, other.start_char, other.end_char, KIND_OF_LABEL.get(other.label_, ""))
    if other.start_char > end:
        return Case(Question(asked, text[end : other.start_char].strip(), beside), uid, None, group=text)
    return Case(Question(beside, text[other.end_char : start].strip(), asked), None, uid, group=text)


def _others(doc: Doc, start: int, end: int) -> Iterator[Span]:
    return (
        one
        for one in doc.ents
        if one.label_ in KIND_OF_LABEL and not (one.start_char < end and start < one.end_char)
    )
