"""``midspan facts`` and ``midspan export facts``: what sentences state, filtered."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from midspan.errors import UnknownName
from midspan.platform.cli.common import Context, Json, Limit, out, plain, print_json
from midspan.records import BELIEVED, FactSlot, Polarity

if TYPE_CHECKING:
    from midspan.platform.answers import FactFilter, FactView
    from midspan.platform.workspace import Workspace

export_app = typer.Typer(
    help="Write what was found into files of other formats.", no_args_is_help=True, rich_markup_mode=None
)

SLOTS = ("subject", "predicate", "object")

Entity = Annotated[
    str | None, typer.Option(help="Only facts about this: a name, or a key as wd:Q7186.", show_default=False)
]
Predicate = Annotated[str | None, typer.Option(help="Only this predicate: a name, or a key as wd:P19.")]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only sources with this id, or with this in title or path."),
]
LeastScore = Annotated[float, typer.Option(min=0.0, max=1.0, help="Only facts at least so sure.")]
Linked = Annotated[
    bool | None,
    typer.Option(
        "--linked/--unlinked", help="Only facts whose parts all are, or are not all, in a knowledge graph."
    ),
]
OfPolarity = Annotated[str | None, typer.Option(help="Only affirmed, negated or hedged.")]
Everything = Annotated[
    bool,
    typer.Option("--all", help=f"Also what is denied, said with reserve, or less sure than {BELIEVED}."),
]


def facts(
    context: typer.Context,
    entity: Entity = None,
    predicate: Predicate = None,
    source: Sources = None,
    least_score: LeastScore = 0.0,
    linked: Linked = None,
    polarity: OfPolarity = None,
    everything: Everything = False,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List facts with their sentences, the surest first; those alone that are believed, without --all."""
    state: Context = context.obj
    with state.workspace() as workspace:
        where = _filter(workspace, entity, predicate, source or (), least_score, linked, polarity, everything)
        views = workspace.facts(where, limit)
        total = workspace.count_facts(where)
        hidden = workspace.count_facts(dataclasses.replace(where, everything=True)) - total
    if json:
        print_json({"facts": [_as_json(view) for view in views], "total": total, "hidden": hidden})
    else:
        _print(views, total, hidden)


def _filter(
    workspace: Workspace,
    entity: str | None,
    predicate: str | None,
    sources: Iterable[str],
    least_score: float,
    linked: bool | None,
    polarity: str | None,
    everything: bool,
) -> FactFilter:
    from midspan.platform.answers import FactFilter

    if polarity not in (None, *get_args(Polarity)):
        raise UnknownName("polarity", str(polarity), list(get_args(Polarity)))
    named = list(sources)
    return FactFilter(
        entity=workspace.fact_entity(entity) if entity is not None else None,
        predicate=workspace.fact_predicate(predicate) if predicate is not None else None,
        source_ids=frozenset(workspace.find_sources(named)) if named else None,
        least_score=least_score,
        linked=linked,
        polarity=polarity,  # type: ignore[arg-type]
        everything=everything,
    )


def _as_json(view: FactView) -> dict[str, Any]:
    fact, place = view.fact, view.fact.provenance
    return {
        "record": fact.id,
        **{part: dataclasses.asdict(getattr(fact, part)) for part in SLOTS},
        **{name: getattr(fact, name) for name in ("polarity", "modality", "status", "score", "believed")},
        "text": fact.text,
        "source": place.source_id,
        "title": view.title,
        "path": view.path,
        "start": place.start,
        "end": place.end,
    }


def _print(views: list[FactView], total: int, hidden: int) -> None:
    for view in views:
        fact = view.fact
        said = "" if fact.polarity == "affirmed" else f" ({fact.modality or fact.polarity})"
        out.print(plain(f"{fact.score:.2f} {fact.line}{said}", "bold"))
        out.print(plain(f"     {' | '.join(_link(getattr(fact, part)) for part in SLOTS)}", "dim"))
        out.print(plain(f"     {view.title}: {' '.join(fact.text.split())}"))
        out.print(plain(f"     {fact.id}", "dim"))
    more = f"; {hidden:,} more are not believed, --all shows them" if hidden else ""
    out.print(plain(f"{len(views):,} of {total:,} facts{more}", "dim"))


def _link(slot: FactSlot) -> str:
    return slot.uid or (slot.value or slot.literal if slot.literal else "not in the knowledge graph")


@export_app.command("facts")
def export_facts(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--out", help="The file to write.", metavar="FILE")],
    format: Annotated[
        str, typer.Option(help="ntriples, jsonld, graphml or parquet (pip install 'midspan[export]').")
    ],
    entity: Entity = None,
    predicate: Predicate = None,
    source: Sources = None,
    least_score: LeastScore = 0.0,
    linked: Linked = None,
    polarity: OfPolarity = None,
    everything: Everything = False,
    json: Json = False,
) -> None:
    """Write facts into a file; those alone that are believed, without --all.

    N-Triples are plain statements, so that only linked facts become some; the other formats say where each
    fact comes from.
    """
    state: Context = context.obj
    with state.workspace() as workspace:
        where = _filter(workspace, entity, predicate, source or (), least_score, linked, polarity, everything)
        done = workspace.export_facts(to, format, where)
    if json:
        print_json(dataclasses.asdict(done))
    else:
        what = "triples" if format == "ntriples" else "facts"
        out.print(plain(f"{done.path}: {done.written:,} {what}, {done.bytes / 1e6:.1f} MB"))
