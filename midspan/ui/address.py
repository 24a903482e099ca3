"""What a page takes from its address, which anybody may have written."""

from __future__ import annotations

STEPS = 20


def share(text: str) -> float:
    """A number of 0..1 on the slider's steps; 0 for anything else."""
    try:
        return min(max(round(float(text) * STEPS) / STEPS, 0.0), 1.0)
    except (ValueError, OverflowError):
        return 0.0
