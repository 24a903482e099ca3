"""What a click on the body says; the clicks themselves are tested in a browser."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from midspan.ui.kinds.atlas import choosing
from midspan.ui.kinds.atlas.body_clicks import organ_of, point_of


def test_a_click_says_an_organ_or_a_point() -> None:
    assert organ_of({"organ": "liver"}) == "liver"
    assert point_of({"organ": "liver"}) is None
    assert point_of({"point": [1, 2.5, -3]}) == (1.0, 2.5, -3.0)
    assert organ_of({"point": [1, 2.5, -3]}) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        "liver",
        {},
        {"organ": 3},
        {"organ": ["liver"]},
        {"point": "123"},
        {"point": [1, 2]},
        {"point": [1, 2, None]},
        {"point": [1, 2, float("inf")]},
    ],
)
def test_what_is_neither_says_nothing(value: Any) -> None:
    assert organ_of(value) is None
    assert point_of(value) is None


def test_a_clicked_organ_is_looked_at_instead_of_a_point(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {"organ": None, choosing.POINT: (1.0, 2.0, 3.0)}
    monkeypatch.setattr(st, "session_state", state)
    choosing.look_at(["heart", "liver"], "liver")
    assert state == {"organ": "liver"}


def test_an_organ_that_the_page_has_not_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {"organ": "heart"}
    monkeypatch.setattr(st, "session_state", state)
    choosing.look_at(["heart", "liver"], "wing")
    assert state == {"organ": "heart"}
