"""Entities of one's own in CSV, and the relations between them in a second file.

Entities: ``uid,label`` and, where there is something to say, ``aliases,description,kind,types,popularity``;
several aliases or types with a bar between. Relations: ``subject,predicate,object``, first and last by uid. A
name that is no CURIE (``wd:Q64``) becomes one of this graph: ``ward 3`` is ``local:ward-3``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from midspan.errors import NotFound, WrongUse
from midspan.models.facts.kg.format import VERSION
from midspan.models.facts.kg.source import NewEntity, NewPredicate, Piece
from midspan.models.facts.kg.sources.wikidata import clean
from midspan.models.facts.knowledge_graph import KINDS, Kind, Relation
from midspan.models.kit.weights import file_sha256

COLUMNS = ("uid", "label", "aliases", "description", "kind", "types", "popularity")
NEEDED = ("uid", "label")
RELATION = ("subject", "predicate", "object")

_CURIE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:\S+")
Row = dict[str, str]


class CsvTables:
    def __init__(self, entities: Path, relations: Path | None = None, licence: str = "") -> None:
        """Raises ``NotFound``, and ``WrongUse`` where a needed column is not there or one is unknown."""
        self._entities, self._relations = entities, relations
        self.licence = licence
        self.about = f"table {entities.name}" + (f" and {relations.name}" if relations else "")
        files = [path for path in (entities, relations) if path]
        for path in files:
            if not path.is_file():
                raise NotFound(f"{path}: there is no such file")
        _check(entities, NEEDED, COLUMNS)
        if relations:
            _check(relations, RELATION, RELATION)
        hashes = " ".join(map(file_sha256, files))
        self.identity = f"csv {VERSION} {licence} {hashes}"
        self.size = sum(path.stat().st_size for path in files)
        self.done = 0

    def read(self, position: int) -> Iterator[Piece]:
        """Rows are counted through both files."""
        self.done = 0
        made: list[tuple[Path, Callable[[int, Row], Piece]]] = [(self._entities, _entity)]
        if self._relations:
            made.append((self._relations, _relation))
        number = 0
        for path, piece in made:
            for line, row in self._rows(path):
                number += 1
                if number <= position:
                    continue
                try:
                    if isinstance(row, str):
                        raise ValueError(row)
                    yield piece(number, row)
                except ValueError as error:
                    yield Piece(number, broken=f"{path.name}, line {line}: {error}")

    def _rows(self, path: Path) -> Iterator[tuple[int, Row | str]]:
        """Each row with the line it ends on; a string says what is wrong with one that is no row."""
        with path.open("rb") as raw, _text(raw) as file:
            reader = csv.reader(file, strict=True)
            columns = next(reader)
            before = self.done
            while True:
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    yield reader.line_num, str(error)
                    continue
                if cells is None:
                    return
                self.done = before + raw.tell()
                if not cells:
                    continue
                if len(cells) != len(columns):
                    yield reader.line_num, f"{len(cells)} cells where there are {len(columns)} columns"
                elif any("\udc80" <= sign <= "\udcff" for cell in cells for sign in cell):
                    yield reader.line_num, "no UTF-8"
                else:
                    yield reader.line_num, dict(zip(columns, map(clean, cells), strict=True))


def curie(written: str) -> str:
    """``wd:Q64`` as it is, ``Ward 3`` as ``local:ward-3``."""
    if _CURIE.fullmatch(written):
        return written
    return "local:" + "-".join(re.findall(r"\w+", written.casefold()))


def _text(raw: BinaryIO) -> io.TextIOWrapper:
    """What is no UTF-8 comes through as half surrogates."""
    return io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="")


def _check(path: Path, needed: tuple[str, ...], known: tuple[str, ...]) -> None:
    with path.open("rb") as raw, _text(raw) as file:
        columns = next(csv.reader(file), [])
    missing, unknown = [name for name in needed if name not in columns], sorted({*columns} - {*known})
    if missing or unknown:
        raise WrongUse(
            f"{path}: expected columns {', '.join(needed)}"
            + (f" (and any of {', '.join(known[len(needed) :])})" if len(known) > len(needed) else "")
            + f", found {', '.join(columns) or 'none'}"
        )


def _entity(number: int, row: Row) -> Piece:
    """Raises ``ValueError``."""
    if not row["uid"] or not row["label"]:
        raise ValueError("uid and label must not be empty")
    kind = row.get("kind", "")
    if kind and kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)} or empty, not {kind!r}")
    popularity = row.get("popularity", "") or "0"
    if not popularity.isdecimal():
        raise ValueError(f"popularity is a whole number, not {popularity!r}")
    types = _listed(row.get("types", ""))
    entity = NewEntity(
        uid=curie(row["uid"]),
        name=row["label"],
        description=row.get("description", ""),
        kind=cast(Kind, kind),
        popularity=min(int(popularity), 2**31),
        aliases=tuple(_listed(row.get("aliases", ""))),
        types=tuple(curie(name) for name in types),
    )
    names = tuple((curie(name), name) for name in types if not _CURIE.fullmatch(name))
    return Piece(number, entities=(entity,), type_names=names)


def _relation(number: int, row: Row) -> Piece:
    """Raises ``ValueError``."""
    if not all(row.values()):
        raise ValueError("subject, predicate and object must not be empty")
    subject, predicate, object_ = (curie(row[name]) for name in RELATION)
    named = () if _CURIE.fullmatch(row["predicate"]) else (NewPredicate(predicate, row["predicate"]),)
    return Piece(number, predicates=named, relations=(Relation(subject, predicate, object_),))


def _listed(cell: str) -> list[str]:
    return [name for part in cell.split("|") if (name := part.strip())]
