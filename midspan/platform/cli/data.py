"""``midspan data``: makes the data that models are trained and measured on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from midspan.errors import StoreUnavailable, UnknownName
from midspan.platform.cli.common import Json, err, out, plain, print_json

app = typer.Typer(
    help="Make data to train and measure models on.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def group() -> None:
    """Keeps ``tabletop`` a command of its own, though it is the only one."""


@app.command("tabletop")
def tabletop(
    to: Annotated[
        Path, typer.Option("--out", help="Folder to write to; new, or begun with the same options.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    clips: Annotated[int, typer.Option(min=1, help="Clips of each style, all splits together.")] = 6480,
    films: Annotated[
        int, typer.Option(min=0, help="Long videos with 3 to 8 events of each style, all splits together.")
    ] = 0,
    windows: Annotated[
        int,
        typer.Option(
            min=0,
            help="With --arrays: films of each style of which windows are cut.",
        ),
    ] = 0,
    style: Annotated[
        list[str] | None,
        typer.Option(help="Camera: table or egocentric (repeatable; default: both)."),
    ] = None,
    q: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="How far colour tells the group of the noun.")
    ] = 0.6,
    noise: Annotated[
        str,
        typer.Option(
            help="Of the simulated detector: old, realistic, or matched (realistic close up, else old)."
        ),
    ] = "old",
    videos: Annotated[bool, typer.Option(help="Write the clips as MP4 with sound, boxes and splits.")] = True,
    flow: Annotated[bool, typer.Option("--flow", help="Write optical flow beside the videos.")] = False,
    arrays: Annotated[bool, typer.Option("--arrays", help="Write the arrays that training reads.")] = False,
    json: Json = False,
) -> None:
    """Draw the tabletop benchmark: 18 verbs in pairs, 24 nouns, two cameras, everything known.

    Splits: train, seen (the same combinations of verb and noun), unseen_selection and unseen_test, and
    unlabelled, for students to watch.
    Annotations, splits and labels are in the formats of Something-Else. Interrupted, the same command goes
    on where it was.
    """
    import cv2  # with OpenCV, the generator takes a moment to load

    from midspan.models.action.data.data_set import Settings, write_data_set
    from midspan.models.action.data.detector_noise import Noises
    from midspan.models.action.data.splits import STYLES

    chosen = [name for name in STYLES if name in (style or STYLES)]
    for name in style or ():
        if name not in STYLES:
            raise UnknownName("camera style", name, list(STYLES))
    kinds: tuple[Noises, ...] = get_args(Noises)
    kind = next((known for known in kinds if known == noise), None)
    if kind is None:
        raise UnknownName("noise", noise, list(kinds))
    settings = Settings(seed, clips, films, windows, tuple(chosen), q, kind)
    cv2.setNumThreads(1)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as bar:
        tasks = {what: bar.add_task(what, total=None, visible=False) for what in _PARTS}
        try:
            write_data_set(
                to,
                settings,
                videos=videos,
                flow=flow,
                arrays=arrays,
                report=lambda p: bar.update(tasks[p.what], total=p.total, completed=p.done, visible=True),
            )
        except OSError as error:
            raise StoreUnavailable(
                f"{to} cannot be written ({error.strerror or error}); what is whole was kept: free some "
                "space and run the same command again"
            ) from error
    if json:
        print_json({"folder": str(to), **dataclasses.asdict(settings)})
        return
    out.print(plain(f"wrote {to}"))


_PARTS = ("arrays", "windows", "videos", "boxes", "films")
