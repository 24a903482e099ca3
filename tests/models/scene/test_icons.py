"""Which picture a thing gets."""

from __future__ import annotations

import pytest

from midspan.models.scene.concepts import concept_of
from midspan.models.scene.icons import icon_of


@pytest.mark.parametrize(
    ("noun", "category", "icon"),
    [
        ("terrier", "animal", "dog"),
        ("badger", "person", "badger"),  # the word itself, whatever it is taken for
        ("surgeon", "person", "health-worker"),
        ("albert einstein", "person", "person-standing"),  # to WordNet an Einstein is a brain
        ("wisconsinite", "person", "person-standing"),  # and its people are badgers
    ],
)
def test_a_thing_is_drawn_as_what_it_is(noun: str, category: str, icon: str) -> None:
    found = icon_of(noun, concept_of(noun, category))
    assert found is not None and found.name == icon


def test_what_is_no_kind_of_anything_drawn_has_no_icon() -> None:
    assert icon_of("xyzzy", None) is None
