from pathlib import Path

import pytest

from midspan.errors import ModelHashMismatch
from midspan.models.facts.kg import bundled
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.knowledge_graph import Relation


def test_it_knows_warsaw() -> None:
    graph = bundled_kg()
    (warsaw,) = graph.named("Warsaw")
    assert (warsaw.uid, warsaw.kind, warsaw.description) == (
        "wd:Q270",
        "place",
        "capital and largest city of Poland",
    )
    assert "capital" in graph.type_names(warsaw)
    assert Relation("wd:Q270", "wd:P17", "wd:Q36") in graph.relations("wd:Q270")
    assert Relation("wd:Q36", "wd:P36", "wd:Q270") in graph.between("wd:Q270", "wd:Q36")


def test_another_table_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(bundled.PINNED, bundled.ENTITIES, "0" * 64)
    with pytest.raises(ModelHashMismatch, match=r"entities\.tsv\.gz"):
        bundled_kg(tmp_path)


def test_where_the_cache_cannot_be_written_it_is_unpacked_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder is expected")
    graph = bundled_kg(tmp_path / "cache")
    assert len(graph) == len(bundled_kg()) and tmp_path not in graph.folder.parents
