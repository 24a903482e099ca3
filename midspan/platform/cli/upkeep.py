"""``midspan models``, ``doctor``, ``reindex`` and ``db``."""

from __future__ import annotations

import dataclasses

import typer
from rich.table import Table

from midspan.platform.cli.common import Context, Json, out, plain, print_json

db_app = typer.Typer(help="The record store's schema.", no_args_is_help=True, rich_markup_mode=None)


def models(context: typer.Context, json: Json = False) -> None:
    """List the models: chapter, size, licence, what they were trained on, how to train them again."""
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


def doctor(context: typer.Context, json: Json = False) -> None:
    """Check versions, model files, and that the three stores agree; say what to do."""
    state: Context = context.obj
    with state.workspace() as workspace:
        diagnosis = workspace.doctor()
    if json:
        print_json(
            {
                "ok": diagnosis.ok,
                "checks": [dataclasses.asdict(check) for check in diagnosis.checks],
                "counts": diagnosis.counts,
            }
        )
    else:
        for check in diagnosis.checks:
            mark, style = ("ok ", "green") if check.ok else ("BAD", "red")
            out.print(plain(f"{mark} {check.name}: {check.detail}", style))
        for store, counts in diagnosis.counts.items():
            out.print(plain(f"    {store}: " + ", ".join(f"{name} {n}" for name, n in counts.items())))
    if not diagnosis.ok:
        raise typer.Exit(1)


def reindex(context: typer.Context, json: Json = False) -> None:
    """Make the graph and the vector indexes anew from the record store."""
    state: Context = context.obj
    with state.workspace() as workspace:
        workspace.reindex()
        counts = workspace.doctor().counts
    if json:
        print_json({"graph": counts["graph"], "vectors": counts["vectors"]})
    else:
        out.print(plain(f"graph {counts['graph']}, vectors {counts['vectors']}"))


@db_app.command("upgrade")
def upgrade_schema(context: typer.Context, json: Json = False) -> None:
    """Bring the record store's schema up to this version (opening a workspace does it too)."""
    from midspan.db.migrate import current  # loads SQLAlchemy

    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        revision = current(workspace.parts.database_url)
    if json:
        print_json({"schema": revision})
    else:
        out.print(f"schema {revision}")
