import numpy as np
import pytest

from midspan.models.scene.learned.measures import Places, absolute, as_published, ordered, relative

TRUE = np.array([(0.1, 0.2), (0.5, 0.2), (0.9, 0.8)])


def places(points, facings=(0, 0, 1)):
    return Places(np.asarray(points), np.zeros(3, dtype=int), np.array(facings))


def test_a_perfect_layout_is_like_itself():
    assert absolute(TRUE, TRUE) == relative(TRUE, TRUE) == 1.0


def test_similarity_falls_with_the_distance_not_its_square():
    assert absolute(TRUE + np.array([0.2, 0.0]), TRUE) == pytest.approx(np.exp(-0.5))
    assert absolute(TRUE + np.array([0.4, 0.0]), TRUE) == pytest.approx(np.exp(-1.0))


def test_relative_similarity_does_not_see_a_shift():
    assert relative(TRUE + np.array([0.07, 0.0]), TRUE) == pytest.approx(1.0)
    assert np.isnan(relative(TRUE[:1], TRUE[:1]))


def test_the_published_figures_take_the_mirror_image_for_right():
    mirror = np.column_stack([1 - TRUE[:, 0], TRUE[:, 1]])
    whole, pairs, facing = as_published(places(mirror, (1, 1, 0)), places(TRUE))
    assert whole == pytest.approx(1.0) and facing == 1.0
    assert pairs == pytest.approx(3 / 2)  # n / (n - 1)
    assert absolute(mirror, TRUE) < 0.6


def test_order_is_asked_of_what_lies_apart():
    assert ordered(TRUE, TRUE) == [True] * 5  # three pairs across, two down
    mirror = np.column_stack([1 - TRUE[:, 0], TRUE[:, 1]])
    assert ordered(mirror, TRUE) == [False] * 3 + [True] * 2
