"""Which candidates a question has, and that batches change nothing."""

import numpy as np
import pytest

from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.lists import NEAR_NAMED, Lister
from midspan.models.facts.link.near import near_in
from midspan.models.facts.link.question import SIDES, Mention, Question
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.words import Bags


@pytest.fixture(scope="module")
def lister(graph: StoredGraph, space: Space, bags: Bags) -> Lister:
    return Lister(graph, space, bags, near_in(graph, space, bags, "c" * 64))


def asked(subject: Mention, object_: Mention) -> Question:
    return Question(subject, "flows through", object_)


def test_a_name_that_nothing_bears_has_what_is_like_it_and_near(lister: Lister, graph: StoredGraph) -> None:
    (one,) = lister.lists([asked(Mention("Tames"), Mention("London"))], [None])
    assert len(one["subject"].found) == len(graph) and not any(c.named for c in one["subject"].found)
    bearers = [c.entity.uid for c in one["object"].found if c.named]
    assert bearers == ["wd:Q1", "wd:Q3", "wd:Q2"] and len(one["object"].found) <= len(bearers) + NEAR_NAMED


def test_a_common_noun_is_taken_at_its_word(lister: Lister) -> None:
    guitar, guitars = (Mention(name, proper=False) for name in ("guitar", "guitars"))
    (one,) = lister.lists([asked(guitar, guitars)], [None])
    assert [c.entity.uid for c in one["subject"].found] == ["wd:Q7"] and not one["object"].found
    assert one["object"].features.shape[0] == 0


def test_together_they_are_answered_as_alone(lister: Lister, graph: StoredGraph) -> None:
    questions = [
        asked(
            Mention("Thames", "place", "somewhere flows"), Mention("London", "place", "it is in somewhere")
        ),
        asked(Mention("Jack Londn", "person"), Mention("1911", asked=False)),
        asked(Mention("guitar", proper=False), Mention("Ontario")),
    ]
    known = [graph.predicate("wd:P131"), None, None]
    together = lister.lists(questions, known)
    for place, question in enumerate(questions):
        (alone,) = lister.lists([question], [known[place]])
        for side in SIDES:
            assert alone[side].found == together[place][side].found
            np.testing.assert_allclose(alone[side].features, together[place][side].features, atol=1e-5)
    assert lister.lists([], []) == []
