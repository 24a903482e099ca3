"""The shipped model: it is the one of the table, and it answers as it should on plain cases."""

import json
import shutil

import numpy as np
import pytest

from midspan.errors import EnginesDiffer, ModelFilesMissing
from midspan.models.atlas.identity import NAME, SHIPPED
from midspan.models.atlas.learned.engines import engines_agree
from midspan.models.atlas.learned.examples import of_split
from midspan.models.atlas.learned.network import load_network
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.atlas.learned.small import held_out_of
from midspan.models.chapters import chapter
from midspan.models.encoder import TextEncoder
from midspan.models.kit.card import SAID, read_card
from midspan.models.kit.folder import load_model, model_sha256, save_model
from midspan.models.kit.graph import text_graph
from midspan.models.kit.parity import LARGEST
from midspan.models.minilm.network import bundled_network
from midspan.models.registry import model_entry


@pytest.fixture(scope="module")
def predictor():
    return chapter("atlas").predictor(None)


SHIPPED_SHA256 = "0c6c9e5772eae65921bf39ffbf53fcb30212ca2ac6a7ea67a49e869a874f9cb9"
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


def test_torch_answers_the_same(predictor):
    texts = ["The liver makes bile.", "It rained.", "", "He coughs and has a fever " * 30]
    other = OrganPredictor.load(engine="torch")
    np.testing.assert_allclose(predictor.logits(texts), other.logits(texts), atol=1e-4)
    np.testing.assert_allclose(predictor.probabilities(texts), other.probabilities(texts), atol=1e-4)


def test_its_card_says_that_the_engines_agree():
    said = read_card(SHIPPED)["engines"]
    assert said["answers"] > 3000 and said["largest_difference"] < LARGEST / 10


def test_a_folder_without_a_graph_says_what_can_be_done(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model")
    (tmp_path / "model/graph.onnx").unlink()
    card = read_card(SHIPPED)
    del card["graph_sha256"]
    (tmp_path / "model/card.json").write_text(json.dumps(card))
    with pytest.raises(ModelFilesMissing, match="MIDSPAN_ENGINE=torch"):
        OrganPredictor.load(tmp_path / "model", engine="onnxruntime")
    assert OrganPredictor.load(tmp_path / "model", engine="torch").probabilities(["The liver."]).shape == (
        1,
        23,
    )


@pytest.mark.slow
def test_a_network_that_answers_otherwise_is_not_kept(tmp_path):
    """A graph of the same shape with another rule in it: what is written with it gets no card."""
    model = load_model(SHIPPED)
    network = load_network(model, bundled_network()[0])
    network.layers[0].register_forward_hook(lambda layer, given, said: said * 1.01)
    rows = held_out_of(of_split("validation"))[:5]
    said = {name: model.card[name] for name in SAID}
    with pytest.raises(EnginesDiffer, match="not kept"):
        save_model(
            tmp_path,
            model.config,
            model.tensors,
            said,
            graph=text_graph(network),
            check=lambda made: engines_agree(made, rows),
        )
    assert not (tmp_path / "card.json").exists()
