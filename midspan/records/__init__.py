"""What crosses a folder border: frozen dataclasses, with units and frames stated.

Spans are half-open, ``[start, end)``. In text they count Unicode code points of the stored extracted
text, which is normalised to NFC; in video they are seconds from the container's presentation
timestamps. Ids are strings that are the same on every machine (see :func:`record_id`).
"""

from midspan.records.atlases import AtlasOrgan, StoredAtlas
from midspan.records.decisions import Decision, Named, Undoing, Verdict, is_outside, ordered
from midspan.records.failure import Failure
from midspan.records.ids import digest, record_id
from midspan.records.kinds import RECORDS
from midspan.records.kinds.atlas import AtlasGrounding, DoubtKind
from midspan.records.kinds.event import ActionEvent, EventAnswer, EventTrack
from midspan.records.kinds.fact import BELIEVED, Argument, Candidate, Fact, FactSlot, Modality, Polarity
from midspan.records.kinds.scene import SceneArrangement, SceneObject, SceneRelation
from midspan.records.products import Embedding, Product, Space, Thumbnail
from midspan.records.record import Provenance, Record
from midspan.records.scene_queries import SceneFilter, SceneQuery, WantedRelation, WantedThing
from midspan.records.sources import (
    SEGMENT_KINDS,
    TEXT_NORMALISATION,
    Location,
    Page,
    Run,
    Segment,
    SegmentKind,
    Source,
    SourceKind,
    Unit,
)

__all__ = [
    "BELIEVED",
    "RECORDS",
    "SEGMENT_KINDS",
    "TEXT_NORMALISATION",
    "ActionEvent",
    "Argument",
    "AtlasGrounding",
    "AtlasOrgan",
    "Candidate",
    "Decision",
    "DoubtKind",
    "Embedding",
    "EventAnswer",
    "EventTrack",
    "Fact",
    "FactSlot",
    "Failure",
    "Location",
    "Modality",
    "Named",
    "Page",
    "Polarity",
    "Product",
    "Provenance",
    "Record",
    "Run",
    "SceneArrangement",
    "SceneFilter",
    "SceneObject",
    "SceneQuery",
    "SceneRelation",
    "Segment",
    "SegmentKind",
    "Source",
    "SourceKind",
    "Space",
    "StoredAtlas",
    "Thumbnail",
    "Undoing",
    "Unit",
    "Verdict",
    "WantedRelation",
    "WantedThing",
    "digest",
    "is_outside",
    "ordered",
    "record_id",
]
