"""Facts by what they say, in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    not_,
    or_,
    select,
    union_all,
)

from midspan.db.record_store import NAMED, FactEdge, FactEdges, FactFilter, FactStore, FactTerm, GraphFact
from midspan.db.record_store.facts import KEY_LENGTH
from midspan.db.records import dialect
from midspan.db.records.engine import reading
from midspan.db.records.kinds.fact import fact, to_fact
from midspan.db.records.paths import newest_paths
from midspan.db.records.tables import segment, source
from midspan.records import BELIEVED, Fact

FETCHED = 500
"""Rows of an export in memory at once."""

PARTS = ("subject", "predicate", "object")

_LITERALS = ("date", "number")
_SAID = (fact.c.polarity, fact.c.modality)
"""How it is said; the graph keeps what is said in another way apart as well."""


class SqlFacts(FactStore):
    """The verbs of :class:`FactStore`."""

    _engine: Engine

    def find_facts(self, where: FactFilter, limit: int, offset: int = 0) -> list[Fact]:
        with reading(self._engine) as connection:
            wanted = select(fact).where(*_conditions(connection, where))
            ranked = wanted.order_by(fact.c.score.desc(), fact.c.id).limit(limit).offset(offset)
            return [to_fact(row) for row in connection.execute(ranked).mappings()]

    def count_facts(self, where: FactFilter) -> int:
        with reading(self._engine) as connection:
            counted = select(func.count()).select_from(fact).where(*_conditions(connection, where))
            return connection.scalar(counted) or 0

    def fact_edges(self, where: FactFilter, limit: int) -> FactEdges:
        with reading(self._engine) as connection:
            best = _merged(connection, where, limit).subquery()
            names = (fact.c[f"{part}_name"] for part in PARTS)
            found = select(best, *names, (fact.c.object_literal != "").label("literal"))
            ranked = found.join(fact, fact.c.id == best.c.fact).order_by(*_by_support(best.c))
            rows = connection.execute(ranked).mappings().all()
        edges = tuple(FactEdge(**{name: row[name] for name in FactEdge.__dataclass_fields__}) for row in rows)
        return FactEdges(edges, rows[0]["total"] if rows else 0)

    def fact_entities(self, where: FactFilter, limit: int, contains: str = "") -> list[FactTerm]:
        with reading(self._engine) as connection:
            conditions = _conditions(connection, where)
            subjects = _ends("subject").where(*conditions)
            objects = _ends("object").where(*conditions, fact.c.object_literal == "")
            return _most(connection, union_all(subjects, objects).subquery(), limit, contains)

    def fact_predicates(self, where: FactFilter, limit: int, contains: str = "") -> list[FactTerm]:
        with reading(self._engine) as connection:
            conditions = _conditions(connection, where)
            return _most(connection, _ends("predicate").where(*conditions).subquery(), limit, contains)

    def all_facts(self, where: FactFilter) -> Iterator[GraphFact]:
        with reading(self._engine) as connection:
            wanted = (
                select(fact, source.c.title, segment.c.page)
                .join(source, source.c.id == fact.c.source_id)
                .join(segment, segment.c.id == fact.c.segment_id)
                .where(*_conditions(connection, where))
                .order_by(fact.c.id)
                .execution_options(yield_per=FETCHED)
            )
            for rows in connection.execute(wanted).mappings().partitions():
                paths = newest_paths(connection, sorted({row["source_id"] for row in rows}))
                for row in rows:
                    yield GraphFact(to_fact(row), row["title"], paths.get(row["source_id"], ""), row["page"])


def _conditions(connection: Connection, where: FactFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if not where.everything:
        found += [fact.c.polarity == "affirmed", fact.c.modality == "", fact.c.score >= BELIEVED]
    if where.least_score > 0:
        found.append(fact.c.score >= where.least_score)
    if where.polarity is not None:
        found.append(fact.c.polarity == where.polarity)
    if where.linked is not None:
        linked = fact.c.status == "linked"
        found.append(linked if where.linked else not_(linked))
    if where.source_ids is not None:
        found.append(dialect.one_of(connection, fact.c.source_id, sorted(where.source_ids)))
    if where.entity is not None:
        found.append(or_(_is("subject", where.entity), _is("object", where.entity)))
    if where.predicate is not None:
        found.append(_is("predicate", where.predicate))
    if where.like is not None:
        found += _like(connection, where.like)
    return found


def _like(connection: Connection, fact_id: str) -> list[ColumnElement[bool]]:
    """That all parts have the keys of this fact's, and that it is said in the same way."""
    wanted = select(*(_key(part).label(part) for part in PARTS), *_SAID).where(fact.c.id == fact_id)
    said = connection.execute(wanted).mappings().first()
    if said is None:
        return [false()]
    same = [column == said[column.name] for column in _SAID]
    return [*same, *(_is(part, said[part]) for part in PARTS)]


