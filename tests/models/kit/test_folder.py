import json

import pytest
import torch

from midspan.errors import ModelFilesMissing, ModelHashMismatch
from midspan.models.kit.folder import load_model, save_model

TENSORS = {"a.weight": torch.tensor([[0.5, -2.0]]), "a.bias": torch.tensor([1.0])}


def test_a_model_comes_back(tmp_path):
    sha256 = save_model(tmp_path / "m", {"size": 2}, TENSORS, {"licence": "Apache-2.0"})
    model = load_model(tmp_path / "m", sha256)
    assert (model.config, model.card, model.sha256) == ({"size": 2}, {"licence": "Apache-2.0"}, sha256)
    for name, value in TENSORS.items():
        assert model.tensors[name].dtype == torch.float32 and torch.equal(model.tensors[name], value)


def test_the_card_does_not_change_the_hash_but_the_config_does(tmp_path):
    first = save_model(tmp_path / "a", {"size": 2}, TENSORS, {"licence": "one"})
    assert save_model(tmp_path / "b", {"size": 2}, TENSORS, {"licence": "other"}) == first
    assert save_model(tmp_path / "c", {"size": 3}, TENSORS, {"licence": "one"}) != first


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "card.json"])
def test_a_missing_file_is_named(tmp_path, name):
    save_model(tmp_path, {}, TENSORS, {})
    (tmp_path / name).unlink()
    with pytest.raises(ModelFilesMissing, match=name):
        load_model(tmp_path)


def test_changed_files_are_refused(tmp_path):
    sha256 = save_model(tmp_path, {"threshold": 0.5}, TENSORS, {})
    (tmp_path / "config.json").write_text(json.dumps({"threshold": 0.1}))
    with pytest.raises(ModelHashMismatch, match="install midspan again"):
        load_model(tmp_path, sha256)
