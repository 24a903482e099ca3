"""What a chapter of the thesis declares of its models, and how any chapter is trained and measured.

A chapter's own module imports no third party; what trains and measures is loaded when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from midspan.errors import UnknownName, WrongUse
from midspan.models.kit.metric import Metric

if TYPE_CHECKING:
    from midspan.models.kit.evaluation import Evaluation
    from midspan.models.kit.measuring import Row
    from midspan.models.kit.training import Progress

Command = Literal["train", "evaluate"]


@dataclass(frozen=True)
class Variant:
    """A model of a chapter that can be trained."""

    name: str
    what: str
    from_encoder: bool = False
    """It starts from an encoder that whoever trains it has to give."""


@dataclass(frozen=True)
class Option:
    """An option of the command line that one chapter alone knows; left out, it is None."""

    name: str
    kind: Any
    """The type of its value, as ``Path`` or ``list[Path]`` (repeatable)."""
    help: str


class Train(Protocol):
    def __call__(
        self,
        variant: str,
        out: Path,
        work: Path,
        *,
        seed: int,
        epochs: int | None,
        data: Path | None,
        encoder: Path | None,
        report: Callable[[Progress], None],
    ) -> dict[str, Any]:
        """Write a model folder to ``out``, going on from what lies in ``work``; returns its card, with the
        ``curve`` of training. None stands for the recipe's epochs, the data that ship, no encoder."""


class Evaluate(Protocol):
    def __call__(
        self,
        models: Sequence[Path],
        seeds: Sequence[int],
        work: Path,
        *,
        report: Callable[[Row], None],
        **options: Any,
    ) -> Evaluation:
        """Measure model folders (none: the shipped model), one a seed, beside baselines that are trained at
        each of the seeds; ``work`` keeps what takes long to make."""


@dataclass(frozen=True)
class Chapter:
    name: str
    """The capability's."""
    number: int
    """Of the thesis."""
    data: str
    """The files in a folder of data of one's own."""
    variants: tuple[Variant, ...]
    """The first is trained where none is named; none where nothing is trained."""
    metrics: tuple[Metric, ...]
    train: Train | None
    evaluate: Evaluate
    predictor: Callable[[Path | None], Any]
    """The model of a folder, or the shipped one, ready to answer."""
    options: Mapping[Command, tuple[Option, ...]] = field(default_factory=dict)
    clips: bool = False
    """Data may be labelled videos as well, of which arrays are made first."""


def train(
    chapter: Chapter,
    out: Path,
    work: Path,
    *,
    variant: str | None = None,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
    encoder: Path | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    **options: Any,
) -> dict[str, Any]:
    """Train a variant of a chapter; returns the card. Raises ``UnknownName`` and ``WrongUse``."""
    if chapter.train is None:
        raise WrongUse(f"{chapter.name} has no model to train")
    known = {one.name: one for one in chapter.variants}
    chosen = variant or chapter.variants[0].name
    if chosen not in known:
        raise UnknownName(f"{chapter.name} model", chosen, list(known))
    if known[chosen].from_encoder != (encoder is not None):
        names = " or ".join(one.name for one in chapter.variants if one.from_encoder) or "no model here"
        raise WrongUse(f"--encoder FOLDER goes with --model {names}, and only with it")
    return chapter.train(
        chosen, out, work, seed=seed, epochs=epochs, data=data, encoder=encoder, report=report, **options
    )


def evaluate(
    chapter: Chapter,
    work: Path,
    results: Path,
    *,
    models: Sequence[Path] = (),
    seeds: Sequence[int] = (0, 1, 2),
    report: Callable[[Row], None] = lambda _: None,
    **options: Any,
) -> dict[str, Any]:
    """Measure a chapter's models, write ``NAME.json`` and ``NAME.md``; returns what stands in the first."""
    from midspan.models.kit.evaluation import publish  # loads numpy

    found = chapter.evaluate(models, seeds, work, report=report, **options)
    return publish(results, chapter.name, seeds, chapter.metrics, found)
