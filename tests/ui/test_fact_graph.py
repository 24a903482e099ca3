"""Facts as DOT: whatever a document says stays inside its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from midspan import Workspace
from midspan.platform.answers import FactEdge, FactFilter, words_key
from midspan.ui.kinds.fact.graph import MOST_DRAWN, PORTION, Drawn, around, as_graphviz, handles, overview
from tests.platform.facts_by_hand import BORN_IN, CURIE, fact, slot, write

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
EDGE = FactEdge(
    fact="fact-1",
    subject="wd:Q1",
    subject_name="Marie Curie",
    predicate="wd:P19",
    predicate_name="born in",
    object="wd:Q270",
    object_name="Warsaw",
    literal=False,
    polarity="affirmed",
    modality="",
    support=1,
    confidence=0.7,
)


def dot_of(*edges: FactEdge, chosen: str = "", entity: str | None = None) -> str:
    return as_graphviz(Drawn(edges), chosen, entity)


def unquoted(dot: str) -> str:
    """DOT without its quoted strings: what is left is ours alone."""
    return QUOTED.sub("", dot)


def line_of(dot: str, part: str) -> str:
    (line,) = [line for line in dot.splitlines() if part in line]
    return line


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(min_size=1, max_size=60))
@example('say "no"', "back\\slash\\", 'a"]; b [URL="javascript:x', 'text:"]')
@example("<b>bold</b>", "two\nlines\r\n", "\\", "wd:\\")
def test_names_and_keys_do_not_break_out_of_their_quotes(
    subject: str, predicate: str, object_name: str, key: str
) -> None:
    changed = replace(EDGE, subject_name=subject, predicate_name=predicate, object_name=object_name, fact=key)
    assert unquoted(dot_of(changed)) == unquoted(dot_of(EDGE))
    rest = Drawn((replace(EDGE, object=f"wd:{key}"),), more={f"wd:{key}": 2})
    assert unquoted(as_graphviz(rest)) == unquoted(as_graphviz(Drawn((EDGE,), more={"wd:Q270": 2})))


def test_a_name_that_looks_like_html_is_a_quoted_label() -> None:
    dot = dot_of(replace(EDGE, subject_name="<table>"))
    assert 'label="<table>"' in dot
    assert "label=<" not in dot


def test_a_long_name_is_cut() -> None:
    dot = dot_of(replace(EDGE, object_name="x" * 5000))
    assert "x" * 100 not in dot
    assert "…" in dot


def test_a_node_of_several_facts_is_drawn_once() -> None:
    dot = dot_of(EDGE, replace(EDGE, fact="fact-2", object="wd:Q90", object_name="Paris"))
    assert len([line for line in dot.splitlines() if 'label="Marie Curie"' in line]) == 1


def test_the_same_date_in_two_facts_is_two_nodes() -> None:
    born = replace(EDGE, object="date:1867", object_name="1867", literal=True)
    dot = dot_of(born, replace(born, fact="fact-2", subject="wd:Q2"))
    assert len([line for line in dot.splitlines() if 'label="1867"' in line]) == 2


def test_denied_and_hedged_facts_are_dashed_and_say_so() -> None:
    polarities = {"negated": "not: born in", "hedged": "perhaps: born in"}
    for polarity, words in polarities.items():
        arrow = line_of(dot_of(replace(EDGE, polarity=polarity)), "->")  # type: ignore[arg-type]
        assert "style=dashed" in arrow
        assert words in arrow
    assert "dashed" not in line_of(dot_of(EDGE), "->")


def test_only_nodes_of_the_knowledge_graph_have_a_colour() -> None:
    dot = dot_of(replace(EDGE, object=words_key("warsaw")))
    assert "fillcolor" in line_of(dot, 'label="Marie Curie"')
    assert "fillcolor" not in line_of(dot, 'label="Warsaw"')


def test_the_chosen_fact_and_the_entity_are_bold() -> None:
    other = replace(EDGE, fact="fact-2", object="wd:Q90", object_name="Paris", predicate_name="lived in")
    dot = dot_of(EDGE, other, chosen="fact-2", entity="wd:Q90")
    assert "penwidth" in line_of(dot, 'label="lived in"')
    assert "penwidth" not in line_of(dot, 'label="born in"')
    assert "penwidth" in line_of(dot, 'label="Paris"')
    assert "penwidth" not in line_of(dot, 'label="Warsaw"')


def test_all_that_can_be_clicked_has_its_id_in_the_drawing() -> None:
    dated = replace(EDGE, fact="fact-2", object="date:1867", object_name="1867", literal=True)
    drawn = Drawn((EDGE, dated), more={"wd:Q1": 5})
    things = handles(drawn)
    assert set(things.values()) == {
        ("node", "wd:Q1"), ("node", "wd:Q270"), ("edge", "fact-1"), ("edge", "fact-2"), ("more", "wd:Q1"),
    }  # fmt: skip
    assert all(f'id="{handle}"' in as_graphviz(drawn) for handle in things)


# --- what is drawn, from a store ---


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        yield opened


def star(workspace: Workspace, name: str, centre: str, points: int) -> None:
    """An entity with so many facts of its own."""
    said = [
        fact(slot(centre, f"wd:{centre}"), BORN_IN, slot(f"{centre} {n}", f"wd:{centre}{n}"))
        for n in range(points)
    ]
    write(workspace, name, said)


def test_an_entity_brings_a_portion_and_the_rest_is_counted(workspace: Workspace) -> None:
    star(workspace, "a.txt", "Q1", PORTION + 3)
    once = around(workspace, FactFilter(), ["wd:Q1"])
    assert (len(once.edges), once.more) == (PORTION, {"wd:Q1": 3})
    twice = around(workspace, FactFilter(), ["wd:Q1", "wd:Q1"])
    assert (len(twice.edges), twice.more) == (PORTION + 3, {})
    assert twice.edges[:PORTION] == once.edges


def test_a_fact_that_another_entity_brought_is_not_counted_as_hidden(workspace: Workspace) -> None:
    star(workspace, "a.txt", "Q1", PORTION + 1)
    ends = [f"wd:Q1{n}" for n in range(PORTION + 1)]
    drawn = around(workspace, FactFilter(), ["wd:Q1", *ends])
    assert (len(drawn.edges), drawn.more) == (PORTION + 1, {})


def test_no_more_is_drawn_than_can_be_read(workspace: Workspace) -> None:
    star(workspace, "a.txt", "Q1", MOST_DRAWN + 20)
    drawn = around(workspace, FactFilter(), ["wd:Q1"] * 20)
    assert (len(drawn.edges), drawn.more) == (MOST_DRAWN, {"wd:Q1": 20})


def test_a_filter_is_for_the_neighbours_too(workspace: Workspace) -> None:
    star(workspace, "a.txt", "Q1", 3)
    write(workspace, "b.txt", [fact(CURIE, BORN_IN, slot("Q1", "wd:Q1"), polarity="negated")])
    assert len(around(workspace, FactFilter(), ["wd:Q1"]).edges) == 3
    assert len(around(workspace, FactFilter(everything=True), ["wd:Q1"]).edges) == 4
    assert len(around(workspace, FactFilter(predicate="wd:P1"), ["wd:Q1"]).edges) == 0


def test_the_overview_is_of_those_with_most_facts(workspace: Workspace) -> None:
    for number in range(6):
        star(workspace, f"{number}.txt", f"X{number}", number + 2)
    drawn = overview(workspace, FactFilter())
    assert {edge.subject for edge in drawn.edges} == {"wd:X2", "wd:X3", "wd:X4", "wd:X5"}
    assert drawn.opened == ("wd:X5", "wd:X4", "wd:X3", "wd:X2")
