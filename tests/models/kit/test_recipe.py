import pytest
import torch
from torch import nn

from midspan.models.atlas.identity import SHIPPED
from midspan.models.kit.card import read_card
from midspan.models.kit.recipe import Recipe, rate_share


def network():
    made = nn.ModuleDict({"body": nn.Linear(2, 2), "head": nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))})
    made["body"].bias.requires_grad_(False)
    return made


def test_each_parameter_has_the_rate_of_the_longest_beginning_of_its_name():
    made = network()
    optimiser = Recipe(epochs=1, rates={"": 1.0, "head.": 2.0, "head.1.": 3.0}).optimiser(made)
    names = {id(value): name for name, value in made.named_parameters()}
    found = {names[id(one)]: group["peak"] for group in optimiser.param_groups for one in group["params"]}
    assert found == {
        "body.weight": 1.0,
        **dict.fromkeys(("head.0.weight", "head.0.bias"), 2.0),
        **dict.fromkeys(("head.1.weight", "head.1.bias"), 3.0),
    }
    assert isinstance(optimiser, torch.optim.AdamW)


@pytest.mark.parametrize(
    "rates, words", [({"head.": 1.0}, "no rate for 'body.weight'"), ({"": 1.0, "tail.": 1.0}, "tail")]
)
def test_rates_fit_the_network(rates, words):
    with pytest.raises(ValueError, match=words):
        Recipe(epochs=1, rates=rates).optimiser(network())


def test_a_recipe_of_an_older_card_is_read():
    shipped = Recipe.from_json(read_card(SHIPPED)["recipe"])
    assert shipped == Recipe(epochs=5, rates={"": 1.5e-4, "head.": 1e-3})


def test_the_rate_rises_then_falls_to_nothing():
    shares = [rate_share(step, 100, 0.1) for step in range(100)]
    assert shares[:10] == sorted(shares[:10]) and shares[9] == 1.0
    assert shares[10:] == sorted(shares[10:], reverse=True)
    assert shares[-1] < 0.01 and rate_share(150, 100, 0.1) == 0.0


def test_a_constant_rate_stays_at_its_peak():
    assert {rate_share(step, 100, 0.0, "constant") for step in range(100)} == {1.0}
