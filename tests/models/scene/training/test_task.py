import numpy as np
import pytest
import torch

from midspan.models.scene.learned.answers import WIDTH_OF
from midspan.models.scene.learned.grid import COLUMNS, MASKED, ROWS
from midspan.models.scene.learned.rows import ONLY_WORDS
from midspan.models.scene.training import task as tasks
from midspan.models.scene.training.network import build
from midspan.models.scene.training.task import PlacingTask, collated, distance_loss, placing_loss


def hidden(batch):
    return batch.inputs[-1][..., 0] == MASKED[0]


def test_at_least_one_thing_of_a_scene_is_asked_for_and_no_padding(scenes, rng):
    for masking in ("uniform", "bert"):
        for _ in range(20):
            batch = collated([one.plain for one in scenes], rng, masking)
            assert batch.asked.any(1).all()
            assert not (batch.asked & (batch.inputs[2] == 0)).any()


def test_all_that_is_asked_for_is_hidden_where_the_share_is_uniform(scenes, rng):
    shares = []
    for _ in range(40):
        batch = collated([one.plain for one in scenes], rng, "uniform")
        assert torch.equal(hidden(batch), batch.asked)
        shares.append(float(batch.asked.sum() / (batch.inputs[2] > 0).sum()))
    assert 0.5 < np.mean(shares) < 0.75


def test_of_the_published_scheme_some_stay_and_some_stand_anywhere(scenes, rng):
    asked = masked = moved = stayed = 0
    for _ in range(300):
        batch = collated([one.plain for one in scenes], rng, "bert")
        placed, gone = batch.inputs[-1], hidden(batch)
        assert not (gone & ~batch.asked).any()
        same = (placed == batch.bins).all(-1)
        assert same[~batch.asked & (batch.inputs[2] > 0)].all()
        asked += int(batch.asked.sum())
        masked += int(gone.sum())
        stayed += int((batch.asked & same).sum())
        moved += int((batch.asked & ~same & ~gone).sum())
    assert masked / asked == pytest.approx(0.8, abs=0.03)
    assert stayed / asked == pytest.approx(0.1, abs=0.03)
    assert moved / asked == pytest.approx(0.1, abs=0.03)


def test_three_things_of_ten_are_known_by_less_than_their_category(scenes, rng):
    ids, kept, words = 0, 0, 0
    for _ in range(60):
        batch = collated([one.plain for one in scenes], rng, "uniform")
        real = batch.inputs[2] > 0
        true = torch.zeros_like(batch.inputs[2])
        for place, one in enumerate(scenes):
            true[place, : len(one.plain.row.ids)] = torch.from_numpy(one.plain.row.ids)
        ids += int(real.sum())
        kept += int((batch.inputs[2] == true)[real].sum())
        words += int((batch.inputs[2] == ONLY_WORDS).sum())
    assert kept / ids == pytest.approx(0.7, abs=0.03)
    assert words / ids == pytest.approx(0.15, abs=0.03)


def test_a_mirrored_scene_has_mirrored_places_and_sides(scenes):
    turned = [one for one in scenes if one.turned is not one.plain]
    assert len(turned) > len(scenes) / 2
    for one in turned:
        assert one.plain.points[:, 0] + one.turned.points[:, 0] == pytest.approx(1.0)
        assert (one.plain.bins[:, 3] + one.turned.bins[:, 3] == 1).all()
        assert np.array_equal(one.plain.bins[:, 1:3], one.turned.bins[:, 1:3])


def perfect(batch, heads):
    """Answers that say what is true."""
    answers = torch.full((*batch.asked.shape, WIDTH_OF[heads]), -4.0)
    if heads == "discrete":
        for axis, first in enumerate((0, COLUMNS, COLUMNS + ROWS, COLUMNS + ROWS + 3)):
            answers.scatter_(2, batch.bins[..., axis : axis + 1] + first, 4.0)
        answers[..., -2:] = torch.logit(batch.sizes.clamp(1e-4, 1 - 1e-4))
        return answers
    answers[..., :2] = torch.logit(batch.points.clamp(1e-4, 1 - 1e-4))
    for axis, first in ((2, 2), (3, 5)):
        answers.scatter_(2, batch.bins[..., axis : axis + 1] + first, 4.0)
    answers[..., -2:] = torch.logit(batch.sizes.clamp(1e-4, 1 - 1e-4))
    return answers


@pytest.mark.parametrize(("heads", "loss"), [("discrete", placing_loss), ("continuous", distance_loss)])
def test_what_is_not_asked_for_costs_nothing(heads, loss, scenes, rng):
    batch = collated([one.plain for one in scenes], rng, "bert")
    right = perfect(batch, heads)
    wrong = torch.where(batch.asked[..., None], right, torch.randn_like(right))
    assert loss(wrong, batch) == pytest.approx(float(loss(right, batch)))
    worse = torch.where(batch.asked[..., None], torch.randn_like(right), right)
    assert loss(worse, batch) > loss(right, batch)


def test_perfect_numbers_cost_next_to_nothing(scenes, rng):
    batch = collated([one.plain for one in scenes], rng, "uniform")
    assert distance_loss(perfect(batch, "continuous"), batch) < 0.02


def test_a_bin_beside_the_true_one_costs_less_than_one_far_away():
    def cost(right):
        logits = torch.zeros(1, 25)
        logits[0, right] = 5.0
        return float(tasks._soft_cross_entropy(logits, torch.tensor([10])))

    assert cost(10) < cost(11) < cost(14)


def test_training_brings_the_loss_down(tiny, scenes):
    network = build(tiny)
    task = PlacingTask(network, scenes, lambda: {"score": 0.0}, seed=0, batch=8)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2)
    means = []
    for epoch in range(12):
        batches, losses = task.batches(epoch), []
        for place in range(len(batches)):
            loss = task.loss(batches[place])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
        means.append(np.mean(losses))
    assert means[-1] < 0.9 * means[0]


def test_batches_hold_every_scene_once(tiny, scenes):
    task = PlacingTask(build(tiny), scenes, lambda: {"score": 0.0}, seed=0, batch=5)
    batches = task.batches(3)
    assert sum(len(batches[place].asked) for place in range(len(batches))) == len(scenes)
