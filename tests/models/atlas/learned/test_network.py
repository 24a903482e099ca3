"""Every entry's network: built, stepped, saved and loaded."""

import dataclasses

import pytest
import torch

from midspan.models.atlas.learned.config import (
    AtlasConfig,
    paper_config,
    small_config,
    sod_config,
    tiny_config,
)
from midspan.models.atlas.learned.losses import soft_organ_distance
from midspan.models.atlas.learned.network import AtlasNetwork
from midspan.models.bert import BertEncoder
from midspan.models.kit.frozen import load_trained, trained_state
from midspan.models.kit.losses import shared_cross_entropy

ORGANS = ("heart", "liver", "lung")
TOKENS = torch.randint(1, 60, (4, 9), generator=torch.Generator().manual_seed(0))
MASK = torch.arange(9)[None] < torch.tensor([9, 4, 7, 2])[:, None]


@pytest.mark.parametrize("answer, outputs", [("organs", 4), ("point", 3)])
def test_answers_have_their_shape(answer, outputs):
    said = AtlasNetwork(tiny_config(ORGANS, answer))(TOKENS, MASK)
    assert said.shape == (4, outputs)
    assert answer == "organs" or float(said.detach().abs().max()) <= 1


def test_padding_changes_no_answer():
    network = AtlasNetwork(tiny_config(ORGANS)).eval()
    with torch.inference_mode():
        alone = network(TOKENS[1:2, :4], MASK[1:2, :4])
        padded = network(TOKENS, MASK)[1:2]
    torch.testing.assert_close(alone, padded, rtol=1e-5, atol=1e-6)


def test_a_few_steps_lower_the_organ_loss():
    torch.manual_seed(0)
    network = AtlasNetwork(tiny_config(ORGANS))
    targets = torch.eye(4, dtype=torch.bool)
    losses = steps(network, lambda said: shared_cross_entropy(said, targets), 30)
    assert losses[-1] < losses[0] / 2


def test_a_few_steps_lower_the_soft_organ_distance():
    torch.manual_seed(0)
    network = AtlasNetwork(tiny_config(ORGANS, "point"))
    samples = torch.rand(4, 2, 20, 3) * 0.2 + torch.tensor([0.5, -0.5, 0.3])
    real = torch.tensor([[True, False], [True, True], [True, False], [True, True]])
    losses = steps(
        network, lambda said: soft_organ_distance(said, samples, real, tau_point=1.0, tau_organ=1.0), 30
    )
    assert losses[-1] < losses[0] / 2


def steps(network, loss_of, count):
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2)
    losses = []
    for _ in range(count):
        loss = loss_of(network(TOKENS, MASK))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def frozen_tiny():
    return dataclasses.replace(tiny_config(ORGANS), frozen_layers=1)


def test_frozen_layers_get_no_gradient_and_are_not_saved():
    network = AtlasNetwork(frozen_tiny()).train()
    shared_cross_entropy(network(TOKENS, MASK), torch.eye(4, dtype=torch.bool)).backward()
    trained = trained_state(network)
    for name, value in network.named_parameters():
        assert (value.grad is not None) == (name in trained), name
    assert not any(name.startswith(("bert.embeddings", "bert.encoder.layer.0")) for name in trained)
    assert any(name.startswith("bert.encoder.layer.1") for name in trained)


def test_frozen_layers_have_no_dropout_in_training():
    network = AtlasNetwork(frozen_tiny()).train()
    assert not network.layers[0].training and network.layers[1].training


def test_encoder_and_trained_state_give_the_same_answers_again():
    torch.manual_seed(1)
    encoder = BertEncoder(tiny_config(ORGANS).bert)
    network = AtlasNetwork(frozen_tiny(), encoder)
    steps(network, lambda said: said.square().sum(), 3)
    again = load_trained(AtlasNetwork(frozen_tiny(), encoder), trained_state(network))
    with torch.inference_mode():
        torch.testing.assert_close(again(TOKENS, MASK), network.eval()(TOKENS, MASK))


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        load_trained(AtlasNetwork(frozen_tiny()), trained_state(AtlasNetwork(tiny_config(ORGANS))))


@pytest.mark.parametrize("build", [small_config, sod_config, paper_config, tiny_config])
def test_a_config_survives_json(build):
    import json

    config = build(ORGANS)
    assert AtlasConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.slow
def test_the_published_configuration_takes_a_step():
    torch.manual_seed(0)
    network = AtlasNetwork(paper_config(ORGANS)).train()
    assert sum(p.numel() for p in network.bert.parameters()) == pytest.approx(109e6, rel=0.01)
    samples, real = torch.rand(2, 1, 5, 3) * 2 - 1, torch.ones(2, 1, dtype=torch.bool)
    before = network.head[0].weight.detach().clone()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-5, weight_decay=0.01)
    said = network(TOKENS[:2], MASK[:2])
    soft_organ_distance(said, samples, real, tau_point=1.0, tau_organ=1.0).backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimiser.step()
    assert torch.isfinite(said).all() and not torch.equal(before, network.head[0].weight)
