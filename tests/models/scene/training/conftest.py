import numpy as np
import pytest
import torch

from midspan.models.scene.data.generator import generate
from midspan.models.scene.learned.config import PlacingConfig
from midspan.models.scene.learned.rows import Rows
from midspan.models.scene.training.examples import both

TINY = {
    "cross": PlacingConfig(width=16, layers=1, attention_heads=2, piece_width=8, positions=64),
    "single": PlacingConfig(
        stream="single", width=16, layers=1, attention_heads=2, piece_width=8, positions=64
    ),
    "continuous": PlacingConfig(
        heads="continuous", width=16, layers=1, attention_heads=2, piece_width=8, positions=64
    ),
}


@pytest.fixture(params=list(TINY))
def tiny(request):
    torch.manual_seed(0)
    return TINY[request.param]


@pytest.fixture(scope="session")
def scenes():
    return both(generate(24, 4), Rows(64))


@pytest.fixture
def rng():
    return np.random.default_rng(0)
