"""What states the run of the scenes: no third party is imported here."""

from __future__ import annotations

from midspan.records import Run

RUN = Run("scene", 4, "scene.lexicon")
