"""``midspan doctor``, ``reindex``, ``backup``, ``restore`` and ``db``."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from midspan.platform.cli.common import Context, Json, err, out, owner_only, plain, print_json

if TYPE_CHECKING:
    from midspan.platform.answers import Check

db_app = typer.Typer(help="The record store's schema.", no_args_is_help=True, rich_markup_mode=None)


RESTORED = ("workspace", "schema", "stores", "outbox", "integrity", "rows", "files", "origin")
"""The doctor's checks that a restored workspace must pass; those of the machine are another matter."""


def doctor(context: typer.Context, json: Json = False) -> None:
    """Check versions, model files, and that the three stores agree; say what to do."""
    state: Context = context.obj
    with state.workspace() as workspace:
        diagnosis = workspace.doctor()
    if json:
        print_json(
            {
                "ok": diagnosis.ok,
                "checks": checks_json(diagnosis.checks),
                "counts": diagnosis.counts,
            }
        )
    else:
        print_checks(diagnosis.checks)
        for store, counts in diagnosis.counts.items():
            out.print(plain(f"    {store}: {_counted(counts)}"))
    if not diagnosis.ok:
        raise typer.Exit(1)


def reindex(
    context: typer.Context,
    accept_records: Annotated[
        bool,
        typer.Option(
            help="Take the record store as it is, also where the projections know more than it does."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Make the graph and the vector indexes anew from the record store; what fails stays as it was."""
    state: Context = context.obj
    with state.workspace() as workspace:
        workspace.reindex(accept_records=accept_records)
        counts = workspace.projected()
    if json:
        print_json({"graph": counts["graph"], "vectors": counts["vectors"]})
    else:
        out.print(plain(f"graph {counts['graph']}, vectors {counts['vectors']}"))


def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    json: Json = False,
) -> None:
    """Copy the records and uploads into a folder, while others may write, and check the copy."""
    state: Context = context.obj
    with state.workspace() as workspace:
        done = workspace.backup(to, note=lambda text: err.print(plain(text, "dim")))
    if json:
        print_json(
            {"folder": done.folder, "bytes": done.byte_count, "records": done.counts, "seconds": done.seconds}
        )
    else:
        out.print(plain(f"{done.folder}: {done.byte_count / 1e6:.1f} MB in {done.seconds:.1f} s"))
        out.print(plain(f"    records: {_counted(done.counts)}"))


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A folder that `midspan backup` made.")],
    json: Json = False,
) -> None:
    """Make a workspace of a backup, build its projections, and let the doctor look at it.

    The folder of --workspace must hold none; with MIDSPAN_DATABASE_URL that database must be empty.
    """
    from midspan.platform.workspace import Workspace  # loads SQLAlchemy

    state: Context = context.obj
    owner_only()
    with Workspace.restore(source, state.folder) as workspace:
        diagnosis = workspace.doctor()
    checks = [check for check in diagnosis.checks if check.name in RESTORED]
    if json:
        ok = all(check.ok for check in checks)
        print_json({"ok": ok, "checks": checks_json(checks), "counts": diagnosis.counts})
    else:
        print_checks(checks)
        for store, counts in diagnosis.counts.items():
            out.print(plain(f"    {store}: {_counted(counts)}"))
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def checks_json(checks: Sequence[Check]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(check) for check in checks]


def print_checks(checks: Sequence[Check]) -> None:
    for check in checks:
        mark, style = ("ok ", "green") if check.ok else ("BAD", "red")
        out.print(plain(f"{mark} {check.name}: {check.detail}", style))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


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
