"""``midspan export events``: what happens in videos, filtered."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from midspan.platform.cli.common import Context, Json, out, plain, print_json


def export_events(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--out", help="The file to write.", metavar="FILE")],
    format: Annotated[str, typer.Option(help="webvtt (of one video) or activitynet.")],
    source: Annotated[
        list[str] | None,
        typer.Option("--source", help="Only videos with this id, or with this in title or path."),
    ] = None,
    verb: Annotated[str | None, typer.Option(help="Only events of this verb.", show_default=False)] = None,
    noun: Annotated[str | None, typer.Option(help="Only events with this thing.", show_default=False)] = None,
    least_score: Annotated[float, typer.Option(min=0.0, max=1.0, help="Only events at least so sure.")] = 0.0,
    json: Json = False,
) -> None:
    """Write events into a file: WebVTT for players, ActivityNet's JSON for evaluation."""
    from midspan.platform.answers import EventFilter

    state: Context = context.obj
    with state.workspace() as workspace:
        sources = frozenset(workspace.find_sources(source)) if source else None
        done = workspace.export_events(to, format, EventFilter(sources, verb, noun, least_score))
    if json:
        print_json(dataclasses.asdict(done))
    else:
        out.print(plain(f"{done.path}: {done.written:,} events, {done.bytes / 1e6:.1f} MB"))
