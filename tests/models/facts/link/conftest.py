"""A small graph with namesakes, and a space over it that nothing has trained."""

from collections.abc import Callable

import numpy as np
import pytest

from midspan.models.facts.kg.source import NewEntity, NewPredicate
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.training.network import SpaceNetwork
from midspan.models.facts.link.words import Bags, word_pieces

ENTITIES = [
    NewEntity("wd:Q1", "London", "capital of England", "place", 200, ("City of London",)),
    NewEntity("wd:Q2", "London", "city in Ontario, Canada", "place", 20),
    NewEntity("wd:Q3", "Jack London", "American novelist", "person", 40, ("London",)),
    NewEntity("wd:Q4", "Ontario", "province of Canada", "place", 60),
    NewEntity("wd:Q5", "England", "country", "place", 150),
    NewEntity("wd:Q6", "The Call of the Wild", "novel", "work", 12),
    NewEntity("wd:Q7", "guitar", "string instrument", "other", 15),
    NewEntity("wd:Q8", "Thames", "river in England", "place", 30),
]
PREDICATES = [NewPredicate("wd:P131", "located in"), NewPredicate("wd:P50", "author")]
RELATIONS = [
    ("wd:Q1", "wd:P131", "wd:Q5"),
    ("wd:Q2", "wd:P131", "wd:Q4"),
    ("wd:Q8", "wd:P131", "wd:Q5"),
    ("wd:Q6", "wd:P50", "wd:Q3"),
]
DIM = 16


@pytest.fixture(scope="session")
def graph(make_graph: Callable[..., StoredGraph]) -> StoredGraph:
    return make_graph(ENTITIES, PREDICATES, RELATIONS)


@pytest.fixture(scope="session")
def bags() -> Bags:
    return word_pieces()


@pytest.fixture(scope="session")
def network() -> SpaceNetwork:
    rng = np.random.default_rng(0)
    pieces = rng.standard_normal((30_522, DIM)).astype(np.float32) / np.float32(np.sqrt(DIM))
    return SpaceNetwork(pieces, np.ones(30_522, dtype=np.float32), hidden=8)


@pytest.fixture(scope="session")
def space(network: SpaceNetwork) -> Space:
    return Space.of({name: value.detach().numpy() for name, value in network.state_dict().items()})
