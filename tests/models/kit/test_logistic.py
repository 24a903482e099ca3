import numpy as np
import pytest

from midspan.models.kit.logistic import fit_logistic


def test_probabilities_are_found_again() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(3, 2, 20_000)
    truth = rng.random(20_000) < 1 / (1 + np.exp(-(1.5 * values - 4)))
    found = fit_logistic(values, truth)
    assert found.slope == pytest.approx(1.5, abs=0.1) and found.offset == pytest.approx(-4, abs=0.25)
    assert found([4 / 1.5])[0] == pytest.approx(0.5, abs=0.03)


def test_what_a_threshold_parts_stays_finite() -> None:
    values = np.array([0.1, 0.2, 0.8, 0.9])
    found = fit_logistic(values, values > 0.5)
    assert np.isfinite(found.slope) and 0 < found(values)[0] < 0.5 < found(values)[3] < 1
