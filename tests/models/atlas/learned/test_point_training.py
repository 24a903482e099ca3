"""The regression variants, trained for a moment on a text language of three words."""

import numpy as np
import pytest
import tokenizers
import torch
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.examples import Example
from midspan.models.atlas.learned.network import tiny_config
from midspan.models.atlas.learned.point_training import LOSSES, PointPredictor, train_point
from midspan.models.bert import BertEncoder
from midspan.models.kit.training import Recipe

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


@pytest.mark.parametrize("loss", LOSSES)
def test_a_masked_sign_is_put_near_its_organ(tmp_path, loss):
    atlas = phantom_atlas()
    torch.manual_seed(0)
    config = tiny_config(atlas.organs, "point")
    encoder = BertEncoder(config.bert)
    card = train_point(
        tmp_path / "model",
        tmp_path / "work",
        config,
        encoder,
        tokenizer(),
        atlas,
        sentences(96),
        sentences(12),
        recipe=Recipe(epochs=12, encoder_rate=1e-2, head_rate=1e-2),
        loss=loss,
        batch=16,
    )
    assert card["curve"][-1]["masked_nvd_cm"] < card["curve"][0]["masked_nvd_cm"] / 2
    predictor = PointPredictor.load(tmp_path / "model", BertEncoder(config.bert), tokenizer())
    points = predictor.points_mm([f"[MASK] {sign}" for sign in SIGNS])
    apart = atlas.distances(points)[:, [atlas.organs.index(organ) for organ in SIGNS.values()]]
    if loss == "mean":  # a pair's mean lies between its sides, near neither kidney
        apart = apart[:2]
    assert np.array_equal(apart.argmin(axis=1), np.arange(len(apart)))
