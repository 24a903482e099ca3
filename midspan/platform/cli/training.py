"""``midspan train`` and ``midspan evaluate``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from midspan.errors import UnknownName, WrongUse
from midspan.platform import results
from midspan.platform.cli.common import Json, err, out, plain, print_json

train_app = typer.Typer(help="Train a chapter's model.", no_args_is_help=True, rich_markup_mode=None)
evaluate_app = typer.Typer(
    help="Measure a chapter's model beside its baselines.", no_args_is_help=True, rich_markup_mode=None
)

VARIANTS = ("small", "sod", "minimum", "mean", "paper")
Seed = Annotated[int, typer.Option(help="Of everything random.")]
Threads = Annotated[int, typer.Option(min=0, help="Threads for torch; 0 leaves its own choice.")]
Work = Annotated[Path, typer.Option(help="Folder for checkpoints and cached embeddings.")]


@train_app.command("atlas")
def train_atlas(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the model.")] = Path("atlas-model"),
    work: Work = Path("training/atlas"),
    variant: Annotated[
        str, typer.Option("--model", help="small, or a regression to a point: sod, minimum, mean, paper.")
    ] = "small",
    encoder: Annotated[
        Path | None, typer.Option(help="Folder of the BERT-size encoder that `paper` starts from.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder with organs.jsonl.gz and none.jsonl.gz of your own.")
    ] = None,
    seed: Seed = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="Other than the recipe's.")] = None,
    threads: Threads = 0,
    json: Json = False,
) -> None:
    """Train an atlas model; interrupted, the same command goes on from the last checkpoint."""
    if variant not in VARIANTS:
        raise UnknownName("atlas model", variant, list(VARIANTS))
    if (variant == "paper") != (encoder is not None):
        raise WrongUse("--encoder FOLDER goes with --model paper, and only with it")
    _set_threads(threads)
    from midspan.models.atlas.learned.variants import train_variant  # loads torch

    columns = (
        *(TextColumn("epoch {task.fields[epoch]}"), BarColumn(), MofNCompleteColumn()),
        *(TextColumn("loss {task.fields[loss]:.3f}"), TimeRemainingColumn()),
    )
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("train", total=None, epoch=1, loss=0.0)
        card = train_variant(
            variant,
            out_folder,
            work,
            seed=seed,
            epochs=epochs,
            data=data,
            encoder=encoder,
            report=lambda p: bar.update(
                task, total=p.steps, completed=p.step, epoch=p.epoch + 1, loss=p.loss
            ),
        )
    if json:
        print_json(card)
        return
    for row in card["curve"]:
        figures = ", ".join(f"{name} {value:.3f}" for name, value in row.items() if name != "epoch")
        out.print(plain(f"epoch {row['epoch'] + 1}: {figures}"))
    out.print(plain(f"wrote {out_folder}"))


@evaluate_app.command("atlas")
def evaluate_atlas(
    model: Annotated[
        list[Path] | None, typer.Option(help="Model folder, one a seed (repeatable); default: the shipped.")
    ] = None,
    point: Annotated[
        list[Path] | None, typer.Option(help="Folder of a fine-tuned regression model (repeatable).")
    ] = None,
    seeds: Annotated[
        list[int] | None, typer.Option("--seed", help="Seed of the trained baselines (repeatable).")
    ] = None,
    work: Work = Path("training/atlas"),
    to: Annotated[Path, typer.Option("--results", help="Folder for atlas.json and atlas.md.")] = Path(
        "benchmarks/results"
    ),
    threads: Threads = 0,
    json: Json = False,
) -> None:
    """Measure atlas.small and its baselines on the test split of the shipped sentences."""
    _set_threads(threads)
    from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
    from midspan.models.atlas.learned.evaluation import Benchmark  # what follows loads torch
    from midspan.models.atlas.learned.predictor import OrganPredictor
    from midspan.models.atlas.learned.table import Row, rows
    from midspan.models.atlas.learned.variants import EMBEDDINGS, point_predictors
    from midspan.models.kit.embedding_cache import EmbeddingCache

    cache = EmbeddingCache(work / EMBEDDINGS)
    benchmark = Benchmark(phantom_atlas(), cache.encode)
    predictors = [OrganPredictor.load(folder) for folder in model or []] or [OrganPredictor.load()]
    chosen = seeds or [0, 1, 2]
    found: list[Row] = []
    for row in rows(benchmark, chosen, predictors, point_predictors(point or [])):
        err.print(plain(f"{row.model}: {row.seconds:.0f} s"))
        found.append(row)
    _, bins = benchmark.calibration(predictors[0])
    collections = benchmark.collections([benchmark.model_shares(predictor) for predictor in predictors])
    data: dict[str, Any] = {
        "task": "atlas",
        "data": f"MedQuAD by document, test split capped at 150 an organ: {len(benchmark.anatomy)} sentences "
        f"with an organ, {len(benchmark.plain)} without; silver labels",
        "seeds": chosen,
        "rows": [asdict(row) for row in found],
        "reliability": [asdict(one) for one in bins],
        "collections": [asdict(one) for one in collections],
    }
    results.write(to, data)
    if json:
        print_json(data)
    else:
        print((to / "atlas.md").read_text("utf-8"))


def _set_threads(threads: int) -> None:
    if threads:
        import torch  # takes seconds

        torch.set_num_threads(threads)
