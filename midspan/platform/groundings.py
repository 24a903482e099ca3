"""The atlas's sentences as a page shows them: the deciding words, both sides, and abstentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from midspan.db.stores import RecordStore
from midspan.platform.answers import Place
from midspan.records import AtlasGrounding

Laterality = Literal["left", "right", "both", "none"]


def with_mentions(store: RecordStore, places: Sequence[Place]) -> list[Place]:
    """The same places, each with where its deciding words stand in the sentence."""
    segments = store.segments_by_id([place.grounding.provenance.segment_id for place in places])
    found = []
    for place in places:
        where = place.grounding.provenance
        segment = segments.get(where.segment_id)
        if segment is None:
            found.append(place)
            continue
        start = int(segment.start)
        found.append(replace(place, mention=(int(where.start) - start, int(where.end) - start)))
    return found


def abstentions(store: RecordStore, limit: int) -> list[Place]:
    """Sentences with anatomical words that the model would not place; ``reason`` says why."""
    found = store.records("atlas", {"status": "abstained", "named": True}, limit)
    groundings = [record for record in found if isinstance(record, AtlasGrounding)]
    names = store.names(sorted({grounding.provenance.source_id for grounding in groundings}))
    places = []
    for grounding in groundings:
        name = names.get(grounding.provenance.source_id)
        if name is not None:  # else it was removed meanwhile
            places.append(Place(grounding, name.title, name.path))
    return with_mentions(store, places)


def organ_points(organ: str, laterality: Laterality) -> tuple[tuple[float, float, float], ...]:
    """Centres of an organ (LPS, mm): one, or right and left where both sides are meant."""
    from midspan.models.atlas.grounding import points_mm  # builds voxels

    return tuple(points_mm(organ, laterality))
