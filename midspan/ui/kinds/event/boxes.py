"""Boxes of hands and things over the player's picture, at the moment where it stands; they can be put away.

Everything is in the page: nothing is fetched. Names are set as text, never as HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import streamlit as st

from midspan.records import ActionEvent, EventTrack
from midspan.ui.escaping import plain, shorten
from midspan.ui.kinds.event.timeline import PLAYER

KEY = "video-boxes"
MOST = 20_000
"""Boxes that a page holds; those of later moments are left out."""
NAMED = 24
"""Characters of a thing's name."""

HTML = """
<label><input type="checkbox" checked> Boxes over the picture <span role="status"></span></label>
<svg class="lines" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 1 1"></svg>
<div class="names" aria-hidden="true"></div>
"""
CSS = """
:host { position: relative; }
label { font: .8rem sans-serif; cursor: pointer; }
[role="status"] { opacity: .75; padding-left: .5rem; }
.lines, .names { position: absolute; left: 0; top: 0; pointer-events: none; overflow: hidden; z-index: 2; }
rect { fill: none; stroke: #2dd4bf; stroke-width: 2.5px; vector-effect: non-scaling-stroke; }
rect.hand { stroke: #f59e0b; }
rect.guessed { stroke-dasharray: 5 5; }
b { position: absolute; font: 600 .68rem sans-serif; padding: 0 .25rem; color: #042f2e; background: #2dd4bf;
  white-space: nowrap; }
b.hand { background: #f59e0b; }
"""
SCRIPT = """
export default function ({ data, parentElement }) {
  const find = (name) => parentElement.querySelector(name);
  const box = find("input"), said = find("[role=status]");
  const lines = find(".lines"), names = find(".names");
  const stop = new AbortController(), player = () => document.querySelector(`.st-key-${data.player} video`);
  const counted = (count, one, more) => count ? [`${count} ${count === 1 ? one : more}`] : [];
  const at = (time) => {
    let low = 0, high = data.moments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (data.moments[middle][0] <= time + data.step / 2) low = middle + 1; else high = middle;
    }
    const found = data.moments[low - 1];
    return found && time - found[0] < 1.5 * data.step ? found : null;
  };
  const lay = (video) => {
    const frame = video.getBoundingClientRect(), laid = names.getBoundingClientRect();
    const origin = { left: laid.left - (parseFloat(names.style.left) || 0),
      top: laid.top - (parseFloat(names.style.top) || 0) };
    const scale = Math.min(frame.width / video.videoWidth, frame.height / video.videoHeight);
    const width = video.videoWidth * scale, height = video.videoHeight * scale;
    for (const layer of [lines, names]) {
      layer.style.left = `${frame.left - origin.left + (frame.width - width) / 2}px`;
      layer.style.top = `${frame.top - origin.top + (frame.height - height) / 2}px`;
      layer.style.width = `${width}px`;
      layer.style.height = `${height}px`;
    }
  };
  let drawn = null;
  const draw = () => {
    const video = player(), moment = video && video.videoWidth && box.checked ? at(video.currentTime) : null;
    if (moment) lay(video);
    if (moment === drawn) return;
    drawn = moment;
    const boxes = moment ? moment[1] : [], labels = [];
    lines.replaceChildren(...boxes.map(([hand, seen, name, left, top, right, bottom]) => {
      const kind = hand ? "hand" : "thing";
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const label = document.createElement("b");
      rect.setAttribute("class", seen ? kind : `${kind} guessed`);
      for (const [key, value] of [["x", left], ["y", top], ["width", right - left], ["height", bottom - top]])
        rect.setAttribute(key, value);
      label.className = kind;
      label.textContent = data.names[name] || kind;
      label.style.left = `${100 * left}%`; label.style.top = `${100 * Math.min(top, .94)}%`;
      labels.push(label);
      return rect;
    }));
    names.replaceChildren(...labels);
    const hands = boxes.filter((one) => one[0]).length;
    said.textContent = [...counted(hands, "hand", "hands"),
      ...counted(boxes.length - hands, "thing", "things")].join(", ");
  };
  let due = 0;
  const follow = () => {
    draw();
    const video = player();
    due = video && !video.paused ? requestAnimationFrame(follow) : 0;
  };
  let watched = null;
  const look = () => {
    const video = player();
    if (video && video !== watched) {
      watched = video;
      for (const name of ["play", "seeked", "timeupdate", "loadeddata"])
        video.addEventListener(name, () => { if (!due) follow(); }, { signal: stop.signal });
    }
    draw();
  };
  box.onchange = () => { drawn = undefined; draw(); };
  window.addEventListener("resize", draw, { signal: stop.signal });
  drawn = undefined;
  look();
  const timer = setInterval(look, 300);
  return () => { clearInterval(timer); cancelAnimationFrame(due); stop.abort(); };
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("midspan_boxes", html=HTML, css=CSS, js=SCRIPT)


def render(events: Sequence[ActionEvent]) -> None:
    """Draw nothing where no event has boxes."""
    data = data_of(events)
    if data["moments"]:
        _component()(key=KEY, data=data)


def data_of(events: Sequence[ActionEvent]) -> dict[str, Any]:
    """What the script is given: the boxes of each moment once, however many events they are of."""
    tracks = sorted((track for one in events for track in one.tracks), key=lambda track: track.times[0])
    names = list(dict.fromkeys(["", *(shorten(plain(track.noun), NAMED) for track in tracks)]))
    moments: dict[float, dict[tuple[float, ...], None]] = {}
    boxes = (one for track in tracks for one in _boxes(track, names.index(shorten(plain(track.noun), NAMED))))
    left = MOST
    for time, box in sorted(boxes, key=lambda one: one[0]):
        if left and box not in moments.setdefault(time, {}):
            moments[time][box] = None
            left -= 1
    return {
        "player": PLAYER,
        "names": names,
        "step": _step(tracks),
        "moments": [[time, [list(box) for box in moments[time]]] for time in sorted(moments)],
    }


def _boxes(track: EventTrack, name: int) -> Iterable[tuple[float, tuple[float, ...]]]:
    """Time, and: is it a hand, was it seen, its name, its sides."""
    kind = int(track.category == "hand")
    for time, box, seen in zip(track.times, track.boxes, track.seen, strict=True):
        yield round(time, 3), (kind, int(seen), name, *(round(edge, 3) for edge in box))


def _step(tracks: Sequence[EventTrack]) -> float:
    """Seconds from a moment to the next."""
    steps = [track.times[1] - track.times[0] for track in tracks if len(track.times) > 1]
    return round(min(steps, default=0.125), 4)
