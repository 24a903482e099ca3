"""What went wrong."""

from __future__ import annotations

from dataclasses import dataclass


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
