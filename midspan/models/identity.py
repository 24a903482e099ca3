"""What states the runs of the models that the chapters share, without loading them: no third party is
imported here."""

from __future__ import annotations

from midspan.models.registry import model_entry
from midspan.records import Run

ENCODER = "text.minilm"
ENCODER_DIM = 384
PARSER = "parse.en-core-web-sm"


def encoder_run(name: str, weights_sha256: str, dim: int) -> Run:
    """Of the vectors that a text encoder gives."""
    return Run(
        stage="embedding",
        stage_version=1,
        model=name,
        weights_sha256=weights_sha256,
        parameters={"dim": dim},
    )


def bundled_encoder_run() -> Run:
    return encoder_run(ENCODER, model_entry(ENCODER).weights_sha256, ENCODER_DIM)


def parser_sha256() -> str:
    return model_entry(PARSER).weights_sha256
