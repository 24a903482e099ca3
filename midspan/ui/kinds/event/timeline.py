"""The bar under a video: a lane for each verb, an event where it happens; it seeks the player.

Everything is in the page: nothing is fetched. Names are set as text, never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import streamlit as st

from midspan.records import ActionEvent
from midspan.ui.escaping import plain
from midspan.ui.wording import place

KEY = "video-timeline"
PLAYER = "video-player"
"""Key of the container that the video stands in."""
LANES = 12
"""Verbs with a lane of their own, the most frequent; the others share the last one."""
OTHERS = "others"

HTML = '<div class="lanes" role="group" aria-label="Events in time"></div>'
CSS = """
.lanes { position: relative; font: .75rem sans-serif; padding: .2rem 0; }
.lane { display: grid; grid-template-columns: 8rem 1fr; align-items: center; min-height: 1.35rem; }
.lane > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding-right: .5rem;
  opacity: .8; }
.track { position: relative; height: 1.05rem; background: rgba(128, 128, 128, .16); border-radius: 4px; }
button { position: absolute; top: 0; height: 100%; min-width: 4px; padding: 0; border: 0; border-radius: 4px;
  background: #0f766e; opacity: .75; cursor: pointer; }
button:hover, button:focus-visible { opacity: 1; outline: 2px solid #4338ca; }
button[aria-pressed="true"] { background: #d97706; opacity: 1; }
.head { position: absolute; top: 0; bottom: 0; width: 2px; background: #e11d48; pointer-events: none; }
.over { position: absolute; inset: 0 0 0 8rem; pointer-events: none; }
"""
SCRIPT = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lanes");
  const stop = new AbortController(), player = () => document.querySelector(`.st-key-${data.player} video`);
  const share = (seconds) => `${100 * Math.min(seconds / data.seconds, 1)}%`;
  const over = document.createElement("div"), head = document.createElement("div");
  over.className = "over"; head.className = "head"; over.append(head);
  let wanted = data.seek === null ? null : { id: data.chosen, start: data.seek }, watched = null;
  const seek = (video) => { if (video.readyState) video.currentTime = wanted.start; };
  root.replaceChildren(...data.lanes.map((lane) => {
    const row = document.createElement("div"), name = document.createElement("span");
    const track = document.createElement("div");
    row.className = "lane"; track.className = "track";
    name.textContent = lane.name; name.title = lane.name;
    track.append(...lane.events.map((one) => {
      const bar = document.createElement("button");
      bar.type = "button"; bar.title = one.words; bar.dataset.event = one.id;
      bar.setAttribute("aria-label", one.words);
      bar.setAttribute("aria-pressed", one.id === data.chosen);
      bar.style.left = share(one.start);
      bar.style.width = `calc(${share(one.end)} - ${share(one.start)})`;
      bar.onclick = () => {
        const video = player();
        wanted = one;
        if (video) { seek(video); video.play().catch(() => {}); }
        setTriggerValue("chosen", one.id);
      };
      return bar;
    }));
    row.append(name, track);
    return row;
  }), over);
  const follow = () => { const video = player(); if (video) head.style.left = share(video.currentTime); };
  const arrive = ({ target }) => {
    if (wanted && Math.abs(target.currentTime - wanted.start) < 0.5) target.dataset.sought = wanted.id;
    follow();
  };
  const look = () => {
    const video = player();
    if (video && video !== watched) {
      watched = video;
      video.addEventListener("timeupdate", follow, { signal: stop.signal });
      video.addEventListener("seeked", arrive, { signal: stop.signal });
      video.addEventListener("emptied", () => { delete video.dataset.sought; }, { signal: stop.signal });
    }
    // Until it arrives: the page may draw the player anew, and sends each new one to its beginning.
    if (video && !video.seeking && wanted && video.dataset.sought !== wanted.id) seek(video);
    follow();
  };
  look();
  const timer = setInterval(look, 300);
  return () => { clearInterval(timer); stop.abort(); };
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("midspan_timeline", html=HTML, css=CSS, js=SCRIPT)


def render(
    events: Sequence[ActionEvent], seconds: float, chosen: str, on_choose: Callable[[str], None]
) -> None:
    """Draw it; ``on_choose`` gets, before the page is drawn anew, the id of the event that is clicked."""

    def clicked() -> None:
        value = st.session_state[KEY].chosen
        if isinstance(value, str) and value in {one.id for one in events}:  # it comes from a browser
            on_choose(value)

    _component()(key=KEY, data=data_of(events, seconds, chosen), on_chosen_change=clicked)


def data_of(events: Sequence[ActionEvent], seconds: float, chosen: str) -> dict[str, Any]:
    """What the script is given: lanes in the order of their first event."""
    lanes: dict[str, list[ActionEvent]] = {}
    for one in events:
        lanes.setdefault(one.verb, []).append(one)
    if len(lanes) > LANES:
        own = sorted(lanes, key=lambda verb: -len(lanes[verb]))[: LANES - 1]
        rest = [one for verb, some in lanes.items() if verb not in own for one in some]
        lanes = {**{verb: some for verb, some in lanes.items() if verb in own}, OTHERS: rest}
    starts = {one.id: one.provenance.start for one in events}
    return {
        "player": PLAYER,
        "seconds": max([seconds, *(one.provenance.end for one in events)], default=0.0) or 1.0,
        "chosen": chosen,
        "seek": starts.get(chosen),
        "lanes": [
            {"name": plain(verb), "events": [_bar(one) for one in some]} for verb, some in lanes.items()
        ],
    }


def _bar(event: ActionEvent) -> dict[str, Any]:
    start, end = event.provenance.start, event.provenance.end
    words = f"{plain(event.text)}, {place('s', start, end)}, score {event.score:.2f}"
    return {"id": event.id, "start": start, "end": end, "words": words}
