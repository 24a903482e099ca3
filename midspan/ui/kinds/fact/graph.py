"""Facts around one or more entities: what is drawn of them, and the drawing as DOT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from midspan import Workspace
from midspan.platform.answers import NAMED, FactEdge, FactFilter
from midspan.records import digest
from midspan.ui.escaping import as_dot

PORTION = 10
"""So many facts a click on an entity brings."""
HUBS = 4
"""Where no entity was opened, a portion of so many is drawn, those with most facts."""
MOST_DRAWN = 80
"""More can not be read."""

Kind = Literal["node", "edge", "more"]
POLARITY = {"affirmed": "", "negated": "not: ", "hedged": "perhaps: "}


@dataclass(frozen=True)
class Drawn:
    """What is drawn."""

    edges: tuple[FactEdge, ...]
    opened: tuple[str, ...] = ()
    """Keys of the entities whose facts these are, once for each portion."""
    more: Mapping[str, int] = field(default_factory=dict)
    """Of entities that were opened: how many of their facts are not drawn."""


def around(workspace: Workspace, where: FactFilter, opened: Sequence[str]) -> Drawn:
    """The facts of entities that were opened, a portion for each time; the first come first."""
    edges: dict[str, FactEdge] = {}
    totals: dict[str, int] = {}
    for key, times in Counter(opened).items():
        found = workspace.fact_edges(replace(where, entity=key), PORTION * times)
        totals[key] = found.total
        edges |= {edge.fact: edge for edge in found.edges}
    drawn = tuple(edges.values())[:MOST_DRAWN]
    shown = Counter(key for edge in drawn for key in {edge.subject, edge.object})
    more = {key: total - shown[key] for key, total in totals.items() if total > shown[key]}
    return Drawn(drawn, tuple(opened), more)


def overview(workspace: Workspace, where: FactFilter) -> Drawn:
    """The entities with most facts, and some of these."""
    return around(workspace, where, [one.key for one in workspace.fact_entities(where, HUBS)])


def handles(drawn: Drawn) -> dict[str, tuple[Kind, str]]:
    """What can be clicked, by its id in the drawing: the key of an entity, or the id of a fact."""
    keys = {edge.subject for edge in drawn.edges}
    keys |= {edge.object for edge in drawn.edges if not edge.literal}
    things: list[tuple[Kind, str]] = [
        *(("node", key) for key in keys),
        *(("edge", edge.fact) for edge in drawn.edges),
        *(("more", key) for key in drawn.more),
    ]
    return {_handle(*thing): thing for thing in things}


def as_graphviz(drawn: Drawn, chosen: str = "", entity: str | None = None) -> str:
    """DOT; the fact ``chosen`` and the entity are drawn bold. Colours are read on white and on black."""
    lines = [
        "digraph {",
        'graph [rankdir=LR, bgcolor="transparent", nodesep=0.14, ranksep=0.55, pad=0.1]',
        'node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11, height=0.3, '
        'color="#94a3b8", fillcolor="#f1f5f9", fontcolor="#0f172a"]',
        'edge [fontname="sans-serif", fontsize=10, color="#94a3b8", arrowsize=0.6]',
    ]
    for edge in drawn.edges:
        # A literal belongs to its fact alone, as two equal dates are no common thing.
        target = _handle("node", f"value of {edge.fact}" if edge.literal else edge.object)
        lines += [
            _node(_handle("node", edge.subject), edge.subject_name, edge.subject, entity),
            _node(target, edge.object_name, None if edge.literal else edge.object, entity),
            _arrow(edge, target, edge.fact == chosen),
        ]
    for key, count in drawn.more.items():
        lines += _rest(key, count)
    return "\n".join([*dict.fromkeys(lines), "}"])


def predicate(edge: FactEdge) -> str:
    reserve = f" ({edge.modality})" if edge.modality else ""
    return f"{POLARITY[edge.polarity]}{edge.predicate_name}{reserve}"


def _handle(kind: Kind, name: str) -> str:
    return f"{kind}-{digest(name)[:20]}"


def _node(handle: str, name: str, key: str | None, entity: str | None) -> str:
    """``key`` is None for a date or number."""
    look = ""
    if key is None:
        look = ', style="filled", fillcolor="#f8fafc", class="value"'
    elif not key.startswith(NAMED):
        look = ', fillcolor="#e0e7ff", color="#818cf8"'
    if key is not None and key == entity:
        look += ", penwidth=2.5"
    return f"{_quoted(handle)} [id={_quoted(handle)}, label={as_dot(name)}{look}]"


def _arrow(edge: FactEdge, target: str, chosen: bool) -> str:
    label = predicate(edge) + (f" ×{edge.support}" if edge.support > 1 else "")
    look = {"negated": ', style=dashed, color="#dc2626"', "hedged": ", style=dashed"}.get(edge.polarity, "")
    if chosen:
        look += ', color="#6366f1", penwidth=2'
    source, handle = _handle("node", edge.subject), _handle("edge", edge.fact)
    return f"{_quoted(source)} -> {_quoted(target)} [id={_quoted(handle)}, label={as_dot(label)}{look}]"


def _rest(key: str, count: int) -> list[str]:
    node, handle = _quoted(_handle("node", key)), _quoted(_handle("more", key))
    look = 'style="rounded,dashed", class="rest"'
    return [
        f'{handle} [id={handle}, label="{count} more", {look}]',
        f"{node} -> {handle} [style=dotted, arrowhead=none]",
    ]


def _quoted(handle: str) -> str:
    return f'"{handle}"'


def named(edges: Sequence[FactEdge], key: str) -> str:
    """What these facts call an entity; its key, where they do not speak of it."""
    for edge in edges:
        for end, name in ((edge.subject, edge.subject_name), (edge.object, edge.object_name)):
            if end == key:
                return name
    return key
