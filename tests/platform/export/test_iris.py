"""Addresses, and types of dates."""

from __future__ import annotations

import pytest

from midspan.platform.export.iris import EDTF, XSD, entity_iri, literal, predicate_iri
from midspan.records import Fact, FactSlot
from tests.platform.facts_by_hand import BORN_IN, CURIE, WARSAW, fact, slot


def of(slot: FactSlot) -> Fact:
    return fact(CURIE, BORN_IN, slot)


@pytest.mark.parametrize(
    ("uid", "iri"),
    [
        ("wd:Q42", "http://www.wikidata.org/entity/Q42"),
        ("gn:2950159", "https://sws.geonames.org/2950159/"),
        ("local:ward-3", "urn:midspan:local:ward-3"),
        ("our:a b>", "urn:midspan:our:a%20b%3E"),
        ("https://example.org/c?d=ä#e", "https://example.org/c?d=%C3%A4#e"),
    ],
)
def test_an_entity_has_the_address_of_its_graph(uid: str, iri: str) -> None:
    assert entity_iri(of(slot("x", uid)), "object") == iri


def test_a_wikidata_property_has_its_direct_address() -> None:
    assert (
        predicate_iri(fact(CURIE, slot("born in", "wd:P19"), WARSAW))
        == "http://www.wikidata.org/prop/direct/P19"
    )
    assert predicate_iri(fact(CURIE, slot("near", "our:near"), WARSAW)) == "urn:midspan:our:near"


def test_what_is_in_no_graph_is_the_same_in_any_case() -> None:
    first, second, third = (
        entity_iri(of(one), "object")
        for one in (slot("Radium"), slot("radium"), slot("it", antecedent="Radium"))
    )
    assert first.startswith("urn:midspan:local:")
    assert first == second == third


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("1867-11-07", f"{XSD}date"),
        ("2000-02-29", f"{XSD}date"),
        ("-0043-03-15", f"{XSD}date"),
        ("1867-11", f"{XSD}gYearMonth"),
        ("1867", f"{XSD}gYear"),
        ("12024", f"{XSD}gYear"),
        ("186X", EDTF),
        ("18XX", EDTF),
        ("1900-02-29", EDTF),
        ("1867-13", EDTF),
        ("1867-11-31", EDTF),
    ],
)
def test_a_date_has_the_type_of_its_precision(value: str, type_: str) -> None:
    assert literal(slot("then", literal="date", value=value)) == (value, type_)


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("1,234", "number", ("1234", f"{XSD}decimal")),
        ("-2.5", "number", ("-2.5", f"{XSD}decimal")),
        ("two dozen", "number", ("two dozen", "")),
        ("last winter", "date", ("last winter", "")),
    ],
)
def test_what_is_no_more_than_words_has_no_type(name: str, kind: str, found: tuple[str, str]) -> None:
    assert literal(slot(name, literal=kind)) == found
