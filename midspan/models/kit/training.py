"""The training loop of the chapter models: seeded, resumable, watched.

A chapter gives a :class:`Task` (its network, batches, loss and validation) and a :class:`Recipe`; the loop
writes into a folder:

* ``checkpoint.safetensors``, ``checkpoint.json``: where to go on from; made anew every few steps
* ``best.safetensors``: the trained parameters of the epoch with the best validation score
* ``curve.json``: the loss and the validation of every epoch

Every random choice is a function of the seed and the step, so a run that was killed and goes on ends with
the same weights as one that was not.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

import safetensors.torch
import torch
from torch import Tensor, nn

from midspan.errors import WrongUse

B = TypeVar("B")
State = dict[str, Tensor]


@dataclass(frozen=True)
class Recipe:
    epochs: int
    encoder_rate: float
    """Peak learning rate of what was trained before."""
    head_rate: float
    """Peak learning rate of what starts at random."""
    warmup: float = 0.06
    """Share of the steps over which the rates rise from 0."""
    weight_decay: float = 0.01
    clip: float = 1.0
    """Greatest norm of the gradient."""
    seed: int = 0
    schedule: Literal["cosine", "constant"] = "cosine"


@dataclass(frozen=True)
class Progress:
    epoch: int
    step: int
    steps: int
    """Of the whole run."""
    loss: float
    """Mean over the epoch so far."""


class Task(Protocol[B]):
    """What a chapter trains."""

    @property
    def network(self) -> nn.Module:
        """Its submodule ``head`` starts at random."""

    def batches(self, epoch: int) -> Sequence[B]:
        """The batches of an epoch, a function of the seed and the epoch; about as many in each."""

    def loss(self, batch: B) -> Tensor: ...

    def validate(self) -> Mapping[str, float]:
        """Figures on the validation split; ``score`` is the one to maximise."""


class Trainer(Generic[B]):
    def __init__(self, task: Task[B], recipe: Recipe, folder: Path, *, every: int = 50) -> None:
        """``every`` is how many steps lie between checkpoints."""
        self._task, self._recipe, self._folder, self._every = task, recipe, folder, every
        self._parameters = {
            name: value for name, value in task.network.named_parameters() if value.requires_grad
        }
        groups = [
            {"params": [v for n, v in self._parameters.items() if not n.startswith("head.")]},
            {"params": [v for n, v in self._parameters.items() if n.startswith("head.")]},
        ]
        self._peaks = (recipe.encoder_rate, recipe.head_rate)
        self._optimiser = torch.optim.AdamW(groups, lr=recipe.head_rate, weight_decay=recipe.weight_decay)
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
        for batch in batches[self._within :]:
            self._losses.append(self._step(batch))
            self._within += 1
            self._done += 1
            report(Progress(self._epoch, self._done, self._steps, sum(self._losses) / len(self._losses)))
            if self._within % self._every == 0:
                self._save(started)
        self._end_epoch()
        self._save(started)

    def _step(self, batch: B) -> float:
        torch.manual_seed(self._recipe.seed * 1_000_003 + self._done)
        share = rate_share(self._done, self._steps, self._recipe.warmup, self._recipe.schedule)
        for group, peak in zip(self._optimiser.param_groups, self._peaks, strict=True):
            group["lr"] = peak * share
        with self._precision:
            loss = self._task.loss(batch)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._parameters.values(), self._recipe.clip)
        self._optimiser.step()
        return float(loss.detach())

    def _end_epoch(self) -> None:
        self._task.network.eval()
        figures = dict(self._task.validate())
        mean = sum(self._losses) / max(len(self._losses), 1)
        if all(figures["score"] > row["score"] for row in self._curve):
            _write_tensors(self._folder / "best.safetensors", self._state())
        self._curve.append({"epoch": self._epoch, "loss": mean, **figures})
        _write_json(self._folder / "curve.json", self._curve)
        self._epoch, self._within, self._losses = self._epoch + 1, 0, []

    # --- checkpoints ---

    def _state(self) -> State:
        return {name: value.detach().clone() for name, value in self._parameters.items()}

    def _load(self, state: State) -> None:
        with torch.no_grad():
            for name, value in self._parameters.items():
                value.copy_(state[name])

    def _save(self, started: float) -> None:
        tensors = {f"weight/{name}": value for name, value in self._state().items()}
        for name, value in self._parameters.items():
            for key, moment in self._optimiser.state.get(value, {}).items():
                tensors[f"optimiser/{key}/{name}"] = torch.as_tensor(moment).clone()
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
        _write_json(self._folder / "checkpoint.json", progress)

    def _resume(self) -> None:
        path = self._folder / "checkpoint.safetensors"
        if not path.exists():
            return
        with safetensors.safe_open(path, framework="pt") as file:
            progress = json.loads(file.metadata()["progress"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if Recipe(**progress["recipe"]) != self._recipe:
            raise WrongUse(
                f"{self._folder} holds a run with another recipe ({progress['recipe']}); "
                "go on with the same options, or choose another folder"
            )
        self._epoch, self._within = progress["epoch"], progress["within"]
        self._done, self._steps = progress["done"], progress["steps"]
        self._losses, self._curve = progress["losses"], progress["curve"]
        self._seconds = progress["seconds"]
        self._load({name: tensors[f"weight/{name}"] for name in self._parameters})
        for name, value in self._parameters.items():
            keys = ("step", "exp_avg", "exp_avg_sq")
            self._optimiser.state[value] = {key: tensors[f"optimiser/{key}/{name}"] for key in keys}


def mixed_precision(device: torch.device) -> torch.autocast:
    """Matrix products in bfloat16 where the device has instructions for it; weights stay in float32."""
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        fast = bool({"avx512_bf16", "amx_bf16"} & {k for k, v in _cpu().items() if v})
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=fast)


def _cpu() -> dict[str, Any]:
    """What the processor can do; older releases of torch do not tell."""
    return dict(torch.cpu.get_capabilities()) if hasattr(torch.cpu, "get_capabilities") else {}


def rate_share(
    step: int, steps: int, warmup: float, schedule: Literal["cosine", "constant"] = "cosine"
) -> float:
    """Share of the peak rate at a step: a straight rise, then a cosine down to 0, or the peak to the end."""
    rise = max(1, round(warmup * steps))
    if step < rise:
        return (step + 1) / rise
    if schedule == "constant":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * min((step - rise) / max(1, steps - rise), 1)))


def _write_tensors(path: Path, tensors: State, metadata: dict[str, str] | None = None) -> None:
    half = path.with_suffix(".part")
    safetensors.torch.save_file({k: v.contiguous() for k, v in tensors.items()}, half, metadata)
    half.replace(path)


def _write_json(path: Path, value: Any) -> None:
    half = path.with_suffix(".part")
    half.write_text(json.dumps(value, indent=1) + "\n")
    half.replace(path)
