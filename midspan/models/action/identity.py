"""What states the run over video windows, without loading OpenCV: no third party is imported here."""

from __future__ import annotations

from midspan.records import Run

DIM = 96
"""Length of a window's signature."""
RUN = Run("signature", 1, "action.signature", parameters={"dim": DIM})
