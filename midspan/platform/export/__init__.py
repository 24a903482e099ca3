"""``midspan export facts``: facts as a file in a format that others read. Facts stream from the record store
into it, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from midspan.db.record_store import FactFilter, GraphFact, RecordStore
from midspan.errors import UnknownName, WrongUse
from midspan.platform.export import graphml, jsonld, ntriples
from midspan.platform.export.runs import Runs
from midspan.platform.export.whole_file import whole_file

Write = Callable[[Path, Iterable[GraphFact], Runs], int]
"""Writes a file of these facts; returns how many triples, facts or rows it holds."""


def _parquet(path: Path, facts: Iterable[GraphFact], runs: Runs) -> int:
    from midspan.platform.export import parquet  # loads pyarrow

    return parquet.write(path, facts, runs)


FORMATS: Mapping[str, Write] = {
    "ntriples": ntriples.write,
    "jsonld": jsonld.write,
    "graphml": graphml.write,
    "parquet": _parquet,
}


@dataclass(frozen=True)
class Exported:
    path: Path
    format: str
    written: int
    """Triples of ``ntriples``, else facts."""
    bytes: int


def export(store: RecordStore, to: Path, format: str, where: FactFilter) -> Exported:
    """Write the facts of a filter into a file, in the place of one that is there.

    ``ntriples`` takes those alone that are believed and linked: a bare triple is a statement. Raises
    ``UnknownName``, ``WrongUse``, ``MissingExtra``, and ``StoreUnavailable`` where it cannot be written.
    """
    if format not in FORMATS:
        raise UnknownName("format", format, list(FORMATS))
    if format == "ntriples":
        where = _statements(where)
    with whole_file(to) as partial:
        written = FORMATS[format](partial, store.all_facts(where), Runs(store))
        size = partial.stat().st_size
    return Exported(to, format, written, size)


def _statements(where: FactFilter) -> FactFilter:
    if where.everything or where.linked is False or where.polarity not in (None, "affirmed"):
        raise WrongUse(
            "N-Triples hold plain statements, which cannot say that a fact is denied, doubted or not linked; "
            "take jsonld, graphml or parquet"
        )
    return replace(where, linked=True)
