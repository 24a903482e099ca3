"""What the facts page looks at: an entity, the entities opened around it, a fact, and which facts there are.

All of it is in the page's address (``?entity=``, ``near``, ``fact``, ``predicate``, ``source``, ``score``,
``links``, ``polarity``, ``all``), so that a link opens the same view again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

import streamlit as st

from midspan import Workspace
from midspan.errors import NotFound
from midspan.platform.answers import FactFilter, FactTerm
from midspan.records import BELIEVED, Polarity
from midspan.ui.address import share
from midspan.ui.escaping import as_markdown, plain, shorten
from midspan.ui.kinds.fact import graph
from midspan.ui.wording import counted

LISTED = 300
"""Names in a box; others are found by typing them."""
SOURCES = 500
MOST_OPENED = 24
"""Clicks that are remembered."""
LINKS = {"linked": "linked", "unlinked": "not linked"}
DEFAULTS: dict[str, Any] = {
    "entity": None, "predicate": None, "source": None, "score": 0.0, "links": None, "polarity": None,
    "all": False, "near": (), "fact": "",
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    where: FactFilter
    """Without the entity."""
    entity: str | None
    opened: tuple[str, ...]
    """Keys of entities, the chosen one among them, once for each portion of their facts."""
    fact: str
    """Id of a fact; empty where none was chosen."""

    @property
    def listed(self) -> FactFilter:
        return replace(self.where, entity=self.entity)

    @property
    def chosen(self) -> FactFilter:
        """What says the same as the chosen fact."""
        return replace(self.where, like=self.fact)


def choose(workspace: Workspace) -> Choice:
    """Draw the boxes; what they and the clicks have chosen."""
    _restore()
    entity, predicate, source = st.columns([4, 3, 3])
    score, links, polarity, everything = st.columns([5, 4, 5, 5], vertical_alignment="bottom")
    with everything:
        shows_all = st.toggle(
            "Also what is not believed",
            key=_key("all"),
            help=f"Believed is what is affirmed without reserve, with a confidence of {BELIEVED} or more.",
        )
    where = FactFilter(everything=shows_all)
    with source:
        where = replace(where, source_ids=_source(workspace))
    with score:
        where = replace(
            where, least_score=st.slider("Confidence at least", 0.0, 1.0, step=0.05, key=_key("score"))
        )
    with links:
        chosen = st.segmented_control(
            "Knowledge graph", list(LINKS), format_func=LINKS.__getitem__, key=_key("links")
        )
        where = replace(where, linked=None if chosen is None else chosen == "linked")
    with polarity:
        said = st.segmented_control(
            "Polarity", list(get_args(Polarity)), key=_key("polarity"), disabled=not shows_all
        )
        where = replace(where, polarity=said if shows_all else None)
    with predicate:
        where = replace(where, predicate=_predicate(workspace, where))
    with entity:
        _entity(workspace, where)
    choice = Choice(where, _get("entity"), tuple(_get("near")), _get("fact"))
    _hidden(workspace, choice)
    _remember()
    return choice


def look_into(fact: str) -> None:
    """For a click on a fact, or its row: its sentences."""
    _set("fact", fact)


def only(key: str) -> None:
    """For a button: the entity's facts alone are drawn."""
    _set("near", (key,))


def clicked(drawn: graph.Drawn, handle: str) -> None:
    """For a click on what is drawn, if it is there still; the name comes from a browser.

    A fact shows its sentences. An entity has its facts listed and brings a portion of them; so does its rest.
    """
    kind, name = graph.handles(drawn).get(handle, ("", ""))
    if kind == "edge":
        look_into(name)
    elif kind:
        _set("near", (*drawn.opened, name)[-MOST_OPENED:])
    if kind == "node":
        _set("entity", name)
        _set("fact", "")


def _key(name: str) -> str:
    return f"fact-{name}"


def _get(name: str) -> Any:
    return st.session_state[_key(name)]


def _set(name: str, value: Any) -> None:
    st.session_state[_key(name)] = value


