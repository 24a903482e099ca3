"""What a person calls an entity or a predicate of the facts, as its key."""

from __future__ import annotations

from collections.abc import Callable

from midspan.db.record_store import FactFilter, FactStore, FactTerm
from midspan.errors import NotFound

LOOKED_AT = 50
"""So many of those whose name contains what was said are looked through for one that is called just so."""


def entity_key(store: FactStore, said: str) -> str:
    """Of the entity with this key or name; of several that one with most facts, where none is called just so
    of those whose name contains it. Raises ``NotFound``."""
    if store.count_facts(FactFilter(said, everything=True)):
        return said
    return _called("entity", said, store.fact_entities)


def predicate_key(store: FactStore, said: str) -> str:
    """Of the predicate, as :func:`entity_key`."""
    if store.count_facts(FactFilter(predicate=said, everything=True)):
        return said
    return _called("predicate", said, store.fact_predicates)


def _called(what: str, said: str, named: Callable[[FactFilter, int, str], list[FactTerm]]) -> str:
    found = named(FactFilter(everything=True), LOOKED_AT, said) if said else []
    if not found:
        raise NotFound(f"no {what} of the facts is called {said!r}; `midspan facts --all` lists facts")
    same = [one.key for one in found if one.name.casefold() == said.casefold()]
    return (same or [found[0].key])[0]
