"""What numpy answers is what torch trained."""

import numpy as np
import torch

from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.question import SIDES
from midspan.models.facts.link.space import Space, said_of
from midspan.models.facts.link.training.network import SpaceNetwork
from midspan.models.facts.link.words import Bags

NAMES, OTHERS = ["Jack London", "Thames"], ["Ontario", "sea"]
VERBS, TEXTS = ["wrote", "flows into the"], ["someone wrote it in a hut", "somewhere is long"]


def test_queries_and_keys_are_those_of_the_trained_network(
    space: Space, network: SpaceNetwork, bags: Bags
) -> None:
    names, others, verbs, texts = map(bags, (NAMES, OTHERS, VERBS, TEXTS))
    with torch.no_grad():
        own, other = network.sums(names, "name"), network.sums(others, "name")
        for side in SIDES:
            trained = network.queries(side, own, other, network.sums(verbs, "predicate"))
            np.testing.assert_allclose(space.queries(side, names, others, verbs), trained, atol=1e-5)
        np.testing.assert_allclose(space.keys(names, texts), network.keys(names, texts), atol=1e-5)
        np.testing.assert_allclose(space.fit_queries(texts), network.fit_queries(texts), atol=1e-5)
        np.testing.assert_allclose(space.fit_keys(texts), network.fit_keys(texts), atol=1e-5)


def test_all_rows_have_length_one(space: Space, bags: Bags) -> None:
    texts = bags(["", "x", "the " * 500])
    for rows in (space.keys(texts, texts), space.fit_queries(texts), space.queries("object", *[texts] * 3)):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_before_training_a_name_is_nearest_to_itself(space: Space, bags: Bags, graph: StoredGraph) -> None:
    entities = list(graph)
    keys = space.keys(bags([one.name for one in entities]), bags([said_of(graph, one) for one in entities]))
    names = bags(["Ontario", "guitar", "Thames"])
    sums = space.sums(names, "name") @ space.mention.T
    nearest = (sums @ keys.T).argmax(axis=1)
    assert [entities[row].name for row in nearest] == ["Ontario", "guitar", "Thames"]
