"""Scenes by what is where in them: the database finds what may be, the layout's own rules judge and rank."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore
from midspan.models.scene.asking import wanted
from midspan.models.scene.concepts import broader
from midspan.models.scene.matching import Match, match
from midspan.platform.answers import Answer, Hit, SceneView
from midspan.records import SceneArrangement, SceneFilter, SceneQuery, WantedThing

JUDGED = 200
"""Scenes that are judged more closely, at least."""
VOCABULARY = 2000
"""Nouns of the scenes that are compared with a noun that none of them has."""
ALIKE = 0.6
"""Cosine of two nouns from which on one may stand for the other."""

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]


def find(store: RecordStore, query: SceneQuery, limit: int, encode: Encode) -> Answer:
    """The best first, at the same score by id. Nouns of like meaning are looked for where no scene has what
    is asked for by its words or kinds, for the things that no scene has."""
    start = time.perf_counter()
    found = _judged(store, query, limit)
    if not found:
        widened = _widened(store, query, encode)
        found = _judged(store, widened, limit) if widened != query else []
    names = store.names(sorted({scene.provenance.source_id for scene, _ in found}))
    segments = store.segments_by_id([scene.provenance.segment_id for scene, _ in found])
    hits = []
    for scene, how in found:
        place = scene.provenance
        if place.source_id in names and place.segment_id in segments:
            named = names[place.source_id]
            hits.append(
                Hit(
                    *(scene.id, scene.kind, how.score, place.source_id, named.path, named.title, scene.text),
                    *(place.start, place.end, place.unit, segments[place.segment_id].page, how.why),
                )
            )
    return Answer(tuple(hits), (time.perf_counter() - start) * 1000)


def listed(store: RecordStore, where: SceneFilter, limit: int, offset: int) -> list[SceneView]:
    """With their sources, by source and place."""
    found = store.list_scenes(where, limit, offset)
    names = store.names(sorted({scene.provenance.source_id for scene in found}))
    return [
        SceneView(scene, names[source].title, names[source].path)
        for scene in found
        if (source := scene.provenance.source_id) in names
    ]


def filter_of(thing: str | None, predicate: str | None, source_ids: frozenset[str] | None) -> SceneFilter:
    """Scenes with such a thing, of which (or of anything) a relation is stated."""
    return SceneFilter(wanted(thing) if thing else None, predicate, source_ids)


def _judged(store: RecordStore, query: SceneQuery, limit: int) -> list[tuple[SceneArrangement, Match]]:
    candidates = store.find_scenes(query, max(JUDGED, 4 * limit))
    found = [(scene, how) for scene in candidates if (how := match(scene, query)) is not None]
    return sorted(found, key=lambda one: (-one[1].score, one[0].id))[:limit]


def _widened(store: RecordStore, query: SceneQuery, encode: Encode) -> SceneQuery:
    """The same, with the scenes' nouns that are like what none of them has, or a step broader."""
    known = [term.name for term in store.scene_nouns(VOCABULARY)]
    named = [thing for thing in query.things if not (thing.is_open or store.count_scenes(SceneFilter(thing)))]
    if not known or not named:
        return query
    vectors = encode([*known, *(thing.label for thing in named)])
    cosines = vectors[len(known) :] @ vectors[: len(known)].T
    near = {
        thing.label: frozenset(known[k] for k in np.flatnonzero(row >= ALIKE)) | broader(thing.label)
        for thing, row in zip(named, cosines, strict=True)
    }
    return replace(query, things=tuple(_with(thing, near) for thing in query.things))


def _with(thing: WantedThing, near: dict[str, frozenset[str]]) -> WantedThing:
    return replace(thing, near=near.get(thing.label, frozenset()) - thing.nouns)
