"""``midspan export neo4j-admin``: the graph as files that a Neo4j server is filled with at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from midspan.platform.cli.common import Context, Json, out, plain, print_json


def export_neo4j_admin(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--out", help="A folder that is not there yet.", metavar="DIR")],
    json: Json = False,
) -> None:
    """Write the whole graph as files for `neo4j-admin database import full`, for a first load.

    The import goes into a database that is stopped, and replaces what is in it. Ingesting may go on: the
    projector takes the server from where the files end.
    """
    from midspan.platform.export.neo4j_admin import COMMAND

    state: Context = context.obj
    with state.workspace() as workspace:
        done = workspace.export_graph(to)
    if json:
        print_json({**dataclasses.asdict(done), "command": COMMAND})
    else:
        counted = f"{done.nodes:,} nodes, {done.relations:,} relations"
        out.print(plain(f"{done.path}: {counted}, {done.bytes / 1e6:.1f} MB"))
        out.print(plain(f"    in that folder, with the server stopped: {COMMAND}"))
