"""What the pages look like where Streamlit's own elements do not reach."""

from __future__ import annotations

import base64

import streamlit as st

from midspan.ui.escaping import as_html, plain

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" '
    'fill="#4338ca"/><path d="M9 16h14" stroke="#fff" stroke-width="3"/><circle cx="9" cy="16" r="4" '
    'fill="#fff"/><circle cx="23" cy="16" r="4" fill="#facc15"/></svg>'
)
"""Our own, as Streamlit fetches named icons for a page from the network."""

_CSS = """
<style>
.block-container { max-width: 1240px; padding-top: 4rem; padding-bottom: 3rem; }
.block-container h1 { font-size: 1.75rem; padding: .2rem 0 .3rem; }
.ms-lead { opacity: .7; margin-top: -.6rem; font-size: .95rem; }
.ms-meta { font-size: .8rem; opacity: .65; overflow-wrap: anywhere; }
.ms-title { font-weight: 600; overflow-wrap: anywhere; }
.ms-text { line-height: 1.55; overflow-wrap: anywhere; margin: .3rem 0; }
.ms-passage { line-height: 1.65; overflow-wrap: anywhere; white-space: pre-wrap; max-height: 21rem;
  overflow-y: auto; border-left: 3px solid #6366f1; padding: .2rem 0 .2rem .9rem; }
.ms-around { opacity: .55; }
[data-testid="stImage"] img { border: 1px solid rgba(128, 128, 128, .25); }
mark { background: rgba(250, 204, 21, .42); color: inherit; border-radius: 3px; padding: .05em .1em; }
.ms-subject { background: rgba(99, 102, 241, .34); } .ms-object { background: rgba(16, 185, 129, .34); }
.ms-antecedent { background: none; border-bottom: 2px dotted #d946ef; border-radius: 0; }
.ms-slots { border-collapse: collapse; font-size: .8rem; margin-top: .5rem; width: 100%; }
.ms-slots th { text-align: left; font-weight: 400; opacity: .6; }
.ms-slots :is(th, td) { border: 0; border-top: 1px solid rgba(128, 128, 128, .25);
  padding: .2rem .9rem .2rem 0; vertical-align: top; overflow-wrap: anywhere; }
.ms-slots td:nth-child(4) { white-space: nowrap; }
.st-key-fact-graph :is(g.edge, g.rest) text { fill: currentColor; opacity: .75; }
.st-key-fact-graph :is(g.node:not(.value), g.edge) { cursor: pointer; }
.ms-kind { display: inline-block; color: #fff; font-size: .7rem; font-weight: 600; border-radius: 999px;
  padding: .08rem .55rem; margin-right: .45rem; vertical-align: .1em; white-space: nowrap; }
.ms-hit { display: flex; gap: .8rem; }
.ms-hit > div { flex: 1; min-width: 0; }
.ms-hit img { width: 104px; align-self: flex-start; border-radius: 6px; }
.ms-snippet { border-left: 2px solid rgba(128, 128, 128, .3); padding-left: .7rem; font-size: .92rem; }
.ms-scene img { width: 100%; border-radius: 8px; display: block; margin-bottom: .45rem; }
.ms-clip { display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical; overflow: hidden; }
.ms-empty { text-align: center; padding: 2.2rem 1rem; border: 1px dashed rgba(128, 128, 128, .4);
  border-radius: 10px; }
.ms-empty b { font-size: 1.05rem; } .ms-empty div { opacity: .7; margin-top: .35rem; }
.ms-pairs { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .85rem; }
.ms-pairs dt { opacity: .6; } .ms-pairs dd { margin: 0; overflow-wrap: anywhere; }
.ms-share { display: grid; grid-template-columns: 9rem 1fr 3rem; gap: .6rem; align-items: center;
  font-size: .8rem; max-width: 30rem; }
.ms-share i { background: rgba(128, 128, 128, .18); border-radius: 4px; height: .5rem; }
.ms-share i b { display: block; background: #be123c; border-radius: 4px; height: 100%; }
[class*="st-key-chosen"] { box-shadow: inset 4px 0 0 #6366f1; border-radius: 10px; }
</style>
"""


def apply_style() -> None:
    st.html(_CSS)


def heading(title: str, lead: str) -> None:
    """A page's title and one line on what it is for; both are ours."""
    st.title(title, anchor=False)
    st.html(f'<div class="ms-lead">{as_html(lead)}</div>')


def empty(title: str, what_to_do: str) -> None:
    """That there is nothing here, and how to change that."""
    st.html(f'<div class="ms-empty"><b>{as_html(title)}</b><div>{as_html(what_to_do)}</div></div>')


def pairs(rows: dict[str, str]) -> None:
    """Names with values; empty values are left out."""
    items = "".join(
        f"<dt>{as_html(name)}</dt><dd>{as_html(value)}</dd>" for name, value in rows.items() if value
    )
    st.html(f'<dl class="ms-pairs">{items}</dl>')


def picture(jpeg: bytes) -> str:
    """HTML of a small picture that is part of the page, fetched from nowhere."""
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">'


def svg_picture(svg: str, says: str) -> str:
    """HTML of a drawing, as an image: nothing in it can run."""
    data = base64.b64encode(plain(svg).encode()).decode()
    return f'<img alt="{as_html(says)}" src="data:image/svg+xml;base64,{data}">'
