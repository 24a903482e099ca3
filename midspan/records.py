"""What crosses a folder border: frozen dataclasses, with units and frames stated.

Spans are half-open, ``[start, end)``. In text they count Unicode code points of the stored extracted
text, which is normalised to NFC; in video they are seconds from the container's presentation
timestamps. Ids are strings that are the same on every machine (see :func:`record_id`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Union

import numpy as np
import numpy.typing as npt

Unit = Literal["char", "s"]
SourceKind = Literal["document", "video"]
SegmentKind = Literal["sentence", "fragment", "window"]
RecordKind = Literal["scene", "atlas", "fact", "event"]

TEXT_NORMALISATION = "NFC"


def digest(*parts: str | int | float | None) -> str:
    """SHA-256 (hex) over the parts, each length-prefixed so that no two lists of parts collide."""
    sha = hashlib.sha256()
    for part in parts:
        data = repr(part).encode() if not isinstance(part, str) else part.encode()
        sha.update(len(data).to_bytes(8, "big"))
        sha.update(data)
    return sha.hexdigest()


def record_id(kind: str, source_id: str, run_id: str, *place: str | int | float) -> str:
    """The id of what ``run_id`` says about a place in a source: ``kind-`` and 32 hex digits.

    Two machines that do the same work write the same ids.
    """
    return f"{kind}-{digest(kind, source_id, run_id, *place)[:32]}"


@dataclass(frozen=True)
class Source:
    """A document or video, identified by the SHA-256 of its bytes."""

    id: str
    kind: SourceKind
    media_type: str
    title: str
    byte_count: int
    added_at: float
    """Unix seconds, when it was first ingested."""
    superseded_by: str | None = None


@dataclass(frozen=True)
class Location:
    """Where a source was seen. A path points at one source at a time."""

    uri: str
    """Absolute path; bytes that are no UTF-8 are kept by ``surrogateescape`` as ``\\udcXX`` escapes."""
    source_id: str
    byte_count: int
    modified_ns: int
    seen_at: float


@dataclass(frozen=True)
class Run:
    """One way of doing one stage; the same stage with other weights or parameters is another run."""

    stage: str
    stage_version: int
    model: str = ""
    weights_sha256: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        parameters = json.dumps(dict(self.parameters), sort_keys=True, ensure_ascii=True)
        return (
            "run-" + digest(self.stage, self.stage_version, self.model, self.weights_sha256, parameters)[:32]
        )


@dataclass(frozen=True)
class Segment:
    """A sentence, a fragment (text without sentence structure) or a video window of a source."""

    id: str
    source_id: str
    ordinal: int
    kind: SegmentKind
    unit: Unit
    start: float
    """Code points (a whole number) or seconds, as ``unit`` says."""
    end: float
    text: str = ""
    page: int | None = None
    """1-based page of a paged document on which the segment starts."""
    key: int | None = None
    """Number given by the record store; the row of the full-text index and of the vector index."""
    run_id: str = ""
    """The reading run that cut the source into segments."""


@dataclass(frozen=True)
class Page:
    """One page of a paged document: its span in the text and where each of its characters stands."""

    number: int
    start: int
    end: int
    width: float
    """Points (1/72 inch)."""
    height: float
    boxes: npt.NDArray[np.float32]
    """(end - start, 4): left, top, right, bottom of each code point as shares (0..1) of the page, origin
    top left; all zero where a character has no place (an inserted line break)."""


@dataclass(frozen=True)
class Provenance:
    """Which run said it, of which segment, and the exact place."""

    source_id: str
    run_id: str
    segment_id: str
    unit: Unit
    start: float
    end: float


@dataclass(frozen=True)
class SceneObject:
    """A thing of an arrangement. Frame: canvas, origin top left, x right, y down, both 0..1, centre."""

    surface: str
    start: int
    end: int
    category: str
    mapping: Literal["lexicon", "open"]
    x: float
    y: float
    depth: int
    """0 near, 1 middle, 2 far."""
    facing: Literal["left", "right"]


@dataclass(frozen=True)
class SceneRelation:
    """A relation that the text states between two objects (indices into ``SceneArrangement.objects``)."""

    subject: int
    predicate: str
    object: int
    trigger: str
    explicit: bool
    satisfied: bool


@dataclass(frozen=True)
class SceneArrangement:
    """A 2D layout decoded from spatial language (chapter 3)."""

    id: str
    provenance: Provenance
    text: str
    objects: tuple[SceneObject, ...]
    relations: tuple[SceneRelation, ...]
    score: float
    """Share of the stated relations that the layout satisfies; 1 without relations."""


DoubtKind = Literal["negated", "hypothetical", "family"]
"""Why a sentence with an organ is not stated of the patient: denied, only a condition, of a relative."""


@dataclass(frozen=True)
class AtlasGrounding:
    """A sentence at a point of an anatomical atlas (chapter 4), or an explicit abstention.

    Frame: DICOM LPS in millimetres (+x the body's left, +y posterior, +z up); for the stylised phantom
    the origin is the centre of the trunk's base.
    """

    id: str
    provenance: Provenance
    text: str
    atlas: str
    status: Literal["grounded", "abstained"]
    reason: str
    """Why it was grounded there, or why the model abstained."""
    x_mm: float | None
    y_mm: float | None
    z_mm: float | None
    organ: str | None
    organs: Mapping[str, float]
    """Organ name to probability; sums to at most 1."""
    laterality: Literal["left", "right", "both", "none"]
    named: bool
    """The sentence has an anatomical word; otherwise the answer was inferred."""
    negated: bool
    score: float
    """Probability of what was answered: of the organ, or of the abstention's reason."""
    spread_mm: float | None = None
    """Expected distance from the point to the organ that is meant, 0 where there is no doubt; None for an
    abstention and for what was written before it was noted."""
    hypothetical: bool = False
    """Only a condition speaks of it, so the model abstained."""
    family: bool = False
    """It is said of a relative, so the model abstained."""


@dataclass(frozen=True)
class AtlasOrgan:
    """A structure of a stored atlas: what one label of its volume means, and where it lies (LPS, mm)."""

    label: int
    name: str
    organ: str
    """The group it belongs to, which groundings name."""
    laterality: Literal["left", "right", ""]
    aliases: tuple[str, ...]
    snomed: str
    uberon: str
    centre_mm: tuple[float, float, float]
    low_mm: tuple[float, float, float]
    high_mm: tuple[float, float, float]
    volume_mm3: float
    n_voxels: int


@dataclass(frozen=True)
class StoredAtlas:
    """An imported atlas without its voxels. Frame: DICOM LPS, millimetres."""

    name: str
    """What groundings call it."""
    kind: Literal["labels"]
    licence: str
    citation: str
    file_affine: tuple[float, ...]
    """(16,) rows of the imported file's 4x4 affine, from its voxel index to LPS mm."""
    file_shape: tuple[int, int, int]
    origin_mm: tuple[float, float, float]
    """Centre of voxel (0, 0, 0) of the stored grid, which stands upright."""
    pitch_mm: float
    shape: tuple[int, int, int]
    sha256: str
    """Of the stored voxels, the table, licence and citation: the same import again has the same."""
    organs: tuple[AtlasOrgan, ...]
    added_at: float
    """Unix seconds."""


@dataclass(frozen=True)
class FactSlot:
    """Subject, predicate or object of a fact: what the text says, and what it links to."""

    surface: str
    start: int
    end: int
    uid: str | None
    """CURIE of the knowledge graph, as ``wd:Q42`` or ``wd:P19``; None: not in the knowledge graph."""
    name: str
    """Label in the knowledge graph, or the surface form."""
    score: float
    """Confidence that the link (or its absence) is right, 0..1."""
    literal: Literal["", "date", "number"] = ""


@dataclass(frozen=True)
class Fact:
    """A surface triple and its canonical form (chapter 5)."""

    id: str
    provenance: Provenance
    text: str
    subject: FactSlot
    predicate: FactSlot
    object: FactSlot
    polarity: Literal["affirmed", "negated", "hedged"]
    status: Literal["linked", "partial", "out_of_kg"]
    score: float


@dataclass(frozen=True)
class ActionEvent:
    """Something that happens in a video between two moments (chapter 6)."""

    id: str
    provenance: Provenance
    text: str
    """The event in words, for full-text search."""
    verb: str
    nouns: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class Embedding:
    """The vector of one segment in one space. The record store keeps it; FAISS is a projection."""

    segment_id: str
    source_id: str
    run_id: str
    space: Literal["text", "visual"]
    vector: npt.NDArray[np.float32]
    """(d,), L2-normalised, so that the inner product is the cosine."""
    text_sha256: str = ""


@dataclass(frozen=True)
class Thumbnail:
    """A small picture of a video window: JPEG bytes."""

    segment_id: str
    source_id: str
    jpeg: bytes


Record = Union[SceneArrangement, AtlasGrounding, Fact, ActionEvent]
Product = Union[Record, Embedding, Thumbnail]


@dataclass(frozen=True)
class Failure:
    """What went wrong with one item, in words that say what to do."""

    path: str
    stage: str
    kind: str
    """Name of the error class, as ``EncryptedDocument``."""
    message: str
    retryable: bool
    segment_id: str | None = None
