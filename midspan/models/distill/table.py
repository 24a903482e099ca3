"""The table of chapter 7: students by what taught them, beside networks of their size that labels taught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.errors import UnknownName
from midspan.models.action.classes import VERB
from midspan.models.action.clips import Clips
from midspan.models.action.evaluation.scores import Said
from midspan.models.action.evaluation.table import Benchmark, Model
from midspan.models.action.inputs import Modality
from midspan.models.action.training.saving import fit_temperatures, save_trained
from midspan.models.action.training.variants import given, told
from midspan.models.distill.distilling import Plan, train_student
from midspan.models.distill.ensemble import Logits, dataset_weights, ensemble
from midspan.models.distill.lacking import without
from midspan.models.distill.loss import Mix
from midspan.models.distill.teachers import Teachers
from midspan.models.distill.variants import options_of
from midspan.models.kit.calibration import softmax
from midspan.models.kit.evaluation import Evaluation
from midspan.models.kit.measuring import Figures, Row, measured

ALL = Plan()
PLANS = {
    "student": ALL,
    "self": Plan(teachers=("rgb",)),
    "labels": Plan(teachers=("rgb",), mix=Mix(0.0, 1.0)),
    "even": replace(ALL, weighting="uniform"),
    "per-sample": replace(ALL, weighting="per-sample"),
    "half-labels": replace(ALL, mix=Mix(0.5, 0.5)),
    "t1": replace(ALL, mix=Mix(temperature=1.0)),
    "no-rgb": replace(ALL, teachers=("flow", "layout", "audio")),
    "no-flow": replace(ALL, teachers=("rgb", "layout", "audio")),
    "no-layout": replace(ALL, teachers=("rgb", "flow", "audio")),
    "no-audio": replace(ALL, teachers=("rgb", "flow", "layout")),
}
"""Students, each a training of its own."""
ASKED = ("student", "self", "labels")
"""Those that are trained unless others are asked for."""
WHAT = {
    "student": "student",
    "self": "student of the rgb teacher alone",
    "labels": "rgb-strong, shown as long as a student, by labels",
    "even": "student, even weights",
    "per-sample": "student, weights of each clip",
    "half-labels": "student, half by labels",
    "t1": "student, T 1",
}
LABELLED = ("rgb", "rgb-strong")
TEACHERS = ("flow", "layout", "audio")


def evaluate(
    models: Sequence[Path],
    seeds: Sequence[int],
    work: Path,
    *,
    report: Callable[[Row], None],
    data: Path | None = None,
    epochs: int | None = None,
    trained: Sequence[str] | None = None,
    plans: Sequence[str] | None = None,
) -> Evaluation:
    """All rows, the students of the folders among them; ``trained`` are the networks that labels taught, by
    default all. Raises ``UnknownName`` for one, or a plan, that is none."""
    asked = plans_of(plans)
    bench = Distilling(data, work, epochs, trained)
    rows_of: dict[str, Callable[[], Sequence[Figures]]] = {}
    for name in (*LABELLED, *TEACHERS):
        if name in bench.there:
            rows_of[name] = partial(_each, partial(bench.figures, name), seeds)
    rows_of["teachers, weighted"] = partial(_each, partial(bench.teachers, bench.all), seeds)
    for left_out in bench.all if len(bench.all) > 1 else ():
        others = tuple(one for one in bench.all if one != left_out)
        rows_of[f"teachers without {left_out}"] = partial(_each, partial(bench.teachers, others), seeds)
    for name in asked:
        what = WHAT.get(name) or f"student, {name.replace('-', ' ')} teacher"
        rows_of[what] = partial(_each, partial(bench.student_figures, name), seeds)
    if models:
        shipped = [Model.load(folder) for folder in models]
        rows_of["as given"] = lambda: [bench.score(one.said) | bench.cost(one) for one in shipped]
    rows = []
    for name, work_on in rows_of.items():
        rows.append(measured(name, work_on))
        report(rows[-1])
    shown = {name: bench.model(name, seeds[0]) for name in LABELLED if name in bench.there}
    shown |= {name: bench.student(name, seeds[0]) for name in asked}
    return Evaluation(f"{told(bench.data.train)}; {bench.sizes}", rows, bench.extras(shown, asked[0]))


def plans_of(names: Sequence[str] | None) -> tuple[str, ...]:
    """ "all" stands for every one. Raises ``UnknownName``."""
    for name in names or ():
        if name not in (*PLANS, "all"):
            raise UnknownName("plan", name, [*PLANS, "all"])
    return tuple(PLANS) if names and "all" in names else tuple(names or ASKED)


class Distilling(Benchmark):
    """Teachers and students on the clips of a folder."""

    def __init__(
        self, folder: Path | None, work: Path, epochs: int | None, asked: Sequence[str] | None = None
    ) -> None:
        super().__init__(folder, work, epochs, asked)
        self._teachers: dict[int, Teachers] = {}
        self._logits: dict[tuple[int, str], Logits] = {}

    @property
    def all(self) -> tuple[Modality, ...]:
        return without(ALL, self.data).teachers

    def student(self, name: str, seed: int) -> Model:
        """Trained, or read where it was trained before."""
        folder = (
            self.work / "models" / f"student-{name}-{seed}-{self.epochs or ''}-{self.data.train.fingerprint}"
        )
        if not (folder / "card.json").is_file():
            plan = without(PLANS[name], self.data)
            teachers = self._asked(seed)
            if plan.teachers != teachers.modalities:
                teachers = Teachers(plan.teachers, self.data, self.work, seed=seed, epochs=self.epochs)
            trained = train_student(
                teachers,
                self.data,
                self.work,
                plan,
                seed=seed,
                epochs=self.epochs,
                report=lambda _: None,
            )
            said = {
                "name": f"distill.{name}",
                "trained_on": told(self.data.train),
                "retrain": f"midspan distill {options_of(plan)}{given(self.folder)} --seed {seed}",
            }
            save_trained(folder, trained, self.data.selection, said)
        return Model.load(folder)

    def student_figures(self, name: str, seed: int) -> Figures:
        model = self.student(name, seed)
        return self.score(model.said) | self.cost(model)

    def teachers(self, some: Sequence[Modality], seed: int) -> Figures:
        """The ensemble of these that teaches, calibrated as one."""
        verbs = self.data.train.classes.only(VERB)
        held_out = self.data.selection.labels(verbs)
        weights = dataset_weights(self._said(some, seed, "selection"), held_out, verbs)

        def logits(split: str) -> npt.NDArray[np.float32]:
            return ensemble(self._said(some, seed, split), verbs, "full-dataset", weights=weights)

        temperature = fit_temperatures(logits("selection"), held_out, verbs)[VERB]
        shares = {split: softmax(logits(split), temperature) for split in ("seen", "unseen_test")}

        def of(clips: Clips) -> Said:
            return {VERB: shares["seen" if clips is self.data.seen else "unseen_test"]}

        return self.score(of)

    def _said(self, some: Sequence[Modality], seed: int, split: str) -> Logits:
        return {one: said for one, said in self._of(seed, split).items() if one in some}

    def _asked(self, seed: int) -> Teachers:
        if seed not in self._teachers:
            self._teachers[seed] = Teachers(self.all, self.data, self.work, seed=seed, epochs=self.epochs)
        return self._teachers[seed]

    def _of(self, seed: int, split: str) -> Logits:
        """What all teachers say of a split, asked once."""
        if (seed, split) not in self._logits:
            self._logits[seed, split] = self._asked(seed).of(split)
        return self._logits[seed, split]


def _each(figures: Callable[[int], Figures], seeds: Sequence[int]) -> list[Figures]:
    return [figures(seed) for seed in seeds]
