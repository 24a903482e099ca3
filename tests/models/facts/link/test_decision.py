"""What is chosen, and what is said of those that lost."""

import numpy as np

from midspan.models.facts.knowledge_graph import Entity
from midspan.models.facts.link.candidates import Candidate
from midspan.models.facts.link.decision import decide
from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.layers import Head, Layer
from midspan.models.facts.link.lists import Ranked
from midspan.models.facts.link.ranker import Ranker

WIDTH = len(FEATURES)


def ranker() -> Ranker:
    """The score is four times the fit, less one."""
    weight = np.zeros((1, WIDTH), dtype=np.float32)
    weight[0, FEATURES.index("fit")] = 4
    first = Layer(np.vstack([weight, -weight]), np.zeros(2, dtype=np.float32))
    second = Layer(np.array([[1.0, -1.0]], dtype=np.float32), np.array([-1.0], dtype=np.float32))
    ones = np.ones(WIDTH, dtype=np.float32)
    return Ranker(0 * ones, ones, Head(first, second), 1.0)


def ranked(**features: list[float]) -> Ranked:
    count = len(features["fit"])
    rows = np.zeros((count, WIDTH), dtype=np.float32)
    for name, values in features.items():
        rows[:, FEATURES.index(name)] = values
    found = [
        Candidate(Entity(f"wd:Q{place}", "place", 1, f"name {place}", ""), True, 1.0)
        for place in range(count)
    ]
    return Ranked(found, rows)


def test_the_most_probable_is_chosen_and_the_others_are_told_with_the_reason() -> None:
    decision = decide(ranked(fit=[0.2, 0.9, 0.1], named=[1, 1, 1], popularity=[5, 1, 5]), ranker())
    assert decision.entity is not None and decision.entity.uid == "wd:Q1"
    assert [one.uid for one in decision.lost] == ["wd:Q0", "wd:Q2"]
    assert decision.lost[0].why == "less like what the text says of it"
    assert decision.probability > decision.lost[0].score > decision.lost[1].score


def test_nobody_is_chosen_where_nothing_fits_and_the_namesake_is_told() -> None:
    decision = decide(ranked(fit=[-0.9], named=[1]), ranker())
    assert decision.entity is None and decision.probability > 0.9
    assert [one.uid for one in decision.lost] == ["wd:Q0"] and "fits another" in decision.lost[0].why


def test_without_candidates_it_is_sure() -> None:
    decision = decide(Ranked([], np.zeros((0, WIDTH), dtype=np.float32)), ranker())
    assert (decision.entity, decision.probability, decision.lost) == (None, 1.0, ())
