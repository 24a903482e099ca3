"""The knowledge graph that comes with midspan: entities with their names, and predicates.

Read once a process from two gzipped tables (kg/README.md says where they come from).
"""

from __future__ import annotations

import functools
import gzip
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from midspan.models.kit.weights import check_file
from midspan.models.registry import model_entry

Kind = Literal["person", "place", "organisation", "work", "occupation", "other"]

FOLDER = Path(__file__).parent / "kg"
PREDICATES_SHA256 = "7186fcab72f0af83ef556574959cff2a99f16d480ea9b824d84509320bba7766"

_ARTICLES = ("the ", "a ", "an ")


@dataclass(frozen=True)
class Entity:
    uid: str
    """CURIE, as ``wd:Q270``."""
    kind: Kind
    popularity: int
    """Number of triples of FB15k-237 that it is in, or a small stand-in (kg/README.md)."""
    name: str
    description: str


@dataclass(frozen=True)
class Predicate:
    uid: str
    """CURIE, as ``wd:P19``."""
    name: str
    description: str


class KnowledgeGraph:
    """Entities by name and by uid; built from rows (qid, kind, popularity, name, description, aliases)."""

    def __init__(
        self, entities: Sequence[Sequence[str]], predicates: Sequence[Sequence[str]], sha256: str
    ) -> None:
        self.sha256 = sha256
        self._rows = entities
        self._row_of = {f"wd:{row[0]}": index for index, row in enumerate(entities)}
        self._named: dict[str, list[int]] = {}
        self._common: dict[str, list[int]] = {}
        self._predicates = {f"wd:{row[0]}": Predicate(f"wd:{row[0]}", row[1], row[2]) for row in predicates}
        for index, row in enumerate(entities):
            for alias in {row[3], *(row[5].split("|") if row[5] else ())}:
                self._named.setdefault(normalise(alias), []).append(index)
                if alias.islower():
                    self._common.setdefault(normalise(alias), []).append(index)

    def named(self, mention: str) -> list[Entity]:
        """Entities with exactly this name or alias (see :func:`normalise`), the most popular first.

        A mention in small letters finds only what is written in small letters: "apple" is no company.
        """
        table = self._common if mention.islower() else self._named
        found = {self._entity(index) for index in table.get(normalise(mention), ())}
        return sorted(found, key=lambda entity: (-entity.popularity, entity.uid))

    def entity(self, uid: str) -> Entity | None:
        index = self._row_of.get(uid)
        return None if index is None else self._entity(index)

    def predicate(self, uid: str) -> Predicate | None:
        return self._predicates.get(uid)

    def __len__(self) -> int:
        return len(self._rows)

    def _entity(self, index: int) -> Entity:
        qid, kind, popularity, name, description, _ = self._rows[index]
        return Entity(f"wd:{qid}", kind, int(popularity), name, description)  # type: ignore[arg-type]


def normalise(name: str) -> str:
    """Case, articles, possessives and punctuation taken off: "The Beatles'" is ``beatles``."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("’", "'").strip()
    for ending in ("'s", "'"):
        plain = plain.removesuffix(ending)
    for article in _ARTICLES:
        plain = plain.removeprefix(article)
    words = "".join(sign if sign.isalnum() else _SPACED.get(sign, " ") for sign in plain).split()
    return " ".join(words) or plain


_SPACED = {".": "", "'": ""}
"""What punctuation becomes; a space where nothing stands here."""


@functools.lru_cache(maxsize=1)
def bundled_kg() -> KnowledgeGraph:
    """The knowledge graph in the package. Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
    entities, predicates = FOLDER / "entities.tsv.gz", FOLDER / "predicates.tsv.gz"
    sha256 = model_entry("facts.alias").weights_sha256
    check_file(entities, sha256)
    check_file(predicates, PREDICATES_SHA256)
    return KnowledgeGraph(_table(entities), _table(predicates), sha256)


def _table(path: Path) -> list[list[str]]:
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")
    return [line.split("\t") for line in lines if line]
