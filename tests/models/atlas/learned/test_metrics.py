import numpy as np
import pytest

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.metrics import abstention_figures, nearest_named_mm, place_figures


def test_of_several_named_organs_the_nearest_counts():
    atlas = phantom_atlas()
    named = np.zeros((2, len(atlas.organs)), dtype=bool)
    named[:, atlas.organs.index("heart")] = named[0, atlas.organs.index("brain")] = True
    points = [atlas.centre("brain"), atlas.centre("brain")]
    inside, outside = nearest_named_mm(atlas, points, named)
    assert inside == 0
    assert outside == pytest.approx(atlas.distance(points[1:], "heart")[0]) and outside > 100


def test_place_figures():
    rows = place_figures(np.array([0.0, 5.0, 15.0, 40.0]), list("abcd"))
    means = {name: figure.mean for name, figure in rows.items()}
    assert means == {"ior": 25.0, "ior_10mm": 50.0, "nvd_cm": 1.5, "nvd_o_cm": 2.0}


def test_abstention_precision_and_recall():
    said = np.array([True, True, True, False, False])
    truth = np.array([True, True, False, True, False])
    rows = abstention_figures(said, truth, list("abcde"))
    assert rows["none_precision"].mean == pytest.approx(200 / 3)
    assert rows["none_recall"].mean == pytest.approx(200 / 3)