def _is(part: str, key: str) -> ColumnElement[bool]:
    """That a part has this key; by its index, where the key is one of a knowledge graph."""
    kind, _, value = key.partition(":")
    literal = fact.c[f"{part}_literal"]
    if kind in _LITERALS:
        return and_(literal == kind, _value(part) == value)
    uid = fact.c[f"{part}_uid"]
    if key.startswith(NAMED):
        return and_(uid.is_(None), literal == "", *_is_named(part, key.removeprefix(NAMED)))
    return uid == key


def _is_named(part: str, key: str) -> Iterator[ColumnElement[bool]]:
    kind, _, rest = key.partition(":")
    source_id, _, words = rest.partition(":")
    yield fact.c[f"{part}_kind"] == kind
    if source_id:
        yield fact.c.source_id == source_id
    yield func.substr(_words(part), 1, KEY_LENGTH) == words


def _words(part: str) -> ColumnElement[str]:
    """What stands for a part that is in no knowledge graph."""
    antecedent = fact.c[f"{part}_antecedent"]
    return dialect.Folded(case((antecedent != "", antecedent), else_=fact.c[f"{part}_surface"]))


def _named(part: str) -> ColumnElement[str]:
    """As ``words_key`` makes it."""
    kind, words = fact.c[f"{part}_kind"], _words(part)
    # by cases, so that words are folded again for people alone
    source_id = case((kind != "person", ""), (words.contains(" "), ""), else_=fact.c.source_id)
    return NAMED + kind + ":" + source_id + ":" + func.substr(words, 1, KEY_LENGTH)


def _value(part: str) -> ColumnElement[str]:
    """Of a date or number: as it was understood, else as the text has it."""
    value = fact.c[f"{part}_value"]
    return case((value != "", value), else_=fact.c[f"{part}_name"])


def _key(part: str) -> ColumnElement[str]:
    uid, literal = fact.c[f"{part}_uid"], fact.c[f"{part}_literal"]
    return case(
        (literal != "", literal + ":" + _value(part)),
        (uid.is_not(None), uid),
        else_=_named(part),
    )


def _merged(connection: Connection, where: FactFilter, limit: int) -> Select[Any]:
    """The best edges: their parts' keys, what is counted of them, and one of their facts, from which their
    names are taken. Sorting is what takes time, so that no more than this is sorted."""
    keyed = (
        select(*(_key(part).label(part) for part in PARTS), *_SAID, fact.c.id, fact.c.score)
        .where(*_conditions(connection, where))
        .subquery()
    )
    same = [keyed.c[name] for name in (*PARTS, *(column.name for column in _SAID))]
    merged = (
        select(
            *same,
            func.min(keyed.c.id).label("fact"),
            func.count().label("support"),
            func.max(keyed.c.score).label("confidence"),
        )
        .group_by(*same)
        .subquery()
    )
    ranked = select(merged, func.count().over().label("total")).order_by(*_by_support(merged.c))
    return ranked.limit(limit)


def _by_support(edges: Any) -> list[ColumnElement[Any]]:
    return [edges.support.desc(), edges.confidence.desc(), edges.fact]


def _ends(part: str) -> Select[Any]:
    return select(_key(part).label("key"), fact.c[f"{part}_name"].label("name"))


def _most(connection: Connection, ends: Subquery, limit: int, contains: str = "") -> list[FactTerm]:
    facts = func.count().label("facts")
    wanted = select(ends.c.key, func.min(ends.c.name).label("name"), facts).group_by(ends.c.key)
    if contains:
        wanted = wanted.where(func.lower(ends.c.name).contains(contains.lower(), autoescape=True))
    ranked = wanted.order_by(facts.desc(), ends.c.key).limit(limit)
    return [FactTerm(row.key, row.name, row.facts) for row in connection.execute(ranked)]
