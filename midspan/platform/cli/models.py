"""``midspan models``: what midspan runs, and what can be fetched besides."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from midspan.errors import UnknownName
from midspan.platform.cli.common import Context, Json, err, out, plain, print_json

app = typer.Typer(help="The models: list them, fetch others.", rich_markup_mode=None)
FETCHED = ("hands",)


@app.callback(invoke_without_command=True)
def models(context: typer.Context, json: Json = False) -> None:
    """List the models: chapter, size, licence, what they were trained on, how to train them again."""
    if context.invoked_subcommand is not None:
        return
    from midspan.models.registry import all_models  # reads the cards

    table_rows = [dataclasses.asdict(entry) for entry in all_models().values()]
    if json:
        print_json(table_rows)
        return
    table = Table()
    for column in ("name", "task", "chapter", "bytes", "licence", "trained on"):
        table.add_column(column)
    for row in table_rows:
        table.add_row(
            *(plain(row[name]) for name in ("name", "task", "chapter", "bytes", "licence", "trained_on"))
        )
    out.print(table)


@app.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=f"Which: {', '.join(FETCHED)}.")],
    wheel: Annotated[
        Path | None, typer.Option(help="The package with the model, where it was fetched before.")
    ] = None,
    json: Json = False,
) -> None:
    """Fetch a model into the workspace: hands, which finds real hands in videos (MediaPipe's palm model)."""
    from midspan.platform.detectors import hands_folder
    from midspan.platform.hands import add_hands

    if name not in FETCHED:
        raise UnknownName("model to fetch", name, list(FETCHED))
    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        folder = hands_folder(workspace.parts.folder)
    with err.status("fetching the model"):
        is_new = add_hands(folder, wheel)
    if json:
        print_json({"name": name, "folder": str(folder), "fetched": is_new})
    else:
        out.print(plain(f"{'fetched into' if is_new else 'is there already, in'} {folder}"))
