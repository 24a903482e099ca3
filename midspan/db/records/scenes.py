"""Scenes by what is where in them, in SQL.

Each thing and each relation that is asked for is a query of its own, which says how well a scene has it;
their sum ranks the scenes. No scene is read but those of the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    case,
    distinct,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from midspan.db.record_store import SceneStore, SceneTerm
from midspan.db.records import dialect, scene_geometry
from midspan.db.records.engine import reading
from midspan.db.records.kinds.scene import KIND, scene, scene_object, scene_relation
from midspan.db.records.read_records import fetch
from midspan.records import SceneArrangement, SceneFilter, SceneQuery, WantedRelation, WantedThing
from midspan.records.scene_queries import KIND_OF, LIKE, REACH, SAME, UNSTATED


class SqlScenes(SceneStore):
    """The verbs of :class:`SceneStore`."""

    _engine: Engine

    def find_scenes(self, query: SceneQuery, limit: int) -> list[SceneArrangement]:
        with reading(self._engine) as connection:
            parts = list(_parts(query))
            if not parts:
                return []
            found = union_all(*parts).subquery()
            total = func.sum(found.c.value).label("total")
            ranked = select(found.c.scene_id, total).group_by(found.c.scene_id)
            ranked = ranked.where(found.c.scene_id != query.without)
            if query.source_ids is not None:
                inside = dialect.one_of(connection, scene.c.source_id, sorted(query.source_ids))
                ranked = ranked.where(found.c.scene_id.in_(select(scene.c.id).where(inside)))
            best = ranked.having(total > 0).order_by(total.desc(), found.c.scene_id).limit(limit)
            return _read(connection, [row.scene_id for row in connection.execute(best)])

    def list_scenes(self, where: SceneFilter, limit: int, offset: int = 0) -> list[SceneArrangement]:
        with reading(self._engine) as connection:
            order = (scene.c.source_id, scene.c.start, scene.c.id)
            wanted = select(scene.c.id).where(*_meant(connection, where)).order_by(*order)
            return _read(connection, list(connection.scalars(wanted.limit(limit).offset(offset))))

    def count_scenes(self, where: SceneFilter) -> int:
        with reading(self._engine) as connection:
            counted = select(func.count()).select_from(scene).where(*_meant(connection, where))
            return connection.scalar(counted) or 0

    def scene_nouns(self, limit: int, contains: str = "") -> list[SceneTerm]:
        where = [scene_object.c.noun != ""]
        if contains:
            where.append(scene_object.c.noun.contains(contains.lower(), autoescape=True))
        return self._terms(scene_object.c.noun, scene_object.c.scene_id, where, limit)

    def scene_predicates(self) -> list[SceneTerm]:
        return self._terms(scene_relation.c.predicate, scene_relation.c.scene_id, [], None)

    def _terms(
        self,
        name: ColumnElement[str],
        of: ColumnElement[str],
        where: list[ColumnElement[bool]],
        limit: int | None,
    ) -> list[SceneTerm]:
        scenes = func.count(distinct(of)).label("scenes")
        wanted = select(name.label("name"), scenes).where(*where).group_by(name)
        with reading(self._engine) as connection:
            ranked = connection.execute(wanted.order_by(scenes.desc(), name).limit(limit))
            return [SceneTerm(row.name, row.scenes) for row in ranked]


def _read(connection: Connection, ids: list[str]) -> list[SceneArrangement]:
    """In the order of the ids."""
    found = fetch(connection, KIND, [dialect.one_of(connection, scene.c.id, ids)]) if ids else []
    records = {record.id: record for record in found if isinstance(record, SceneArrangement)}
    return [records[one] for one in ids if one in records]


# --- what a scene has of what is asked for ---


def _parts(query: SceneQuery) -> Iterator[Select[str, float]]:
    """(scene_id, value) for each relation, in which its things are counted, or else for each thing."""
    named = [relation for relation in query.relations if not relation.drawn]
    for relation in named:
        yield _related(query, relation)
    for thing in query.things if not named else ():
        if not thing.is_open:
            one = scene_object.alias().c
            value = _likeness(one, thing) * _closeness(one, thing)
            yield _best(one.scene_id, value).where(_is(one, thing)).group_by(one.scene_id)


def _best(scene_id: ColumnElement[str], value: ColumnElement[float]) -> Select[str, float]:
    return select(scene_id.label("scene_id"), func.max(value).label("value"))


def _related(query: SceneQuery, relation: WantedRelation) -> Select[str, float]:
    """Where it holds on the boxes; more where it is stated as well, and the better its things fit."""
    subject, into = query.things[relation.subject], query.things[relation.object]
    a, b = scene_object.alias(), scene_object.alias()
    fits = [_is(a.c, subject)]
    alone = relation.subject == relation.object
    pairs = a if alone else a.join(b, _two(a, b))
    if not alone:
        fits.append(_is(b.c, into))
    if relation.other is None:
        fits.append(scene_geometry.holds(relation.predicate, a.c, a.c if alone else b.c))
    else:
        c = scene_object.alias()
        pairs = pairs.join(c, and_(_two(a, c), c.c.idx != b.c.idx))
        fits.append(_is(c.c, query.things[relation.other]))
        fits.append(scene_geometry.between(a.c, b.c, c.c))
    stated = _is_stated(relation, a.c, a.c if alone else b.c)
    value = case((stated, literal(1.0)), else_=literal(UNSTATED)) + _likeness(a.c, subject)
    value = value if alone else value + _likeness(b.c, into)
    return _best(a.c.scene_id, value).select_from(pairs).where(*fits).group_by(a.c.scene_id)


def _two(a: Any, b: Any) -> ColumnElement[bool]:
    return and_(b.c.scene_id == a.c.scene_id, b.c.idx != a.c.idx)


def _is_stated(relation: WantedRelation, a: Any, b: Any) -> ColumnElement[bool]:
    """This way or the other way round."""
    r = scene_relation.alias().c
    ways = [and_(r.predicate == relation.predicate, r.subject == a.idx, r.object == b.idx)]
    if relation.inverse:
        ways.append(and_(r.predicate == relation.inverse, r.subject == b.idx, r.object == a.idx))
    return select(r.idx).where(r.scene_id == a.scene_id, or_(*ways)).exists()


def _is(one: Any, thing: WantedThing) -> ColumnElement[bool]:
    """By an index each."""
    if thing.is_open:
        return true()
    return or_(*(way(one, thing) for way in (_named, _of_kind, _like)))


def _named(one: Any, thing: WantedThing) -> ColumnElement[bool]:
    found: ColumnElement[bool] = one.noun.in_(sorted(thing.nouns)) if thing.nouns else false()
    return found


def _like(one: Any, thing: WantedThing) -> ColumnElement[bool]:
    found: ColumnElement[bool] = one.noun.in_(sorted(thing.near)) if thing.near else false()
    return found


def _of_kind(one: Any, thing: WantedThing) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = [one.concept.between(low, high) for low, high in thing.concepts]
    if thing.categories:
        ways.append(one.category.in_(sorted(thing.categories)))
    return or_(false(), *ways)


def _likeness(one: Any, thing: WantedThing) -> ColumnElement[float]:
    if thing.is_open:
        return literal(SAME)
    return case(
        (_named(one, thing), literal(SAME)),
        (_of_kind(one, thing), literal(KIND_OF)),
        else_=literal(LIKE),
    )


def _closeness(one: Any, thing: WantedThing) -> ColumnElement[float]:
    """1 where the thing should be, 0 at ``REACH`` from there."""
    if thing.x is None or thing.y is None:
        return literal(1.0)
    dx, dy = one.x - literal(thing.x), one.y - literal(thing.y)
    share = 1 - (dx * dx + dy * dy) / literal(REACH**2)
    return case((share > 0, share), else_=literal(0.0))


# --- filters ---


def _meant(connection: Connection, where: SceneFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if where.source_ids is not None:
        found.append(dialect.one_of(connection, scene.c.source_id, sorted(where.source_ids)))
    one, relation = scene_object.alias().c, scene_relation.alias().c
    thing = None if where.thing is None else _is(one, where.thing)
    if where.predicate is not None:
        states = select(relation.scene_id).where(relation.predicate == where.predicate)
        if thing is not None:
            part_of = or_(one.idx == relation.subject, one.idx == relation.object)
            states = states.where(one.scene_id == relation.scene_id, part_of, thing)
        found.append(scene.c.id.in_(states))
    elif thing is not None:
        found.append(scene.c.id.in_(select(one.scene_id).where(thing)))
    return found
