"""The one loop, and what is trained by it, against plain loops written here."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from midspan.models.kit.descent import descend
from midspan.models.kit.embedding_head import head_output, train_head
from midspan.models.kit.gate_training import train_gate


def vectors(count, seed):
    rows = np.random.default_rng(seed).normal(size=(count, 12))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_a_step_is_taken_when_its_loss_is_asked_for():
    weight = torch.tensor([4.0], requires_grad=True)
    asked = []
    losses = descend(
        lambda x: (weight * x).sum(),
        (asked.append(x) or x for x in (1.0, 2.0)),
        torch.optim.SGD([weight], lr=0.5),
    )
    assert asked == []
    assert next(losses) == 4.0 and asked == [1.0] and weight.item() == 3.5
    assert next(losses) == 7.0 and weight.item() == 2.5
    assert list(losses) == []


def test_gradients_are_clipped_together():
    weights = [torch.tensor([0.0], requires_grad=True), torch.tensor([0.0], requires_grad=True)]
    optimiser = torch.optim.SGD(weights, lr=1.0)
    list(descend(lambda _: 30 * weights[0] + 40 * weights[1], [None], optimiser, clip=1.0))
    assert [weight.item() for weight in weights] == pytest.approx([-0.6, -0.8], rel=1e-4)


@pytest.mark.parametrize("seed", [0, 3])
def test_a_head_is_trained_as_by_a_plain_loop(seed):
    plain, masked, targets = vectors(300, 1), vectors(300, 2), torch.arange(300) % 3

    torch.manual_seed(seed)
    both = torch.tensor(np.stack([plain, masked])) * 8.0
    expected = nn.Sequential(nn.Linear(12, 256), nn.GELU(), nn.Dropout(0.2), nn.Linear(256, 3))
    optimiser = torch.optim.AdamW(expected.parameters(), lr=1e-3, weight_decay=0.01)
    for _ in range(4):
        for rows in torch.split(torch.randperm(300), 128):
            said = expected(both[torch.randint(0, 2, (len(rows),)), rows])
            loss = functional.cross_entropy(said + torch.rand(1), targets[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    def loss_of(said, rows):
        return functional.cross_entropy(said + torch.rand(1), targets[rows])

    found = train_head(loss_of, [plain, masked], 3, seed=seed, epochs=4)
    assert not found.training
    for one, other in zip(found.parameters(), expected.parameters(), strict=True):
        assert torch.equal(one, other)
    assert torch.equal(head_output(found, plain), expected.eval()(both[0]).detach())


def test_the_gate_is_trained_as_by_a_plain_loop():
    known, wanted = vectors(200, 3), np.arange(200) % 5 < 2
    weight, bias = torch.zeros(12, requires_grad=True), torch.zeros((), requires_grad=True)
    truth = torch.tensor(wanted, dtype=torch.float32)
    balance = torch.where(truth > 0, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    optimiser = torch.optim.AdamW([weight, bias], lr=0.05, weight_decay=1e-4)
    for _ in range(400):
        loss = functional.binary_cross_entropy_with_logits(
            torch.tensor(known) @ weight + bias, truth, balance
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    gate = train_gate(known, wanted, known, wanted)
    assert np.array_equal(gate.weight, weight.detach().numpy()) and gate.bias == bias.item()
