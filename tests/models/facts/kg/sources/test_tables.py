from collections.abc import Callable
from pathlib import Path

import pytest

from midspan.errors import NotFound, WrongUse
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.sources.tables import CsvTables, curie
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import Relation

HEAD = "uid,label,aliases,description,kind,types,popularity\n"
Write = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "own.csv") -> Path:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / name

    return write


def broken(path: Path, relations: Path | None = None) -> list[str]:
    return [piece.broken for piece in CsvTables(path, relations).read(0) if piece.broken]


def test_tables_become_a_graph(written: Write, tmp_path: Path) -> None:
    own = written(
        "\ufeff" + HEAD + 'Ward 3,Ward Three,W3|Ward III,"ward, surgical",place,Hospital Ward|wd:Q1,7\n'
        "\nwd:Q16917,hospital,,,,,\n"
    )
    links = written("subject,predicate,object\nWard 3,part of,wd:Q16917\nWard 3,wd:P17,wd:Q1\n", "r.csv")
    card = build(tmp_path / "graph", CsvTables(own, links, "ours"))
    graph = StoredGraph(tmp_path / "graph")
    (ward,) = graph.named("ward iii".title())
    assert (ward.uid, ward.name, ward.description) == ("local:ward-3", "Ward Three", "ward, surgical")
    assert (ward.kind, ward.popularity, ward.aliases) == ("place", 7, ("W3", "Ward III"))
    assert graph.type_names(ward) == ("Hospital Ward",)
    assert graph.relations(ward.uid) == [Relation("local:ward-3", "local:part-of", "wd:Q16917")]
    part = graph.predicate("local:part-of")
    assert part is not None and part.name == "part of"
    assert (card.licence, card.skipped, card.dangling) == ("ours", 0, 1)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,X,,\n", "4 cells where there are 7 columns"),
        (",X,,,,,\n", "uid and label must not be empty"),
        ("x,X,,,planet,,\n", "kind is one of person"),
        ("x,X,,,,,many\n", "popularity is a whole number, not 'many'"),
        ("x,X,,,,,-3\n", "popularity is a whole number"),
        (b"x,caf\xe9,,,,,\n", "no UTF-8"),
        ('x,"X" y,,,,,\n', "expected after"),
    ],
)
def test_a_broken_row_is_skipped_and_told(written: Write, row: str | bytes, why: str) -> None:
    row = row if isinstance(row, bytes) else row.encode()
    path = written(HEAD.encode() + b"a,A,,,,,\n" + row + b"b,B,,,,,\n")
    (said,) = broken(path)
    assert why in said and "own.csv, line 3" in said
    found = [entity.uid for piece in CsvTables(path).read(0) for entity in piece.entities]
    assert found == ["local:a", "local:b"]


def test_a_broken_relation_names_its_file(written: Write) -> None:
    links = written("subject,predicate,object\na,,b\n", "links.csv")
    (said,) = broken(written("uid,label\na,A\n"), links)
    assert said.startswith("links.csv, line 2: ")


def test_any_row_can_be_gone_on_from(written: Write) -> None:
    own, links = written("uid,label\na,A\nb,B\n"), written("subject,predicate,object\na,is,b\n", "links.csv")
    whole = list(CsvTables(own, links).read(0))
    assert len(whole) == 3
    for cut in range(3):
        assert list(CsvTables(own, links).read(whole[cut].position)) == whole[cut + 1 :]


@pytest.mark.parametrize("head", ["", "uid,name\n", "uid,label,colour\n", "label\n"])
def test_other_columns_are_refused_with_those_expected(written: Write, head: str) -> None:
    with pytest.raises(WrongUse, match="expected columns uid, label"):
        CsvTables(written(head + "a,b\n"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such file"):
        CsvTables(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("written", "uid"),
    [("wd:Q64", "wd:Q64"), ("Ward 3", "local:ward-3"), ("ward-3", "local:ward-3"), ("a: b", "local:a-b")],
)
def test_what_is_no_curie_becomes_one_of_the_graph(written: str, uid: str) -> None:
    assert curie(written) == uid
