"""Each format is read back by a library that others use, and compared with the facts of the store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import networkx
import pyarrow.parquet
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib.namespace import PROV, RDF, RDFS, XSD

from midspan import Workspace
from midspan.errors import UnknownName, WrongUse
from midspan.platform.answers import FactFilter
from midspan.platform.export import FORMATS
from midspan.platform.export.iris import uid_of
from midspan.platform.export.ntriples import triple
from midspan.records import Fact
from tests.platform.facts_by_hand import SAID, fact, slot, variety, write

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
"""rdflib's parser of JSON-LD says so of rdflib."""

WD, WDT = "http://www.wikidata.org/entity/", "http://www.wikidata.org/prop/direct/"
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
OURS = rdflib.Namespace("urn:midspan:term:")
EVERYTHING = FactFilter(everything=True)
UNREADABLE = "/papers/caf\udce9.txt"
"""A path with a byte that is no UTF-8."""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def facts(workspace: Workspace) -> list[Fact]:
    return write(workspace, 'Curie <"&> \x01.txt', variety(), UNREADABLE)


def parsed(path: Path, format: str) -> rdflib.Graph:
    return rdflib.Graph().parse(path, format=format)


def test_ntriples_are_the_believed_and_linked_facts(
    workspace: Workspace, facts: list[Fact], tmp_path: Path
) -> None:
    done = workspace.export_facts(tmp_path / "f.nt", "ntriples")
    found = set(parsed(tmp_path / "f.nt", "nt"))
    iri, literal = rdflib.URIRef, rdflib.Literal
    assert found == {
        (iri(f"{WD}Q7186"), iri(f"{WDT}P19"), iri(f"{WD}Q270")),
        (iri(f"{WD}Q7186"), iri(f"{WDT}P569"), literal("1867-11-07", datatype=XSD.date)),
        (
            iri("https://sws.geonames.org/2797656/"),
            iri("http://example.org/near%20ly"),
            iri("urn:midspan:local:ward-3"),
        ),
        (iri(f"{WD}Q7186"), iri(f"{WDT}P166"), literal("2", datatype=XSD.decimal)),
    }
    assert done.written == len(found) == len((tmp_path / "f.nt").read_text().splitlines())
    assert done.bytes == (tmp_path / "f.nt").stat().st_size


def test_ntriples_hold_no_fact_that_is_not_believed(
    workspace: Workspace, facts: list[Fact], tmp_path: Path
) -> None:
    for where in (EVERYTHING, FactFilter(linked=False), FactFilter(polarity="negated")):
        with pytest.raises(WrongUse, match="jsonld"):
            workspace.export_facts(tmp_path / "f.nt", "ntriples", where)
    assert list(tmp_path.iterdir()) == [tmp_path / "workspace"]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
@example('a "b" \\ \n\r\t\x00\x07\x85\u2028 é 𝄞 <x> .', 'a b<>"{}|^`\\é%')
def test_any_text_is_read_back_from_a_triple(words: str, name: str) -> None:
    said = fact(slot("Curie", f"our:{name}"), slot("date", "wd:P1"), slot(words, literal="date"))
    ((subject, _, found),) = rdflib.Graph().parse(data=triple(said), format="nt")
    assert str(found) == words
    assert unquote(str(subject)) == f"urn:midspan:our:{name}"


@pytest.mark.parametrize("where", [FactFilter(), EVERYTHING])
def test_jsonld_has_every_fact_with_where_it_comes_from(
    workspace: Workspace, facts: list[Fact], tmp_path: Path, where: FactFilter
) -> None:
    wanted = [one for one in facts if one.believed or where.everything]
    assert workspace.export_facts(tmp_path / "f.jsonld", "jsonld", where).written == len(wanted)
    graph = parsed(tmp_path / "f.jsonld", "json-ld")
    nodes = set(graph.subjects(RDF.type, RDF.Statement))
    assert nodes == {rdflib.URIRef(f"urn:midspan:fact:{one.id}") for one in wanted}
    for one in wanted:
        node = rdflib.URIRef(f"urn:midspan:fact:{one.id}")
        assert float(graph.value(node, OURS.confidence)) == one.score  # type: ignore[arg-type]
        assert str(graph.value(node, OURS.polarity)) == one.polarity
        assert str(graph.value(node, OURS.modality) or "") == one.modality
        passage = graph.value(node, PROV.wasDerivedFrom)
        assert str(graph.value(passage, PROV.value)) == one.text
        place = graph.value(passage, OA.hasSelector)
        assert int(graph.value(place, OA.start)) == one.provenance.start  # type: ignore[arg-type]
        assert int(graph.value(place, OA.end)) == one.provenance.end  # type: ignore[arg-type]
        assert str(graph.value(passage, OA.hasSource)) == f"urn:midspan:source:{one.provenance.source_id}"
        source = graph.value(passage, OA.hasSource)
        assert str(graph.value(source, OURS.path)) == "/papers/caf\\udce9.txt"
        for part in ("subject", "predicate", "object"):
            mention = graph.value(node, OURS[f"{part}Mention"])
            said = getattr(one, part)
            assert str(graph.value(mention, OA.exact)) == said.surface
            assert int(graph.value(mention, OA.start)) == said.start  # type: ignore[arg-type]
        run = graph.value(node, PROV.wasGeneratedBy)
        assert str(graph.value(run, OURS.model)) == SAID.model
        assert int(graph.value(run, OURS.stageVersion)) == SAID.stage_version  # type: ignore[arg-type]


