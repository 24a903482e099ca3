"""``midspan scene``: find scenes by what is where in them, and write their pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from midspan.errors import WrongUse
from midspan.platform.cli.ask import answer_as_json, print_answer
from midspan.platform.cli.common import Context, Json, Limit, out, plain, print_json

app = typer.Typer(
    help="Scenes: find them by what is where in them, and write their pictures.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("find")
def find(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="What is where: “dog left of tree”, “cup and lamp”.")] = "",
    like: Annotated[
        str | None, typer.Option(help="Instead of a text: scenes like the one with this id.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Only sources with this id, or with this in title or path.")
    ] = None,
    limit: Limit = 10,
    json: Json = False,
) -> None:
    """Find scenes with these things where they should be; a kind of a thing counts as the thing."""
    state: Context = context.obj
    if bool(text.strip()) == (like is not None):
        raise WrongUse("say what to find: a text, or --like and the id of a scene")
    with state.workspace() as workspace:
        sources = workspace.find_sources(source) if source else ()
        answer = workspace.find_scenes(text, like=like, source_ids=sources, limit=limit)
    if json:
        print_json(answer_as_json(answer))
    else:
        print_answer(answer)


@app.command("render")
def render(
    context: typer.Context,
    record: Annotated[str, typer.Argument(help="The id of a scene; `midspan scene find` prints ids.")],
    to: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write.", metavar="FILE")] = None,
    json: Json = False,
) -> None:
    """Write the picture of a scene as SVG, to standard output without --out."""
    state: Context = context.obj
    with state.workspace() as workspace:
        svg = workspace.scene_picture(record)
    if to is not None:
        to.expanduser().write_text(svg, encoding="utf-8")
    if json:
        print_json({"record": record, "path": None if to is None else str(to), "svg": svg})
    elif to is None:
        print(svg)
    else:
        out.print(plain(f"{to}: {len(svg) / 1e3:.1f} kB"))
