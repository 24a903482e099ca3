"""The table of chapter 7: students by what taught them, beside networks of their size that labels taught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from midspan.models.action.classes import VERB
from midspan.models.action.clips import Clips
from midspan.models.action.evaluation.scores import Said
from midspan.models.action.evaluation.table import Benchmark, Model
from midspan.models.action.training.saving import fit_temperatures
from midspan.models.action.training.variants import told
from midspan.models.distill.distilling import Plan, weights_of
from midspan.models.distill.ensemble import ensemble
from midspan.models.distill.loss import Mix
from midspan.models.distill.teachers import Teachers
from midspan.models.distill.variants import train_student
from midspan.models.kit.calibration import reliability, softmax
from midspan.models.kit.evaluation import Evaluation, reliability_extra
from midspan.models.kit.measuring import Figures, Row, measured

ALL = Plan()
PLANS = {
    "student": ALL,
    "student, even weights": replace(ALL, weighting="uniform"),
    "student, weights of each clip": replace(ALL, weighting="per-sample"),
    "student, half by labels": replace(ALL, mix=Mix(0.5, 0.5)),
    "student, T 1": replace(ALL, mix=Mix(temperature=1.0)),
    "student, no rgb teacher": replace(ALL, teachers=("flow", "layout", "audio")),
    "student, no flow teacher": replace(ALL, teachers=("rgb", "layout", "audio")),
    "student, no layout teacher": replace(ALL, teachers=("rgb", "flow", "audio")),
    "student, no audio teacher": replace(ALL, teachers=("rgb", "flow", "layout")),
    "student of itself (rgb teacher)": Plan(teachers=("rgb",)),
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
) -> Evaluation:
    """All rows, the students of the folders among them. Raises ``WrongUse`` without ``data``."""
    bench = Distilling(data, work, epochs)
    rows_of: dict[str, Callable[[], Sequence[Figures]]] = {}
    for name in (*LABELLED, *TEACHERS):
        rows_of[name] = partial(_each, partial(bench.figures, name), seeds)
    rows_of["teachers, weighted"] = partial(_each, bench.teachers, seeds)
    for name, plan in PLANS.items():
        rows_of[name] = partial(_each, partial(bench.student_figures, plan), seeds)
    if models:
        given = [Model.load(folder) for folder in models]
        rows_of["as given"] = lambda: [bench.score(one.said) | bench.cost(one) for one in given]
    rows = []
    for name, work_on in rows_of.items():
        rows.append(measured(name, work_on))
        report(rows[-1])
    view = bench.judged
    shares = bench.student(ALL, seeds[0]).said(view.clips)[VERB]
    right = shares.argmax(axis=1) == view.clips.array("verb")
    extra = reliability_extra(reliability(shares.max(axis=1), right), f"student, {view.name}")
    return Evaluation(f"{told(bench.data.train)}; {bench.sizes}", rows, [extra])


class Distilling(Benchmark):
    """Teachers and students on the clips of a folder."""

    def student(self, plan: Plan, seed: int) -> Model:
        """Trained, or read where it was trained before."""
        place = list(PLANS.values()).index(plan)
        name = f"student-{place}-{seed}-{self.epochs or ''}-{self.data.train.fingerprint}"
        folder = self.work / "models" / name
        if not (folder / "card.json").is_file():
            options = {"seed": seed, "epochs": self.epochs, "data": self.folder}
            train_student("student", folder, self.work, plan=plan, **options)  # type: ignore[arg-type]
        return Model.load(folder)

    def student_figures(self, plan: Plan, seed: int) -> Figures:
        model = self.student(plan, seed)
        return self.score(model.said) | self.cost(model)

    def teachers(self, seed: int) -> Figures:
        """The ensemble that teaches, calibrated as one."""
        teachers = Teachers(ALL.teachers, self.data, self.work, seed=seed, epochs=self.epochs)
        verbs = self.data.train.classes.only(VERB)
        weights = weights_of(teachers, self.data, ALL)
        said = {
            split: ensemble(teachers.of(split), verbs, "full-dataset", weights=weights)
            for split in ("selection", "seen", "unseen_test")
        }
        held_out = self.data.selection.labels(verbs)
        temperature = fit_temperatures(said["selection"], held_out, verbs)[VERB]
        shares = {split: softmax(logits, temperature) for split, logits in said.items()}

        def of(clips: Clips) -> Said:
            """Of the clips of one of the views, all of which are rows of these two."""
            whole = "seen" if clips.parts is self.data.seen.parts else "unseen_test"
            rows = np.searchsorted(getattr(self.data, whole).rows, clips.rows)
            return {VERB: shares[whole][rows]}

        return self.score(of)


def _each(figures: Callable[[int], Figures], seeds: Sequence[int]) -> list[Figures]:
    return [figures(seed) for seed in seeds]
