"""The keys of a graph: made once, kept beside it, searched alike in whatever way they are kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from midspan.models.facts.kg.source import NewEntity
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.link import near as module
from midspan.models.facts.link.near import near_in
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.training.world import World
from midspan.models.facts.link.words import Bags

MakeGraph = Callable[..., StoredGraph]


def question(space: Space, bags: Bags, *names: str) -> np.ndarray:
    """Their own keys, as if nothing were said of them."""
    return space.keys(bags(names), bags(["capital of England"] * len(names)))


def test_the_nearest_come_first_and_all_of_them_once(graph: StoredGraph, space: Space, bags: Bags) -> None:
    near = near_in(graph, space, bags, "a" * 64)
    (found,) = near(question(space, bags, "London"), 50)
    assert found[0] == ("wd:Q1", pytest.approx(1, abs=2e-3))
    assert sorted(uid for uid, _ in found) == sorted(one.uid for one in graph)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_keys_are_kept_beside_the_graph_under_the_name_of_their_weights(
    make_graph: MakeGraph, space: Space, bags: Bags, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = make_graph([NewEntity("local:a", "Alpha"), NewEntity("local:b", "Beta")])
    asked = question(space, bags, "Beta")
    first = near_in(graph, space, bags, "a" * 64)(asked, 2)
    assert sorted(path.name for path in graph.folder.glob("*link*")) == ["link-aaaaaaaaaaaa.npy"]
    with monkeypatch.context() as patch:
        patch.setattr(module, "all_keys", lambda *_: pytest.fail("they are there"))
        assert near_in(graph, space, bags, "a" * 64)(asked, 2) == first
    near_in(graph, space, bags, "b" * 64)
    assert len(list(graph.folder.glob("link-*.npy"))) == 2


def test_keys_of_which_the_writing_broke_off_are_made_again(
    make_graph: MakeGraph, space: Space, bags: Bags, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = make_graph([NewEntity(f"local:{number}", f"name {number}") for number in range(2000)])
    whole = module.all_keys

    def broken(*arguments):
        yield next(whole(*arguments))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "all_keys", broken)
        with pytest.raises(KeyboardInterrupt):
            near_in(graph, space, bags, "a" * 64)
    assert not list(graph.folder.glob("*link*"))
    (found,) = near_in(graph, space, bags, "a" * 64)(question(space, bags, "name 1999"), 2000)
    assert len(found) == 2000


def test_where_the_folder_cannot_be_written_they_are_kept_elsewhere(
    make_graph: MakeGraph, space: Space, bags: Bags, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = make_graph([NewEntity("local:a", "Alpha")])
    real = module.tempfile.TemporaryDirectory

    def full(dir: Path, prefix: str):
        if dir == graph.folder:
            raise OSError("no space left on device")
        return real(dir=dir, prefix=prefix)

    monkeypatch.setattr(module.tempfile, "TemporaryDirectory", full)
    assert near_in(graph, space, bags, "a" * 64)(question(space, bags, "Alpha"), 1)[0][0][0] == "local:a"
    assert not list(graph.folder.glob("*link*"))


@pytest.mark.parametrize("cells_from", [10**6, 100])
def test_a_large_graph_has_an_index_that_finds_what_the_exact_search_does(
    cells_from: int,
    make_graph: MakeGraph,
    space: Space,
    bags: Bags,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [
        f"{one}{other}ing {other}{one}er" for one in "bdfglmnprst" for other in "aeiou bcdfg".replace(" ", "")
    ]
    graph = make_graph([NewEntity(f"local:{place}", name) for place, name in enumerate(names * 4)])
    asked = space.keys(bags(names[:20]), bags([""] * 20))
    exact = near_in(graph, space, bags, "a" * 64)(asked, 1)
    monkeypatch.setattr(module, "FLAT_LIMIT", 100)
    monkeypatch.setattr(module, "CELLS_FROM", cells_from)
    found = near_in(graph, space, bags, "b" * 64)(asked, 1)
    assert (graph.folder / "link-bbbbbbbbbbbb.pq.faiss").is_file()
    for (one,), (other,) in zip(exact, found, strict=True):
        assert other[1] == pytest.approx(one[1], abs=2e-3)


def test_an_index_without_which_the_keys_are_too_many_is_made_beside_them(
    make_graph: MakeGraph, space: Space, bags: Bags, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an earlier midspan left them."""
    graph = make_graph([NewEntity(f"local:{number}", f"name {number}") for number in range(500)])
    asked = question(space, bags, "name 77")
    (best,) = near_in(graph, space, bags, "a" * 64)(asked, 1)
    monkeypatch.setattr(module, "FLAT_LIMIT", 100)
    assert near_in(graph, space, bags, "a" * 64)(asked, 1) == [
        [(best[0][0], pytest.approx(best[0][1], abs=2e-3))]
    ]
    assert (graph.folder / "link-aaaaaaaaaaaa.pq.faiss").is_file()


def test_of_several_graphs_each_entity_comes_once(
    graph: StoredGraph, make_graph: MakeGraph, space: Space, bags: Bags
) -> None:
    other = make_graph(
        [NewEntity("wd:Q1", "London", "capital of England", "place"), NewEntity("gn:1", "Lon")]
    )
    (found,) = near_in(Graphs([other, graph]), space, bags, "a" * 64)(question(space, bags, "London"), 20)
    uids = [uid for uid, _ in found]
    assert uids[0] == "wd:Q1" and len(uids) == len(set(uids)) == len(graph) + 1


def test_a_graph_that_lies_nowhere_is_searched_in_memory(
    graph: StoredGraph, space: Space, bags: Bags
) -> None:
    world = World(graph, entities={"wd:Q1"})
    (found,) = near_in(world, space, bags, "a" * 64)(question(space, bags, "London"), 20)
    assert len(found) == len(graph) - 1 and "wd:Q1" not in dict(found)
