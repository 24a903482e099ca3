"""``midspan train`` and ``midspan evaluate``: a command for each chapter of the table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from midspan.errors import needs_extra
from midspan.models.chapters import CHAPTERS, chapter
from midspan.models.kit.chapter import Chapter, Command, evaluate, train
from midspan.platform.cli.common import Json, err, out, plain, print_json
from midspan.platform.cli.labelled import clips_in

if TYPE_CHECKING:
    from midspan.models.kit.training import Progress as Step

train_app = typer.Typer(help="Train a chapter's model.", no_args_is_help=True, rich_markup_mode=None)
evaluate_app = typer.Typer(
    help="Measure a chapter's model beside its baselines.", no_args_is_help=True, rich_markup_mode=None
)

Threads = Annotated[int, typer.Option(min=0, help="Threads for torch; 0 leaves its own choice.")]
WORK = "Folder for checkpoints and cached embeddings."
LEFT_OUT = "left out as teachers, since too few clips have it: {}"


@contextmanager
def training_bar() -> Iterator[Callable[[Step], None]]:
    """A bar on standard error for as long as something is trained; what it yields moves it."""
    columns = (
        *(TextColumn("epoch {task.fields[epoch]}"), BarColumn(), MofNCompleteColumn()),
        *(TextColumn("loss {task.fields[loss]:.3f}"), TimeRemainingColumn()),
    )
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("train", total=None, epoch=1, loss=0.0)
        yield lambda p: bar.update(task, total=p.steps, completed=p.step, epoch=p.epoch + 1, loss=p.loss)


def _train_command(one: Chapter) -> Callable[..., None]:
    models = "; ".join(f"{variant.name}, {variant.what}" for variant in one.variants)
    starting = ", ".join(f"`{variant.name}`" for variant in one.variants if variant.from_encoder) or "none"

    def run(out_folder: Path, work: Path, threads: int, json: bool, **options: Any) -> None:
        _set_threads("training", threads)
        if one.clips:
            options["data"] = clips_in(options["data"], work)
        with training_bar() as report:
            card = train(one, out_folder, work, report=report, **options)
        if json:
            print_json(card)
            return
        for row in card["curve"]:
            figures = ", ".join(f"{name} {value:.3f}" for name, value in row.items() if name != "epoch")
            out.print(plain(f"epoch {row['epoch'] + 1}: {figures}"))
        if left_out := card.get("left_out"):
            err.print(plain(LEFT_OUT.format(", ".join(left_out)), "yellow"))
        out.print(plain(f"wrote {out_folder}"))

    return _with_options(
        run,
        _option("out_folder", Path, Path(f"{one.name}-model"), "Folder for the model.", "--out"),
        _option("work", Path, Path(f"training/{one.name}"), WORK),
        _option("variant", str, one.variants[0].name, f"Which: {models}.", "--model"),
        _option("encoder", Path | None, None, f"Folder of the encoder that {starting} starts from."),
        _option("data", Path | None, None, f"Folder with {one.data} of your own."),
        _option("seed", int, 0, "Of everything random."),
        _option("epochs", int | None, None, "Other than the recipe's.", min=1),
        *_of_chapter(one, "train"),
    )


def _evaluate_command(one: Chapter) -> Callable[..., None]:
    def run(
        model: list[Path] | None,
        seeds: list[int] | None,
        work: Path,
        to: Path,
        threads: int,
        json: bool,
        **options: Any,
    ) -> None:
        _set_threads("measuring", threads)
        if one.clips:
            options["data"] = clips_in(options["data"], work)
        data = evaluate(
            one,
            work,
            to,
            models=model or (),
            seeds=seeds or (0, 1, 2),
            report=lambda row: err.print(plain(f"{row.model}: {row.seconds:.0f} s")),
            **options,
        )
        if json:
            print_json(data)
        else:
            print((to / f"{one.name}.md").read_text("utf-8"))

    return _with_options(
        run,
        _option(
            "model", list[Path] | None, None, "Model folder, one a seed (repeatable); default: the shipped."
        ),
        *_of_chapter(one, "evaluate"),
        _option("seeds", list[int] | None, None, "Seed of the trained baselines (repeatable).", "--seed"),
        _option("work", Path, Path(f"training/{one.name}"), WORK),
        _option(
            "to",
            Path,
            Path("benchmarks/results"),
            f"Folder for {one.name}.json and {one.name}.md.",
            "--results",
        ),
    )


def _option(name: str, kind: Any, default: Any, help: str, *flags: str, **limits: Any) -> inspect.Parameter:
    annotation = Annotated[kind, typer.Option(*flags, help=help, **limits)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _of_chapter(one: Chapter, command: Command) -> list[inspect.Parameter]:
    options = one.options.get(command, ())
    return [_option(option.name, option.kind | None, None, option.help) for option in options]


def _with_options(run: Callable[..., None], *options: inspect.Parameter) -> Callable[..., None]:
    """A command's options are its parameters; these, and the two that every command here has."""
    shared = (
        inspect.Parameter("threads", inspect.Parameter.KEYWORD_ONLY, default=0, annotation=Threads),
        inspect.Parameter("json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json),
    )
    run.__signature__ = inspect.Signature([*options, *shared])  # type: ignore[attr-defined]
    run.__annotations__ = {}
    return run


def _set_threads(what: str, threads: int) -> None:
    """Raises ``MissingExtra`` where there is no torch."""
    with needs_extra(what, "train"):
        import torch  # takes seconds
    if threads:
        torch.set_num_threads(threads)


for _one in map(chapter, CHAPTERS):
    if _one.train is not None:
        train_app.command(
            _one.name,
            help=f"Train a model of {_one.name} (chapter {_one.number}); interrupted, the same command "
            "goes on from the last checkpoint.",
        )(_train_command(_one))
    evaluate_app.command(
        _one.name,
        help=f"Measure the models of {_one.name} (chapter {_one.number}) beside their baselines.",
        epilog="Figures: " + "; ".join(metric.legend for metric in _one.metrics) + ".",
    )(_evaluate_command(_one))
