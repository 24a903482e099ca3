"""Training as the command does it, with few scenes and small networks."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from midspan.errors import WrongUse
from midspan.models.kit.folder import load_model
from midspan.models.scene.learned.decoding import STRATEGIES
from midspan.models.scene.learned.placer import Placer
from midspan.models.scene.learned.rows import Question
from midspan.models.scene.training import variants

from .conftest import TINY

QUESTION = Question.of("A cat is left of the box.", ["cat", "box"], ["cat", "small thing"])


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder with the vectors that word pieces begin with, which take a minute to make."""
    monkeypatch.setattr(variants, "MADE", 40)
    monkeypatch.setattr(variants, "MADE_HELD_OUT", 10)
    for name, tiny in (("small", "cross"), ("codraw", "cross"), ("srbert", "single")):
        plan = replace(variants.PLANS[name], config=lambda tiny=tiny: TINY[tiny], epochs=2)
        monkeypatch.setitem(variants.PLANS, name, plan)
    np.save(tmp_path / "pieces-8.npy", np.random.default_rng(0).standard_normal((30522, 8), dtype=np.float32))
    return tmp_path


@pytest.mark.parametrize("variant", ["small", "srbert"])
def test_a_trained_model_answers_without_torch_and_says_what_it_is(variant, work):
    card = variants.train_variant(variant, work / "model", work)
    assert card["name"] == f"scene.{variant}" and "CC BY-NC" not in card["licence"]
    assert len(card["curve"]) == 2 and card["engines"]["answers"] > 10
    placer = Placer.load(work / "model", engine="onnxruntime")
    for strategy in STRATEGIES:
        (layouts,) = placer.place([QUESTION], strategy)
        assert layouts[0].points.shape == (2, 2)


def test_the_same_seed_gives_the_same_weights_also_after_a_stop(work):
    whole = variants.train_variant("small", work / "whole", work, seed=5)

    class Stop(Exception):
        pass

    def stop(progress):
        if progress.epoch == 1:
            raise Stop

    other = work / "other"
    other.mkdir()
    (other / "pieces-8.npy").write_bytes((work / "pieces-8.npy").read_bytes())
    with pytest.raises(Stop):
        variants.train_variant("small", work / "again", other, seed=5, report=stop)
    again = variants.train_variant("small", work / "again", other, seed=5)
    assert again["weights_sha256"] == whole["weights_sha256"]


def scene(number, x):
    return {
        "id": number,
        "scene": [["s_3s.png", 500 * x, 40, 0, 0], ["hb0_3s.png", 300, 250, 1, 1]],
        "turns": [{"t": "sun on the left . boy on the right , facing left ."}],
    }


def test_real_scenes_give_a_model_of_another_name_and_licence(work):
    data = work / "data"
    data.mkdir()
    rows = [scene(10 * k + last, 0.1 + 0.01 * k) for k in range(6) for last in (0, 1, 8, 9)]
    (data / "all.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    start = variants.train_variant("small", work / "start", work)
    card = variants.train_variant("codraw", work / "model", work, data=data, start=work / "start")
    assert card["name"] == "scene.codraw" and "CC BY-NC" in card["licence"]
    assert "12 scenes" in card["trained_on"] and "--data FOLDER" in card["retrain"]
    assert start["weights_sha256"][:12] in card["trained_on"]
    assert "owl" in load_model(work / "model").config["known"]


def test_real_scenes_have_to_be_given(work, tmp_path):
    with pytest.raises(WrongUse, match="--data FOLDER"):
        variants.train_variant("codraw", work / "model", work)
    with pytest.raises(WrongUse, match=r"Scenes_10020\.txt"):
        variants.train_variant("codraw", work / "model", work, data=tmp_path)
