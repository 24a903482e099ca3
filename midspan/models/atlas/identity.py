"""What states a run of the atlas model, without loading the model: no third party is imported here."""

from __future__ import annotations

from pathlib import Path

from midspan.models.kit.card import shipped_card
from midspan.records import Run

ATLAS = "mird-adult"
"""Name of the atlas that ships."""
NAME = "atlas.small"
JUDGE_NAME = "atlas.judge"
SHIPPED = Path(__file__).parent / "learned/weights/small"
JUDGE = Path(__file__).parent / "learned/weights/judge"


def weights_sha256() -> str:
    """Of the shipped model. Raises ``ModelFilesMissing``."""
    return str(shipped_card(SHIPPED)["weights_sha256"])


def judge_sha256() -> str:
    """Of the shipped judge. Raises ``ModelFilesMissing``."""
    return str(shipped_card(JUDGE)["weights_sha256"])


def run(atlas: str = ATLAS, sha256: str = "", *, gated: bool) -> Run:
    """Over the phantom, or over an imported atlas by name and hash; ``gated`` by the embedding, and judged by
    it, or not."""
    looked = {"judge": judge_sha256()} if gated else {}
    return Run(
        stage="atlas" if atlas == ATLAS else f"atlas@{atlas}",
        stage_version=6,
        model=NAME,
        weights_sha256=weights_sha256(),
        parameters={"atlas": atlas, "gate": gated} | looked | ({"sha256": sha256} if sha256 else {}),
    )
