import re

import pytest

from benchmarks.wordings import OUT, table
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.patterns import PATTERNS, Pattern


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.wordings[0])
def test_every_property_is_in_the_graph_and_every_wording_a_key(pattern: Pattern) -> None:
    assert bundled_kg().predicate(pattern.property) is not None
    assert all(
        re.fullmatch(r"[a-z]+([ -]([a-z.]+|JOB))*( \+)?( school)?", wording) for wording in pattern.wordings
    )


def test_the_published_table_is_the_one_in_use() -> None:
    assert OUT.read_text("utf-8") == table()
