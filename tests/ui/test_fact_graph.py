"""Facts as DOT: whatever a document says stays inside its quotes."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from midspan.ui.kinds.fact.graph import Edge, as_graphviz

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
EDGE = Edge(
    assertion="assertion-1",
    subject="wd:Q1",
    subject_name="Marie Curie",
    subject_known=True,
    predicate="born in",
    object="wd:Q270",
    object_name="Warsaw",
    object_known=True,
    polarity="affirmed",
    support=1,
    confidence=0.7,
)


def unquoted(dot: str) -> str:
    """DOT without its quoted strings: what is left is ours alone."""
    return QUOTED.sub("", dot)


def line_of(dot: str, part: str) -> str:
    (line,) = [line for line in dot.splitlines() if part in line]
    return line


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
@example('say "no"', "back\\slash\\", 'a"]; b [URL="javascript:x')
@example("<b>bold</b>", "two\nlines\r\n", "\\")
def test_names_do_not_break_out_of_their_quotes(subject: str, predicate: str, object_name: str) -> None:
    dot = as_graphviz([replace(EDGE, subject_name=subject, predicate=predicate, object_name=object_name)])
    assert unquoted(dot) == unquoted(as_graphviz([EDGE]))


def test_a_name_that_looks_like_html_is_a_quoted_label() -> None:
    dot = as_graphviz([replace(EDGE, subject_name="<table>")])
    assert 'label="<table>"' in dot
    assert "label=<" not in dot


def test_a_long_name_is_cut() -> None:
    dot = as_graphviz([replace(EDGE, object_name="x" * 5000)])
    assert "x" * 100 not in dot
    assert "…" in dot


def test_a_node_of_several_facts_is_drawn_once() -> None:
    other = replace(EDGE, assertion="assertion-2", object="wd:Q90", object_name="Paris")
    dot = as_graphviz([EDGE, other])
    assert len([line for line in dot.splitlines() if line.startswith('"wd:Q1" [')]) == 1


def test_the_same_date_in_two_facts_is_two_nodes() -> None:
    born = replace(EDGE, object=None, object_name="1867", object_known=False)
    dot = as_graphviz([born, replace(born, assertion="assertion-2", subject="wd:Q2")])
    assert len([line for line in dot.splitlines() if 'label="1867"' in line]) == 2


def test_denied_and_hedged_facts_are_dashed_and_say_so() -> None:
    for polarity, words in (("negated", "not: born in"), ("hedged", "perhaps: born in")):
        arrow = line_of(as_graphviz([replace(EDGE, polarity=polarity)]), "->")
        assert "style=dashed" in arrow
        assert words in arrow
    assert "dashed" not in line_of(as_graphviz([EDGE]), "->")


def test_only_nodes_of_the_knowledge_graph_have_a_colour() -> None:
    dot = as_graphviz([replace(EDGE, object="local:1", object_known=False)])
    assert "fillcolor" in line_of(dot, 'label="Marie Curie"')
    assert "fillcolor" not in line_of(dot, 'label="Warsaw"')


def test_the_chosen_fact_is_bold() -> None:
    other = replace(EDGE, assertion="assertion-2", object="wd:Q90", object_name="Paris")
    dot = as_graphviz([EDGE, other], chosen="assertion-2")
    assert "penwidth" in line_of(dot, '-> "wd:Q90"')
    assert "penwidth" not in line_of(dot, '-> "wd:Q270"')
