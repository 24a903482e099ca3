"""The knowledge graphs of a workspace: the one in the package, those that were built, which are in use."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.errors import UnknownName, WrongUse
from midspan.models.facts.identity import BUNDLED_KG
from midspan.models.facts.kg.format import CARD, Card, read_card
from midspan.models.kit.files import write_json
from midspan.platform.answers import KgStats, KgView

if TYPE_CHECKING:
    from midspan.models.facts.kg.building import Report
    from midspan.models.facts.kg.source import Source
    from midspan.models.facts.kg.stored import StoredGraph

BUNDLED = "bundled"
USED = "used.json"
LONGEST_NAME = 64
MOST_PREDICATES = 20

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class KnowledgeGraphs:
    """Graphs by name, each opened once; safe to use from several threads."""

    def __init__(self, folder: Path, cache: Path) -> None:
        """``folder`` is the workspace's, ``cache`` where the graph in the package is unpacked."""
        self._folder, self._cache = folder, cache
        self._open: dict[tuple[str, str], StoredGraph] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """The bundled one first."""
        built = sorted(path.parent.name for path in self._folder.glob(f"[!.]*/{CARD}"))
        return [BUNDLED, *built]

    def used(self) -> tuple[str, ...]:
        """In the order in which they were named: of an entity that several have the first says what it is."""
        return tuple(_read(self._folder / USED)) or (BUNDLED,)

    def use(self, names: Sequence[str]) -> tuple[str, ...]:
        """Link against these from now on. Raises ``UnknownName``."""
        chosen = tuple(dict.fromkeys(names))
        for name in chosen:
            self._check(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._folder / USED, list(chosen))
        return chosen

    def identities(self) -> tuple[str, ...]:
        """Of those in use, without opening them. Raises ``UnknownName`` for one that is gone."""
        return tuple(BUNDLED_KG if name == BUNDLED else self._card(name).sha256 for name in self.used())

    def opened(self) -> list[StoredGraph]:
        """Those in use. Raises ``UnknownName``, ``ModelFilesMissing``, ``ModelHashMismatch``."""
        return [self.graph(name) for name in self.used()]

    def graph(self, name: str) -> StoredGraph:
        """Raises ``UnknownName``, ``ModelFilesMissing``, ``ModelHashMismatch``."""
        from midspan.models.facts.kg.bundled import bundled_kg  # loads numpy
        from midspan.models.facts.kg.stored import StoredGraph

        if name == BUNDLED:
            return bundled_kg(self._cache / "kg")
        key = name, self._card(name).sha256
        with self._lock:
            if key not in self._open:
                self._open[key] = StoredGraph(self._folder / name)
            return self._open[key]

    def build(self, name: str, source: Source, report: Report) -> KgView:
        """A new graph, or one in the place of what has this name; a build that was killed is gone on with.
        Raises ``WrongUse``, ``CorruptSource``."""
        from midspan.models.facts.kg.building import build  # loads SQLite

        if name == BUNDLED or not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            raise WrongUse(
                f"{name!r} cannot name a knowledge graph; take up to {LONGEST_NAME} letters, digits, dots, "
                f"hyphens and underscores, and not {BUNDLED!r}"
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        build(self._folder / name, source, report)
        return self.view(name)

    def views(self) -> list[KgView]:
        return [self.view(name) for name in self.names()]

    def view(self, name: str) -> KgView:
        """Raises ``UnknownName``."""
        graph = self.graph(name)
        files = sum(path.stat().st_size for path in graph.folder.iterdir())
        fields: dict[str, Any] = asdict(graph.card)
        fields.pop("format")
        return KgView(**{**fields, "name": name, "used": name in self.used(), "bytes": files})

    def stats(self, name: str) -> KgStats:
        """Raises ``UnknownName``."""
        graph = self.graph(name)
        counts = {one.name: sum(one.subject_kinds.values()) for one in graph.predicates()}
        frequent = sorted(counts, key=lambda label: (-counts[label], label))[:MOST_PREDICATES]
        return KgStats(
            self.view(name), graph.kinds(), {label: counts[label] for label in frequent if counts[label]}
        )

    def _card(self, name: str) -> Card:
        self._check(name)
        return read_card(self._folder / name)

    def _check(self, name: str) -> None:
        if name not in self.names():
            raise UnknownName("knowledge graph", name, self.names())


def _read(path: Path) -> list[str]:
    return list(json.loads(path.read_text("utf-8"))) if path.is_file() else []
