"""From an error to a failure item that says where it happened."""

from __future__ import annotations

from pathlib import Path

from midspan.errors import MidspanError, UnreadableSource
from midspan.records import Failure, Segment


def failure_of(path: Path | str, stage: str, error: Exception, segment: Segment | None = None) -> Failure:
    """An error as a failure item; unknown errors name their class and are worth a retry.

    It stands where the ``segment`` does, if it is one's, or else where a reader says that it could not go on.
    """
    kind = type(error).__name__
    message, retryable = str(error), True
    if isinstance(error, MidspanError):
        retryable = error.retryable
    else:
        message = f"{kind}: {error}" if message else kind
    page = second = None
    if segment is not None:
        page, second = segment.page, segment.start if segment.unit == "s" else None
    elif isinstance(error, UnreadableSource):
        page, second = error.page, error.second
    segment_id = segment.id if segment is not None else None
    return Failure(str(path), stage, kind, message, retryable, segment_id, page, second)
