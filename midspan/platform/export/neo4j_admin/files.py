"""The files of the graph for ``neo4j-admin database import``: what is in each, in the types of its server.

Labels, types and properties are those that the adapter writes (``midspan/db/graph/schema.py``). A text is
always in quotes, an absent property never: the import takes ``""`` for a text without letters and nothing
for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Table:
    """Nodes of one label or relations of one type."""

    name: str
    header: Mapping[str, str]
    """Column of the file to its type."""
    select: str
    """Of the gathered tables, in the order of the header."""


def _node(label: str, header: Mapping[str, str], select: str) -> Table:
    return Table(label, {f"uid:ID({label})": "string", **header}, select)


def _relation(kind: str, start: str, end: str, select: str, header: Mapping[str, str] | None = None) -> Table:
    ends = {f":START_ID({start})": "string", f":END_ID({end})": "string"}
    return Table(kind, {**ends, **(header or {})}, select)


def _texts(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "string")


_PLACE = {"start": "long", "finish": "long"}
"""Facts are of sentences, whose places count code points."""

NODES = (
    _node("Document", _texts("name path kind"), "SELECT uid, name, path, kind FROM documents"),
    _node(
        "Sentence",
        {"text": "string", "page": "long", **_PLACE},
        "SELECT s.uid, s.text, s.page, min(m.start), max(m.finish) FROM sentences s "
        "JOIN mentions m ON m.sentence = s.uid GROUP BY s.uid",
    ),
    _node(
        "Mention",
        {
            **_texts("subject predicate object subject_name predicate_name object_name"),
            **dict.fromkeys(("subject_score", "predicate_score", "object_score"), "double"),
            **_PLACE,
            "score": "double",
            **_texts("polarity modality generator run"),
        },
        "SELECT uid, subject, predicate, object, subject_name, predicate_name, object_name, subject_score, "
        "predicate_score, object_score, start, finish, score, polarity, modality, generator, run "
        "FROM mentions",
    ),
    _node(
        "Assertion",
        {
            **_texts("polarity modality status object_value object_kind"),
            "support": "long",
            "confidence": "double",
        },
        "SELECT a.uid, a.polarity, a.modality, a.status, a.object_value, a.object_kind, count(*), "
        "max(m.score) FROM assertions a JOIN mentions m ON m.assertion = a.uid GROUP BY a.uid",
    ),
    _node(
        "Entity",
        {**_texts("name kind sort"), "in_kg": "boolean", "mentioned": "boolean"},
        "SELECT uid, name, kind, sort, in_kg, mentioned FROM entities",
    ),
    _node("Predicate", {"name": "string"}, "SELECT uid, name FROM predicates"),
)
RELATIONS = (
    _relation("HAS_SENTENCE", "Document", "Sentence", "SELECT document, uid FROM sentences"),
    _relation("HAS_MENTION", "Sentence", "Mention", "SELECT sentence, uid FROM mentions"),
    _relation(
        "SUPPORTS",
        "Mention",
        "Assertion",
        "SELECT uid, assertion, score FROM mentions",
        {"confidence": "double"},
    ),
    _relation("SUBJECT", "Assertion", "Entity", "SELECT uid, subject FROM assertions"),
    _relation("PREDICATE", "Assertion", "Predicate", "SELECT uid, predicate FROM assertions"),
    _relation(
        "OBJECT",
        "Assertion",
        "Entity",
        "SELECT uid, object FROM assertions WHERE object IS NOT NULL",
    ),
    _relation(
        "FACT",
        "Entity",
        "Entity",
        "SELECT a.subject, a.object, a.uid, a.predicate, min(m.predicate_name), a.polarity, a.modality, "
        "count(*), max(m.score) FROM assertions a JOIN mentions m ON m.assertion = a.uid "
        "WHERE a.object IS NOT NULL GROUP BY a.uid",
        {**_texts("assertion pid name polarity modality"), "support": "long", "confidence": "double"},
    ),
    _relation(
        "SAME_AS",
        "Entity",
        "Entity",
        'SELECT one, other, "by", at, why, one_name, other_name, decision FROM same',
        {**_texts("by at why one_name other_name"), "decision": "long"},
    ),
)
PROJECTION = {
    "name:ID(Projection)": "string",
    **dict.fromkeys(("applied", "token", "schema"), "long"),
    "owner": "string",
}
"""Of the node that says up to where the graph is true, for the projector to go on from."""


def write(folder: Path, name: str, header: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> int:
    """``NAME-header.csv`` and ``NAME.csv``; the number of rows."""
    kinds = list(header.values())
    columns = (column if ":" in column else f"{column}:{kind}" for column, kind in header.items())
    (folder / f"{name}-header.csv").write_text(",".join(columns) + "\n")
    written = 0
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        for line in _lines(kinds, rows):
            file.write(line)
            written += 1
    return written


def _lines(kinds: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    for row in rows:
        yield ",".join(_cell(kind, value) for kind, value in zip(kinds, row, strict=True)) + "\n"


def _cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "string":
        return '"{}"'.format(value.replace('"', '""'))
    if kind == "boolean":
        return "true" if value else "false"
    return repr(float(value)) if kind == "double" else f"{int(value)}"