def _restore() -> None:
    """Take from the address what it says, when the page is come to."""
    if _key("entity") in st.session_state:
        return
    asked = st.query_params
    for name, default in DEFAULTS.items():
        _set(name, asked.get(name) or default)
    _set("near", tuple(asked.get_all("near"))[-MOST_OPENED:])
    _set("all", asked.get("all") == "1")
    _set("score", share(asked.get("score", "")))
    _set("links", asked.get("links") if asked.get("links") in LINKS else None)
    _set("polarity", asked.get("polarity") if asked.get("polarity") in get_args(Polarity) else None)
    if _get("entity") and not _get("near"):
        _set("near", (_get("entity"),))


def _remember() -> None:
    """Put into the address what differs from a page that was just opened."""
    said = {name: _get(name) for name in DEFAULTS if _get(name) != DEFAULTS[name]}
    if "all" in said:
        said["all"] = "1"
    if said.get("near") == (said.get("entity"),):
        del said["near"]
    written = {name: list(value) if isinstance(value, tuple) else str(value) for name, value in said.items()}
    st.query_params.from_dict(written)


def _source(workspace: Workspace) -> frozenset[str] | None:
    titles = {one.source.id: one.source.title for one in workspace.sources(SOURCES)}
    if _get("source") not in titles:
        _set("source", None)
    chosen = st.selectbox(
        "Source",
        list(titles),
        key=_key("source"),
        format_func=lambda one: shorten(titles[one], 60),
        placeholder="any",
    )
    return frozenset({chosen}) if chosen else None


def _predicate(workspace: Workspace, where: FactFilter) -> str | None:
    names = _labels(workspace.fact_predicates(where, LISTED))
    if (chosen := _get("predicate")) is not None:
        names.setdefault(chosen, chosen)
    return cast("str | None", _box("Predicate", "predicate", names, "any"))


def _entity(workspace: Workspace, where: FactFilter) -> None:
    """Its box, in which a name may be typed that is not in the list."""
    names = _labels(workspace.fact_entities(where, LISTED))
    if (chosen := _get("entity")) is not None and chosen not in names:
        around = workspace.fact_edges(replace(where, entity=chosen), 1)
        names[chosen] = f"{graph.named(around.edges, chosen)} ({around.total})"
    _box("Entity", "entity", names, "all; choose one or type a name", typed=lambda: _typed(workspace, names))
    if (missing := st.session_state.pop("fact-missing", "")) != "":
        st.caption(f":material/search_off: No entity is called “{as_markdown(missing)}”.")


def _box(label: str, name: str, names: dict[str, str], placeholder: str, typed: Any = None) -> Any:
    return st.selectbox(
        label,
        list(names),
        key=_key(name),
        format_func=lambda key: shorten(names.get(str(key), str(key)), 80),
        placeholder=placeholder,
        accept_new_options=typed is not None,
        on_change=typed,
    )


def _typed(workspace: Workspace, names: Mapping[str, str]) -> None:
    """Another entity was chosen, or a name was typed."""
    said = _get("entity")
    if said is not None and said not in names:
        try:
            said = workspace.fact_entity(said)
        except NotFound:
            st.session_state["fact-missing"], said = plain(said), None
    _set("entity", said)
    _set("near", (said,) if said else ())
    _set("fact", "")


def _labels(found: Sequence[FactTerm]) -> dict[str, str]:
    return {one.key: f"{one.name} ({one.facts:,})" for one in found}


def _hidden(workspace: Workspace, choice: Choice) -> None:
    """How many facts there are, and how many more would be shown."""
    there = workspace.count_facts(choice.listed)
    if choice.where.everything:
        believed = workspace.count_facts(replace(choice.listed, everything=False))
        st.caption(f"{counted(there, 'fact')}, of which {believed:,} are believed.")
        return
    hidden = workspace.count_facts(replace(choice.listed, everything=True)) - there
    st.caption(
        f"{counted(there, 'believed fact')}; {hidden:,} hidden: denied, said with reserve or doubtful."
    )
