"""From labelled clips to a student that sees frames alone, and what each modality of its teachers is worth.

found = distill(read_data(folder), work, Plan(teachers=("rgb", "layout")), seed=0)
found.student.network, found.answers
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from midspan.errors import UnknownName, WrongUse
from midspan.models.action.classes import VERB
from midspan.models.action.clips import Clips, Data
from midspan.models.action.inputs import MODALITIES, Modality
from midspan.models.action.training.branches import BRANCHES, Branch, Size, Trained, fit, is_strong, name_of
from midspan.models.action.training.task import Showing, answers
from midspan.models.distill.ensemble import WEIGHTINGS, Logits, Weighting, dataset_weights, ensemble
from midspan.models.distill.loss import DistillObjective, Mix
from midspan.models.distill.teachers import VIEWS, Teachers
from midspan.models.kit.frozen import start_from
from midspan.models.kit.measuring import Figure, clustered
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Progress


@dataclass(frozen=True)
class Answer:
    """How often the verb of a clip is right, in %."""

    who: str
    """A teacher, ``all teachers``, ``without MODALITY`` or ``student``."""
    split: str
    right: Figure


@dataclass(frozen=True)
class Distilled:
    student: Trained
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Plan:
    teachers: tuple[Modality, ...] = ("rgb", "flow", "layout", "audio")
    weighting: Weighting = "full-dataset"
    gamma: float = 1.0
    """Evens out the weights."""
    mix: Mix = field(default_factory=Mix)
    size: Size = "small"
    """Of the student, and of the teacher that sees frames."""

    def __post_init__(self) -> None:
        for one in self.teachers:
            if one not in MODALITIES:
                raise UnknownName("teacher", one, list(MODALITIES))
        if self.weighting not in WEIGHTINGS:
            raise UnknownName("weighting", self.weighting, list(WEIGHTINGS))
        if not self.teachers:
            raise WrongUse(f"name at least one teacher of {', '.join(MODALITIES)}")


def distill(
    data: Data,
    work: Path,
    plan: Plan,
    *,
    seed: int = 0,
    epochs: int | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Distilled:
    """Train the teachers and the student in ``work``, going on from what lies there. Raises ``WrongUse``."""
    teachers = Teachers(plan.teachers, data, work, seed=seed, size=plan.size, epochs=epochs, report=report)
    student = train_student(teachers, data, work, plan, seed=seed, epochs=epochs, report=report)
    return Distilled(student, tuple(_answers(teachers, student, data, plan)))


def train_student(
    teachers: Teachers,
    data: Data,
    work: Path,
    plan: Plan,
    *,
    seed: int,
    epochs: int | None,
    report: Callable[[Progress], None],
) -> Trained:
    """The student is shown the shifts that the teachers were asked of, each at every third epoch; a small one
    in colours of any kind: what the teachers say of boxes, flow and sound holds in all of them.

    A small one goes on from what the frames' teacher learned, where there is one: it is the same network, and
    half the epochs then teach it no less than all of them from the beginning.
    """
    branch = BRANCHES["rgb", plan.size]
    config = branch.config(data.train.classes)
    known = {head for one in plan.teachers for head in teachers.trained(one).config.classes.heads}
    taught = config.classes.only(*[one for one in config.classes.heads if one in known])
    config = replace(config, classes=taught)
    shown, strong = teachers.shown, is_strong(plan.size)
    goes_on = strong and "rgb" in teachers.modalities
    recipe = _going_on(branch, seed, epochs) if goes_on else branch.recipe_of(seed, epochs, strong=strong)
    labels = shown.labels(config.classes)
    told = ensemble(
        teachers.of_views(),
        config.classes,
        plan.weighting,
        labels=labels,
        weights=weights_of(teachers, data, plan),
        gamma=plan.gamma,
    )
    torch.manual_seed(seed)
    network = config.build()
    if goes_on:
        start_from(network, teachers.trained("rgb").network)
    start = "going-on" if goes_on else "student"
    return fit(
        network,
        config,
        recipe,
        shown,
        data.selection,
        work / f"{start}-{plan.size}-{_name(plan, name_of(shown, recipe, strong=strong))}",
        showing=Showing(seed, views=VIEWS, strong=strong),
        objective=DistillObjective(told, config.classes, plan.mix),
        report=report,
    )


def _going_on(branch: Branch, seed: int, epochs: int | None) -> Recipe:
    """Of a network that has learned to see: half as long as from the beginning, at half the rate."""
    whole = branch.recipe_of(seed, epochs, strong=True)
    rates = {name: rate / 2 for name, rate in whole.rates.items()}
    return replace(whole, rates=rates, epochs=epochs or whole.epochs // 2)


def _name(plan: Plan, name: str) -> str:
    mix = plan.mix
    numbers = (plan.gamma, mix.teacher, mix.labels, mix.temperature)
    return "-".join([*plan.teachers, plan.weighting, *map(str, numbers), name])


def weights_of(teachers: Teachers, data: Data, plan: Plan) -> dict[str, np.ndarray] | None:
    """Of ``full-dataset``, from clips that no teacher learned."""
    if plan.weighting != "full-dataset":
        return None
    return _dataset_weights(teachers.of("selection"), data, plan)


def _dataset_weights(said: Logits, data: Data, plan: Plan) -> dict[str, np.ndarray]:
    classes = data.train.classes
    heads = [one for one in classes.heads if any(one in each for each in said.values())]
    known = classes.only(*heads)
    return dataset_weights(said, data.selection.labels(known), known, plan.gamma)


def _answers(teachers: Teachers, student: Trained, data: Data, plan: Plan) -> list[Answer]:
    """Each teacher, all, all but one, and the student, on held-out clips of both kinds."""
    found = []
    held_out = teachers.of("selection")
    for split in ("seen", "unseen_test"):
        clips = getattr(data, split)
        if not len(clips):
            continue
        said = teachers.of(split)
        for who, group in _groups(plan.teachers).items():
            some: Logits = {one: said[one] for one in group}
            weights = None
            if plan.weighting == "full-dataset":
                weights = _dataset_weights({one: held_out[one] for one in group}, data, plan)
            verbs = data.train.classes.only(VERB)
            # at a test nobody knows the labels that weights of single clips come from
            how: Weighting = "full-dataset" if weights else "uniform"
            logits = ensemble(some, verbs, how, weights=weights)
            found.append(Answer(who, split, _right(logits, clips)))
        logits = student.config.classes.split(answers(student.network, student.config, clips))[VERB]
        found.append(Answer("student", split, _right(logits, clips)))
    return found


def _groups(teachers: Sequence[Modality]) -> dict[str, tuple[Modality, ...]]:
    alone: dict[str, tuple[Modality, ...]] = {f"{one} alone": (one,) for one in teachers}
    if len(teachers) == 1:
        return alone
    without = {f"without {one}": tuple(other for other in teachers if other != one) for one in teachers}
    return {**alone, "all teachers": tuple(teachers), **without}


def _right(logits: np.ndarray, clips: Clips) -> Figure:
    right = logits.argmax(axis=1) == clips.array("verb")
    return clustered(100.0 * right, range(len(right)))
