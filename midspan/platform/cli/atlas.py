"""``midspan atlas``: atlases side by side, and what stands where in them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from midspan.errors import WrongUse
from midspan.platform.answers import NearPlace, Place, PlacedSentence
from midspan.platform.cli.common import Context, Json, Limit, err, out, plain, print_json

app = typer.Typer(
    help="Anatomical atlases: list, import, and ask what stands where.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Named = Annotated[str | None, typer.Option("--atlas", help="Name of the atlas; default: the phantom.")]


@app.command("ls")
def ls(context: typer.Context, json: Json = False) -> None:
    """List the phantom and the imported atlases."""
    state: Context = context.obj
    with state.workspace() as workspace:
        views = workspace.atlases()
    if json:
        print_json([dataclasses.asdict(view) for view in views])
        return
    table = Table()
    for column in ("name", "kind", "organs", "structures", "grid", "sentences", "licence"):
        table.add_column(column)
    for view in views:
        cells = (view.name, view.kind, len(view.organs), sum(view.organs.values()), f"{view.pitch_mm:g} mm")
        table.add_row(*(plain(cell) for cell in (*cells, view.places, view.licence)))
    out.print(table)


@app.command("import")
def import_(
    context: typer.Context,
    labels: Annotated[Path, typer.Argument(help="NIfTI label volume (.nii, .nii.gz), whole numbers.")],
    table: Annotated[
        Path | None,
        typer.Argument(help="CSV with label,name[,laterality,group,aliases,snomed,uberon]; or --preset."),
    ] = None,
    aliases: Annotated[Path | None, typer.Option(help="CSV with name,alias: more words.")] = None,
    name: Annotated[str | None, typer.Option(help="Default: the file's name.")] = None,
    preset: Annotated[str | None, typer.Option(help="A table that ships: totalsegmentator.")] = None,
    licence: Annotated[str, typer.Option(help="Of the volume, kept with it.")] = "",
    citation: Annotated[str, typer.Option(help="Of the volume, kept with it.")] = "",
    json: Json = False,
) -> None:
    """Add an atlas from a label volume; the same file again is no work."""
    state: Context = context.obj
    with state.workspace(create=True) as workspace, err.status("reading the volume"):
        view, warnings = workspace.import_atlas(
            *(labels, table),
            preset=preset,
            aliases=aliases,
            name=name,
            licence=licence,
            citation=citation,
        )
    if json:
        print_json({"atlas": dataclasses.asdict(view), "warnings": warnings})
        return
    for warning in warnings:
        err.print(plain(f"warning: {warning}", "yellow"))
    counts = f"{len(view.organs)} organs, {sum(view.organs.values())} structures, {view.pitch_mm:g} mm"
    out.print(plain(f"atlas {view.name}: {counts}"))
    out.print(plain("texts are placed in it when they are ingested, from now on or again", "dim"))


@app.command("rm")
def rm(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Of an imported atlas; `midspan atlas ls` lists them.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Remove an imported atlas and what was placed in it; documents and other atlases stay."""
    state: Context = context.obj
    if not yes:
        typer.confirm(f"Remove atlas {name} and all that was placed in it?", abort=True, err=True)
    with state.workspace() as workspace:
        count = workspace.remove_atlas(name)
    if json:
        print_json({"removed": name, "places": count})
    else:
        out.print(plain(f"removed atlas {name}, in which {count} sentences were placed"))


