from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from midspan.models.facts.extraction import Triple, extract_triples
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.source import NewEntity, NewPredicate, Piece
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import Relation
from midspan.models.parser import load_parser

Extract = Callable[[str], list[Triple]]
MakeGraph = Callable[..., StoredGraph]


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
