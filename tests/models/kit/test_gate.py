import numpy as np

from midspan.models.kit.gate_training import RECALL, train_gate


def vectors(count, anatomy_share, seed):
    rng = np.random.default_rng(seed)
    anatomy = rng.random(count) < anatomy_share
    rows = rng.normal(size=(count, 12))
    rows[:, 0] += np.where(anatomy, 3.0, -3.0)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), anatomy


def test_the_gate_keeps_its_share_of_the_anatomy_and_drops_the_rest():
    gate = train_gate(*vectors(2000, 0.3, 0), *vectors(2000, 0.3, 1))
    rows, anatomy = vectors(4000, 0.3, 2)
    passed = gate.passes(rows)
    assert abs(passed[anatomy].mean() - RECALL) < 0.02
    assert passed[~anatomy].mean() < 0.3


def test_training_it_is_deterministic():
    data = (*vectors(300, 0.5, 0), *vectors(300, 0.5, 1))
    one, other = train_gate(*data), train_gate(*data)
    assert one.threshold == other.threshold and np.array_equal(one.weight, other.weight)
