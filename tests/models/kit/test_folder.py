import hashlib
import json

import numpy as np
import pytest

from midspan.errors import EnginesDiffer, ModelFilesMissing, ModelHashMismatch
from midspan.models.kit.card import read_card, shipped_card
from midspan.models.kit.folder import load_model, model_sha256, save_model

TENSORS = {
    "net.weight": np.array([[0.5, -2.0]]),
    "gate": np.array([1.0]),
    "seen": np.array(70_001),
}
CARD = {"name": "toy.small", "licence": "MIT", "trained_on": "nothing", "retrain": "midspan train toy"}


def test_a_model_comes_back(tmp_path):
    card = save_model(tmp_path / "m", {"size": 2}, TENSORS, CARD)
    model = load_model(tmp_path / "m")
    assert (model.config, model.card, model.sha256) == ({"size": 2}, card, card["weights_sha256"])
    assert all(np.array_equal(model.tensors[name], value) for name, value in TENSORS.items())
    assert [model.tensors[name].dtype for name in TENSORS] == [np.float32, np.float32, np.int64]
    assert list(model.part("net")) == ["weight"]


def test_the_card_says_hash_and_size(tmp_path):
    save_model(tmp_path, {"size": 2}, TENSORS, CARD)
    card = shipped_card(tmp_path)
    assert card["weights_sha256"] == model_sha256(tmp_path)
    assert card["bytes"] == (tmp_path / "model.safetensors").stat().st_size
    assert {name: card[name] for name in CARD} == CARD


def test_the_card_s_words_do_not_change_the_hash_but_the_config_does(tmp_path):
    def sha256(name, size, licence):
        return save_model(tmp_path / name, {"size": size}, TENSORS, {**CARD, "licence": licence})[
            "weights_sha256"
        ]

    assert sha256("a", 2, "one") == sha256("b", 2, "other") != sha256("c", 3, "one")


@pytest.mark.parametrize("name", sorted(CARD))
def test_a_card_that_leaves_something_out_is_not_written(tmp_path, name):
    with pytest.raises(ValueError, match=name):
        save_model(tmp_path / "m", {}, TENSORS, {**CARD, name: ""})
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "card.json"])
def test_a_missing_file_is_named(tmp_path, name):
    save_model(tmp_path, {}, TENSORS, CARD)
    (tmp_path / name).unlink()
    with pytest.raises(ModelFilesMissing, match=name):
        load_model(tmp_path)


def test_changed_files_are_refused(tmp_path):
    save_model(tmp_path, {"threshold": 0.5}, TENSORS, CARD)
    (tmp_path / "config.json").write_text(json.dumps({"threshold": 0.1}))
    with pytest.raises(ModelHashMismatch, match="install midspan again"):
        load_model(tmp_path)


def test_other_tensors_are_refused(tmp_path):
    save_model(tmp_path / "a", {}, TENSORS, CARD)
    save_model(tmp_path / "b", {}, {**TENSORS, "gate": np.array([2.0])}, CARD)
    (tmp_path / "a/model.safetensors").write_bytes((tmp_path / "b/model.safetensors").read_bytes())
    with pytest.raises(ModelHashMismatch):
        load_model(tmp_path / "a")


def test_who_swaps_tensors_and_card_has_another_model(tmp_path):
    """The hash that runs carry is the card's: it cannot stay while the answers change."""
    first = save_model(tmp_path, {}, TENSORS, CARD)["weights_sha256"]
    save_model(tmp_path, {}, {**TENSORS, "gate": np.array([2.0])}, CARD)
    assert shipped_card(tmp_path)["weights_sha256"] == load_model(tmp_path).sha256 != first


def test_a_shipped_card_without_a_hash_is_refused_and_an_older_folder_is_read(tmp_path):
    save_model(tmp_path, {}, TENSORS, CARD)
    (tmp_path / "card.json").write_text(json.dumps(CARD))
    with pytest.raises(ModelFilesMissing, match="weights_sha256, bytes"):
        shipped_card(tmp_path)
    assert load_model(tmp_path).sha256 == model_sha256(tmp_path)


def test_a_folder_without_a_card_says_what_to_do(tmp_path):
    with pytest.raises(ModelFilesMissing, match="midspan models"):
        read_card(tmp_path)


def test_the_graph_comes_back_and_its_hash_stands_in_the_card(tmp_path):
    card = save_model(tmp_path, {}, TENSORS, CARD, graph=b"a graph")
    assert load_model(tmp_path).graph == b"a graph"
    assert card["graph_sha256"] == hashlib.sha256(b"a graph").hexdigest()
    (tmp_path / "graph.onnx").write_bytes(b"other")
    with pytest.raises(ModelHashMismatch, match=r"graph\.onnx"):
        load_model(tmp_path)
    (tmp_path / "graph.onnx").unlink()
    with pytest.raises(ModelFilesMissing, match=r"no graph\.onnx"):
        load_model(tmp_path)
    save_model(tmp_path, {}, TENSORS, CARD)
    assert load_model(tmp_path).graph == b"" and not (tmp_path / "graph.onnx").exists()


def test_a_model_that_fails_its_check_has_no_card(tmp_path):
    """What is checked is the model as it will be read: in half precision."""

    def refuse(model):
        assert model.tensors["net.weight"].tolist() == [[0.5, -2.0]] and model.graph == b"graph"
        raise EnginesDiffer("they do")

    save_model(tmp_path, {}, TENSORS, CARD)
    with pytest.raises(EnginesDiffer):
        save_model(tmp_path, {"size": 3}, TENSORS, CARD, graph=b"graph", check=refuse)
    with pytest.raises(ModelFilesMissing, match="card"):
        load_model(tmp_path)


def test_what_a_check_finds_stands_in_the_card(tmp_path):
    save_model(tmp_path, {}, TENSORS, CARD, check=lambda model: {"engines": {"answers": 3}})
    assert read_card(tmp_path)["engines"] == {"answers": 3}
