"""Wikidata's JSON dump: an array with one entity a line (doc.wikimedia.org, "Wikibase JSON format")."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from midspan.errors import WrongUse
from midspan.models.facts.kg.format import VERSION
from midspan.models.facts.kg.source import NewEntity, NewPredicate, Piece
from midspan.models.facts.kg.sources.lines import Line, Lines
from midspan.models.facts.knowledge_graph import Relation

INSTANCE_OF, SUBCLASS_OF = "P31", "P279"
ANY_LANGUAGE = "mul"
"""The language of names that are the same in all of them."""
PAGES = frozenset({"wd:Q4167410", "wd:Q4167836", "wd:Q11266439", "wd:Q13406463", "wd:Q17362920"})
"""Types of what stands for a page of Wikipedia and not for a thing: disambiguation, category, template, list,
duplicate."""


class WikidataDump:
    licence = "CC0-1.0"

    def __init__(
        self,
        path: Path,
        language: str = "en",
        properties: frozenset[str] | None = None,
        min_sitelinks: int = 0,
    ) -> None:
        """``properties``: only these become relations (P17, P131); all without. Items with fewer
        ``min_sitelinks`` are left out. Raises ``NotFound`` and ``WrongUse``."""
        if wrong := [name for name in properties or () if not (name[:1] == "P" and name[1:].isdigit())]:
            raise WrongUse(f"properties are written P17, P131, not {', '.join(sorted(wrong))}")
        self._lines = Lines(path)
        self._language, self._properties, self._min_sitelinks = language, properties, min_sitelinks
        self.about = f"Wikidata dump {path.name}"
        chosen = ",".join(sorted(properties)) if properties else "all"
        options = f"{language} {chosen} {min_sitelinks}"
        self.identity = f"wikidata {VERSION} {options} {self._lines.identity()}"
        self.size = self._lines.size

    @property
    def done(self) -> int:
        return self._lines.done

    def read(self, position: int) -> Iterator[Piece]:
        """Raises ``CorruptSource``."""
        for line in self._lines.read(position):
            piece = self._piece(line)
            if piece is not None:
                yield piece

    def _piece(self, line: Line) -> Piece | None:
        if line.too_long:
            return _broken(line, "longer than any entity")
        text = line.text.strip().rstrip(b",")
        if text in (b"[", b"]", b""):
            return None
        try:
            return self._of_entity(line.end, json.loads(text))
        except (ValueError, RecursionError) as error:
            return _broken(line, f"no JSON: {error}")
        except (KeyError, TypeError, AttributeError) as error:
            return _broken(line, f"not as an entity is written: {type(error).__name__} {error}")

    def _of_entity(self, end: int, entity: dict[str, Any]) -> Piece | None:
        """None for what is no item or property, has no name in the language, or stands for a page."""
        kind, id_ = entity["type"], entity["id"]
        name = self._text(_map(entity, "labels"))
        if kind == "property":
            return Piece(end, predicates=(self._predicate(entity, name or id_),))
        if kind != "item" or "redirect" in entity:
            return None
        claims = _map(entity, "claims")
        uid = f"wd:{id_}"
        classes = tuple((uid, parent) for parent in _values(claims.get(SUBCLASS_OF, ())))
        types = tuple(_values(claims.get(INSTANCE_OF, ())))
        sitelinks = len(_map(entity, "sitelinks"))
        if not name or sitelinks < self._min_sitelinks or PAGES.intersection(types):
            names = ((uid, name),) if name and classes else ()
            return Piece(end, classes=classes, type_names=names) if classes else None
        new = NewEntity(
            uid=uid,
            name=name,
            description=self._text(_map(entity, "descriptions")),
            popularity=sitelinks,
            aliases=self._aliases(entity),
            types=types,
        )
        return Piece(end, entities=(new,), relations=self._relations(uid, claims), classes=classes)

    def _predicate(self, entity: dict[str, Any], name: str) -> NewPredicate:
        description = self._text(_map(entity, "descriptions"))
        return NewPredicate(f"wd:{entity['id']}", name, description, self._aliases(entity))

    def _relations(self, uid: str, claims: dict[str, Any]) -> tuple[Relation, ...]:
        """Statements whose value is an item; types are kept elsewhere."""
        return tuple(
            Relation(uid, f"wd:{prop}", value)
            for prop, statements in claims.items()
            if prop != INSTANCE_OF and (self._properties is None or prop in self._properties)
            for value in _values(statements)
        )

    def _text(self, texts: dict[str, Any]) -> str:
        found = texts.get(self._language) or texts.get(ANY_LANGUAGE)
        return clean(found["value"]) if found else ""

    def _aliases(self, entity: dict[str, Any]) -> tuple[str, ...]:
        aliases = _map(entity, "aliases")
        written = (*aliases.get(self._language, ()), *aliases.get(ANY_LANGUAGE, ()))
        return tuple(dict.fromkeys(filter(None, (clean(alias["value"]) for alias in written))))


def clean(text: str) -> str:
    """On one line, with single blanks; what is no character (half of a surrogate pair) becomes a mark."""
    return " ".join(text.split()).encode("utf-8", "replace").decode()


def _map(entity: dict[str, Any], field: str) -> dict[str, Any]:
    """An empty map is written as an empty list in some dumps."""
    found = entity.get(field)
    if not found:
        return {}
    if not isinstance(found, dict):
        raise TypeError(f"{field} is no map")
    return found


def _values(statements: Any) -> dict[str, None]:
    """Uids of the items that statements give as their value, once each; deprecated ones are left out."""
    found: dict[str, None] = {}
    for statement in statements:
        snak = statement["mainsnak"]
        if statement.get("rank") == "deprecated" or snak["snaktype"] != "value":
            continue
        value = snak["datavalue"]
        if value["type"] == "wikibase-entityid" and value["value"].get("entity-type", "item") == "item":
            item = value["value"]
            found[f"wd:{item['id']}" if "id" in item else f"wd:Q{item['numeric-id']}"] = None
    return found


def _broken(line: Line, why: str) -> Piece:
    return Piece(line.end, broken=f"byte {line.start}: {why}")
