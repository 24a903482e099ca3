from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from midspan.models.facts.extraction import Triple, extract_triples
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.source import NewEntity, NewPredicate, Piece
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import Relation
from midspan.models.parser import load_parser

Extract = Callable[[str], list[Triple]]
MakeGraph = Callable[..., StoredGraph]
JOBS = ("painter", "chemist", "sailor", "poet")


@dataclass(frozen=True)
class Made:
    """What a test writes down, as a source."""

    entities: Sequence[NewEntity]
    predicates: Sequence[NewPredicate] = ()
    relations: Sequence[tuple[str, str, str]] = ()
    about: str = "a test"
    licence: str = "CC0-1.0"
    size: int = 0
    done: int = 0

    @property
    def identity(self) -> str:
        return repr(self)

    def read(self, position: int) -> Iterator[Piece]:
        relations = tuple(Relation(*triple) for triple in self.relations)
        yield Piece(1, tuple(self.entities), tuple(self.predicates), relations)


@pytest.fixture(scope="session")
def make_graph(tmp_path_factory: pytest.TempPathFactory) -> MakeGraph:
    """Entities, predicates and relations to a graph in a folder of its own."""

    def make(
        entities: Sequence[NewEntity],
        predicates: Sequence[NewPredicate] = (),
        relations: Sequence[tuple[str, str, str]] = (),
        name: str = "made",
    ) -> StoredGraph:
        folder: Path = tmp_path_factory.mktemp("kg") / name
        build(folder, Made(entities, predicates, relations))
        return StoredGraph(folder)

    return make


@pytest.fixture(scope="session")
def extract() -> Extract:
    parser = load_parser()
    return lambda text: extract_triples(parser.parse([text])[0])


@pytest.fixture(scope="session")
def towns(make_graph: MakeGraph) -> StoredGraph:
    """400 people and places, and 900 facts."""
    rng = np.random.default_rng(0)
    parts = ["bar", "lin", "ton", "mer", "gos", "wic", "dal", "fen", "hol", "rud"]
    names = [f"{one}{other}".capitalize() for one in parts for other in parts]
    places = [
        NewEntity(f"local:p{i}", name, f"town on the {name} river", "place", i)
        for i, name in enumerate(names)
    ]
    people = [
        NewEntity(
            f"local:h{i}",
            f"{names[(7 * i) % 100]} {names[(3 * i + 1) % 100]}",
            f"{JOBS[i % 4]} of the year {1700 + i}",
            "person",
            i % 50,
            (f"Old {names[(3 * i + 1) % 100]}",),
        )
        for i in range(300)
    ]
    facts = [
        (f"local:h{i}", relation, f"local:p{int(rng.integers(100))}")
        for i in range(300)
        for relation in ("wd:P19", "wd:P20", "wd:P551")
    ]
    words = [
        NewPredicate(f"wd:P{n}", name) for n, name in ((19, "born in"), (20, "died in"), (551, "lived in"))
    ]
    return make_graph([*places, *people], words, facts)
