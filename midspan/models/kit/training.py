"""The training of the chapter models: seeded, resumable, watched.

A chapter gives a :class:`Task` (its network, batches, loss and validation) and a :class:`Recipe`; the trainer
writes into a folder:

* ``checkpoint.safetensors``, ``checkpoint.json``: where to go on from; made anew every few steps
* ``best.safetensors``: the trained state of the epoch with the best validation score
* ``curve.json``: the loss and the validation of every epoch

Every random choice is a function of the seed and the step, so a run that was killed and goes on ends with
the same weights as one that was not.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import safetensors.torch
import torch
from torch import Tensor, nn

from midspan.errors import WrongUse
from midspan.models.kit.descent import descend
from midspan.models.kit.files import whole, write_json
from midspan.models.kit.frozen import trained_state
from midspan.models.kit.precision import mixed_precision
from midspan.models.kit.recipe import Recipe, rate_share

B = TypeVar("B")
B_co = TypeVar("B_co", covariant=True)


@dataclass(frozen=True)
class Progress:
    epoch: int
    step: int
    steps: int
    """Of the whole run."""
    loss: float
    """Mean over the epoch so far."""


class Batches(Protocol[B_co]):
    """A list of batches, or :class:`midspan.models.kit.batching.LazyBatches`."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> B_co: ...


class Task(Protocol[B]):
    """What a chapter trains."""

    @property
    def network(self) -> nn.Module: ...

    def batches(self, epoch: int) -> Batches[B]:
        """The batches of an epoch, a function of the seed and the epoch; about as many in each.

        torch's random state is set before each batch is asked for, so one that is made then may draw from it.
        """

    def loss(self, batch: B) -> Tensor: ...

    def validate(self) -> Mapping[str, float]:
        """Figures on the validation split; ``score`` is the one to maximise."""


class Trainer(Generic[B]):
    def __init__(self, task: Task[B], recipe: Recipe, folder: Path, *, every: int = 50) -> None:
        """``every`` is how many steps lie between checkpoints."""
        self._task, self._recipe, self._folder, self._every = task, recipe, folder, every
        self._optimiser = recipe.optimiser(task.network)
        self._parameters = {
            name: value for name, value in task.network.named_parameters() if value.requires_grad
        }
        self._precision = mixed_precision(next(iter(self._parameters.values())).device)
        self._epoch, self._within, self._done = 0, 0, 0
        self._steps = 0
        self._losses: list[float] = []
        self._curve: list[dict[str, Any]] = []
        self._seconds = 0.0

    def run(self, report: Callable[[Progress], None] = lambda _: None) -> list[dict[str, Any]]:
        """Train to the end, going on from the folder's checkpoint; returns the curve, an epoch a row.

        Leaves the network with the weights of the best epoch. Raises ``WrongUse`` when the folder holds a
        run of another recipe.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        started = time.monotonic()
        while self._epoch < self._recipe.epochs:
            self._run_epoch(report, started)
        self._load(safetensors.torch.load_file(self._folder / "best.safetensors"))
        self._task.network.eval()
        return self._curve

    def _run_epoch(self, report: Callable[[Progress], None], started: float) -> None:
        batches = self._task.batches(self._epoch)
        self._steps = self._steps or len(batches) * self._recipe.epochs
        self._task.network.train()
        for loss in descend(self._loss, self._due(batches), self._optimiser, clip=self._recipe.clip):
            self._losses.append(loss)
            self._within += 1
            self._done += 1
            report(Progress(self._epoch, self._done, self._steps, sum(self._losses) / len(self._losses)))
            if self._within % self._every == 0:
                self._save(started)
        self._end_epoch()
        self._save(started)

    def _due(self, batches: Batches[B]) -> Iterator[B]:
        """The batches of an epoch that are not done, with rates and random state set for each."""
        for index in range(self._within, len(batches)):
            share = rate_share(self._done, self._steps, self._recipe.warmup, self._recipe.schedule)
            for group in self._optimiser.param_groups:
                group["lr"] = group["peak"] * share
            torch.manual_seed(self._recipe.seed * 1_000_003 + self._done)
            yield batches[index]

    def _loss(self, batch: B) -> Tensor:
        with self._precision:
            return self._task.loss(batch)

    def _end_epoch(self) -> None:
        self._task.network.eval()
        figures = dict(self._task.validate())
        mean = sum(self._losses) / max(len(self._losses), 1)
        if all(figures["score"] > row["score"] for row in self._curve):
            _write_tensors(self._folder / "best.safetensors", trained_state(self._task.network))
        self._curve.append({"epoch": self._epoch, "loss": mean, **figures})
        write_json(self._folder / "curve.json", self._curve)
        self._epoch, self._within, self._losses = self._epoch + 1, 0, []

    # --- checkpoints ---

    def _load(self, state: Mapping[str, Tensor]) -> None:
        for name, value in trained_state(self._task.network).items():
            value.copy_(state[name])

    def _save(self, started: float) -> None:
        tensors = {f"weight/{name}": value for name, value in trained_state(self._task.network).items()}
        for name, value in self._parameters.items():
            for key, moment in self._optimiser.state.get(value, {}).items():
                tensors[f"optimiser/{key}/{name}"] = torch.as_tensor(moment)
        progress = {
            "recipe": asdict(self._recipe),
            "epoch": self._epoch,
            "within": self._within,
            "done": self._done,
            "steps": self._steps,
            "losses": self._losses,
            "curve": self._curve,
            "seconds": self._seconds + time.monotonic() - started,
        }
        # one file, so that weights and progress cannot come from two moments
        metadata = {"progress": json.dumps(progress)}
        _write_tensors(self._folder / "checkpoint.safetensors", tensors, metadata)
        write_json(self._folder / "checkpoint.json", progress)

    def _resume(self) -> None:
        path = self._folder / "checkpoint.safetensors"
        if not path.exists():
            return
        with safetensors.safe_open(path, framework="pt") as file:
            progress = json.loads(file.metadata()["progress"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if Recipe.from_json(progress["recipe"]) != self._recipe:
            raise WrongUse(
                f"{self._folder} holds a run with another recipe ({progress['recipe']}); "
                "go on with the same options, or choose another folder"
            )
        self._epoch, self._within = progress["epoch"], progress["within"]
        self._done, self._steps = progress["done"], progress["steps"]
        self._losses, self._curve = progress["losses"], progress["curve"]
        self._seconds = progress["seconds"]
        self._load({name: tensors[f"weight/{name}"] for name in trained_state(self._task.network)})
        for name, value in self._parameters.items():
            moments = {key: tensors[f"optimiser/{key}/{name}"] for key in ("exp_avg", "exp_avg_sq")}
            self._optimiser.state[value] = {
                "step": tensors[f"optimiser/step/{name}"],  # stays on the CPU, whatever the network is on
                **{key: moment.to(value.device) for key, moment in moments.items()},
            }


def _write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str] | None = None) -> None:
    with whole(path) as half:
        kept = {name: value.detach().clone().contiguous() for name, value in tensors.items()}
        safetensors.torch.save_file(kept, half, metadata)
