"""The losses against literal transcriptions of their definitions."""

import numpy as np
import pytest
import torch

from midspan.models.kit.losses import separate_cross_entropy, shared_cross_entropy


def softmax(values):
    powers = np.exp(np.array(values) - max(values))
    return powers / powers.sum()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_shares_the_target_among_the_right_classes(smoothing):
    logits = np.array([[2.0, -1.0, 0.5], [0.0, 0.0, 3.0]])
    targets = np.array([[True, False, True], [False, True, False]])
    expected = []
    for row, truth in zip(logits, targets, strict=True):
        shares = (1 - smoothing) * truth / truth.sum() + smoothing / 3
        expected.append(-(shares * np.log(softmax(row))).sum())
    found = shared_cross_entropy(torch.tensor(logits), torch.tensor(targets), smoothing)
    assert float(found) == pytest.approx(np.mean(expected), rel=1e-6)


def test_binary_loss_is_a_yes_or_no_a_class():
    logits, targets = np.array([[2.0, -1.0]]), np.array([[True, False]])
    chance = 1 / (1 + np.exp(-logits))
    expected = -np.mean(np.log(np.where(targets, chance, 1 - chance)))
    assert float(separate_cross_entropy(torch.tensor(logits), torch.tensor(targets))) == pytest.approx(
        expected
    )
