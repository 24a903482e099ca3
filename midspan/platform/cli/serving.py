"""``midspan worker``, ``ui`` and ``demo``."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn
from urllib.parse import quote

import typer

from midspan.errors import WrongUse
from midspan.platform.cli import ask, ingesting
from midspan.platform.cli.common import Context, err, out, plain

if TYPE_CHECKING:
    from midspan.platform.settings import Settings

HOST = "127.0.0.1"
ANY = ("0.0.0.0", "::")

EXAMPLE_SEARCHES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pain caused by stones in the kidney", ()),
    ("which composers died in Vienna", ()),
    ("something falls off the table", ("event",)),
)
"""(query, kinds)"""
EXAMPLE_CYPHER = (
    "MATCH (s:Entity)-[f:FACT]->(o:Entity {name: 'Vienna'}) WHERE f.polarity = 'affirmed' "
    "RETURN s.name AS subject, f.name AS predicate, o.name AS object, f.support AS sentences "
    "ORDER BY sentences DESC, subject, predicate LIMIT 8"
)

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to serve on; 0 takes a free one.")]


def worker(
    context: typer.Context,
    queues: Annotated[
        str, typer.Option(help="Queues to serve, with commas between: documents, videos, projection.")
    ] = "documents,videos,projection",
    name: Annotated[
        str | None, typer.Option(help="What to call it in `midspan jobs`; default: the host.")
    ] = None,
    max_memory_mb: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Replace the serving process after the task at hand when it is bigger "
            "(default: MIDSPAN_WORKER_MEMORY_MB, else 4096).",
        ),
    ] = None,
    until_idle: Annotated[
        float | None, typer.Option(help="End after this many seconds without work.")
    ] = None,
    serve: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Work on background jobs until stopped."""
    from midspan.platform.queues import chosen_queues
    from midspan.platform.supervisor import WorkerOptions, run_worker  # loads Celery

    state: Context = context.obj
    chosen = chosen_queues(queues)
    with state.workspace(create=True) as workspace:
        memory_mb = max_memory_mb or workspace.parts.settings.worker_memory_mb
        if serve is not None:  # the supervisor's process, see there
            from midspan.platform.worker import serve as serve_tasks

            sys.exit(serve_tasks(workspace.parts, serve, chosen, memory_mb, until_idle))
        sys.exit(run_worker(workspace.parts, WorkerOptions(chosen, memory_mb, name, until_idle)))


def ui(
    context: typer.Context,
    port: Port = 8501,
    host: Annotated[
        str,
        typer.Option(
            help="Address to serve on. Whoever has the token of the printed address may read and add, and "
            "everybody between may listen: put a proxy with TLS before it."
        ),
    ] = HOST,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="Another name by which it is reached (repeatable).")
    ] = None,
) -> None:
    """Serve the browser UI, on 127.0.0.1 unless told otherwise, to whoever opens the printed address."""
    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        settings = workspace.parts.settings
    serve_ui(settings, port, host, allow_host or ())


def serve_ui(settings: Settings, port: int, host: str = HOST, names: Sequence[str] = ()) -> NoReturn:
    """Become the server, so that whoever ends this process ends it. Raises ``WrongUse`` for a taken port."""
    chosen = _free_port(port, host)
    token = settings.ui_token.get_secret_value() if settings.ui_token else secrets.token_urlsafe(24)
    if host in ANY:
        shown = names[0] if names else "127.0.0.1"
        err.print(
            f"every network of this machine reaches port {chosen}: whoever has the token can search, read "
            "and add files there, and everybody between can listen; it answers to "
            f"{', '.join(('127.0.0.1', 'localhost', *names))} (more with --allow-host)"
        )
    else:
        shown, names = host, (host, *names)
    command = [sys.executable, "-m", "midspan.ui.server", host, str(chosen), *names]
    address = f"http://{shown}:{chosen}/?token={quote(token)}"
    out.print(plain(f"midspan UI: {address}  (Ctrl-C ends it)"), soft_wrap=True)
    # Without the safe path a stray click.py in the current folder would be imported instead of click.
    ours = {"MIDSPAN_WORKSPACE": str(settings.folder), "MIDSPAN_UI_TOKEN": token, "PYTHONSAFEPATH": "1"}
    # threads of NumPy and FAISS wait busily for each other: a search has cost three times as much by them
    threads = {"OMP_NUM_THREADS": str(settings.threads)} if settings.threads else {}
    sys.stdout.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execve(sys.executable, command, {**threads, **os.environ, **ours})


def _free_port(port: int, host: str) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WrongUse(
                f"port {port} on {host} cannot be had ({error.strerror}); choose another with --port (0: any)"
            ) from error
        return int(probe.getsockname()[1])


def demo(
    context: typer.Context,
    no_ui: Annotated[bool, typer.Option("--no-ui", help="End after the example queries.")] = False,
    port: Port = 8501,
) -> None:
    """Ingest the bundled corpus, answer example questions, and serve the UI."""
    from midspan.corpus import folder as corpus
    from midspan.platform.cli.invocation import activation, invocation  # loads the settings

    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        midspan = invocation(workspace.folder)
        out.print(plain(f"workspace {workspace.folder}", "bold"))
        with ingesting.stop_on_interrupt() as stop, ingesting.progress_bar(False) as progress:
            report = workspace.ingest(
                [corpus() / "documents", corpus() / "videos"], progress=progress, stop=stop
            )
        ingesting.print_report(report)
        counts = workspace.counts()
        out.print(plain("stored: " + ", ".join(f"{name} {count}" for name, count in counts.items())))
        for query, kinds in EXAMPLE_SEARCHES:
            options = "".join(f" --kind {kind}" for kind in kinds)
            _print_command(f'{midspan} search "{query}"{options}')
            ask.print_answer(workspace.search(query, kinds=kinds, limit=3))
        _print_command(f'{midspan} cypher "{EXAMPLE_CYPHER}"')
        ask.print_rows(workspace.cypher(EXAMPLE_CYPHER))
        settings = workspace.parts.settings
    if stop():
        raise typer.Exit(130)
    if not report.ok:
        err.print("some of the corpus failed; see above")
        raise typer.Exit(1)
    out.print("go on with files of your own, or in the browser:")
    _print_command(f"{midspan} ingest PATH")
    _print_command(f"{midspan} ui")
    if (command := activation()) is not None:
        out.print("in this shell `midspan` alone will do after:")
        _print_command(command)
    if not no_ui:
        serve_ui(settings, port)


def _print_command(command: str) -> None:
    """On one line, however long, so that it can be copied."""
    out.print(plain(command, "bold cyan"), soft_wrap=True)
