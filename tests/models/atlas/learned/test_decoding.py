import numpy as np
import pytest

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.decoding import (
    PHANTOM_FILE,
    distance_table,
    expected_distance,
    measured_table,
    onto,
    read_table,
)


@pytest.fixture(scope="module")
def atlas():
    return phantom_atlas()


def test_the_table_that_ships_is_the_one_that_the_voxels_give(atlas):
    kept, made = read_table(PHANTOM_FILE), measured_table(atlas)
    assert kept.organs == made.organs == atlas.organs
    assert np.allclose(kept.points_mm, made.points_mm, rtol=0, atol=1e-6)
    assert np.allclose(kept.distances_mm, made.distances_mm, rtol=0, atol=1e-3)


def test_a_certain_organ_is_decoded_inside_it(atlas):
    points, spread = distance_table(atlas).least_expected(np.eye(len(atlas.organs)))
    assert atlas.organ_at(points) == list(atlas.organs)
    assert spread.max() == 0


def test_the_point_is_the_best_of_all_candidates(atlas):
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(len(atlas.organs), 0.2), size=20)
    table = distance_table(atlas)
    points, spread = table.least_expected(shares)
    for row, point, value in zip(shares, points, spread, strict=True):
        costs = [(row * one).sum() for one in table.distances_mm]
        assert value == pytest.approx(min(costs))
        assert expected_distance(atlas, [point], row[None])[0] == pytest.approx(value, abs=1e-4)


def test_between_two_neighbours_it_is_less_than_between_far_ones(atlas):
    def spread(*organs):
        row = np.isin(atlas.organs, organs) / len(organs)
        return distance_table(atlas).least_expected([row])[1][0]

    assert spread("stomach", "spleen") < spread("brain", "testis")


def test_shares_move_to_an_atlas_by_name(atlas):
    moved = onto(["liver", "tail", "heart"], np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]), atlas)
    assert moved[0, atlas.organs.index("liver")] == pytest.approx(0.4)
    assert moved[0, atlas.organs.index("heart")] == pytest.approx(0.6)
    assert moved[1].sum() == 0
