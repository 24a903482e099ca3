"""``midspan jobs``: list, show, why, workers, retry, cancel."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from midspan.platform.cli.common import Context, Json, Limit, out, plain, print_json
from midspan.records import Failure

app = typer.Typer(help="Background and foreground jobs.", no_args_is_help=True, rich_markup_mode=None)

REASONS = 5
"""So many failures of an item are told; with ``--json`` all are."""

JobId = Annotated[str, typer.Argument(help="A job's id, as `midspan jobs ls` prints it.")]


@app.command("ls")
def ls(context: typer.Context, limit: Limit = 20, json: Json = False) -> None:
    """List jobs, newest first."""
    state: Context = context.obj
    with state.workspace() as workspace:
        jobs = workspace.jobs(limit)
    if json:
        print_json([dataclasses.asdict(job) for job in jobs])
        return
    table = Table()
    for column in ("job", "state", "done", "partial", "failed", "total", "created", "what"):
        table.add_column(column)
    for job in jobs:
        created = datetime.fromtimestamp(job.created_at).isoformat(sep=" ", timespec="seconds")
        what = plain(", ".join(job.paths[:3]))
        counts = (str(count) for count in (job.done, job.partial, job.failed, job.total))
        table.add_row(job.id, job.state, *counts, created, what)
    out.print(table)


@app.command("show")
def show(
    context: typer.Context,
    job_id: JobId,
    items: Annotated[
        str | None,
        typer.Option(help="List items in this state: queued, running, done, partial, failed, cancelled."),
    ] = None,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """Show a job's progress, and the items that failed, also in part, with their reasons."""
    state: Context = context.obj
    with state.workspace() as workspace:
        job = workspace.job(job_id)
        wanted = [items] if items else ["failed", "partial"]
        listed = [item for word in wanted for item in workspace.job_items(job_id, word, limit)][:limit]
    if json:
        print_json({**dataclasses.asdict(job), "items": [dataclasses.asdict(item) for item in listed]})
        return
    done = f"{job.done} done ({job.partial} in part)" if job.partial else f"{job.done} done"
    out.print(plain(f"{job.id}: {job.state}, {done}, {job.failed} failed of {job.total}"))
    if job.message:
        out.print(plain(f"  {job.message}"))
    for item in listed:
        reasons = _reasons(item.failures)
        end = "partial" if item.outcome == "partial" else item.state
        out.print(plain(f"  {end}: {item.path} {reasons}"))


def _reasons(failures: Sequence[Failure]) -> str:
    """The first few, with their places."""
    told = [f"{f'{one.place}: ' if one.place else ''}{one.stage}: {one.message}" for one in failures]
    more = [f"and {len(told) - REASONS} more"] if len(told) > REASONS else []
    return "; ".join(told[:REASONS] + more)


@app.command("why")
def why(context: typer.Context, job_id: JobId, json: Json = False) -> None:
    """Say why a job is where it is, and what to do."""
    state: Context = context.obj
    with state.workspace() as workspace:
        explanation = workspace.why(job_id)
    if json:
        print_json(dataclasses.asdict(explanation))
        return
    out.print(plain(f"{explanation.job}: {explanation.state}"))
    for reason in explanation.reasons:
        out.print(plain(f"  {reason}"))
    for group in explanation.failures:
        again = "worth a retry" if group.retryable else "a retry will not help"
        out.print(plain(f"  {group.count} x {group.kind} in {group.stage} ({again}): {group.message}"))
        for path in group.paths:
            out.print(plain(f"    {path}"))
    for step in explanation.advice:
        out.print(plain(f"  -> {step}"))


@app.command("workers")
def workers(context: typer.Context, json: Json = False) -> None:
    """List the workers, and what each is doing."""
    state: Context = context.obj
    with state.workspace() as workspace:
        found = workspace.worker_list()
    if json:
        print_json([dataclasses.asdict(worker) for worker in found])
        return
    table = Table()
    for column in ("worker", "queues", "state", "MB", "doing"):
        table.add_column(column)
    for worker in found:
        life = "alive" if worker.alive else f"silent for {worker.silent:.0f} s"
        size = f"{worker.rss_mb:.0f}"
        table.add_row(plain(worker.name), ", ".join(worker.queues), life, size, plain(worker.doing))
    out.print(table)


@app.command("retry")
def retry(context: typer.Context, job_id: JobId, json: Json = False) -> None:
    """Queue a job's items again that failed, also in part, or were cancelled."""
    state: Context = context.obj
    with state.workspace() as workspace:
        count = workspace.retry(job_id)
    if json:
        print_json({"job": job_id, "queued": count})
    else:
        out.print(f"{count} items queued again")


@app.command("cancel")
def cancel(context: typer.Context, job_id: JobId, json: Json = False) -> None:
    """Stop a job; what is done stays done."""
    state: Context = context.obj
    with state.workspace() as workspace:
        asked = workspace.cancel(job_id)
        now = workspace.job(job_id).state
    if json:
        print_json({"job": job_id, "cancel_requested": asked, "state": now})
    elif not asked:
        out.print(f"job {job_id} had ended already ({now}); nothing was stopped")
    elif now == "cancelled":
        out.print(f"job {job_id} is cancelled; what is done stays done")
    else:
        out.print(f"job {job_id} is stopping; what is done stays done")
