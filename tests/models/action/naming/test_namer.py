"""A namer trained for seconds on few things names boxes, and keeps silent where it is not sure."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from midspan.errors import ModelFilesMissing, WrongUse
from midspan.models.action.boxes.frame_boxes import FrameBox
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.naming.drawn import film_crops
from midspan.models.action.naming.named import NamingDetector
from midspan.models.action.naming.namer import SURE, Namer
from midspan.models.action.naming.network import NamerNetwork
from midspan.models.action.naming.training import train_namer


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    card = train_namer(folder / "out", folder / "work", films=4, epochs=3)
    return Namer.load(folder / "out"), card


def test_it_learns(trained):
    _, card = trained
    assert card["curve"][-1]["loss"] < card["curve"][0]["loss"]
    assert card["retrain"].startswith("midspan train action --model names")


def test_boxes_get_names_where_it_is_sure(trained):
    namer, _ = trained
    frames = np.random.default_rng(0).integers(0, 255, (2, 96, 128, 3), dtype=np.uint8)
    hand = FrameBox("hand", (0.1, 0.1, 0.4, 0.5))
    known = FrameBox("object", (0.5, 0.5, 0.9, 0.9), noun="cup")
    asked = FrameBox("object", (0.2, 0.2, 0.6, 0.6))
    named = namer(frames, [(hand, known), (asked,)])
    assert named[0] == (hand, known), "hands, and what has a name, stay as they are"
    assert named[1][0].box == asked.box
    shares = namer.probabilities(np.zeros((3, 32, 32, 3), np.uint8))
    assert shares.shape == (3, len(NOUNS) + 1) and np.allclose(shares.sum(1), 1)
    assert (named[1][0].noun in NOUNS) or named[1][0].noun == ""
    assert 0 < SURE < 1


def test_a_few_frames_are_asked_for_the_names_of_tracks():
    asked, boxes = [], [(FrameBox("object", (0.2, 0.2, 0.6, 0.6), number / 10),) for number in range(9)]

    def namer(frames, found, check):
        asked.extend(found)
        return [(replace(one[0], noun="cup"),) for one in found]

    named = NamingDetector(lambda frames, check: list(boxes), namer)(np.zeros((9, 8, 8, 3), np.uint8))
    assert asked == [boxes[0], boxes[4], boxes[8]]
    assert [one[0].noun for one in named] == ["cup", "", "", "", "cup", "", "", "", "cup"]


def test_a_frame_without_boxes_stays_so(trained):
    assert trained[0](np.zeros((1, 96, 128, 3), np.uint8), [()]) == [()]


def test_a_name_has_the_logits_of_its_words():
    network = NamerNetwork(("plain disc", "striped disc", "striped star")).eval()
    with torch.no_grad():
        network.words.weight.zero_()
        network.words.bias.copy_(torch.arange(4.0) + 1)  # disc, plain, star, striped
        said = network(torch.zeros(2, 3, 32, 32))[:, :3]
    assert said.tolist() == [[3.0, 5.0, 7.0]] * 2


def test_crops_are_of_things_and_of_none():
    crops = film_crops("train", 2, seed=3)
    assert len(crops.rgb) == len(crops.names)
    assert (crops.names == len(NOUNS)).any() and (crops.names < len(NOUNS)).any()


def test_it_draws_its_own_data(tmp_path):
    with pytest.raises(WrongUse, match="draws"):
        train_namer(tmp_path / "out", tmp_path / "work", data=tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelFilesMissing):
        Namer.load(tmp_path)
