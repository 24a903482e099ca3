import re

import pytest

from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.patterns import PATTERNS, Pattern, matching


@pytest.mark.parametrize(
    ("wording", "subject", "object_", "expected"),
    [
        ("bear in", "person", "place", "P19"),
        ("bear in", "person", "date", "P569"),
        ("found by", "organisation", "person", "P112"),
        ("found in", "organisation", "date", "P571"),
        ("found in", "organisation", "place", "P740"),
    ],
)
def test_the_kinds_of_the_arguments_decide(wording: str, subject: str, object_: str, expected: str) -> None:
    pattern = matching(wording, subject, object_)
    assert pattern is not None and pattern.property == expected


def test_an_unknown_kind_passes_but_is_no_date_or_occupation() -> None:
    pattern = matching("bear in", "person", "")
    assert pattern is not None and pattern.property == "P19"
    assert matching("bear on", "person", "") is None
    assert matching("be", "person", "") is None
    assert matching("bear in", "", "") is None


def test_a_wrong_kind_or_wording_fits_nothing() -> None:
    assert matching("bear in", "place", "place") is None
    assert matching("no such wording", "person", "place") is None


def test_active_and_passive_run_in_opposite_directions() -> None:
    active, passive = matching("write", "person", "work"), matching("write by", "work", "person")
    assert active is not None and passive is not None
    assert active.property == passive.property and active.inverse and not passive.inverse


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.wordings[0])
def test_every_property_is_in_the_graph_and_every_wording_a_key(pattern: Pattern) -> None:
    assert bundled_kg().predicate(f"wd:{pattern.property}") is not None
    assert all(re.fullmatch(r"[a-z]+([ -][a-z]+)*", wording) for wording in pattern.wordings)
