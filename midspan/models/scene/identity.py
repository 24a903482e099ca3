"""What states the run of the scenes: no third party is imported here."""

from __future__ import annotations

from midspan.models.kit.card import shipped_card
from midspan.models.scene.shipped import PLACER, PLACER_NAME
from midspan.records import Run

VERSION = 4
RUN = Run("scene", VERSION, "scene.lexicon")
"""Where things begin at the usual places of their kinds."""


def learned_run() -> Run:
    """Where they begin where the shipped model says. Raises ``ModelFilesMissing``."""
    return Run(
        stage="scene",
        stage_version=VERSION,
        model=f"{RUN.model}+{PLACER_NAME}",
        weights_sha256=shipped_card(PLACER)["weights_sha256"],
    )
