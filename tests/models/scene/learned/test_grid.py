import numpy as np
import pytest

from midspan.models.scene.learned.grid import (
    COLUMNS,
    ROWS,
    bins_of,
    likeliest,
    middles_of,
    nearest_to_all,
)


def certain(bins, count):
    shares = np.zeros((1, count), dtype=np.float32)
    for place, share in bins.items():
        shares[0, place] = share
    return shares


def test_a_bin_is_twenty_pixels_and_its_middle_lies_in_it():
    assert bins_of([(0.0, 0.0), (0.0399, 0.0499), (0.04, 0.05), (1.0, 1.0)]).tolist() == [
        [0, 0],
        [0, 0],
        [1, 1],
        [COLUMNS - 1, ROWS - 1],
    ]
    every = [(column, row) for column in range(COLUMNS) for row in range(ROWS)]
    assert bins_of(middles_of(every)).tolist() == [list(one) for one in every]


def test_what_lies_beyond_the_canvas_falls_into_its_edge():
    assert bins_of([(-0.3, 1.7), (1.2, -0.1)]).tolist() == [[0, ROWS - 1], [COLUMNS - 1, 0]]


def test_where_the_network_is_sure_both_readings_agree():
    p_x, p_y = certain({4: 1.0}, COLUMNS), certain({17: 1.0}, ROWS)
    assert likeliest(p_x, p_y).tolist() == nearest_to_all(p_x, p_y).tolist() == [[4.5 / 25, 17.5 / 20]]


def test_a_lone_likeliest_bin_loses_to_many_that_lie_together():
    far, near = {0: 0.2}, dict.fromkeys(range(16, 24), 0.1)
    p_x, p_y = certain({**far, **near}, COLUMNS), certain({10: 1.0}, ROWS)
    assert likeliest(p_x, p_y)[0, 0] == pytest.approx(0.5 / 25)
    assert 16 / 25 < nearest_to_all(p_x, p_y)[0, 0] < 24 / 25
