"""Which places of a gazetteer a knowledge graph has already: by name, country and state."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from midspan.models.facts.kg.kinds import head_of
from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph, normalise

_SETTLEMENT = re.compile(
    r"\b(city|town|village|municipality|capital|commune|comune|borough|settlement|metropolis|seat)\b", re.I
)
_COUNTRY = re.compile(r"\b(country|republic|kingdom|monarchy|nation|sovereign)\b", re.I)
_STATE = re.compile(r"\bstate\b.*\b(United States|U\.?S\.?|USA)\b", re.I)
_IN = ("wd:P17", "wd:P131")
"""Properties whose object a place lies in."""


@dataclass(frozen=True)
class Settlement:
    id: int
    name: str
    country: str
    """Code."""
    state: str
    """Code, or empty."""
    population: int


@dataclass(frozen=True)
class SamePlaces:
    """Uids in the graph."""

    settlements: dict[int, str]
    countries: dict[str, str]
    states: dict[str, str]


def same_places(
    graph: KnowledgeGraph,
    settlements: Iterable[Settlement],
    countries: Mapping[str, str],
    states: Mapping[str, str],
) -> SamePlaces:
    """``countries`` and ``states`` map codes to names.

    A settlement of the graph is the largest one of its name in the country, and the state, that its
    description or its relations name; without either it is none.
    """
    country_uids = _named_so(graph, countries, _COUNTRY)
    state_uids = _named_so(graph, states, _STATE)
    inside = _Inside(graph, countries, states, country_uids, state_uids)
    wanted: dict[tuple[str, str], list[tuple[Entity, str]]] = defaultdict(list)
    for entity in graph:
        if entity.kind == "place" and _SETTLEMENT.search(head_of(entity.description)):
            country, state = inside(entity)
            if country:
                for key in {normalise(name) for name in (entity.name, *entity.aliases)}:
                    wanted[key, country].append((entity, state))
    largest: dict[str, Settlement] = {}
    for place in settlements:
        for entity, state in wanted.get((normalise(place.name), place.country), ()):
            known = largest.get(entity.uid)
            if state in ("", place.state) and (known is None or known.population < place.population):
                largest[entity.uid] = place
    return SamePlaces({place.id: uid for uid, place in largest.items()}, country_uids, state_uids)


class _Inside:
    """The country and the state that an entity lies in, as codes; empty where nothing says so."""

    def __init__(
        self,
        graph: KnowledgeGraph,
        countries: Mapping[str, str],
        states: Mapping[str, str],
        country_uids: Mapping[str, str],
        state_uids: Mapping[str, str],
    ) -> None:
        self._graph = graph
        self._words = [
            (_word(countries), {name: code for code, name in countries.items()}, country_uids),
            (_word(states), {name: code for code, name in states.items()}, state_uids),
        ]

    def __call__(self, entity: Entity) -> tuple[str, str]:
        around = {
            relation.object
            for relation in self._graph.relations(entity.uid, 200)
            if relation.subject == entity.uid and relation.predicate in _IN
        }
        country, state = (self._code(entity, around, *words) for words in self._words)
        return ("US" if state and not country else country), (state if country in ("", "US") else "")

    def _code(
        self,
        entity: Entity,
        around: set[str],
        word: re.Pattern[str],
        codes: Mapping[str, str],
        uids: Mapping[str, str],
    ) -> str:
        said = word.search(entity.description)
        if said:
            return codes[said.group()]
        return next((code for code, uid in uids.items() if uid in around), "")


def _word(names: Mapping[str, str]) -> re.Pattern[str]:
    """Any of the names, the longest first."""
    ordered = sorted(names.values(), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, ordered)) + r")\b")


def _named_so(graph: KnowledgeGraph, names: Mapping[str, str], what: re.Pattern[str]) -> dict[str, str]:
    found = {}
    for code, name in names.items():
        for entity in graph.named(name):
            if entity.kind == "place" and what.search(entity.description):
                found[code] = entity.uid
                break
    return found
