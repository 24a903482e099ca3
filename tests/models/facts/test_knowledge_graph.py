import pytest

from midspan.models.facts.knowledge_graph import normalise


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("The Beatles'", "beatles"),
        ("Poland's", "poland"),
        ("Poland’s", "poland"),
        ("U.S.", "us"),
        ("Spider-Man", "spider man"),
        ("Zoë", "zoë"),
        ("ＡＢＣ", "abc"),
        ("!!!", "!!!"),
    ],
)
def test_names_are_compared_without_their_trimmings(written: str, plain: str) -> None:
    assert normalise(written) == plain