def test_jsonld_speaks_of_the_same_things_as_ntriples(
    workspace: Workspace, facts: list[Fact], tmp_path: Path
) -> None:
    workspace.export_facts(tmp_path / "f.nt", "ntriples")
    workspace.export_facts(tmp_path / "f.jsonld", "jsonld", FactFilter(linked=True))
    graph = parsed(tmp_path / "f.jsonld", "json-ld")
    stated = {
        (graph.value(node, RDF.subject), graph.value(node, RDF.predicate), graph.value(node, RDF.object))
        for node in graph.subjects(RDF.type, RDF.Statement)
    }
    assert stated == set(parsed(tmp_path / "f.nt", "nt"))
    assert str(graph.value(rdflib.URIRef(f"{WD}Q270"), RDFS.label)) == "Warsaw"


def test_graphml_has_entities_as_nodes_and_facts_as_edges(
    workspace: Workspace, facts: list[Fact], tmp_path: Path
) -> None:
    assert workspace.export_facts(tmp_path / "f.graphml", "graphml", EVERYTHING).written == len(facts)
    graph = networkx.read_graphml(tmp_path / "f.graphml")
    assert graph.is_directed()
    edges = {key: (start, end, data) for start, end, key, data in graph.edges(keys=True, data=True)}
    assert set(edges) == {one.id for one in facts}
    for one in facts:
        start, end, data = edges[one.id]
        assert start == uid_of(one, "subject")
        assert end == (f"{one.object.literal}:{one.id}" if one.object.literal else uid_of(one, "object"))
        assert data["predicate"] == uid_of(one, "predicate")
        assert (data["confidence"], data["polarity"]) == (one.score, one.polarity)
        assert data.get("modality", "") == one.modality
        assert (data["start"], data["end"]) == (one.provenance.start, one.provenance.end)
        assert data["page"] == 1
        assert data["source"] == one.provenance.source_id
    assert graph.nodes["wd:Q270"] == {"name": "Warsaw", "kind": "wd", "in_kg": True}
    unknown = graph.nodes[uid_of(facts[5], "subject")]
    assert (unknown["name"], unknown["in_kg"]) == ("Élan <vital>", False)
    assert graph.nodes[f"date:{facts[2].id}"]["value"] == "1867-11-07"


def test_graphml_marks_what_xml_cannot_hold(workspace: Workspace, facts: list[Fact], tmp_path: Path) -> None:
    workspace.export_facts(tmp_path / "f.graphml", "graphml")
    graph = networkx.read_graphml(tmp_path / "f.graphml")
    assert graph.nodes[uid_of(facts[5], "object")]["name"] == 'a "thing"\\\n\ufffdwith\ufffd all'


def test_parquet_has_every_column_of_every_fact(
    workspace: Workspace, facts: list[Fact], tmp_path: Path
) -> None:
    assert workspace.export_facts(tmp_path / "f.parquet", "parquet", EVERYTHING).written == len(facts)
    table = pyarrow.parquet.read_table(tmp_path / "f.parquet")
    rows = {row["id"]: row for row in table.to_pylist()}
    assert set(rows) == {one.id for one in facts}
    for one in facts:
        row = rows[one.id]
        for part in ("subject", "predicate", "object"):
            for name, value in asdict(getattr(one, part)).items():
                wanted: Any = list(value) if name == "candidates" else value
                assert row[f"{part}_{name}"] == wanted, (part, name)
        assert row["further"] == [asdict(argument) for argument in one.further]
        for name in ("polarity", "modality", "status", "score", "generator", "believed", "text"):
            assert row[name] == getattr(one, name)
        for name, value in asdict(one.provenance).items():
            assert row[name] == value
        assert (row["stage"], row["stage_version"], row["model"]) == (
            SAID.stage,
            SAID.stage_version,
            SAID.model,
        )
        assert (row["page"], row["path"]) == (1, "/papers/caf\\udce9.txt")


def test_parquet_columns_are_typed_also_without_a_row(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.export_facts(tmp_path / "f.parquet", "parquet").written == 0
    schema = pyarrow.parquet.read_schema(tmp_path / "f.parquet")
    assert str(schema.field("subject_antecedent_start").type) == "int64"
    assert schema.field("subject_uid").nullable
    assert not schema.field("score").nullable


@pytest.mark.parametrize("format", FORMATS)
def test_a_filter_is_for_every_format(
    workspace: Workspace, facts: list[Fact], tmp_path: Path, format: str
) -> None:
    nobody = workspace.export_facts(tmp_path / "none", format, FactFilter("wd:nobody"))
    assert nobody.written == 0
    dated = workspace.export_facts(tmp_path / "some", format, FactFilter(predicate="wd:P569"))
    assert dated.written == 1


def test_an_empty_jsonld_is_json(workspace: Workspace, tmp_path: Path) -> None:
    workspace.export_facts(tmp_path / "f.jsonld", "jsonld")
    assert json.loads((tmp_path / "f.jsonld").read_text())["@graph"] == []


def test_an_unknown_format_is_refused_with_the_known_ones(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="graphml, jsonld, ntriples, parquet"):
        workspace.export_facts(tmp_path / "f", "turtle")


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_facts_are_the_same_file(
    workspace: Workspace, facts: list[Fact], tmp_path: Path, format: str
) -> None:
    for name in ("one", "other"):
        workspace.export_facts(tmp_path / name, format)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
