"""Trains the detector on drawn films: ``midspan train action --model detector``. Needs no data."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from midspan.errors import WrongUse
from midspan.models.action.boxes.frame_boxes import Category, FrameBoxes
from midspan.models.action.boxes.learned.detector import LearnedDetector
from midspan.models.action.boxes.learned.drawn import Picture, film_pictures, other_pictures
from midspan.models.action.boxes.learned.heat_map import CATEGORIES, Floats, boxes_of, squeezed
from midspan.models.action.boxes.learned.network import DetectorNetwork, detector_graph
from midspan.models.action.boxes.learned.targets import detection_loss, targets_of
from midspan.models.action.boxes.learned.views import drawn_view
from midspan.models.action.boxes.matching import Found, matched, total
from midspan.models.kit.batching import LazyBatches
from midspan.models.kit.folder import ModelFolder, save_model
from midspan.models.kit.parity import parity
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Progress, Trainer

FILMS, OTHERS, HELD_OUT = 750, 1800, 60
"""Films to learn from, pictures of other things, and films to choose by."""
BATCH = 32
RECIPE = Recipe(epochs=5, rates={"": 2e-3}, warmup=0.05, weight_decay=0.01, clip=5.0)
SCORES = tuple(round(0.05 * step, 2) for step in range(2, 17))
"""Among which the least score that a box needs is chosen."""
LEAST_OF_HANDS = 0.5
"""A hand has to be likelier than not: that there is one at all is a claim of its own."""
_LOW: dict[str, float] = dict.fromkeys(CATEGORIES, SCORES[0])
_COMPARED = 64
Batch = tuple[Tensor, Tensor, Tensor, Tensor]


def train_detector(
    out: Path,
    work: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
    encoder: Path | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    films: int = FILMS,
) -> dict[str, Any]:
    """Write the folder; returns the card. Raises ``WrongUse`` where data are given, which it draws itself."""
    if data is not None or encoder is not None:
        raise WrongUse("the detector draws the films that it learns from; leave --data away")
    started = time.monotonic()
    recipe = Recipe(**{**asdict(RECIPE), "seed": seed, "epochs": epochs or RECIPE.epochs})
    learned = [*film_pictures("train", films, seed), *other_pictures(OTHERS * films // FILMS, seed)]
    held_out = film_pictures("unseen_selection", max(2, HELD_OUT * films // FILMS), seed)
    torch.manual_seed(seed)
    task = DetectorTask(DetectorNetwork(), learned, held_out, seed)
    curve = Trainer(task, recipe, work / f"detector-{seed}-{recipe.epochs}-{films}").run(report)
    said = answers(task.network, task.shown)
    least = {category: best_score(said, held_out, category) for category in CATEGORIES}
    card = {
        "name": "action.detector",
        "licence": "Apache-2.0",
        "trained_on": f"{films} drawn films of midspan's own, table and close up, and pictures of other "
        f"things; {len(learned):,} pictures in all",
        "retrain": f"midspan train action --model detector --seed {seed}",
        "recipe": asdict(recipe),
        "curve": curve,
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    weights = {f"network.{name}": value.cpu().numpy() for name, value in task.network.state_dict().items()}
    return save_model(
        out,
        {"least_scores": least},
        weights,
        card,
        graph=detector_graph(task.network),
        check=lambda model: _engines_agree(model, task.network, task.shown[:_COMPARED]),
    )


class DetectorTask:
    """See :class:`midspan.models.kit.training.Task`."""

    def __init__(
        self, network: DetectorNetwork, learned: Sequence[Picture], held_out: Sequence[Picture], seed: int
    ) -> None:
        self.network = network
        self._learned, self._held_out, self._seed = learned, held_out, seed
        self.shown = squeezed([picture.rgb for picture in held_out])

    def batches(self, epoch: int) -> LazyBatches[npt.NDArray[np.int64], Batch]:
        order = np.random.default_rng((self._seed, epoch)).permutation(len(self._learned))

        def made(places: npt.NDArray[np.int64]) -> Batch:
            views = [
                drawn_view(self._learned[place], np.random.default_rng((self._seed, epoch, place)))
                for place in places.tolist()
            ]
            to_say = targets_of(views)
            arrays = (squeezed([view.rgb for view in views]), to_say.heat, to_say.sides, to_say.known)
            pictures, heat, sides, known = (torch.from_numpy(one) for one in arrays)
            return pictures, heat, sides, known

        ends = range(BATCH, len(order) + 1, BATCH)
        return LazyBatches([order[end - BATCH : end] for end in ends], made)

    def loss(self, batch: Batch) -> Tensor:
        pictures, *to_say = batch
        return detection_loss(self.network(pictures), *to_say)

    def validate(self) -> dict[str, float]:
        """F1 at an overlap of a half, by category, each at its best least score; ``score`` is their mean."""
        said = answers(self.network, self.shown)
        best = {
            category: max(found_of(said, self._held_out, category).values(), key=lambda one: one.f1)
            for category in CATEGORIES
        }
        figures: dict[str, float] = {category: one.f1 for category, one in best.items()}
        return {"score": float(np.mean(list(figures.values()))), **figures}


def answers(network: DetectorNetwork, pictures: Floats) -> Floats:
    """What it says of ``squeezed`` pictures, in evaluation mode."""
    network.eval()
    with torch.inference_mode():
        parts = [network(torch.from_numpy(pictures[at : at + 64])) for at in range(0, len(pictures), 64)]
    return np.asarray(torch.cat(parts).numpy(), np.float32)


def best_score(said: Floats, pictures: Sequence[Picture], category: Category) -> float:
    """The least score with which F1 is best, of hands ``LEAST_OF_HANDS`` or more."""
    found = found_of(said, pictures, category)
    allowed = [score for score in found if category != "hand" or score >= LEAST_OF_HANDS]
    return max(allowed, key=lambda score: found[score].f1)


def found_of(said: Floats, pictures: Sequence[Picture], category: Category) -> dict[float, Found]:
    """Counts of one category by the least score."""
    boxes = boxes_of(said, _LOW)
    return {
        score: total([_count(*pair, category, score) for pair in zip(boxes, pictures, strict=True)])
        for score in SCORES
    }


def _count(boxes: FrameBoxes, picture: Picture, category: Category, least: float) -> Found:
    mine = [box.box for box in boxes if box.category == category and box.score >= least]
    true = picture.boxes[picture.categories == CATEGORIES.index(category)]
    return matched(np.array(mine).reshape(-1, 4), true)


def _engines_agree(model: ModelFolder, network: DetectorNetwork, pictures: Floats) -> dict[str, Any]:
    """For the card. Raises ``EnginesDiffer``."""
    network.load_state_dict({name: torch.from_numpy(value) for name, value in model.part("network").items()})
    by_torch = answers(network, pictures)
    by_onnxruntime = LearnedDetector.from_folder(model).said(pictures)
    one, other = (said.reshape(len(said), -1) for said in (by_torch, by_onnxruntime))
    return {"engines": parity(one, other, classes=False).to_json()}
