"""Scenes by what is where in them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from midspan.records import SceneArrangement, SceneFilter, SceneQuery


@dataclass(frozen=True)
class SceneTerm:
    """A noun of the scenes' things, or a predicate of their relations, and in how many scenes it stands."""

    name: str
    scenes: int


class SceneStore(ABC):
    """What people ask of scenes. Every filter and every limit is the database's work."""

    @abstractmethod
    def find_scenes(self, query: SceneQuery, limit: int) -> list[SceneArrangement]:
        """The scenes that have most of what is asked for: those to judge more closely. Where relations are
        named, those in which one of them holds; else those with one of the things, its place counted too.
        Relations that come of a drawing do not count here. At the same count the order is that of ids."""

    @abstractmethod
    def list_scenes(self, where: SceneFilter, limit: int, offset: int = 0) -> list[SceneArrangement]:
        """By source and place in it."""

    @abstractmethod
    def count_scenes(self, where: SceneFilter) -> int: ...

    @abstractmethod
    def scene_nouns(self, limit: int, contains: str = "") -> list[SceneTerm]:
        """Those of most scenes first, then by name; ``contains`` is a part of the noun, in any case."""

    @abstractmethod
    def scene_predicates(self) -> list[SceneTerm]:
        """Likewise, all of them."""
