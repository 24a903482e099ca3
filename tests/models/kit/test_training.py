"""The training loop on a task small enough to follow."""

import json
from dataclasses import replace

import pytest
import torch
from torch import nn

from midspan.errors import WrongUse
from midspan.models.kit.precision import mixed_precision
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Trainer

RECIPE = Recipe(epochs=3, rates={"": 1e-2, "head.": 5e-2}, seed=4)


class Line:
    """Fit y = 2x with a bit of dropout, so that the random state matters."""

    def __init__(self, scores=None):
        torch.manual_seed(0)
        self.network = nn.Sequential()
        self.network.add_module("body", nn.Linear(1, 8))
        self.network.add_module("drop", nn.Dropout(0.5))
        self.network.add_module("head", nn.Linear(8, 1))
        self.scores = list(scores or [])
        self.left = None

    def batches(self, epoch):
        generator = torch.Generator().manual_seed(epoch)
        return [torch.rand((16, 1), generator=generator) for _ in range(10)]

    def loss(self, batch):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        return ((self.network(batch) - 2 * batch) ** 2).mean()

    def validate(self):
        x = torch.linspace(0, 1, 5)[:, None]
        error = float(((self.network(x) - 2 * x) ** 2).mean().detach())
        return {"score": self.scores.pop(0) if self.scores else -error}


def weights(task):
    return {name: value.detach().clone() for name, value in task.network.named_parameters()}


@pytest.mark.parametrize("steps", [3, 10, 17, 29])
def test_a_run_that_was_cut_off_ends_with_the_same_weights(tmp_path, steps):
    whole = Line()
    curve = Trainer(whole, RECIPE, tmp_path / "whole", every=2).run()
    cut = Line()
    cut.left = steps
    with pytest.raises(KeyboardInterrupt):
        Trainer(cut, RECIPE, tmp_path / "cut", every=2).run()
    again = Line()
    assert Trainer(again, RECIPE, tmp_path / "cut", every=2).run() == curve
    assert all(torch.equal(value, weights(again)[name]) for name, value in weights(whole).items())


def test_a_finished_run_is_not_trained_again(tmp_path):
    first = Trainer(Line(), RECIPE, tmp_path).run()
    task = Line()
    task.left = 0
    assert Trainer(task, RECIPE, tmp_path).run() == first


def test_the_best_epoch_s_weights_are_kept(tmp_path):
    task = Line(scores=[0.2, 0.9, 0.5])
    kept = []
    task.validate, inner = (lambda: (kept.append(weights(task)), inner())[1]), task.validate
    Trainer(task, RECIPE, tmp_path).run()
    assert all(torch.equal(value, kept[1][name]) for name, value in weights(task).items())
    assert not torch.equal(kept[1]["head.weight"], kept[2]["head.weight"])


def test_the_curve_is_written(tmp_path):
    curve = Trainer(Line(), RECIPE, tmp_path).run()
    assert json.loads((tmp_path / "curve.json").read_text()) == curve
    assert [row["epoch"] for row in curve] == [0, 1, 2]
    assert curve[2]["loss"] < curve[0]["loss"]


def test_another_recipe_in_the_same_folder_is_refused(tmp_path):
    Trainer(Line(), RECIPE, tmp_path).run()
    with pytest.raises(WrongUse, match="another recipe"):
        Trainer(Line(), replace(RECIPE, seed=5), tmp_path).run()


def test_progress_counts_every_step(tmp_path):
    seen = []
    Trainer(Line(), RECIPE, tmp_path).run(seen.append)
    assert [one.step for one in seen] == list(range(1, 31))
    assert {one.steps for one in seen} == {30}


def test_products_are_in_bfloat16_where_the_processor_has_it(monkeypatch):
    product = torch.ones(2, 2)
    for features, dtype in (({"avx512_bf16": True}, torch.bfloat16), ({"avx2": True}, torch.float32)):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda features=features: features, raising=False)
        with mixed_precision(product.device):
            assert (product @ product).dtype == dtype
