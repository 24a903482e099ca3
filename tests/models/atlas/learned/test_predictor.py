"""The shipped model: it is the one of the table, and it answers as it should on plain cases."""

import numpy as np
import pytest

from midspan.models.atlas.identity import NAME, SHIPPED
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.chapters import chapter
from midspan.models.encoder import TextEncoder
from midspan.models.kit.card import read_card
from midspan.models.kit.folder import load_model, model_sha256, save_model
from midspan.models.registry import model_entry


@pytest.fixture(scope="module")
def predictor():
    return chapter("atlas").predictor(None)


SHIPPED_SHA256 = "827f9c3f2d5777f0d3526be6a1c304d3e5f5dfc8e6e6fa59da75f2e195797243"
"""Runs that are stored carry it."""


def test_the_table_names_the_shipped_weights():
    assert model_entry(NAME).weights_sha256 == model_sha256(SHIPPED) == SHIPPED_SHA256
    assert model_entry(NAME).bytes == (SHIPPED / "model.safetensors").stat().st_size < 30e6


def test_probabilities_sum_to_one_whatever_the_batch(predictor):
    texts = ["The liver.", "A much longer sentence about the kidney and how it filters blood all day.", "x"]
    together = predictor.probabilities(texts)
    assert together.sum(axis=1) == pytest.approx(np.ones(3))
    for text, row in zip(texts, together, strict=True):
        assert predictor.probabilities([text])[0] == pytest.approx(row, abs=1e-4)
    assert predictor.probabilities([]).shape == (0, len(predictor.organs) + 1)


@pytest.mark.parametrize(
    "text, organ",
    [
        ("The patient developed fibrosis and jaundice after years of hepatitis C.", "liver"),
        ("Dialysis became necessary when nephropathy progressed.", "kidney"),
        ("A defibrillator restored the normal rhythm after the cardiac arrest.", "heart"),
        ("Seizures and loss of memory followed the encephalitis.", "brain"),
    ],
)
def test_the_organ_of_a_plain_case_is_inferred(predictor, text, organ):
    shares = predictor.probabilities([text])[0]
    assert shares[-1] < predictor.thresholds.none
    assert predictor.organs[int(shares[:-1].argmax())] == organ


@pytest.mark.parametrize("text", ["The train to Vienna was late again.", "She painted the door green."])
def test_everyday_sentences_have_no_anatomy(predictor, text):
    assert predictor.probabilities([text])[0, -1] >= predictor.thresholds.none
    assert not predictor.gate.passes(TextEncoder().encode([text]))[0]


def test_a_saved_predictor_answers_the_same(predictor, tmp_path):
    save_model(tmp_path, *predictor.to_folder(), read_card(SHIPPED))
    again = OrganPredictor.from_folder(load_model(tmp_path))
    texts = ["The liver.", "It rained."]
    np.testing.assert_array_equal(again.probabilities(texts), predictor.probabilities(texts))
