"""Text from documents, file names and errors is data: it never becomes Markdown, HTML or DOT.

Lone surrogates, which stand for the bytes of file names that are no UTF-8, are spelt out, because
nothing can send them to a browser.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

_PUNCTUATION = re.compile("([" + re.escape(string.punctuation) + "])")


def plain(text: str) -> str:
    """For widgets that take text as it is: options, cells, ``st.text``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def as_html(text: str) -> str:
    """For the inside of an HTML element or a quoted attribute."""
    return html.escape(plain(text))


def as_markdown(text: str) -> str:
    """For labels and messages, which Streamlit reads as Markdown (and would fetch pictures for)."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(plain(text).split()))


def as_dot(text: str, length: int = 32) -> str:
    """A quoted DOT string of at most ``length`` characters."""
    return '"' + shorten(text, length).replace("\\", "\\\\").replace('"', '\\"') + '"'


def shorten(text: str, length: int) -> str:
    """On one line, cut with an ellipsis."""
    line = " ".join(plain(text).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


@dataclass(frozen=True)
class Mark:
    """A half-open span of a text, and the class of its ``<mark>``; empty for none."""

    start: int
    end: int
    look: str = ""


def marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """HTML of a text with its half-open spans in ``<mark>``; overlapping spans are joined."""
    return marked_as(text, [Mark(*span) for span in spans])


def marked_as(text: str, marks: Sequence[Mark]) -> str:
    """HTML of a text with its marks; where some overlap, the one that begins first goes on to its end."""
    parts: list[str] = []
    done = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, mark.end)):
        start, end = max(mark.start, done), min(mark.end, len(text))
        if start < end:
            look = f' class="{as_html(mark.look)}"' if mark.look else ""
            parts += [as_html(text[done:start]), f"<mark{look}>", as_html(text[start:end]), "</mark>"]
            done = end
    return "".join([*parts, as_html(text[done:])])
