"""Do both engines give the same answers for a trained model, before it gets its card?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from midspan.models.atlas.learned.examples import Example
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.atlas.learned.training import FORMS
from midspan.models.kit.folder import ModelFolder
from midspan.models.kit.parity import parity


def engines_agree(model: ModelFolder, held_out: Sequence[Example]) -> dict[str, Any]:
    """What the card says of it; held-out sentences in all their forms. Raises ``EnginesDiffer``."""
    texts = [show(row) for show in FORMS.values() for row in held_out]
    by_torch = OrganPredictor.from_folder(model, engine="torch").logits(texts)
    by_onnxruntime = OrganPredictor.from_folder(model, engine="onnxruntime").logits(texts)
    return {"engines": parity(by_torch, by_onnxruntime).to_json()}
