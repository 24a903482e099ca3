"""Loading ahead of the first search: once, in the background, and never counted as time of the search."""

import gc
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from midspan import Workspace
from midspan.db.record_store import SegmentFilter
from midspan.errors import ModelFilesMissing
from midspan.platform import search as module
from midspan.platform.search import Searcher
from midspan.platform.warming import Warming
from midspan.platform.word_search import WordSearch

LOADING, ENCODING = 48.0, 0.02


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("warming")
    (folder / "a.txt").write_text("Marie Curie was born in Warsaw. A stone in the left kidney hurts.\n")
    with Workspace.open(folder / "workspace") as workspace:
        assert workspace.ingest([folder / "a.txt"], stages=["embedding"]).ok
    return folder / "workspace"


def test_loading_is_no_time_of_the_search(embedded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])

    def load() -> None:
        now[0] += LOADING

    def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        now[0] += ENCODING
        return np.full((len(texts), 384), 384**-0.5, np.float32)

    with Workspace.open(embedded) as workspace:
        parts = workspace.parts
        indexes = [parts.indexes[target] for target in ("vectors.text", "vectors.passage", "vectors.visual")]
        words = WordSearch(parts.words, parts.store)
        searcher = Searcher(parts.store, words, *indexes, parts.indexes["vectors.event"], encode, load)
        answer = searcher.search("kidney", SegmentFilter(), frozenset(), 10)
    assert answer.hits
    assert answer.milliseconds == pytest.approx(1000 * ENCODING)
    assert now == [LOADING + ENCODING]


def test_a_workspace_that_was_warmed_up_has_its_encoder(embedded: Path) -> None:
    with Workspace.open(embedded) as workspace:
        assert not workspace.warming_up
        workspace.warm_up()
        workspace.warm_up()
        encoder = workspace.parts.models.encoder()  # waits for the thread that loads it
        assert workspace.search("renal calculus").hits
        assert workspace.parts.models.encoder() is encoder
        workspace.parts.warming._thread.join()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_nothing_is_loaded_where_nothing_can_be_found_by_meaning(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w") as workspace:
        searcher = workspace.parts.searcher
        searcher._load = lambda: pytest.fail("loaded")  # type: ignore[method-assign]
        searcher.prepare()
        assert not workspace.search("anything").hits


def test_it_goes_on_in_a_thread_and_a_model_that_is_missing_is_left_to_the_search() -> None:
    go, loads = threading.Event(), []

    def load() -> None:
        loads.append(threading.current_thread().daemon)
        go.wait()
        raise ModelFilesMissing("gone")

    warming = Warming(load)
    assert not warming.going_on
    warming.begin()
    warming.begin()
    assert warming.going_on
    go.set()
    warming._thread.join()
    assert not warming.going_on and loads == [True]
