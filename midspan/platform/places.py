"""The atlas's sentences as a page shows them: the deciding words, both sides, and abstentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from midspan.db.record_store import RecordReader
from midspan.errors import WrongUse
from midspan.pipelines.readers.normalise import clean_text
from midspan.platform.answers import Place, PlacedSentence
from midspan.records import AtlasGrounding, DoubtKind, Record

DOUBTS: tuple[DoubtKind, ...] = get_args(DoubtKind)

if TYPE_CHECKING:
    from midspan.models.atlas.anatomy.anatomy import Anatomy
    from midspan.models.atlas.placing import Placer


def places(store: RecordReader, atlas: str, organ: str | None, limit: int) -> list[Place]:
    """Grounded sentences, of one organ or all."""
    where = {"status": "grounded", "atlas": atlas} | ({"organ": organ} if organ else {})
    return with_mentions(store, with_sources(store, store.records("atlas", where, limit)))


def with_sources(store: RecordReader, found: Sequence[Record]) -> list[Place]:
    """Groundings with their titles and paths; what was removed meanwhile is left out."""
    groundings = [record for record in found if isinstance(record, AtlasGrounding)]
    names = store.names(sorted({grounding.provenance.source_id for grounding in groundings}))
    return [
        Place(grounding, names[source].title, names[source].path)
        for grounding in groundings
        if (source := grounding.provenance.source_id) in names
    ]


def with_mentions(store: RecordReader, places: Sequence[Place]) -> list[Place]:
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


def abstentions(store: RecordReader, atlas: str, limit: int, doubt: DoubtKind | None = None) -> list[Place]:
    """Sentences with anatomical words that the model would not place; ``reason`` says why. With a
    ``doubt`` those it would not place because of it, also where the organ is inferred."""
    if doubt is not None and doubt not in DOUBTS:
        raise WrongUse(f"a doubt is {', '.join(DOUBTS[:-1])} or {DOUBTS[-1]}, not {doubt!r}")
    why = doubt or "named"
    found = store.records("atlas", {"status": "abstained", "atlas": atlas, why: True}, limit)
    return with_mentions(store, with_sources(store, found))


def organ_points(anatomy: Anatomy, organ: str) -> tuple[tuple[float, float, float], ...]:
    """Centres of an organ (LPS, mm): right and left of one that has both, else one."""
    if organ in anatomy.paired:
        return anatomy.centre(organ, "right", ""), anatomy.centre(organ, "left", "")
    return (anatomy.centre(organ, "", ""),)


def placed(placer: Placer, sentence: str, atlas: str) -> PlacedSentence:
    """What the model says of a sentence that is typed in. Raises ``WrongUse`` without one."""
    text = clean_text(sentence).strip()
    if not text:
        raise WrongUse("there is no sentence to place")
    (grounding,) = placer.place([text])
    return PlacedSentence(
        text=text,
        atlas=atlas,
        organ=grounding.organ,
        probability=grounding.score,
        point_mm=grounding.point_mm,
        spread_mm=grounding.spread_mm,
        organs=dict(grounding.organs),
        laterality=grounding.laterality,
        named=grounding.named,
        negated=grounding.negated,
        reason=grounding.reason,
        hypothetical=grounding.hypothetical,
        family=grounding.family,
    )
