"""Temperatures and thresholds from held-out answers, with answers that are known."""

import numpy as np
import pytest

from midspan.models.atlas.learned.examples import MASK, Example
from midspan.models.atlas.learned.small import PRECISION, calibrate, surely_placed
from midspan.models.kit.calibration import softmax

ORGANS = ("heart", "liver")


def sentences(count, organ=None):
    """Distinct ones; where an organ is named, its name comes last."""
    spans = lambda text: ((len(text) - len(organ), len(text)),) if organ else ()  # noqa: E731
    texts = [f"sentence number {n} speaks of {organ or 'weather'}" for n in range(count)]
    return [
        Example(f"d{n}", text, (organ,) if organ else (), spans(text), "made") for n, text in enumerate(texts)
    ]


def says(sure_named, sure_hidden, wrong_hidden):
    """A network that knows names, and without them is sure beyond what it knows."""

    def logits_of(texts):
        rows = np.zeros((len(texts), 3), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            number = int(text.split("number ")[1].split()[0]) if "number " in text else 0
            if "weather" in text or not text.rstrip().endswith(("heart", "liver", MASK, "of")):
                row[2] = sure_hidden
            elif text.endswith(ORGANS):
                row[ORGANS.index(text.split()[-1])] = sure_named
            else:
                row[0 if number % 10 >= wrong_hidden else 1] = sure_hidden
        return rows

    return logits_of


def test_names_and_their_absence_get_temperatures_of_their_own():
    rows = [*sentences(100, "heart"), *sentences(40)]
    said = says(sure_named=3.0, sure_hidden=6.0, wrong_hidden=3)
    limits, figures = calibrate(said, rows, [()] * len(rows), ORGANS)
    assert limits.temperature > 1 > limits.temperature_named
    assert 0.5 < figures["accuracy"] < 1
    three = softmax(np.array([[6.0, 0.0, 0.0]]), limits.temperature)[0, 0]
    assert three == pytest.approx(figures["accuracy"], abs=0.1)


def test_an_organ_stands_where_enough_answers_are_right():
    confidence = np.linspace(0.5, 0.99, 50)
    right = np.arange(50) >= 25  # the sure half
    shares = np.stack([confidence, np.zeros(50), 1 - confidence], axis=1)
    targets = np.stack([right, ~right, np.zeros(50, dtype=bool)], axis=1)
    limit = surely_placed(shares, targets, 0.9, PRECISION)
    kept = confidence >= limit
    assert right[kept].mean() >= PRECISION
    assert right[confidence >= confidence[confidence < limit].max()].mean() < PRECISION


def test_answers_that_are_never_right_leave_nothing_placed():
    shares = np.tile([0.9, 0.05, 0.05], (4, 1))
    targets = np.tile([False, False, True], (4, 1))
    assert surely_placed(shares, targets, 0.5, PRECISION) == 1.0
