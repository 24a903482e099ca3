"""What the scenes page looks at: a question in words, a drawing, a scene that others should be like, or all
scenes with a thing and a relation; and which part of them.

All of it is in the page's address (``?q=``, ``at``, ``like``, ``thing``, ``relation``, ``part``), so that a
link opens the same view again. Of question, drawing and scene there is one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from midspan import Workspace
from midspan.models.scene.asking import MOST, Label
from midspan.platform.answers import SceneTerm
from midspan.ui.escaping import plain, shorten

LISTED = 300
"""Nouns in the box; others are typed."""
LONGEST = 60
"""Characters of a label."""
DEFAULTS: dict[str, Any] = {"q": "", "like": "", "thing": None, "relation": None, "part": 0, "at": ()}


@dataclass(frozen=True)
class Choice:
    query: str
    like: str
    """Id of a scene."""
    drawn: tuple[Label, ...]
    thing: str | None
    relation: str | None
    part: int
    """The first portion is 0."""

    @property
    def asks(self) -> bool:
        return bool(self.query or self.like or self.drawn)


def choose(workspace: Workspace) -> Choice:
    """Draw the boxes; what they, the board and the buttons have chosen."""
    _restore()
    words, thing, relation = st.columns([5, 3, 3], vertical_alignment="bottom")
    words.text_input(
        "Find",
        key=_key("q"),
        placeholder="as “dog left of tree” or “cup and lamp”",
        icon=":material/search:",
        on_change=_asked,
    )
    asks = bool(_get("q").strip() or _get("like") or _get("at"))
    with thing:
        _box("Thing", "thing", workspace.scene_nouns(LISTED), asks, typed=True)
    with relation:
        _box("Relation", "relation", workspace.scene_predicates(), asks)
    _remember()
    drawn = tuple(_get("at"))
    return Choice(_get("q").strip(), _get("like"), drawn, _get("thing"), _get("relation"), _get("part"))


def look_like(scene_id: str) -> None:
    """For a button: scenes like one."""
    _ask(like=scene_id)


def draw(value: Any) -> None:
    """For a change of the board; the value comes from a browser."""
    _ask(at=tuple(placed_of(value)))


def leave() -> None:
    """For a button: all scenes again."""
    _ask()


def turn(by: int) -> None:
    """For a button: another portion."""
    _set("part", max(0, _get("part") + by))


def placed_of(value: Any) -> list[Label]:
    """The labels that a browser names; what is none is left out."""
    rows = value if isinstance(value, list) else []
    found = []
    for row in rows[:MOST]:
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            continue
        text = " ".join(row["text"].split())[:LONGEST]
        x, y = _share(row.get("x")), _share(row.get("y"))
        if text and x is not None and y is not None:
            found.append(Label(text, x, y))
    return found


def _share(value: Any) -> float | None:
    """A number, within 0..1."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return round(min(max(float(value), 0.0), 1.0), 3)


def _ask(**asked: Any) -> None:
    for name in ("q", "like", "at", "part"):
        _set(name, asked.get(name, DEFAULTS[name]))


def _asked() -> None:
    _ask(q=_get("q"))


def _key(name: str) -> str:
    return f"scene-{name}"


def _get(name: str) -> Any:
    return st.session_state[_key(name)]


def _set(name: str, value: Any) -> None:
    st.session_state[_key(name)] = value


def _restore() -> None:
    """Take from the address what it says, when the page is come to."""
    if _key("q") in st.session_state:
        return
    asked = st.query_params
    for name in ("q", "like", "thing", "relation"):
        _set(name, asked.get(name) or DEFAULTS[name])
    _set("at", tuple(_from_address(asked.get_all("at"))))
    part = asked.get("part", "")
    _set("part", int(part) if part.isascii() and part.isdigit() and len(part) < 7 else 0)


def _from_address(written: Sequence[str]) -> list[Label]:
    rows = []
    for one in written:
        text, _, place = one.rpartition("@")
        try:
            x, y = (float(number) for number in place.split(","))
        except ValueError:
            continue
        rows.append({"text": text, "x": x, "y": y})
    return placed_of(rows)


def _remember() -> None:
    """Put into the address what differs from a page that was just opened."""
    said = {name: _get(name) for name in DEFAULTS if _get(name) != DEFAULTS[name]}
    written: dict[str, str | list[str]] = {name: str(said[name]) for name in said if name != "at"}
    if "at" in said:
        written["at"] = [f"{one.text}@{one.x:g},{one.y:g}" for one in said["at"]]
    st.query_params.from_dict(written)


def _box(label: str, name: str, found: Sequence[SceneTerm], disabled: bool, typed: bool = False) -> None:
    names = {one.name: f"{one.name.replace('_', ' ')} ({one.scenes:,})" for one in found}
    chosen = _get(name)
    if chosen is not None and chosen not in names:
        if typed:
            names[chosen] = plain(chosen)
        else:
            _set(name, None)
    st.selectbox(
        label,
        list(names),
        key=_key(name),
        format_func=lambda one: shorten(names.get(str(one), str(one)), 60),
        placeholder="any; kinds count too" if typed else "any",
        accept_new_options=typed,
        disabled=disabled,
        help="Filters what is listed; a search looks at all scenes." if disabled else None,
        on_change=lambda: _set("part", 0),
    )
