"""``midspan search``, ``show`` and ``cypher``."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from midspan.errors import WrongUse
from midspan.platform.answers import KINDS, Answer, Hit, Rows, Shown, Snippet
from midspan.platform.cli.common import Context, Json, Limit, clock, out, plain, print_json

QUERY = (
    'Words or a question; "a phrase"; -without or NOT; AND, OR and (groups); begin*; title:, path:, kind:, '
    "page:3-5. A word that nothing has is looked for with one letter changed."
)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help=QUERY)] = "",
    like: Annotated[
        str | None,
        typer.Option(help="Instead of a query: what is near this segment id, or this file of a video."),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help=f"Only {', '.join(KINDS[:-1])} or {KINDS[-1]} (repeatable)."),
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Only sources with this id, or with this in title or path.")
    ] = None,
    media: Annotated[str | None, typer.Option(help="Only `document` or `video`.")] = None,
    added_from: Annotated[
        datetime | None, typer.Option(help="Only sources ingested at this time or later.")
    ] = None,
    added_until: Annotated[
        datetime | None, typer.Option(help="Only sources ingested before this time.")
    ] = None,
    start: Annotated[
        float | None, typer.Option(help="Only places ending after this second or character.")
    ] = None,
    end: Annotated[
        float | None, typer.Option(help="Only places beginning before this second or character.")
    ] = None,
    verb: Annotated[str | None, typer.Option(help="Only events of this verb.", show_default=False)] = None,
    noun: Annotated[str | None, typer.Option(help="Only events with this thing.", show_default=False)] = None,
    limit: Limit = 10,
    offset: Annotated[int, typer.Option(min=0, help="Pass over so many hits.")] = 0,
    group: Annotated[
        str | None,
        typer.Option(
            help="A hit is a `document` (or video) with its best places, or each place by itself: "
            "`sentence`. Without it the first, and the second where --kind is given."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Search documents and videos by words and by meaning."""
    state: Context = context.obj
    if media not in (None, "document", "video"):
        raise WrongUse(f"--media is `document` or `video`, not {media!r}")
    with state.workspace() as workspace:
        if like is not None:
            is_file = Path(like).expanduser().is_file()
            answer = workspace.like_clip(like, limit) if is_file else workspace.similar(like, limit)
        else:
            answer = workspace.search(
                query,
                kinds=kind or (),
                source_ids=workspace.find_sources(source) if source else (),
                source_kind=media,  # type: ignore[arg-type]
                added_from=added_from.timestamp() if added_from else None,
                added_until=added_until.timestamp() if added_until else None,
                start=start,
                end=end,
                verb=verb,
                noun=noun,
                limit=limit,
                offset=offset,
                group=group,  # type: ignore[arg-type]
            )
    if json:
        print_json(answer_as_json(answer))
    else:
        print_answer(answer)


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """The fixed shape that scripts read."""
    fields = ("record", "kind", "score", "source", "path", "text", "start", "end", "unit", "page", "why")
    return {
        "hits": [
            {
                **{name: getattr(hit, name) for name in fields},
                "snippets": [dataclasses.asdict(snippet) for snippet in hit.snippets],
            }
            for hit in answer.hits
        ],
        "close": answer.close,
        "milliseconds": round(answer.milliseconds, 3),
    }


def place(hit: Hit | Snippet) -> str:
    """Where a hit stands, for people."""
    if hit.unit == "s":
        return f"{clock(hit.start)}-{clock(hit.end)}"
    page = f"page {hit.page}, " if hit.page else ""
    return f"{page}characters {int(hit.start)}-{int(hit.end)}"


def print_answer(answer: Answer) -> None:
    """Hits with place and reason, one block each."""
    if not answer.hits:
        out.print("nothing found" if answer.close else "nothing close")
    for number, hit in enumerate(answer.hits, start=1):
        out.print(plain(f"{number:2}. {hit.title}  ({hit.kind}, {place(hit)})", "bold"))
        out.print(plain("    " + " ".join(hit.text.split())))
        out.print(plain(f"    {hit.why}; {hit.record}", "dim"))
        for snippet in hit.snippets:
            out.print(plain("    - " + " ".join(snippet.text.split())))
            out.print(plain(f"      {snippet.kind}, {place(snippet)}; {snippet.record}", "dim"))
    out.print(plain(f"{len(answer.hits)} hits in {answer.milliseconds:.0f} ms", "dim"))
    out.print()


def show(
    context: typer.Context,
    record: Annotated[str, typer.Argument(help="Id of a record or segment, as search prints it.")],
    around: Annotated[int, typer.Option(min=0, help="Characters of text on either side.")] = 400,
    json: Json = False,
) -> None:
    """Show a record with its provenance and the text around it."""
    state: Context = context.obj
    with state.workspace() as workspace:
        shown = workspace.show(record, around)
    if json:
        print_json(_jsonable(shown))
        return
    print_shown(shown)


def _jsonable(value: Any) -> Any:
    import numpy as np

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _jsonable(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return [_jsonable(entry) for entry in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def print_shown(shown: Shown) -> None:
    """The record field by field, then its text in context."""
    out.print(plain(f"{shown.kind} {shown.id}", "bold"))
    if shown.record is not None:
        for field in dataclasses.fields(shown.record):
            if field.name not in ("id", "provenance", "text"):
                out.print(plain(f"  {field.name}: {_jsonable(getattr(shown.record, field.name))}"))
    for path in shown.paths:
        out.print(plain(f"  path: {path}"))
    out.print(plain(f"  source: {shown.source.id} ({shown.source.media_type})"))
    segment = shown.segment
    out.print(plain(f"  segment: {segment.id} [{segment.start:g}, {segment.end:g}) {segment.unit}"))
    if shown.run is not None:
        run = shown.run
        out.print(plain(f"  run: {run.id} (stage {run.stage} {run.stage_version}, model {run.model or '-'})"))
    out.print()
    text = plain(shown.before)
    text.append_text(plain(shown.text, "bold yellow"))
    text.append_text(plain(shown.after))
    out.print(text)


def cypher(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="A reading Cypher query.")],
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="name=value, used as $name.")
    ] = None,
    limit: Limit = 1000,
    seconds: Annotated[float, typer.Option(min=0.01, help="Longest time the query may take.")] = 10.0,
    json: Json = False,
) -> None:
    """Ask the graph of facts in Cypher (reads only)."""
    state: Context = context.obj
    parameters: dict[str, Any] = {}
    for entry in parameter or []:
        name, equals, value = entry.partition("=")
        if not equals:
            raise WrongUse(f"--parameter takes name=value, not {entry!r}")
        parameters[name] = value
    with state.workspace() as workspace:
        rows = workspace.cypher(query, parameters, limit=limit, seconds=seconds)
    if json:
        print_json({"columns": rows.columns, "rows": rows.rows, "truncated": rows.truncated})
    else:
        print_rows(rows)


def print_rows(rows: Rows) -> None:
    """A table of a query's answer."""
    table = Table()
    for column in rows.columns:
        table.add_column(plain(column), overflow="fold")
    for row in rows.rows:
        table.add_row(*(plain("" if value is None else value) for value in row))
    out.print(table)
    if rows.truncated:
        out.print(plain(f"cut after {len(rows.rows)} rows; raise --limit for more", "yellow"))
