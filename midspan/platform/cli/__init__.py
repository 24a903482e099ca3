"""The command line. Exit codes: 0 done, 1 something failed, 2 wrong use, 130 interrupted by Ctrl-C."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import midspan
from midspan.errors import MidspanError, WrongUse
from midspan.platform.cli import (
    ask,
    atlas,
    data,
    distilling,
    events,
    facts,
    graph_files,
    ingesting,
    jobs,
    kg,
    models,
    scene,
    serving,
    training,
    upkeep,
)
from midspan.platform.cli.common import Context

app = typer.Typer(
    name="midspan",
    help="Read documents and videos, keep what the models say about them, search and ask.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"midspan {midspan.__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            help="Folder of the workspace (default: MIDSPAN_WORKSPACE, else ./workspace).",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = Context(workspace)


app.command("ingest")(ingesting.ingest)
app.command("search")(ask.search)
app.command("show")(ask.show)
app.command("cypher")(ask.cypher)
app.command("facts")(facts.facts)
facts.export_app.command("events")(events.export_events)
facts.export_app.command("neo4j-admin")(graph_files.export_neo4j_admin)
app.add_typer(facts.export_app, name="export")
app.add_typer(jobs.app, name="jobs")
app.add_typer(models.app, name="models")
app.add_typer(training.train_app, name="train")
app.add_typer(training.evaluate_app, name="evaluate")
app.add_typer(data.app, name="data")
app.command("distill")(distilling.distill)
app.add_typer(atlas.app, name="atlas")
app.add_typer(scene.app, name="scene")
app.add_typer(kg.app, name="kg")
app.command("doctor")(upkeep.doctor)
app.command("reindex")(upkeep.reindex)
app.command("backup")(upkeep.backup)
app.command("restore")(upkeep.restore)
app.add_typer(upkeep.db_app, name="db")
app.command("worker")(serving.worker)
app.command("ui")(serving.ui)
app.command("demo")(serving.demo)


def main() -> None:
    """Run a command; errors become one line on standard error and an exit code."""
    try:
        app()
    except WrongUse as error:
        _complain(error)
        sys.exit(2)
    except MidspanError as error:
        _complain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _complain(error: MidspanError) -> None:
    Console(stderr=True).print(f"midspan: {error}", markup=False, highlight=False, soft_wrap=True)
