from pathlib import Path

import pytest

from midspan.errors import CorruptSource, WrongUse
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.sources.skos import SkosFile
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import Relation

TURTLE = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <http://example.org/animals#> .
ex:animal a skos:Concept ; skos:prefLabel "animal"@en, "Tier"@de ; skos:altLabel "beast"@en ;
    skos:definition "a living\\nthing"@en ; skos:narrower ex:cat .
ex:cat a skos:Concept ; skos:prefLabel "Cat"@en-GB, "Katze"@de ; skos:broader ex:animal ;
    skos:exactMatch <http://www.wikidata.org/entity/Q146> .
ex:house skos:prefLabel "Haus"@de .
ex:cat <http://purl.org/dc/terms/creator> "somebody" .
"""
ANIMAL, CAT = "http://example.org/animals#animal", "http://example.org/animals#cat"
LINES = """<http://e.org/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "Ä\\u00e9"@en .
<http://e.org/a> this is no triple
<http://e.org/b> <http://www.w3.org/2004/02/skos/core#prefLabel> "b" .
# a comment
<http://e.org/b> <http://www.w3.org/2004/02/skos/core#broader> <http://e.org/a> .
<http://e.org/c> <http://www.w3.org/2004/02/skos/core#prefLabel> "open
"""


def test_concepts_become_entities_with_their_relations(tmp_path: Path) -> None:
    (tmp_path / "v.ttl").write_text(TURTLE)
    card = build(tmp_path / "graph", SkosFile(tmp_path / "v.ttl", licence="CC0-1.0"))
    graph = StoredGraph(tmp_path / "graph")
    assert [(one.uid, one.name, one.aliases) for one in graph] == [
        (ANIMAL, "animal", ("beast",)),
        (CAT, "Cat", ()),
    ]
    (animal,) = graph.named("beast")
    assert animal.description == "a living thing"
    assert graph.between(CAT, ANIMAL) == [
        Relation(CAT, "skos:broader", ANIMAL),
        Relation(ANIMAL, "skos:narrower", CAT),
    ]
    broader = graph.predicate("skos:broader")
    assert broader is not None and broader.name == "has broader concept"
    assert (card.licence, card.dangling) == ("CC0-1.0", 1)  # what matches stands in another graph


def test_another_language(tmp_path: Path) -> None:
    (tmp_path / "v.ttl").write_text(TURTLE)
    found = SkosFile(tmp_path / "v.ttl", "de").read(0)
    assert [entity.name for piece in found for entity in piece.entities] == ["Tier", "Katze", "Haus"]


def test_broken_lines_of_ntriples_are_skipped_and_told(tmp_path: Path) -> None:
    (tmp_path / "v.nt").write_text(LINES)
    pieces = list(SkosFile(tmp_path / "v.nt").read(0))
    assert [entity.name for piece in pieces for entity in piece.entities] == ["Äé", "b"]
    second = len(LINES.split("\n")[0].encode()) + 1
    told = [piece.broken for piece in pieces if piece.broken]
    assert len(told) == 2 and told[0].startswith(f"byte {second}: ")
    for cut, piece in enumerate(pieces):
        assert list(SkosFile(tmp_path / "v.nt").read(piece.position)) == pieces[cut + 1 :]


def test_broken_turtle_is_refused_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "v.ttl").write_text('@prefix a: <b> .\na:x a:y "open .\n')
    with pytest.raises(CorruptSource, match=r"v\.ttl cannot be read: BadSyntax: at line 2"):
        list(SkosFile(tmp_path / "v.ttl").read(0))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v.pdf").write_text("")
    with pytest.raises(WrongUse, match=r"ends in \.nt, \.ttl"):
        SkosFile(tmp_path / "v.pdf")
