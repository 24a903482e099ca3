"""The networks of chapters 6 and 7: every preset is built and takes a step."""

import json
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from midspan.models.action.classes import Classes
from midspan.models.action.networks.appearance import (
    AppearanceConfig,
    AppearanceNetwork,
    AppearanceTokens,
    build_trunk,
    paper_appearance,
    small_appearance,
    swin_appearance,
    with_differences,
)
from midspan.models.action.networks.audio import AudioConfig, AudioNetwork
from midspan.models.action.networks.by_moment import ByMoment, by_moment
from midspan.models.action.networks.fusion import (
    AttentionTwice,
    FusionConfig,
    FusionNetwork,
    paper_fusion,
    small_fusion,
)
from midspan.models.action.networks.layout import (
    EMPTY,
    EXTRACT,
    FIRST,
    PADDED,
    PADDING,
    REGULAR,
    LayoutConfig,
    LayoutNetwork,
    frame_types,
    paper_layout,
    small_layout,
    with_frames,
)
from midspan.models.action.networks.transformer import LayerConfig

CLASSES = Classes({"verb": ("push", "pull", "lift"), "noun": ("cup", "box")})
VERBS = CLASSES.only("verb")


def boxes(batch=2, frames=16, slots=6, seed=0):
    """A layout with a hand and two things in each frame, the rest of the slots empty."""
    made = torch.Generator().manual_seed(seed)
    corner, size = torch.rand((2, batch, frames, slots, 2), generator=made) / 2
    categories = torch.zeros((batch, frames, slots), dtype=torch.int64)
    categories[:, :, :3] = torch.tensor([2, 1, 1])
    there = (categories > 0).unsqueeze(-1)
    return torch.cat([corner, corner + size], -1) * there, categories, there[..., 0].float()


def clip(frames=8, side=64, channels=3, batch=2, seed=0):
    made = torch.Generator().manual_seed(seed)
    return torch.rand((batch, channels, frames, side, side), generator=made) - 0.5


def steps(network, *inputs):
    """A step down the gradient: the loss is finite and each trained parameter takes part."""
    network.train()
    trained = [one for one in network.parameters() if one.requires_grad]
    optimiser = torch.optim.SGD(trained, lr=1e-3)
    loss = cross_entropy(network(*inputs), torch.zeros(len(inputs[0]), dtype=torch.int64))
    loss.backward()
    optimiser.step()
    assert torch.isfinite(loss)
    assert all(one.grad is not None and torch.isfinite(one.grad).all() for one in trained)


def parameters(network):
    return sum(one.numel() for one in network.parameters())


# --- layout ---


def test_small_layout_steps():
    network = LayoutNetwork(small_layout(), VERBS)
    steps(network, *boxes())
    assert parameters(network) < 250_000


def test_paper_layout_has_the_published_size_and_steps():
    network = LayoutNetwork(paper_layout(), VERBS)
    layers = parameters(network.backbone.spatial) + parameters(network.backbone.temporal)
    assert round(layers / 1e6) == 85  # twelve layers of 7.09 M
    steps(network, *boxes(batch=1))


def test_configs_survive_json():
    for config in (small_layout(), paper_layout()):
        assert LayoutConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    for config in (small_appearance(), paper_appearance(), swin_appearance()):
        assert AppearanceConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    for config in (small_fusion("cacnf"), paper_fusion("lcf")):
        assert FusionConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.fixture
def layout():
    torch.manual_seed(0)
    return LayoutNetwork(small_layout(), VERBS).eval()


def test_the_order_of_slots_does_not_matter(layout):
    where, what, sure = boxes()
    other = torch.tensor([5, 2, 0, 4, 1, 3])
    turned = where[:, :, other], what[:, :, other], sure[:, :, other]
    torch.testing.assert_close(layout(where, what, sure), layout(*turned), atol=1e-5, rtol=0)


def test_what_lies_in_an_empty_slot_does_not_matter(layout):
    where, what, sure = boxes()
    before = layout(where, what, sure)
    where[what == 0], sure[what == 0] = 0.7, 0.9
    torch.testing.assert_close(layout(where, what, sure), before, atol=1e-6, rtol=0)


def test_the_order_of_frames_matters(layout):
    where, what, sure = boxes()
    assert not torch.allclose(layout(where, what, sure), layout(where.flip(1), what, sure), atol=1e-5)


