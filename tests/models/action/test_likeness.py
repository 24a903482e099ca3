"""What looks like what was learned passes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from midspan.models.action.likeness import Likeness, fit_likeness, likeness_of
from midspan.models.kit.folder import add_to_model, load_model, save_model

CARD = {"name": "toy", "licence": "none", "trained_on": "nothing", "retrain": "none"}


def looks(middle, count=400, seed=0):
    """Four channels: two that vary together, one that tells, one that is dead."""
    rng = np.random.default_rng(seed)
    both = rng.normal(0, 5, (count, 1))
    return np.hstack(
        [
            both + rng.normal(0, 0.1, (count, 1)) + middle,
            both,
            rng.normal(0, 1, (count, 1)),
            np.zeros((count, 1)),
        ]
    ).astype(np.float32)


@pytest.fixture(scope="module")
def likeness():
    """Known and other differ by a tenth of what both vary by."""
    return fit_likeness(looks(0.5), looks(-0.5, seed=1), looks(0.5, seed=2), 0.95)


def test_what_is_known_passes_and_what_is_other_does_not(likeness):
    assert likeness.passes(looks(0.5, seed=3)).mean() == pytest.approx(0.95, abs=0.04)
    assert not likeness.passes(looks(-0.5, seed=4)).any()


def test_a_share_of_the_held_out_passes(likeness):
    assert likeness.passes(looks(0.5, seed=2)).mean() == pytest.approx(0.95, abs=1e-3)


def test_it_comes_back_from_a_model_folder_that_need_not_have_one(likeness, tmp_path):
    save_model(tmp_path, {}, {"network.weight": np.ones(2)}, CARD)
    assert likeness_of(load_model(tmp_path)) is None
    add_to_model(tmp_path, likeness.config, likeness.tensors)
    found = likeness_of(load_model(tmp_path))
    assert isinstance(found, Likeness) and np.array_equal(found.weight, likeness.weight)
    assert found.least == json.loads(json.dumps(likeness.least))
