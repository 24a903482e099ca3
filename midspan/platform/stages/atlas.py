"""Places in the phantom and in every imported atlas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from midspan.models.atlas.identity import JUDGE, JUDGE_NAME, NAME, SHIPPED
from midspan.pipelines.atlas import AtlasStage
from midspan.pipelines.stage import Stage
from midspan.platform.atlases import PHANTOM
from midspan.platform.lazy import Lazy
from midspan.platform.models import Models

if TYPE_CHECKING:
    from midspan.models.atlas.learned.predictor import OrganPredictor
    from midspan.models.atlas.placing import Placer


def stages(models: Models) -> list[Stage]:
    """One over the phantom, and one more for each imported atlas."""
    vectors = models.vectors if models.encoder_is_bundled else None
    known = [(PHANTOM, ""), *((one.name, one.sha256) for one in models.atlases.stored())]
    return [AtlasStage(placer(models, name, sha256), vectors, name, sha256) for name, sha256 in known]


def placer(models: Models, atlas: str, sha256: str = "") -> Lazy[Placer]:
    """The atlas model over an atlas: the phantom, or an imported one by name and hash."""
    predictor = models.lazy(NAME, partial(_load_predictor, models.inference))

    def make() -> Placer:
        from midspan.models.atlas.placing import Placer  # loads SciPy

        known = models.atlases
        return Placer(lambda: known.atlas(atlas), predictor, lambda: known.anatomy(atlas))

    return models.lazy(f"placer {atlas} {sha256}", make)


def verify(models: Models) -> list[str]:
    from midspan.models.kit.folder import load_model  # loads numpy

    return [
        f"{name} {load_model(folder).sha256[:12]}" for name, folder in ((NAME, SHIPPED), (JUDGE_NAME, JUDGE))
    ]


def _load_predictor(inference: dict[str, Any]) -> OrganPredictor:
    from midspan.models.atlas.learned.predictor import OrganPredictor  # loads ONNX Runtime

    return OrganPredictor.load(**inference)