def test_padded_frames_do_not_matter(layout):
    where, what, sure = boxes()
    what[:, 10:] = PADDED
    before = layout(where, what, sure)
    where[:, 10:] = torch.rand(where[:, 10:].shape)
    torch.testing.assert_close(layout(where, what, sure), before, atol=1e-6, rtol=0)


def test_time_runs_one_way(layout):
    where, what, sure = boxes()
    before = layout.backbone(where, what, sure)[0]
    where[:, 9, 0] += 0.1
    after = layout.backbone(where, what, sure)[0]
    torch.testing.assert_close(after[:, :9], before[:, :9], atol=1e-6, rtol=0)
    assert ((after[:, 9:] - before[:, 9:]).abs().amax((0, 2)) > 1e-5).all()


def test_frames_have_types_and_tokens():
    _, what, _ = boxes(batch=1, frames=4)
    what[:, 1], what[:, 3] = 0, PADDED
    assert frame_types(what).tolist() == [[FIRST, EMPTY, REGULAR, PADDING, EXTRACT]]
    where, what, sure = with_frames(*boxes(batch=1, frames=4))
    assert where.shape == (1, 5, 7, 4) and torch.equal(where[0, :, 0], torch.tensor([[0.0, 0, 1, 1]] * 5))
    assert (
        what[0, :, 0].tolist() == [3] * 5
        and not what[0, 4, 1:].any()
        and sure[0, 4].tolist() == [1] + [0] * 6
    )


# --- appearance ---


@pytest.mark.parametrize(("channels", "frames"), [(3, 8), (2, 7)])
def test_small_appearance_steps(channels, frames):
    network = AppearanceNetwork(small_appearance(channels), CLASSES)
    steps(network, clip(frames, channels=channels))
    with torch.no_grad():
        seen = 2 * channels if network.config.differences else channels
        assert network.trunk(clip(frames, channels=seen)).shape[2:] == network.config.map


def test_the_order_of_moments_matters():
    """The head is told of each moment apart: what happens late is not what happens early."""
    network = AppearanceNetwork(replace(small_appearance(), differences=False), VERBS).eval()
    early, late = torch.zeros((2, 1, network.trunk.channels, 4, 4, 4))
    early[:, :, 0], late[:, :, 3] = 1, 1
    network.trunk = nn.Identity()
    assert not torch.allclose(network(early), network(late), atol=1e-3)


def test_differences_stand_beside_frames():
    frames = clip(8)
    both = with_differences(frames)
    assert torch.equal(both[:, :3], frames)
    assert torch.allclose(both[:, 3:].cumsum(2), frames - frames[:, :, :1], atol=1e-5)


def test_r3d50_makes_the_published_map_and_keeps_its_norms():
    trunk = build_trunk(paper_appearance())
    assert round(parameters(trunk) / 1e6) == 46 and trunk.channels == 2048
    trunk.train()
    before = trunk.stem[1].running_mean.clone()
    assert trunk(clip(32, 112, batch=1)).shape == (1, 2048, *paper_appearance().map)
    assert torch.equal(trunk.stem[1].running_mean, before)
    assert not any(one.requires_grad for one in trunk._norms[0].parameters())


def test_swin_t_has_the_published_size_and_steps():
    network = AppearanceNetwork(replace(swin_appearance(), shown=None), CLASSES)
    assert round(parameters(network) / 1e6, 1) in (27.8, 27.9, 28.0)
    steps(network, clip(16, 112, batch=1))


