"""Text stays text."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from midspan.ui.escaping import as_dot, as_html, as_markdown, marked, plain, shorten

anything = st.text(st.characters(codec=None), max_size=60)


@given(anything)
def test_what_is_shown_can_be_sent_to_a_browser(text: str) -> None:
    for shown in (plain(text), as_html(text), as_markdown(text), as_dot(text), shorten(text, 9)):
        shown.encode("utf-8")


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=5))
def test_marking_changes_no_character(text: str, spans: list[tuple[int, int]]) -> None:
    assert html.unescape(re.sub("</?mark>", "", marked(text, spans))) == html.unescape(as_html(text))


@given(anything)
def test_marks_are_the_only_elements(text: str) -> None:
    assert set(re.findall("<[^>]*>?", marked(text, [(0, 3)]))) <= {"<mark>", "</mark>"}


def test_marked_spans_are_where_they_should_be() -> None:
    assert marked("a < b & c", [(4, 5), (2, 3)]) == "a <mark>&lt;</mark> <mark>b</mark> &amp; c"


@given(anything)
def test_a_dot_string_ends_where_it_should(text: str) -> None:
    inside = as_dot(text)[1:-1]
    assert re.fullmatch(r'(?:[^"\\\n]|\\["\\])*', inside)


def test_markdown_keeps_no_mark_up() -> None:
    assert as_markdown("![a](b) :red[c] $d$") == r"\!\[a\]\(b\) \:red\[c\] \$d\$"
