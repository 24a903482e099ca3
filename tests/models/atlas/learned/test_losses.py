"""The losses against slow, literal transcriptions of their definitions."""

import numpy as np
import pytest
import torch

from midspan.models.atlas.learned.losses import (
    mean_point,
    minimum_distance,
    soft_organ_distance,
)

TAUS = ((1.0, 1.0), (0.1, 0.5), (0.02, 0.05))


def softmax(values):
    powers = np.exp(np.array(values) - max(values))
    return powers / powers.sum()


def literal_sod(points, organs, tau_point, tau_organ):
    """points: one a sentence; organs: for each sentence a list of (draws, 3) arrays."""
    losses = []
    for p, clouds in zip(points, organs, strict=True):
        D = []
        for cloud in clouds:
            d = [np.sqrt(((p - a) ** 2).sum()) for a in cloud]
            w = softmax([-x / tau_point for x in d])
            D.append(sum(w_v * d_v for w_v, d_v in zip(w, d, strict=True)))
        u = softmax([-x / tau_organ for x in D])
        losses.append(sum(u_o * D_o for u_o, D_o in zip(u, D, strict=True)))
    return np.mean(losses)


def batch(counts=(1, 3, 2), draws=7, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (len(counts), 3))
    organs = [[rng.uniform(-1, 1, (draws, 3)) for _ in range(count)] for count in counts]
    most = max(counts)
    samples = np.full((len(counts), most, draws, 3), 1e6)  # padding that would show
    real = np.zeros((len(counts), most), dtype=bool)
    for row, clouds in enumerate(organs):
        samples[row, : len(clouds)] = clouds
        real[row, : len(clouds)] = True
    return points, organs, torch.tensor(samples), torch.tensor(real)


@pytest.mark.parametrize("tau_point, tau_organ", TAUS)
def test_soft_organ_distance_is_the_definition(tau_point, tau_organ):
    points, organs, samples, real = batch()
    found = soft_organ_distance(torch.tensor(points), samples, real, tau_point=tau_point, tau_organ=tau_organ)
    assert float(found) == pytest.approx(literal_sod(points, organs, tau_point, tau_organ), rel=1e-9)


@pytest.mark.parametrize("tau_point, tau_organ", TAUS)
def test_soft_organ_distance_has_the_definition_s_gradient(tau_point, tau_organ):
    points, organs, samples, real = batch()
    moved = torch.tensor(points, requires_grad=True)
    soft_organ_distance(moved, samples, real, tau_point=tau_point, tau_organ=tau_organ).backward()
    step = 1e-6
    for place in np.ndindex(points.shape):
        up, down = points.copy(), points.copy()
        up[place] += step
        down[place] -= step
        slope = (
            literal_sod(up, organs, tau_point, tau_organ) - literal_sod(down, organs, tau_point, tau_organ)
        ) / (2 * step)
        assert float(moved.grad[place]) == pytest.approx(slope, rel=1e-4, abs=1e-7)


def test_padding_changes_neither_value_nor_gradient():
    points, _, samples, real = batch()
    wider = torch.cat([samples, torch.full_like(samples[:, :1], float("1e6"))], dim=1)
    more = torch.cat([real, torch.zeros_like(real[:, :1])], dim=1)
    results = []
    for clouds, mask in ((samples, real), (wider, more)):
        moved = torch.tensor(points, requires_grad=True)
        loss = soft_organ_distance(moved, clouds, mask, tau_point=0.1, tau_organ=0.1)
        loss.backward()
        results.append((loss.detach(), moved.grad))
    torch.testing.assert_close(results[0], results[1], rtol=0, atol=0)
    assert torch.isfinite(results[0][1]).all()


def test_of_two_organs_a_low_temperature_counts_the_nearer_alone():
    near, far = torch.zeros(1, 1, 1, 3), torch.full((1, 1, 1, 3), 0.5)
    point = torch.tensor([[0.1, 0.0, 0.0]])
    found = soft_organ_distance(
        point, torch.cat([near, far], 1), torch.ones(1, 2, dtype=torch.bool), tau_point=1.0, tau_organ=1e-3
    )
    assert float(found) == pytest.approx(0.1, abs=1e-6)


def test_minimum_distance_is_soft_organ_distance_of_one_point_an_organ():
    points, _, samples, real = batch(draws=1)
    p = torch.tensor(points)
    one = minimum_distance(p, samples[:, :, 0], real, tau_organ=0.3)
    torch.testing.assert_close(one, soft_organ_distance(p, samples, real, tau_point=1.0, tau_organ=0.3))


def test_mean_point_ignores_padding():
    points, organs, samples, real = batch()
    expected = np.mean(
        [(p - np.mean([cloud.mean(0) for cloud in clouds], axis=0)) ** 2
         for p, clouds in zip(points, organs, strict=True)]
    )  # fmt: skip
    assert float(mean_point(torch.tensor(points), samples, real)) == pytest.approx(expected, rel=1e-9)