@app.command("near")
def near(
    context: typer.Context,
    organ: Annotated[str | None, typer.Option(help="Within --radius-mm (default 30) of this organ.")] = None,
    point: Annotated[
        tuple[float, float, float] | None, typer.Option(help="Nearest to X Y Z: LPS, millimetres.")
    ] = None,
    inside: Annotated[str | None, typer.Option(help="Inside this organ.")] = None,
    side: Annotated[str, typer.Option(help="Only the `left` or `right` one of the organ.")] = "",
    radius_mm: Annotated[float | None, typer.Option(help="Furthest distance.")] = None,
    atlas: Named = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List sentences near an organ or a point, or inside an organ."""
    state: Context = context.obj
    if side not in ("", "left", "right"):
        raise WrongUse(f"--side is `left` or `right`, not {side!r}")
    with state.workspace() as workspace:
        found = workspace.near(
            organ=organ,
            point=point,
            inside=inside,
            side=side,  # type: ignore[arg-type]
            radius_mm=radius_mm,
            atlas=atlas,
            limit=limit,
        )
    if json:
        print_json({"places": [near_as_json(one) for one in found]})
        return
    if not found:
        out.print("nothing found")
    for number, one in enumerate(found, start=1):
        _print_read(number, one.place, f"{one.place.grounding.organ}, {one.distance_mm:.0f} mm, ")


def _print_read(number: int, place: Place, where_to: str = "") -> None:
    said, where = place.grounding, place.grounding.provenance
    span = f"characters {int(where.start)}-{int(where.end)}"
    out.print(plain(f"{number:2}. {place.title}  ({where_to}{span})", "bold"))
    out.print(plain("    " + " ".join(said.text.split())))
    out.print(plain(f"    {said.reason}; {said.id}", "dim"))


def near_as_json(one: NearPlace) -> dict[str, Any]:
    """A sentence with its point and where it is read."""
    said = one.place.grounding
    return {
        **_read_at(one.place),
        "organ": said.organ,
        "laterality": said.laterality,
        "named": said.named,
        "probability": said.score,
        "point_mm": [said.x_mm, said.y_mm, said.z_mm],
        "spread_mm": said.spread_mm,
        "distance_mm": round(one.distance_mm, 3),
    }


def _read_at(place: Place) -> dict[str, Any]:
    said, where = place.grounding, place.grounding.provenance
    return {
        "record": said.id,
        "text": said.text,
        "atlas": said.atlas,
        "source": where.source_id,
        "path": place.path,
        "title": place.title,
        "start": where.start,
        "end": where.end,
        "unit": where.unit,
    }


@app.command("unplaced")
def unplaced(
    context: typer.Context,
    only: Annotated[
        str | None, typer.Option(help="`negated`, `hypothetical` (a condition) or `family` (a relative).")
    ] = None,
    atlas: Named = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List sentences with anatomical words that were not placed, with the reason."""
    state: Context = context.obj
    with state.workspace() as workspace:
        found = workspace.abstentions(limit, atlas, only)  # type: ignore[arg-type]
    if json:
        print_json({"unplaced": [_unplaced_as_json(place) for place in found]})
        return
    if not found:
        out.print("nothing found")
    for number, place in enumerate(found, start=1):
        _print_read(number, place)


def _unplaced_as_json(place: Place) -> dict[str, Any]:
    said = place.grounding
    doubts = {"negated": said.negated, "hypothetical": said.hypothetical, "family": said.family}
    return {**_read_at(place), "reason": said.reason, "organs": dict(said.organs), **doubts}


@app.command("place")
def place(
    context: typer.Context,
    sentence: Annotated[str, typer.Argument(help="A sentence; nothing is stored.")],
    atlas: Named = None,
    json: Json = False,
) -> None:
    """Say where a sentence belongs in the body, or that it belongs nowhere."""
    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        placed = workspace.place(sentence, atlas)
    if json:
        print_json(placed.as_json())
    else:
        print_placed(placed)


def print_placed(placed: PlacedSentence) -> None:
    if placed.point_mm is None or placed.organ is None:
        out.print(plain(f"not placed ({placed.probability:.2f}): {placed.reason}", "bold"))
    else:
        side = f"{placed.laterality} " if placed.laterality in ("left", "right") else ""
        x, y, z = placed.point_mm
        out.print(plain(f"{side}{placed.organ} ({placed.probability:.2f}) in {placed.atlas}", "bold"))
        spread = "" if placed.spread_mm is None else f", expected to be off by {placed.spread_mm:.0f} mm"
        out.print(plain(f"    ({x:g}, {y:g}, {z:g}) mm{spread}; {placed.reason}"))
    for organ, share in placed.organs.items():
        out.print(plain(f"    {share:5.2f} {organ}", "dim"))
