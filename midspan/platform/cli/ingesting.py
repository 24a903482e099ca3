"""``midspan ingest``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from midspan.platform.absent import all_absent
from midspan.platform.answers import IngestReport
from midspan.platform.cli.common import Context, Json, err, out, plain, print_json
from midspan.records import RECORDS

if TYPE_CHECKING:
    from midspan.platform.runner import Progress as Standing

FAILURES_SHOWN = 50


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders, globs; - reads names from standard input, one a line."),
    ],
    null: Annotated[
        bool, typer.Option("--null", "-0", help="Names on standard input end in NUL, not newline.")
    ] = False,
    background: Annotated[
        bool, typer.Option("--background", help="Hand the job to a worker and return.")
    ] = False,
    stage: Annotated[
        list[str] | None,
        typer.Option(help="Only these stages (several times; `none` only reads and indexes words)."),
    ] = None,
    rehash: Annotated[
        bool, typer.Option(help="Read every file again, also where size and time stamp are known.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that share the work (1: this one alone); default: one a core."),
    ] = None,
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Also links that lead out of the folders that are named.")
    ] = False,
    json: Json = False,
) -> None:
    """Read documents and videos into the workspace.

    What is there already is skipped; a command that was interrupted is resumed by running it again.
    """
    state: Context = context.obj
    names = list(_names(paths, null))
    if not (background or stage) and len(names) <= FAILURES_SHOWN and (report := all_absent(names)):
        _tell(report, json)
        raise typer.Exit(1)
    with state.workspace(create=True) as workspace:
        if background:
            job_id = workspace.submit(names, stages=stage or [], follow_links=follow_links)
            if json:
                print_json({"job": job_id})
            else:
                out.print(f"job {job_id}; `midspan jobs show {job_id}` tells how it goes")
            return
        with stop_on_interrupt() as stop, progress_bar(json) as progress:
            report = workspace.ingest(
                names,
                stages=stage or [],
                rehash=rehash,
                progress=progress,
                stop=stop,
                workers=workers,
                follow_links=follow_links,
            )
        _tell(report, json)
        if stop():
            err.print("interrupted; the same command goes on from here")
            raise typer.Exit(130)
        if not report.ok:
            raise typer.Exit(1)


def _tell(report: IngestReport, json: bool) -> None:
    if json:
        print_json(report.as_json())
    else:
        print_report(report)


def _names(paths: list[str], null: bool) -> Iterator[str]:
    for path in paths:
        if path != "-":
            yield path
            continue
        data = sys.stdin.buffer.read().decode(sys.getfilesystemencoding(), "surrogateescape")
        yield from (name for name in data.split("\0" if null else "\n") if name)


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C finishes the batch at hand; the second one stops at once."""
    asked = False

    def on_signal(number: int, frame: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[Standing], None]]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[segments]} segments"),
        TimeElapsedColumn(),
        console=err,
        disable=quiet,
    ) as bars:
        task = bars.add_task("looking", total=None, segments=0)

        def update(progress: Standing) -> None:
            bars.update(
                task,
                description="ingesting",
                total=progress.total,
                completed=progress.done + progress.failed,
                segments=progress.segments,
            )

        yield update


def print_report(report: IngestReport) -> None:
    """The closing table, and each failure with what to do."""
    table = Table(title=f"ingest {report.state} in {report.seconds:.1f} s", title_justify="left")
    table.add_column("what")
    table.add_column("count", justify="right")
    rows = {
        "sources new": report.new,
        "sources unchanged": report.unchanged,
        "sources changed": report.superseded,
        "sources partial": report.partial,
        "sources failed": report.failed,
        "segments": report.segments,
        **{record.plural: report.records[kind] for kind, record in RECORDS.items()},
        "failures": len(report.failures),
    }
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    out.print(table)
    for failure in report.failures[:FAILURES_SHOWN]:
        out.print(plain(f"{failure.whereabouts}: {failure.stage}: {failure.kind}: {failure.message}", "red"))
    if len(report.failures) > FAILURES_SHOWN:
        rest = len(report.failures) - FAILURES_SHOWN
        out.print(f"... and {rest} more; `midspan jobs show {report.job_id}` lists them all")
