"""The drawing board: labels on a canvas, put there, moved and taken away with the pointer or the keyboard.

Everything is in the page: nothing is fetched. What comes back from a browser is checked by ``choosing``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import streamlit as st

from midspan import Workspace
from midspan.models.scene.asking import MOST, Label
from midspan.ui.kinds.scene.choosing import LONGEST

KEY = "scene-board"

HTML = f"""
<form><input type="text" maxlength="{LONGEST}" aria-label="Label of a thing"
  placeholder="a thing, then Enter, or click where it stands"><button type="submit">Add</button></form>
<svg viewBox="0 0 500 400" role="group" aria-label="Drawing board">
  <rect width="500" height="400" rx="8" class="canvas"/><g class="things"></g>
</svg>
<p>Drag a thing, or move it with the arrow keys; Delete takes it away.</p>
"""
CSS = """
form { display: flex; gap: .5rem; margin: 0 0 .5rem; }
input { flex: 1; min-width: 0; } input, button { font: inherit; padding: .35rem .6rem; border-radius: 8px;
  border: 1px solid rgba(128, 128, 128, .45); background: transparent; color: inherit; }
button { cursor: pointer; }
svg { width: 100%; display: block; touch-action: none; cursor: crosshair; }
.canvas { fill: #f4f2ee; stroke: rgba(128, 128, 128, .35); }
g[tabindex] { cursor: grab; outline: none; }
g[tabindex] rect { fill: #fff; stroke: #a16207; stroke-width: 1.5; }
g[tabindex]:focus rect { stroke: #4338ca; stroke-width: 3; }
text { font: 15px sans-serif; fill: #222; text-anchor: middle; pointer-events: none; }
p { font-size: .8rem; opacity: .65; margin: .35rem 0 0; }
"""
SCRIPT = """
const STEP = 0.04, SVG = "http://www.w3.org/2000/svg";
let focused = -1;
export default function ({ data, parentElement, setTriggerValue }) {
  const svg = parentElement.querySelector("svg"), layer = svg.querySelector(".things");
  const form = parentElement.querySelector("form"), box = form.querySelector("input");
  const stop = new AbortController(), on = (what, name, act) =>
    what.addEventListener(name, act, { signal: stop.signal });
  const things = data.things.map((one) => ({ ...one }));
  const inside = (value) => Math.min(Math.max(value, 0), 1);
  const tell = () => setTriggerValue("drawn", things.map(({ text, x, y }) => ({ text, x, y })));
  let waiting = 0;
  const tellSoon = () => { clearTimeout(waiting); waiting = setTimeout(tell, 500); };
  const at = (event) => {
    const { left, top, width, height } = svg.getBoundingClientRect();
    return { x: inside((event.clientX - left) / width), y: inside((event.clientY - top) / height) };
  };
  const add = (place) => {
    const text = box.value.trim();
    if (!text || things.length >= data.most) return;
    things.push({ text, ...place });
    box.value = "";
    focused = -1;
    draw();
    tell();
  };
  const remove = (number) => { things.splice(number, 1); focused = -1; draw(); tell(); };
  const put = (group, one) => {
    group.setAttribute("transform", `translate(${one.x * 500} ${one.y * 400})`);
    const words = `${one.text}, ${Math.round(one.x * 100)} % from the left, `
      + `${Math.round(one.y * 100)} % from the top`;
    group.setAttribute("aria-label", words);
  };
  const make = (name, values) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
    return element;
  };
  const shape = (one, number) => {
    const group = make("g", { tabindex: 0, role: "button" });
    const half = Math.max(28, 4.3 * one.text.length + 8);
    const box = { x: -26, y: -52, width: 52, height: 52 };
    if (one.picture) group.append(make("image", { href: one.picture, ...box }));
    group.append(make("rect", { x: -half, y: 0, width: 2 * half, height: 22, rx: 9 }));
    const label = make("text", { y: 16 });
    label.textContent = one.text;
    group.append(label);
    put(group, one);
    group.onfocus = () => { focused = number; };
    group.ondblclick = () => remove(number);
    group.onkeydown = (event) => {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      const move = moves[event.key];
      if (move) {
        one.x = inside(one.x + move[0] * STEP);
        one.y = inside(one.y + move[1] * STEP);
        put(group, one);
        tellSoon();
      } else if (event.key === "Delete" || event.key === "Backspace") remove(number);
      else return;
      event.preventDefault();
    };
    group.onpointerdown = (event) => {
      event.stopPropagation();
      group.setPointerCapture(event.pointerId);
      let moved = false;
      group.onpointermove = (event) => {
        moved = true;
        Object.assign(one, at(event));
        put(group, one);
      };
      group.onpointerup = () => { group.onpointermove = group.onpointerup = null; if (moved) tell(); };
    };
    return group;
  };
  const draw = () => {
    layer.replaceChildren(...things.map(shape));
    if (focused >= 0) layer.children[focused]?.focus();
  };
  on(form, "submit", (event) => {
    event.preventDefault();
    const shift = 0.12 * (things.length % 5) - 0.24;
    add({ x: inside(0.5 + shift), y: 0.5 });
  });
  on(svg, "click", (event) => { if (!event.target.closest("g[tabindex]")) add(at(event)); });
  draw();
  return () => { stop.abort(); clearTimeout(waiting); };
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("midspan_scene_board", html=HTML, css=CSS, js=SCRIPT)


def render(workspace: Workspace, drawn: Sequence[Label], on_draw: Callable[[Any], None]) -> None:
    """Draw the board with these labels; ``on_draw`` gets what it holds after each change, before the page is
    drawn anew."""

    def changed() -> None:
        value = st.session_state[KEY].drawn
        if value is not None:
            on_draw(value)

    things = [
        {"text": one.text, "x": one.x, "y": one.y, "picture": _as_address(workspace.thing_picture(one.text))}
        for one in drawn
    ]
    _component()(key=KEY, data={"things": things, "most": MOST}, on_drawn_change=changed)


def _as_address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" if svg else ""
