"""Ids that are the same on every machine."""

from __future__ import annotations

import hashlib


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
