import numpy as np
import pytest

from midspan.errors import EnginesDiffer
from midspan.models.kit.parity import LARGEST, parity

SAID = np.array([[1.0, 2.0, 0.0], [5.0, -1.0, 4.0]], dtype=np.float32)


def test_rounding_is_no_difference():
    found = parity(SAID, SAID + np.float32(1e-5))
    assert found.answers == 2 and 0 < found.largest_difference < 1e-4


def test_a_difference_that_is_too_large_is_refused():
    other = SAID.copy()
    other[1, 1] += 2 * LARGEST
    with pytest.raises(EnginesDiffer, match="in 0 of 2 answers"):
        parity(SAID, other)


def test_another_answer_is_refused_however_small_the_difference():
    close = np.array([[1.0, 1.0 + 1e-6]])
    with pytest.raises(EnginesDiffer, match="in 1 of 1 answers"):
        parity(close, close[:, ::-1])
    assert parity(close, close[:, ::-1], classes=False).largest_difference < 1e-5


@pytest.mark.parametrize("other", [np.full((2, 3), np.nan), np.zeros((2, 2)), np.zeros((1, 3))])
def test_what_cannot_be_compared_is_refused(other):
    with pytest.raises(EnginesDiffer):
        parity(SAID, other)
