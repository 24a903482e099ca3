"""The knowledge graph that comes with midspan: packed tables, unpacked once on each machine.

``bundled/README.md`` says where they come from. Unpacking takes two seconds; the folder it leaves is named by
the hash of the tables, so that another version of them has another.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import hashlib
import shutil
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.format import CARD
from midspan.models.facts.kg.source import NewEntity, NewPredicate, Piece
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import Relation
from midspan.models.kit.weights import check_file

NAME = "bundled"
FOLDER = Path(__file__).parent / "bundled"
CACHE = Path("~/.cache/midspan/kg")

ENTITIES, PREDICATES, RELATIONS = "entities.tsv.gz", "predicates.tsv.gz", "relations.tsv.gz"
TYPES = "types.tsv.gz"
PINNED = {
    ENTITIES: "1528ef307be39c25e519abb07a6c80a5ee6291ea298e63bea3a628344e0123c2",
    PREDICATES: "7186fcab72f0af83ef556574959cff2a99f16d480ea9b824d84509320bba7766",
    RELATIONS: "fa42078614db08aaa31503f4c175ead4112de94ad2e8c1bcd06e62cedeaf4ad7",
    TYPES: "a508d5d8ea92158c647525f5011aa68cd31204dd1f283fe4b068b92d0e459084",
}

_unpacking = threading.Lock()


def bundled_kg(cache: Path = CACHE) -> StoredGraph:
    """The graph in the package, unpacked in ``cache``, or in a folder for this process where that cannot be
    written. Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
    with _unpacking:
        return _opened(cache.expanduser())


@functools.lru_cache(maxsize=2)
def _opened(cache: Path) -> StoredGraph:
    for name, sha256 in PINNED.items():
        check_file(FOLDER / name, sha256)
    folder = cache / tables_sha256()[:16] / NAME
    if not (folder / CARD).is_file():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            _unpack(folder)
        except OSError:
            folder = Path(tempfile.mkdtemp(prefix="midspan-kg-")) / NAME
            _unpack(folder)
    return StoredGraph(folder)


def tables_sha256() -> str:
    lines = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(PINNED.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


class Tables:
    """The packed tables as a source."""

    about = "the tables in the package (midspan/models/facts/kg/bundled/README.md)"
    licence = "CC0-1.0 (Wikidata's text), MIT (CoDEx, FewRel), CC-BY-2.5 (Freebase's facts)"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.identity = tables_sha256()
        self.size = self.done = 0

    def read(self, position: int) -> Iterator[Piece]:
        """One entity a piece; ``position`` is not gone on from, all is read in a second."""
        types, type_names = {}, []
        for uid, kinds_of, name in _rows(self._folder / TYPES):
            if name:
                type_names.append((f"wd:{uid}", name))
            else:
                types[uid] = tuple(f"wd:{kind}" for kind in kinds_of.split())
        facts: dict[str, list[Relation]] = defaultdict(list)
        for subject, predicate, object_ in _rows(self._folder / RELATIONS):
            facts[subject].append(Relation(f"wd:{subject}", f"wd:{predicate}", f"wd:{object_}"))
        predicates = [
            NewPredicate(f"wd:{pid}", name, words) for pid, name, words in _rows(self._folder / PREDICATES)
        ]
        yield Piece(0, predicates=tuple(predicates), type_names=tuple(type_names))
        for number, (qid, kind, popularity, name, description, aliases) in enumerate(
            _rows(self._folder / ENTITIES), start=1
        ):
            entity = NewEntity(
                uid=f"wd:{qid}",
                name=name,
                description=description,
                kind=kind,  # type: ignore[arg-type]
                popularity=int(popularity),
                aliases=tuple(aliases.split("|")) if aliases else (),
                types=types.get(qid, ()),
            )
            yield Piece(number, entities=(entity,), relations=tuple(facts[qid]))


def _rows(path: Path) -> list[list[str]]:
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")
    return [line.split("\t") for line in lines if line]


def _unpack(folder: Path) -> None:
    """Made in a folder of this process's own: of several that unpack at once the first one's stays."""
    own = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unpacking-"))
    try:
        made = own / NAME
        build(made, Tables(FOLDER))
        with contextlib.suppress(OSError):  # another process was there first
            made.rename(folder)
    finally:
        shutil.rmtree(own, ignore_errors=True)
