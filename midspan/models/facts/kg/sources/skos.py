"""Concepts of a SKOS vocabulary (W3C), in N-Triples, Turtle or RDF/XML.

rdflib parses; what it finds goes into an SQLite file that is thrown away, so that memory does not grow with
N-Triples; of Turtle and RDF/XML rdflib holds the file's text.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from midspan.errors import CorruptSource, NotFound, WrongUse, needs_extra
from midspan.models.facts.kg.format import VERSION
from midspan.models.facts.kg.source import NewEntity, NewPredicate, Piece
from midspan.models.facts.kg.sources.lines import Lines
from midspan.models.facts.kg.sources.wikidata import clean
from midspan.models.facts.knowledge_graph import Relation
from midspan.models.kit.weights import file_sha256

if TYPE_CHECKING:
    from rdflib import Graph

CORE = "http://www.w3.org/2004/02/skos/core#"
FORMATS = {".nt": "nt", ".ttl": "turtle", ".rdf": "xml", ".xml": "xml"}
NAMES = ("prefLabel", "altLabel", "hiddenLabel")
DESCRIPTIONS = ("definition", "scopeNote", "note")
LINKS = {
    "broader": "has broader concept",
    "narrower": "has narrower concept",
    "related": "related to",
    "broadMatch": "has broader concept in another vocabulary",
    "narrowMatch": "has narrower concept in another vocabulary",
    "closeMatch": "much the same as",
    "exactMatch": "the same as",
}
KEPT = frozenset({*NAMES, *DESCRIPTIONS, *LINKS})
PREFIXES = {"http://www.wikidata.org/entity/": "wd:", "https://sws.geonames.org/": "gn:"}


class SkosFile:
    def __init__(self, path: Path, language: str = "en", licence: str = "") -> None:
        """Raises ``NotFound``, ``WrongUse`` for a file of another kind, and ``MissingExtra``."""
        if not path.is_file():
            raise NotFound(f"{path}: there is no such file")
        if path.suffix not in FORMATS:
            raise WrongUse(f"{path}: expected a name that ends in {', '.join(FORMATS)}")
        with needs_extra("reading SKOS", "skos"):
            import rdflib  # noqa: F401
        self._path, self._language = path, language
        self.licence = licence
        self.about = f"SKOS vocabulary {path.name}"
        self.identity = f"skos {VERSION} {language} {licence} {file_sha256(path)}"
        self.size = self.done = 0

    def read(self, position: int) -> Iterator[Piece]:
        """Lines that are skipped, then concepts in the order of their addresses; ``position`` counts both. A
        broken line can be skipped in N-Triples only. Raises ``CorruptSource``."""
        with (
            tempfile.NamedTemporaryFile(suffix=".sqlite") as file,
            contextlib.closing(sqlite3.connect(file.name, isolation_level=None)) as said,
        ):
            said.execute("PRAGMA journal_mode = OFF")
            said.execute("CREATE TABLE said (subject TEXT, term TEXT, value TEXT, language TEXT)")
            said.execute("BEGIN")
            number = 0
            for number, broken in enumerate(self._parsed(_Written(said)), start=1):
                if number > position:
                    yield Piece(number, broken=broken)
            rows = said.execute("SELECT * FROM said ORDER BY subject, term, language, value")
            first = number
            for number, (subject, found) in enumerate(groupby(rows, _subject), start=first + 1):
                if number > position:
                    yield self._concept(number, subject, [row[1:] for row in found])

    def _parsed(self, written: _Written) -> Iterator[str]:
        """What is wrong with the lines that are no N-Triples."""
        if self._path.suffix != ".nt":
            self._parse(written)
            return
        from rdflib.exceptions import ParserError
        from rdflib.plugins.parsers.ntriples import W3CNTriplesParser

        parser, lines = W3CNTriplesParser(sink=cast(Any, written)), Lines(self._path)
        for line in lines.read(0):
            self.done = lines.done
            try:
                parser.parsestring(line.text)
            except (ParserError, UnicodeDecodeError) as error:
                yield f"byte {line.start}: {' '.join(str(error).split())[:200]}"

    def _parse(self, written: _Written) -> None:
        try:
            _graph_into(written).parse(self._path, format=FORMATS[self._path.suffix])
        except Exception as error:  # rdflib's parsers raise what they like
            reason = " ".join(str(error).split())[:300]
            raise CorruptSource(f"{self._path} cannot be read: {type(error).__name__}: {reason}") from error

    def _concept(self, number: int, subject: str, said: list[tuple[str, str, str]]) -> Piece:
        texts: dict[str, list[str]] = defaultdict(list)
        for term, value, language in said:
            if language in ("", self._language) or language.startswith(f"{self._language}-"):
                texts[term].append(clean(value))
        names = [text for term in NAMES for text in texts[term] if text]
        if not names:  # in another language, or outside the vocabulary
            return Piece(number)
        uid = short(subject)
        relations = tuple(
            Relation(uid, f"skos:{term}", short(value)) for term, value, _ in said if term in LINKS
        )
        predicates = tuple(NewPredicate(f"skos:{term}", name) for term, name in LINKS.items())
        about = [text for term in DESCRIPTIONS for text in texts[term] if text]
        entity = NewEntity(
            uid=uid,
            name=names[0],
            description=about[0] if about else "",
            kind="other",
            popularity=len(relations),
            aliases=tuple(names[1:]),
        )
        return Piece(number, (entity,), predicates, relations)


def short(address: str) -> str:
    """``wd:Q64`` of its address; what has no prefix here keeps its whole address."""
    for start, prefix in PREFIXES.items():
        if address.startswith(start):
            return prefix + address[len(start) :].strip("/")
    return "".join(address.split())


class _Written:
    """Where a parser puts its triples; those of SKOS are kept."""

    def __init__(self, said: sqlite3.Connection) -> None:
        self._said = said

    def triple(self, subject: Any, predicate: Any, value: Any) -> None:
        term = str(predicate).removeprefix(CORE)
        if term in KEPT and str(predicate).startswith(CORE):
            language = (getattr(value, "language", None) or "").lower()
            row = (str(subject), term, str(value), language)
            self._said.execute("INSERT INTO said VALUES (?, ?, ?, ?)", row)


def _graph_into(written: _Written) -> Graph:
    """A graph of rdflib's that holds nothing."""
    from rdflib import Graph
    from rdflib.store import Store

    class Passing(Store):
        def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
            written.triple(*triple)

        def bind(self, prefix: Any, namespace: Any, override: bool = True) -> None:
            pass

        def namespace(self, prefix: Any) -> None:
            return None

        def prefix(self, namespace: Any) -> None:
            return None

        def namespaces(self) -> Iterator[Any]:
            return iter(())

    return Graph(store=Passing(), bind_namespaces="none")


def _subject(row: tuple[str, ...]) -> str:
    return row[0]
