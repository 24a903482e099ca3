"""Training on clips: what is learned, what a killed training ends with, what the loss is."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from midspan.models.action.clips import NONE, read_data
from midspan.models.action.inputs import plain_views
from midspan.models.action.predictor import inputs_of
from midspan.models.action.training import fusion
from midspan.models.action.training.branches import train_branch
from midspan.models.action.training.task import ClipBatch, ClipTask, Showing, answers, label_loss
from midspan.models.kit.precision import mixed_precision


@pytest.fixture(scope="module")
def data(toy_data):
    return read_data(toy_data)


def right(trained, clips):
    """Share of clips whose verb is right."""
    said = trained.config.classes.split(answers(trained.network, trained.config, clips))["verb"]
    return (said.argmax(1) == clips.array("verb")).mean()


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def branches(data, work):
    epochs = {"layout": 12, "rgb": 8, "flow": 4, "audio": 4}
    return {
        name: train_branch(name, data.train, data.seen, work, seed=0, epochs=count, batch=16)
        for name, count in epochs.items()
    }


@pytest.mark.parametrize("modality", ["layout", "rgb", "flow", "audio"])
def test_a_branch_learns(branches, data, modality):
    assert right(branches[modality], data.unseen_test) > 0.85
    assert branches[modality].config.classes.heads == ("verb",)


def test_what_is_trained_already_is_read(branches, data, work):
    again = train_branch("flow", data.train, data.seen, work, seed=0, epochs=4, batch=16)
    other = train_branch("flow", data.train.at(range(40)), data.seen, work, seed=0, epochs=1, batch=16)
    assert again.curve == branches["flow"].curve and len(other.curve) == 1


def test_a_killed_training_ends_with_the_same_weights(data, tmp_path):
    options = {"seed": 1, "epochs": 2, "batch": 16}
    whole = train_branch("layout", data.train, data.seen, tmp_path / "a", **options)

    class Killed(Exception):
        pass

    def report(progress):
        if progress.step == 9:
            raise Killed

    with pytest.raises(Killed):
        train_branch("layout", data.train, data.seen, tmp_path / "b", **options, report=report)
    resumed = train_branch("layout", data.train, data.seen, tmp_path / "b", **options)
    for name, value in whole.network.state_dict().items():
        torch.testing.assert_close(resumed.network.state_dict()[name], value, rtol=0, atol=0)


@pytest.mark.parametrize("name", ["lcf", "cacnf"])
def test_a_fusion_starts_from_its_branches_and_keeps_the_trunk(data, tmp_path, name):
    trained = fusion.train_fusion(name, data.train, data.seen, tmp_path, seed=0, epochs=1)
    frames = train_branch("rgb", data.train, data.seen, tmp_path, seed=0, epochs=1, strong=True)
    trunk = trained.network.appearance.trunk.state_dict()
    for part, value in frames.network.trunk.state_dict().items():
        torch.testing.assert_close(trunk[part], value, rtol=0, atol=0)
    layout = train_branch("layout", data.train, data.seen, tmp_path, seed=0, epochs=1)
    moved = trained.network.layout.state_dict()["temporal.norm.weight"]
    assert not torch.equal(moved, layout.network.state_dict()["backbone.temporal.norm.weight"])


def test_cacnf_begins_with_what_its_branches_say(data, tmp_path, monkeypatch):
    still = replace(fusion.RECIPE, rates={"": 0.0})
    monkeypatch.setattr(fusion, "RECIPE", still)
    trained = fusion.train_fusion("cacnf", data.train, data.seen, tmp_path, seed=0, epochs=1)
    inputs = inputs_of(("layout", "rgb"), data.seen, plain_views(len(data.seen)))
    with torch.inference_mode(), mixed_precision(torch.device("cpu")):
        said = trained.network.cpu().logits(*map(torch.from_numpy, inputs))
    for modality, name in (("layout", "layout"), ("rgb", "appearance")):
        options = {"seed": 0, "epochs": 1, "strong": modality == "rgb"}
        branch = train_branch(modality, data.train, data.seen, tmp_path, **options)
        alone = answers(branch.network, branch.config, data.seen)
        np.testing.assert_allclose(said[name]["verb"].float(), alone, atol=0.05)  # in half precision


def test_an_epoch_shows_each_clip_once_and_views_come_back(branches, data):
    one = branches["layout"]
    task = ClipTask(one.network, one.config, data.train, data.seen, Showing(0, views=2, batch=32))
    epochs = [task.batches(epoch) for epoch in range(3)]
    shown = []
    for epoch in epochs:
        places = np.concatenate([batch.places for batch in epoch])
        assert sorted(places) == list(range(96))
        shown.append(torch.cat([batch.inputs[0] for batch in epoch])[np.argsort(places)])
    assert torch.equal(shown[0], shown[2]) and not torch.equal(shown[0], shown[1])
    assert [epoch[0].view for epoch in epochs] == [0, 1, 0]


def test_the_loss_is_the_mean_over_sets_and_heads():
    torch.manual_seed(0)
    verb, other, noun = torch.randn(4, 3), torch.randn(4, 3), torch.randn(4, 2)
    labels = torch.tensor([[0, 1], [2, NONE], [1, 0], [0, NONE]])
    batch = ClipBatch(np.arange(4), 0, (), labels)
    found = label_loss(batch, {"layout": {"verb": other}, "ensemble": {"verb": verb, "noun": noun}})
    terms = [cross_entropy(one, labels[:, 0]) for one in (other, verb)]
    expected = (sum(terms) + cross_entropy(noun[[0, 2]], labels[[0, 2], 1])) / 3
    torch.testing.assert_close(found, expected)


def test_a_head_without_a_label_costs_nothing():
    noun = torch.randn(2, 2, requires_grad=True)
    batch = ClipBatch(np.arange(2), 0, (), torch.tensor([[0, NONE], [1, NONE]]))
    loss = label_loss(batch, {"answer": {"verb": torch.zeros(2, 3), "noun": noun}})
    loss.backward()
    assert torch.isfinite(loss) and not noun.grad.any()
