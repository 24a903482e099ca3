"""The box that places a typed sentence: where it belongs, how sure that is, or why it is not placed."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.platform.answers import PlacedSentence
from midspan.ui.escaping import as_html

BARS = 6


def ask(workspace: Workspace, atlas: str) -> PlacedSentence | None:
    """The answer for what stands in the box; None while it is empty."""
    sentence = st.text_input(
        "Place a sentence",
        key="atlas-sentence",
        placeholder="a medical sentence, as “Dialysis was started for uremia.”",
        icon=":material/my_location:",
    )
    if not sentence.strip():
        return None
    with st.spinner("Reading the sentence …"):
        placed = workspace.place(sentence, atlas)
    st.html(_answer(placed))
    return placed


def _answer(placed: PlacedSentence) -> str:
    bars = "".join(_bar(organ, share) for organ, share in _best(placed))
    why = as_html(_why(placed))
    return f'<div class="ms-text">{_verdict(placed)}</div><div class="ms-meta">{why}</div>{bars}'


def _verdict(placed: PlacedSentence) -> str:
    if placed.organ is None:
        return f"<b>not placed</b> ({placed.probability:.2f})"
    side = f"{placed.laterality} " if placed.laterality in ("left", "right") else ""
    return f"<b>{as_html(side + placed.organ)}</b> ({placed.probability:.2f})"


def _why(placed: PlacedSentence) -> str:
    said = [placed.reason]
    if placed.point_mm is not None:
        said.append("({:.0f}, {:.0f}, {:.0f}) mm".format(*placed.point_mm))
    if placed.spread_mm is not None:
        said.append(f"expected to be off by {placed.spread_mm:.0f} mm")
    return "; ".join(said)


def _best(placed: PlacedSentence) -> list[tuple[str, float]]:
    return sorted(placed.organs.items(), key=lambda pair: -pair[1])[:BARS]


def _bar(organ: str, share: float) -> str:
    width = f"{100 * min(max(share, 0.0), 1.0):.0f}%"
    return (
        f'<div class="ms-share"><span>{as_html(organ)}</span><i><b style="width:{width}"></b></i>'
        f"<span>{share:.2f}</span></div>"
    )
