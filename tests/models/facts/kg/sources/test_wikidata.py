"""Dumps in the true format: made ones, and lines written down by hand."""

import bz2
import gzip
import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.made_dump import entities, write_dump
from midspan.errors import CorruptSource, NotFound, WrongUse
from midspan.models.facts.kg.building import Progress, build
from midspan.models.facts.kg.source import Piece
from midspan.models.facts.kg.sources import lines as lines_module
from midspan.models.facts.kg.sources.wikidata import WikidataDump
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import Relation

Write = Callable[..., Path]


def value(prop: str, item: int, rank: str = "normal", **changed: object) -> dict:
    held = {"entity-type": "item", "numeric-id": item, "id": f"Q{item}", **changed}
    snak = {"snaktype": "value", "property": prop, "datatype": "wikibase-item"}
    return {
        "mainsnak": {**snak, "datavalue": {"type": "wikibase-entityid", "value": held}},
        "type": "statement",
        "rank": rank,
    }


def item(id_: str, label: str = "", claims: dict | None = None, **fields: object) -> dict:
    return {
        "type": "item",
        "id": id_,
        "labels": {"en": {"language": "en", "value": label}} if label else {},
        "descriptions": {},
        "aliases": {},
        "claims": claims or {},
        "sitelinks": {},
        **fields,
    }


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Entities, or lines as they are, as a dump."""

    def write(*entities: dict | bytes, name: str = "dump.json") -> Path:
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in entities]
        (tmp_path / name).write_bytes(b"[\n" + b",\n".join(lines) + b"\n]\n")
        return tmp_path / name

    return write


def pieces(path: Path, **options: object) -> list[Piece]:
    return list(WikidataDump(path, **options).read(0))  # type: ignore[arg-type]


def test_an_item_has_names_types_popularity_and_relations(written: Write) -> None:
    douglas = item(
        "Q42",
        "Douglas Adams",
        {
            "P31": [value("P31", 5)],
            "P19": [value("P19", 350)],
            "P69": [value("P69", 1), value("P69", 2, "deprecated"), value("P69", 3, "preferred")],
            "P569": [
                {
                    "mainsnak": {"snaktype": "value", "datavalue": {"type": "time", "value": {}}},
                    "rank": "normal",
                }
            ],
            "P20": [{"mainsnak": {"snaktype": "somevalue"}, "rank": "normal"}],
        },
        descriptions={"en": {"language": "en", "value": "English\nwriter"}, "de": {"value": "Autor"}},
        aliases={
            "en": [{"value": "Douglas Noël Adams"}],
            "mul": [{"value": "DNA"}],
            "fr": [{"value": "Doug"}],
        },
        sitelinks={"enwiki": {}, "dewiki": {}},
    )
    (piece,) = pieces(written(douglas))
    (entity,) = piece.entities
    assert (entity.uid, entity.name, entity.description) == ("wd:Q42", "Douglas Adams", "English writer")
    assert entity.aliases == ("Douglas Noël Adams", "DNA") and entity.types == ("wd:Q5",)
    assert entity.popularity == 2
    assert piece.relations == (
        Relation("wd:Q42", "wd:P19", "wd:Q350"),
        Relation("wd:Q42", "wd:P69", "wd:Q1"),
        Relation("wd:Q42", "wd:P69", "wd:Q3"),
    )


def test_only_the_properties_asked_for_become_relations(written: Write) -> None:
    path = written(item("Q1", "one", {"P17": [value("P17", 2)], "P19": [value("P19", 3)]}))
    (piece,) = pieces(path, properties=frozenset({"P19"}))
    assert piece.relations == (Relation("wd:Q1", "wd:P19", "wd:Q3"),)
    with pytest.raises(WrongUse, match="born in"):
        WikidataDump(path, properties=frozenset({"P19", "born in"}))


def test_another_language_or_the_name_for_all_languages(written: Write) -> None:
    labels = {"de": {"value": "Köln"}, "en": {"value": "Cologne"}}
    path = written(item("Q365", labels=labels), item("Q2", labels={"mul": {"value": "Zoë"}}), item("Q3"))
    assert [piece.entities[0].name for piece in pieces(path, language="de")] == ["Köln", "Zoë"]
    assert [piece.entities[0].name for piece in pieces(path)] == ["Cologne", "Zoë"]


def test_what_is_no_thing_is_passed_over(written: Write) -> None:
    path = written(
        item("Q1", "Mercury", {"P31": [value("P31", 4167410)]}),
        {"type": "lexeme", "id": "L7", "lemmas": {}},
        item("Q2", "moved", redirect="Q3"),
        item("Q4", "kept"),
    )
    assert [entity.uid for piece in pieces(path) for entity in piece.entities] == ["wd:Q4"]
    assert [piece.broken for piece in pieces(path) if piece.broken] == []


def test_properties_are_predicates_with_their_wordings(written: Write) -> None:
    born = {**item("P19", "place of birth"), "type": "property", "aliases": {"en": [{"value": "born in"}]}}
    ((predicate,),) = [piece.predicates for piece in pieces(written(born))]
    assert (predicate.uid, predicate.name, predicate.aliases) == ("wd:P19", "place of birth", ("born in",))


def test_old_dumps_write_empty_maps_as_lists_and_items_by_number(written: Write) -> None:
    old = value("P17", 30)
    del old["mainsnak"]["datavalue"]["value"]["id"]
    path = written(item("Q1", "one", {"P17": [old]}, aliases=[], descriptions=[], sitelinks=[]))
    (piece,) = pieces(path)
    assert piece.relations == (Relation("wd:Q1", "wd:P17", "wd:Q30"),) and piece.entities[0].aliases == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"type": "item", "id": "Q9", "labels": {"en"', "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'"just a string"', "not as an entity is written"),
        (b'{"type": "item"}', "not as an entity is written"),
        (b'{"type": "item", "id": "Q9", "labels": "none"}', "labels is no map"),
        (
            b'{"type": "item", "id": "Q9", "labels": {"en": {"value": "x"}}, "claims": {"P17": [{}]}}',
            "not as an entity is written",
        ),
    ],
)
def test_a_broken_line_is_skipped_and_told(written: Write, line: bytes, why: str) -> None:
    path = written(item("Q1", "one"), line, item("Q2", "two"))
    before, broken, behind = pieces(path)
    assert (before.entities[0].uid, behind.entities[0].uid) == ("wd:Q1", "wd:Q2")
    assert why in broken.broken and f"byte {before.position}" in broken.broken


def test_broken_lines_are_counted_and_reported(written: Write, tmp_path: Path) -> None:
    told: list[Progress] = []
    path = written(item("Q1", "one"), b"{", b"{{", item("Q2", "two"))
    card = build(tmp_path / "graph", WikidataDump(path), report=told.append)
    assert (card.entities, card.skipped) == (2, 2)
    assert len([progress for progress in told if progress.broken]) == 2


def test_a_line_longer_than_any_entity_is_skipped(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "LONGEST", 1000)
    long = item("Q9", "x" * 5000)
    first, broken, last = pieces(written(item("Q1", "one"), long, item("Q2", "two")))
    assert "longer" in broken.broken and (first.entities[0].uid, last.entities[0].uid) == ("wd:Q1", "wd:Q2")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress], ids=["plain", "gzip", "bzip2"])
def test_any_place_in_a_packed_dump_can_be_gone_on_from(tmp_path: Path, pack: Callable) -> None:
    write_dump(tmp_path / "made.json", 50)
    (tmp_path / "dump").write_bytes(pack((tmp_path / "made.json").read_bytes()))
    whole = pieces(tmp_path / "dump")
    assert sum(len(piece.entities) for piece in whole) == 60
    for cut in (0, 7, len(whole) - 1):
        assert list(WikidataDump(tmp_path / "dump").read(whole[cut].position)) == whole[cut + 1 :]


def test_a_dump_that_is_cut_off_says_so_and_keeps_what_it_had(tmp_path: Path) -> None:
    write_dump(tmp_path / "made.json.gz", 500)
    data = (tmp_path / "made.json.gz").read_bytes()
    (tmp_path / "cut.json.gz").write_bytes(data[: len(data) // 2])
    reading = WikidataDump(tmp_path / "cut.json.gz").read(0)
    assert len(list(islice(reading, 50))) == 50
    with pytest.raises(CorruptSource, match="cut off or damaged at byte"):
        list(reading)


def test_a_dump_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such file"):
        WikidataDump(tmp_path / "none.json")


def test_a_made_dump_becomes_a_graph(tmp_path: Path) -> None:
    write_dump(tmp_path / "dump.json.gz", 400)
    card = build(tmp_path / "graph", WikidataDump(tmp_path / "dump.json.gz"))
    graph = StoredGraph(tmp_path / "graph")
    made = [json.loads(line) for line in entities(400)]
    items = [one for one in made if one["type"] == "item"]
    assert (len(graph), card.predicates, card.skipped) == (len(items), 8, 0)
    for one in items[:: len(items) // 20]:
        entity = graph.entity(f"wd:{one['id']}")
        assert entity is not None and entity.name == one["labels"]["en"]["value"]
        assert entity in graph.named(entity.name)
        wanted = {
            (prop, statement["mainsnak"]["datavalue"]["value"]["id"])
            for prop, statements in one["claims"].items()
            for statement in statements
            if prop not in ("P31", "P569", "P214", "P20")
        }
        found = {
            (r.predicate[3:], r.object[3:]) for r in graph.relations(entity.uid) if r.subject == entity.uid
        }
        assert found == wanted
    # Kinds come from the classes above: a city is a geographic location, a business an organisation.
    kinds = {"Q5": "person", "Q515": "place", "Q4830453": "organisation", "Q11424": "work"}
    for entity in graph:
        if entity.types:
            assert entity.kind == kinds[entity.types[0].removeprefix("wd:")]
    born = graph.predicate("wd:P19")
    assert born is not None and set(born.subject_kinds) == {"person"}
