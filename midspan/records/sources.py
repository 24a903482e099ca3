"""What is read: sources, where they lie, the runs over them, their segments and pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from midspan.records.ids import digest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Unit = Literal["char", "s"]
SourceKind = Literal["document", "video"]
SegmentKind = Literal["sentence", "fragment", "window"]
SEGMENT_KINDS: tuple[SegmentKind, ...] = ("sentence", "fragment", "window")

TEXT_NORMALISATION = "NFC"


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
    """Number given by the record store; its number in the indexes of words and of vectors."""
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
