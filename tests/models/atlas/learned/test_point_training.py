"""The regression variants, trained for a moment on a text language of three words."""

import numpy as np
import pytest
import tokenizers
import torch
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.config import tiny_config
from midspan.models.atlas.learned.examples import Example
from midspan.models.atlas.learned.network import AtlasNetwork
from midspan.models.atlas.learned.point_training import PointPredictor, PointTask
from midspan.models.bert import BertEncoder
from midspan.models.kit.folder import save_model
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Trainer

SIGNS = {"thinks": "brain", "beats": "heart", "filters": "kidney"}


def tokenizer():
    words = ["[PAD]", "[UNK]", *SIGNS, *SIGNS.values()]
    made = tokenizers.Tokenizer(WordLevel({word: index for index, word in enumerate(words)}, "[UNK]"))
    made.pre_tokenizer = Whitespace()
    return made


def sentences(count):
    rows = []
    for number in range(count):
        sign, organ = list(SIGNS.items())[number % 3]
        rows.append(Example(f"d{number}", f"{organ} {sign}", (organ,), ((0, len(organ)),), "made"))
    return [*rows, Example("d", "nothing here", (), (), "made")]


@pytest.mark.parametrize("loss", ("sod", "minimum", "mean"))
def test_a_masked_sign_is_put_near_its_organ(tmp_path, loss):
    atlas = phantom_atlas()
    torch.manual_seed(0)
    config = tiny_config(atlas.organs, "point")
    encoder = BertEncoder(config.bert)
    task = PointTask(
        AtlasNetwork(config, encoder),
        tokenizer(),
        sentences(96),
        sentences(12),
        atlas,
        loss=loss,
        seed=0,
        batch=16,
    )
    curve = Trainer(task, Recipe(epochs=12, rates={"": 1e-2}), tmp_path / "work").run()
    assert curve[-1]["masked_nvd_cm"] < curve[0]["masked_nvd_cm"] / 2
    said = dict.fromkeys(("name", "licence", "trained_on", "retrain"), "a test")
    save_model(tmp_path / "model", {"network": config.to_json()}, task.network.weights(), said)
    predictor = PointPredictor.load(tmp_path / "model", BertEncoder(config.bert), tokenizer())
    points = predictor.points_mm([f"[MASK] {sign}" for sign in SIGNS])
    apart = atlas.distances(points)[:, [atlas.organs.index(organ) for organ in SIGNS.values()]]
    if loss == "mean":  # a pair's mean lies between its sides, near neither kidney
        apart = apart[:2]
    assert np.array_equal(apart.argmin(axis=1), np.arange(len(apart)))