def test_swin_makes_the_published_map():
    config = replace(swin_appearance(), trunk="swin-toy", shown=None)
    assert build_trunk(config)(clip(16, 64)).shape == (2, 16, 8, 8, 8)
    assert swin_appearance().map == (16 // 2, 224 // 32, 224 // 32)


def test_swin_windows_do_not_look_over_the_edge():
    """What stands at one edge of a picture does not move what the first shifted block says at the other."""
    trunk = build_trunk(replace(swin_appearance(), trunk="swin-toy", shown=None)).eval()
    first, second = trunk.stages[0], trunk.stages[1]
    x = torch.randn(1, 4, 9, 9, 8)
    with torch.no_grad():
        before = second(first(x))
        x[:, :, :, -1] += 3
        after = second(first(x))
    moved = (after - before).abs().amax((0, 1, 2, 4))
    assert moved[0] == 0 and moved[-1] > 0


def test_audio_steps():
    steps(AudioNetwork(AudioConfig(), VERBS), torch.randn(3, 64, 101))


# --- fusion ---


def tiny_paper(fusion, **more):
    """All parts of the published networks, small."""
    layer = LayerConfig(24, 4, norm_first=False, activation="relu")
    appearance = AppearanceConfig("r3d-tiny", 3, (2, 4, 4))
    layout = replace(paper_layout(), layer=replace(layer, eps=1e-12, activation="gelu"), positions=20)
    return FusionConfig(fusion, layout, appearance, layer, 1, 0 if fusion == "lcf" else 2, **more)


@pytest.mark.parametrize("fusion", ["lcf", "caf", "cacnf"])
@pytest.mark.parametrize("config_of", [small_fusion, tiny_paper])
def test_fusions_step(fusion, config_of):
    network = FusionNetwork(config_of(fusion), CLASSES)
    steps(network, *boxes(), clip() if config_of is small_fusion else clip(8, 32))


def test_the_published_fusion_steps():
    steps(FusionNetwork(paper_fusion("cacnf"), CLASSES), *boxes(batch=1), clip(32, 112, batch=1))


def test_cacnf_answers_with_the_mean_of_three_heads():
    torch.manual_seed(0)
    network = FusionNetwork(small_fusion("cacnf"), CLASSES).eval()
    said = network.logits(*boxes(), clip())
    assert list(said) == ["layout", "appearance", "fused", "ensemble"]
    verbs = torch.stack([said[name]["verb"] for name in ("layout", "appearance", "fused")]).mean(0)
    nouns = torch.stack([said[name]["noun"] for name in ("appearance", "fused")]).mean(0)
    answer = network(*boxes(), clip())
    torch.testing.assert_close(answer, torch.cat([verbs, nouns], 1))


def test_only_cacnf_has_heads_before_the_fusion():
    for fusion in ("lcf", "caf"):
        assert list(FusionNetwork(small_fusion(fusion), CLASSES).logits(*boxes(), clip())) == ["fused"]


def test_the_branch_heads_do_not_see_the_other_branch():
    network = FusionNetwork(small_fusion("cacnf"), CLASSES).eval()
    one, other = network.logits(*boxes(), clip()), network.logits(*boxes(seed=1), clip(seed=1))
    mixed = network.logits(*boxes(), clip(seed=1))
    torch.testing.assert_close(mixed["layout"]["verb"], one["layout"]["verb"])
    torch.testing.assert_close(mixed["appearance"]["verb"], other["appearance"]["verb"])
    assert not torch.allclose(mixed["fused"]["verb"], one["fused"]["verb"])


def test_the_feed_forward_part_can_be_the_published_one():
    legacy = FusionNetwork(tiny_paper("caf", legacy_appearance_ffn=True), CLASSES)
    assert all(isinstance(layer.appearance, AttentionTwice) for layer in legacy.cross)
    steps(legacy, *boxes(), clip(8, 32))


def test_tokens_have_a_place_for_each_of_the_map():
    tokens = AppearanceTokens(paper_appearance(), LayerConfig(24, 4, norm_first=False), 1)
    assert tokens.position.shape == (1, 33, 24)


def test_a_convolution_is_a_sum_over_its_moments():
    torch.manual_seed(0)
    network = AppearanceNetwork(small_appearance(), VERBS).eval()
    parted = by_moment(network)

    assert [type(layer[0]) is ByMoment for layer in parted.trunk.layers] == [True, True, True, False, True]
    assert parted.state_dict().keys() == network.state_dict().keys()
    assert not any(isinstance(one, ByMoment) for one in network.modules())
    torch.testing.assert_close(parted(clip()), network(clip()), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "conv",
    [
        nn.Conv3d(4, 8, 3, (2, 1, 1), 1, bias=False),
        nn.Conv3d(4, 8, 3, 1, (0, 1, 1), bias=False),
        nn.Conv3d(4, 8, 3, 1, 1),
        nn.Conv3d(4, 8, 3, 1, 1, groups=2, bias=False),
        nn.Conv3d(4, 8, 3, 1, 2, dilation=2, bias=False),
    ],
)
def test_other_convolutions_stay_as_they_are(conv):
    assert type(by_moment(nn.Sequential(conv))[0]) is nn.Conv3d
