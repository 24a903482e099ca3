"""Strategies on a network that a test makes up: it says what a table tells it, whatever the text is."""

from itertools import pairwise

import numpy as np
import pytest

from midspan.errors import UnknownName, WrongUse
from midspan.models.scene.learned.answers import WIDTH_OF
from midspan.models.scene.learned.decoding import STRATEGIES, decode
from midspan.models.scene.learned.grid import COLUMNS, MASKED, ROWS
from midspan.models.scene.learned.rows import Question, Rows

SURE, UNSURE = 8.0, 1.0


@pytest.fixture(scope="module")
def row():
    return Rows(32)(Question.of("", ["ball", "sun", "boy"], ["small thing", "sun", "boy"]))


class Table:
    """Thing k goes to column 3k, as surely as ``sure`` says; noted is what had a place when it was asked."""

    def __init__(self, sure, answers=WIDTH_OF["discrete"]):
        self.sure, self.answers, self.asked = sure, answers, []

    def __call__(self, rows, placed):
        self.asked.append([(one[:, 0] != MASKED[0]).tolist() for one in placed])
        said = np.zeros((len(self.sure), self.answers), dtype=np.float32)
        for k, sure in enumerate(self.sure):
            said[k, 3 * k] = sure
            said[k, COLUMNS + 2 * k] = sure
        return [said for _ in rows]


def order(table):
    """The thing that was placed at each step."""
    steps = [np.array(one[0]) for one in table.asked] + [np.ones(3, dtype=bool)]
    return [np.flatnonzero(after & ~before).tolist() for before, after in pairwise(steps)]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_places_everything_within_the_canvas(row, strategy):
    table = Table([SURE, UNSURE, 3.0])
    for layouts in decode(table, [row, row], "discrete", strategy):
        layout = layouts[0]
        assert len(layout.left) == 0
        assert ((layout.points > 0) & (layout.points < 1)).all()
        assert (layout.bins < np.array(MASKED)).all()
        assert layout.bins[0, :2].tolist() == [0, 0]  # where it is sure


def test_one_step_asks_once_and_the_others_a_step_for_each_thing(row):
    for strategy, steps in (("one_step_all", 1), ("human_order", 3), ("lowest_entropy", 3)):
        table = Table([SURE, SURE, SURE])
        decode(table, [row], "discrete", strategy)
        assert len(table.asked) == steps


def test_people_draw_the_sky_first_then_people_then_small_things(row):
    table = Table([SURE, UNSURE, 3.0])
    decode(table, [row], "discrete", "human_order")
    assert order(table) == [[1], [2], [0]]


@pytest.mark.parametrize("strategy", ["highest_confidence", "lowest_entropy"])
def test_the_surest_is_placed_first(row, strategy):
    table = Table([UNSURE, 3.0, SURE])
    decode(table, [row], "discrete", strategy)
    assert order(table) == [[2], [1], [0]]


def test_confidence_is_the_sum_not_the_product_of_logarithms(row):
    """One attribute that is nearly certain does not outweigh the rest: the product of the logarithms would be
    nearest to 0 for the first thing."""
    table = Table([0.0, 4.0, 0.0])

    def ask(rows, placed):
        (said,) = table(rows, placed)
        said = said.copy()
        said[0, COLUMNS + ROWS] = 12.0  # depth alone
        return [said]

    decode(ask, [row], "discrete", "highest_confidence")
    assert order(table)[0] == [1]


def test_the_same_seed_gives_the_same_random_order(row):
    orders = []
    for seed in (0, 0, 1, 2, 3):
        table = Table([SURE, SURE, SURE])
        decode(table, [row], "discrete", "random_order", seed)
        orders.append(order(table))
    assert orders[0] == orders[1] and len({str(one) for one in orders}) > 1


def test_the_beam_keeps_different_layouts_the_most_probable_first(row):
    def ask(rows, placed):
        """A thing goes where the count of those placed before it says."""
        found = []
        for one in placed:
            said = np.zeros((3, WIDTH_OF["discrete"]), dtype=np.float32)
            before = int((one[:, 0] != MASKED[0]).sum())
            for k in range(3):
                said[k, 7 * before + k] = 2.0 + k
                said[k, COLUMNS + 3] = 9.0
            found.append(said)
        return found

    (layouts,) = decode(ask, [row], "discrete", "beam")
    assert len(layouts) == 3
    assert len({one.bins.tobytes() for one in layouts}) == 3
    logs = [one.log_prob for one in layouts]
    assert logs == sorted(logs, reverse=True)
    (greedy,) = decode(ask, [row], "discrete", "human_order")[0]
    assert logs[0] >= greedy.log_prob


def test_continuous_heads_answer_with_points_and_know_no_confidence(row):
    width = WIDTH_OF["continuous"]

    def ask(rows, placed):
        return [np.tile(np.linspace(-2, 2, width, dtype=np.float32), (3, 1)) for _ in rows]

    (layout,) = decode(ask, [row], "continuous", "human_order")[0]
    assert layout.points[0] == pytest.approx(1 / (1 + np.exp([2.0, 1.5])))
    assert layout.confidences([(0.1, 0.2)] * 3) == [None] * 3
    with pytest.raises(WrongUse, match="human_order"):
        decode(ask, [row], "continuous", "highest_confidence")


def test_confidence_is_the_share_around_the_point(row):
    table = Table([30.0, 0.0, 0.0])
    (layout,) = decode(table, [row], "discrete", "one_step_all")[0]
    assert layout.confidences([(0.02, 0.02), (0.5, 0.5), (0.5, 0.5)]) == pytest.approx(
        [1.0, 0.2 * 0.25, 0.2 * 0.25], abs=1e-3
    )


def test_unknown_strategy_is_refused(row):
    with pytest.raises(UnknownName, match="human_order"):
        decode(Table([1, 1, 1]), [row], "discrete", "best")
