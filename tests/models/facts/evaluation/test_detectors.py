"""The chapter's detectors, on made vectors and on a small graph."""

import numpy as np
import pytest

from midspan.models.facts.evaluation.detectors import Known, Selection, detectors
from midspan.models.facts.evaluation.linking import View, absence, recall
from midspan.models.facts.evaluation.nearest import Found, Nearest, SlotHeads
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.layers import norm
from midspan.models.facts.link.question import SIDES, Mention, Question
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.training.examples import Example
from midspan.models.facts.link.training.network import SpaceNetwork
from midspan.models.facts.link.training.world import World, namesake_uid
from midspan.models.facts.link.words import word_pieces

DIM = 16


def known(rng: np.random.Generator, count: int) -> Known:
    """What is there has one entity close by among many that are not; of what is not, all are alike far."""
    there = rng.random(count) < 0.5
    queries = norm(rng.standard_normal((count, DIM)))
    keys = norm(rng.standard_normal((count, 12, DIM)))
    close = norm(queries + 0.15 * rng.standard_normal((count, DIM)))
    keys[there, 0] = close[there]
    cosines = np.einsum("nkd,nd->nk", keys, queries)
    order = np.argsort(-cosines, axis=1)
    keys, cosines = np.take_along_axis(keys, order[:, :, None], 1), np.take_along_axis(cosines, order, 1)
    return Known(Found(np.full(keys.shape[:2], "x"), cosines, queries, keys), there)


def test_each_tells_what_is_there_from_what_is_not() -> None:
    rng = np.random.default_rng(0)
    made = detectors(Selection(known(rng, 1500), known(rng, 600)), 0)
    test = known(rng, 600)
    assert list(made) == ["confidence", "entropy", "attention"]
    for one in made.values():
        figures = one.figure(test.found)
        assert ((figures >= one.threshold) == test.there).mean() > 0.9
        sure = one.presence(figures)
        assert sure[test.there].mean() > 0.85 and sure[~test.there].mean() < 0.15


def test_confidence_and_entropy_look_at_five_and_at_differences_alone() -> None:
    rng = np.random.default_rng(0)
    some = known(rng, 50)
    moved = Found(some.found.uids, some.found.similarities + 0.3, some.found.queries, some.found.keys)
    cut = Found(
        some.found.uids[:, :5], some.found.similarities[:, :5], some.found.queries, some.found.keys[:, :5]
    )
    made = detectors(Selection(known(rng, 256), known(rng, 256)), 0)
    for name in ("confidence", "entropy"):
        for other in (moved, cut):
            np.testing.assert_allclose(made[name].figure(other), made[name].figure(some.found), rtol=1e-4)


@pytest.fixture(scope="module")
def nearest(towns: StoredGraph) -> Nearest:
    rng = np.random.default_rng(0)
    pieces = rng.standard_normal((30_522, DIM)).astype(np.float32) / np.float32(np.sqrt(DIM))
    network = SpaceNetwork(pieces, np.ones(30_522, dtype=np.float32), hidden=8)
    tensors = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    return Nearest(towns, SlotHeads(Space.of(tensors), word_pieces()))


def example(question: Question, gold: str) -> Example:
    features = np.zeros((0, len(FEATURES)), dtype=np.float32)
    return Example(features, (), gold, False, True, False, True, "x", "x", question, "object")


def test_the_nearest_of_a_world_are_searched(towns: StoredGraph, nearest: Nearest) -> None:
    asked = [(Question(Mention("Barlin"), "lived in", Mention("Tonmer")), side) for side in SIDES]
    whole = nearest.of(World(towns), asked)
    assert (np.diff(whole.similarities, axis=1) <= 0).all() and whole.uids.shape == (2, 32)
    first = whole.uids[:, 0].tolist()
    less = nearest.of(World(towns, entities=set(first)), asked)
    assert set(first).isdisjoint(less.uids.ravel().tolist())
    assert less.uids[0, 0] == next(uid for uid in whole.uids[0] if uid not in first)
    more = nearest.of(World(towns, namesakes={"Tonmer": "local:h1"}), asked)
    assert namesake_uid("local:h1", "Tonmer") in more.uids[1]


def test_it_is_measured_as_any_other_linker(towns: StoredGraph, nearest: Nearest) -> None:
    """Without a line for absence all that is not there is wrong."""
    cases = falb.cases(towns, falb.facts(towns), "test", 40, 0)
    away = {case.object or "" for case in cases[:20]}
    examples = [example(case.question, "" if case.object in away else case.object or "") for case in cases]
    view = View(World(towns, entities=away), examples)
    figures = absence("x", view, nearest.answer())
    assert (figures["inside_x"].mean, figures["outside_x"].mean, figures["macro_x"].mean) == (100, 0, 50)
    hits = [uid == one.gold for uid, one in zip(nearest.in_view(view).uids[:, 0], examples, strict=True)]
    assert recall("x", view, nearest.answer())["r1_x"].mean == pytest.approx(100 * np.mean(hits))
