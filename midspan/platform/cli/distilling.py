"""``midspan distill``: a network for one's own labelled clips, that sees frames alone when it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from midspan.errors import needs_extra
from midspan.platform.cli.common import Json, err, out, plain, print_json
from midspan.platform.cli.labelled import clips_in
from midspan.platform.cli.training import LEFT_OUT, training_bar


def distill(
    data: Annotated[
        Path | None,
        typer.Option(
            help="Labelled videos (labels.csv, or Something-Else's train.json), or clips as arrays; without "
            "it the benchmark's are drawn."
        ),
    ] = None,
    teachers: Annotated[
        str, typer.Option(help="What teaches, of rgb, flow, layout and audio.")
    ] = "rgb,flow,layout,audio",
    to: Annotated[Path, typer.Option("--out", help="Folder for the model.")] = Path("student"),
    work: Annotated[Path, typer.Option(help="Folder for teachers and checkpoints.")] = Path(
        "training/distill"
    ),
    weighting: Annotated[
        str, typer.Option(help="Of the teachers: uniform, per-sample or full-dataset.")
    ] = "full-dataset",
    gamma: Annotated[float, typer.Option(min=0.01, help="Evens the weights out.")] = 1.0,
    temperature: Annotated[float, typer.Option(min=0.1, help="Softens what is taught.")] = 2.0,
    labels: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of the loss that is of the labels.")
    ] = 0.0,
    model: Annotated[str, typer.Option(help="student, or paper for the published size.")] = "student",
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="Other than the recipes'.")] = None,
    threads: Annotated[int, typer.Option(min=0, help="Threads for torch; 0 leaves its own choice.")] = 0,
    json: Json = False,
) -> None:
    """Teach a network that sees frames alone by others that see more; say what each modality is worth.

    Interrupted, the same command goes on from the last checkpoint.
    """
    with needs_extra("training", "train"):
        import torch  # takes seconds
    from midspan.errors import UnknownName
    from midspan.models.distill.lacking import left_out
    from midspan.models.distill.variants import SIZES, plan_of, train_student

    if threads:
        torch.set_num_threads(threads)
    if model not in SIZES:
        raise UnknownName("distill model", model, list(SIZES))
    plan = plan_of(teachers, weighting, gamma, temperature, labels)
    data = clips_in(data, work)
    if lacking := left_out(plan, data):
        err.print(plain(LEFT_OUT.format(", ".join(lacking)), "yellow"))
    with training_bar() as report:
        card = train_student(model, to, work, seed=seed, epochs=epochs, data=data, plan=plan, report=report)
    if json:
        print_json(card)
        return
    out.print(_table(card["answers"]))
    out.print(plain(f"wrote {to}"))


def _table(answers: list[dict[str, Any]]) -> Table:
    """Verbs right in %, by who answers and on which clips."""
    splits = list(dict.fromkeys(one["split"] for one in answers))
    table = Table("verbs right in %", *splits)
    for who in dict.fromkeys(one["who"] for one in answers):
        right = {one["split"]: one["right"] for one in answers if one["who"] == who}
        cells = [f"{right[one]['mean']:.1f} ± {right[one]['se']:.1f}" for one in splits]
        table.add_row(plain(who), *map(plain, cells))
    return table
