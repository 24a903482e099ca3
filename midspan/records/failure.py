"""What went wrong, and where."""

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
    page: int | None = None
    """1-based page of a paged document on which it went wrong."""
    second: float | None = None
    """Second of a video at which it went wrong: the start of the window that failed, or how far it can be
    read."""

    @property
    def place(self) -> str:
        """The page or second in words; empty when neither is known."""
        if self.page is not None:
            return f"page {self.page}"
        return f"second {self.second:.1f}" if self.second is not None else ""

    @property
    def whereabouts(self) -> str:
        """The path, and the page or second in it where that is known."""
        return f"{self.path}, {self.place}" if self.place else self.path
