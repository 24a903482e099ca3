"""Clicks on the 3D body: Streamlit reports none, so a listener on the page takes Plotly's own.

Plotly finds what lies under the pointer by depth, so that the body's skin would hide all organs and an organ
the points in it. The listener takes the skin out of that search and gives the points one of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from midspan.ui.kinds.atlas.body_figure import Point

KEY = "body-clicks"
CHART = "body"
"""Key of the chart that is listened to."""

LISTENER = """
export default function ({ data, setTriggerValue }) {
  let chart = null, on = null;
  const told = ({ points: [hit] }) => {
    const value = hit.data.type === "mesh3d" ? { organ: hit.data.name } : hit.customdata;
    if (value) setTriggerValue("clicked", value);
  };
  const search = () => {
    const plot = chart._fullLayout?.scene?._scene?.glplot;
    for (const drawn of [...(plot?.objects ?? [])]) {
      const trace = drawn._trace?.data;
      if (trace?.type === "mesh3d") {
        drawn.drawPick = trace.hoverinfo === "skip" ? null : Object.getPrototypeOf(drawn).drawPick;
      } else if (trace?.type === "scatter3d" && drawn.pickSlots === 1) {
        drawn.pickSlots = 254;
        plot.remove(drawn);
        plot.add(drawn);
      }
    }
  };
  const leave = () => {
    chart?.removeListener?.("plotly_click", told);
    chart?.removeListener?.("plotly_afterplot", search);
  };
  const attach = () => {
    const found = document.querySelector(`.st-key-${data} .js-plotly-plot`);
    if (!found?.on || found.on === on) return;
    leave();
    [chart, on] = [found, found.on];
    chart.on("plotly_click", told);
    chart.on("plotly_afterplot", search);
    search();
  };
  const watch = new MutationObserver(attach);
  watch.observe(document.body, { childList: true, subtree: true });
  attach();
  return () => { watch.disconnect(); leave(); };
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("midspan_body_clicks", js=LISTENER)


def listen(on_organ: Callable[[str], None], on_point: Callable[[Point], None]) -> None:
    """Call one of the two, before the page is drawn anew, when an organ or a point of the body is clicked."""

    def clicked() -> None:
        value = st.session_state[KEY].clicked
        if (organ := organ_of(value)) is not None:
            on_organ(organ)
        elif (point := point_of(value)) is not None:
            on_point(point)

    _component()(key=KEY, data=CHART, on_clicked_change=clicked)


def organ_of(value: Any) -> str | None:
    """The organ that a click names; the value comes from a browser."""
    organ = value.get("organ") if isinstance(value, dict) else None
    return organ if isinstance(organ, str) else None


def point_of(value: Any) -> Point | None:
    """The point in mm that a click names."""
    point = value.get("point") if isinstance(value, dict) else None
    if not isinstance(point, list) or len(point) != 3:
        return None
    if not all(isinstance(one, int | float) and math.isfinite(one) for one in point):
        return None
    return float(point[0]), float(point[1]), float(point[2])
