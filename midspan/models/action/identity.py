"""What states the run over video windows, without loading OpenCV: no third party is imported here."""

from __future__ import annotations

from midspan.records import Run

DIM = 96
"""Length of a window's signature."""
SIGNATURE = Run("signature", 1, "action.signature", parameters={"dim": DIM})
"""Whose vectors the index of looks holds."""


def run(name: str = "", sha256: str = "", encoder: str = "", boxes: str = "", fusion: str = "") -> Run:
    """Over the windows of a video: by name and hash the recogniser of actions (none: motion alone), by their
    runs or hashes the encoder that its sentences are aligned with, whoever finds boxes, and the model that
    sees boxes and frames."""
    looked = {"encoder": encoder, "boxes": boxes, "fusion": fusion}
    return Run(
        stage="signature",
        stage_version=4,
        model=name or SIGNATURE.model,
        weights_sha256=sha256,
        parameters={"dim": DIM} | {key: value for key, value in looked.items() if value},
    )
