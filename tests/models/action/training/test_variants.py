"""``midspan train action``: the folder that it writes, and what answers from it."""

import subprocess
import sys

import numpy as np
import pytest
import torch
import transformers

from midspan.errors import WrongUse
from midspan.models.action.clips import read_data
from midspan.models.action.inputs import inputs
from midspan.models.action.predictor import BATCH, ActionPredictor, inputs_of
from midspan.models.action.training import variants
from midspan.models.action.training.variants import train_variant
from midspan.models.kit.folder import load_model


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.mark.parametrize("variant", ["cacnf", "caf", "lcf", "layout", "rgb", "flow", "audio"])
def test_onnx_runtime_answers_as_torch_does(toy_data, work, tmp_path, variant):
    card = train_variant(variant, tmp_path / "model", work, data=toy_data, epochs=1)
    assert card["engines"]["answers"] == 24 and card["engines"]["largest_difference"] < 1e-3
    clips = read_data(toy_data).unseen_test
    one, other = (ActionPredictor.load(tmp_path / "model", engine=name) for name in ("torch", "onnxruntime"))
    np.testing.assert_allclose(one.of_clips(clips), other.of_clips(clips), atol=1e-3)
    found = other.probabilities(other.of_clips(clips))
    assert found["verb"].shape == (24, 2)
    np.testing.assert_allclose(found["verb"].sum(1), 1)
    assert card["name"] == f"action.{variant}" and "96 clips (table) of 2 verbs" in card["trained_on"]


def test_a_model_answers_without_torch(toy_data, work, tmp_path):
    train_variant("layout", tmp_path / "model", work, data=toy_data, epochs=1)
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from pathlib import Path\n"
        "from midspan.models.action.clips import read_data\n"
        "from midspan.models.action.predictor import ActionPredictor\n"
        f"clips = read_data(Path({str(toy_data)!r})).seen\n"
        f"print(ActionPredictor.load(Path({str(tmp_path / 'model')!r})).of_clips(clips).shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(24, 2)"


def test_a_stop_is_heard_between_batches(toy_data, work, tmp_path):
    train_variant("layout", tmp_path / "model", work, data=toy_data, epochs=1)
    predictor, clips = ActionPredictor.load(tmp_path / "model"), read_data(toy_data).train
    heard = []
    predictor.logits(inputs_of(predictor.modalities, clips), lambda: heard.append(1))
    assert len(heard) == len(clips) / BATCH
    assert predictor.logits(inputs("layout", clips.at([]))).shape == (0, 2)


def test_a_published_checkpoint_is_trained_on(toy_data, work, tmp_path):
    sizes = {"image_size": 32, "patch_size": 8, "num_frames": 4, "hidden_size": 16, "intermediate_size": 32}
    config = transformers.VideoMAEConfig(**sizes, num_hidden_layers=1, num_attention_heads=2)
    torch.manual_seed(0)
    transformers.VideoMAEModel(config).save_pretrained(tmp_path / "published")
    card = train_variant(
        "checkpoint", tmp_path / "model", work, data=toy_data, epochs=1, encoder=tmp_path / "published"
    )
    assert "engines" not in card and load_model(tmp_path / "model").graph == b""
    predictor = ActionPredictor.load(tmp_path / "model", engine="torch")
    assert predictor.of_clips(read_data(toy_data).seen).shape == (24, 4)


@pytest.mark.slow
def test_without_data_clips_are_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(variants, "CLIPS", 20)
    monkeypatch.setattr(variants, "WINDOW_FILMS", 2)
    card = train_variant("audio", tmp_path / "model", tmp_path / "work", epochs=1)
    assert card["retrain"] == "midspan train action --model audio --seed 0"
    drawn = read_data(tmp_path / "work" / "tabletop")
    assert drawn.train.classes.names["verb"][-1] == "no action"
    assert {part.meta.noise for part in drawn.train.parts} == {"old", "realistic"}
    assert len(drawn.train) > 2 * 12, "clips and windows of both cameras"


def test_a_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(WrongUse, match="midspan data tabletop"):
        train_variant("rgb", tmp_path / "model", tmp_path, data=tmp_path)
