import pytest

from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.nations import country_of


@pytest.mark.parametrize(
    ("adjective", "country"),
    [
        ("Danish", "Denmark"),
        ("Dutch", "Netherlands"),
        ("Swiss", "Switzerland"),
        ("Welsh", "Wales"),
        ("South Korean", "South Korea"),
        ("American", "United States of America"),
        ("Cameroonian", "Cameroon"),
        ("Catholic", ""),
        ("danish", ""),
    ],
)
def test_of_which_country_an_adjective_is(adjective: str, country: str) -> None:
    assert country_of(adjective) == country


def test_the_graph_knows_the_country_of_common_adjectives() -> None:
    for adjective in ("Danish", "French", "Chinese", "British", "Brazilian", "Turkish"):
        assert any(
            entity.name == country_of(adjective) for entity in bundled_kg().named(country_of(adjective))
        )
