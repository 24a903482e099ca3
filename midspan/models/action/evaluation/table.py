"""The table of chapter 6: branches, fusions and rivals, each trained at every seed, on the same clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.errors import UnknownName, WrongUse
from midspan.models.action.boxes.timeline import RATE
from midspan.models.action.classes import VERB
from midspan.models.action.clips import Clips, Data
from midspan.models.action.data.detector_noise import detect
from midspan.models.action.data.film import make_film
from midspan.models.action.evaluation.conditions import (
    CAMERAS,
    Predictors,
    against_bias,
    against_views,
    by_boxes,
    is_drawn,
)
from midspan.models.action.evaluation.cost import milliseconds, network_cost, rate_with_boxes
from midspan.models.action.evaluation.rivals import majority, noun_shortcut
from midspan.models.action.evaluation.scores import Said, View
from midspan.models.action.inputs import Boxes
from midspan.models.action.metrics import among_first
from midspan.models.action.networks.network import NetworkConfig
from midspan.models.action.predictor import ActionPredictor
from midspan.models.action.training.few_shot import SHOTS, few_shot, novel_verbs
from midspan.models.action.training.saving import fit_temperatures
from midspan.models.action.training.variants import clips_for, given, lacking_of, told, train_on
from midspan.models.kit.calibration import reliability, softmax
from midspan.models.kit.evaluation import Evaluation, Extra, reliability_extra
from midspan.models.kit.folder import load_model
from midspan.models.kit.measuring import Figures, Row, clustered, measured
from midspan.models.kit.results import Table

TRAINED = ("rgb", "rgb-strong", "flow", "audio", "layout", "lcf", "caf", "cacnf")
BEST = "cacnf"
FEW_SHOT = "few-shot"
SHOWN = ("layout", "rgb", "rgb-strong", "flow", "audio", BEST)
"""What is shown by verb, and under other conditions."""


@dataclass(frozen=True)
class Model:
    """One that answers, with what it costs."""

    predictor: ActionPredictor
    config: NetworkConfig

    @classmethod
    def load(cls, folder: Path) -> Model:
        config = NetworkConfig.from_json(load_model(folder).config["network"])
        return cls(ActionPredictor.load(folder), config)

    def said(self, clips: Clips, boxes: Boxes = "seen") -> Said:
        return self.predictor.probabilities(self.predictor.of_clips(clips, boxes=boxes))


class Benchmark:
    """Clips, and the models that were trained on them, each made when it is asked for."""

    def __init__(
        self, folder: Path | None, work: Path, epochs: int | None, asked: Sequence[str] | None = None
    ) -> None:
        """Without a folder the clips of the shipped models are drawn in ``work``; ``asked`` are the models
        to train, by default all. Raises ``UnknownName``, and ``WrongUse`` where the clips have nothing of
        what these see."""
        self.folder, self.work, self.epochs = folder, work, epochs
        self.asked = _known(asked or (*TRAINED, FEW_SHOT))
        self.data: Data = clips_for(folder, work, 0)
        if not self.there:
            raise WrongUse(f"of these clips none of {', '.join(self.asked)} can be measured alone")

    @cached_property
    def views(self) -> list[View]:
        """Those that there are clips of; the last two are of the unseen, by camera."""
        test = self.data.unseen_test
        by_camera = {name: test.at(np.flatnonzero(test.styles == style)) for name, style in CAMERAS.items()}
        views = [View("seen", self.data.seen), View("unseen", test)]
        if all(map(len, by_camera.values())):
            views += [View(*one) for one in by_camera.items()]
        return [view for view in views if len(view.clips)]

    @property
    def judged(self) -> View:
        """What models are compared on: new combinations, where there are any."""
        return next((view for view in self.views if view.name == "unseen"), self.views[0])

    @property
    def sizes(self) -> str:
        return "measured on " + " and ".join(f"{len(one.clips)} {one.name}" for one in self.views)

    @property
    def there(self) -> tuple[str, ...]:
        """What can be trained of these clips."""
        return tuple(one for one in TRAINED if one in self.asked and not lacking_of(one, self.data))

    @property
    def best(self) -> str:
        return BEST if BEST in self.there else self.there[0]

    @property
    def has_few_shots(self) -> bool:
        """Whether there are boxes, and verbs that a backbone can learn while others are held out."""
        verbs = self.data.train.classes.names[VERB]
        return FEW_SHOT in self.asked and "layout" in self.there and len(novel_verbs(verbs)) < len(verbs)

    def score(self, said: Callable[[Clips], Said]) -> Figures:
        """Of all views; ``said`` is asked once of ``data.seen``, and once of ``data.unseen_test``."""
        found: Figures = {}
        answered = {}
        for view in self.views:
            split = "seen" if view.name == "seen" else "unseen_test"
            whole: Clips = getattr(self.data, split)
            if split not in answered:
                answered[split] = said(whole)
            rows = np.searchsorted(whole.rows, view.clips.rows)
            found |= view.figures({head: shares[rows] for head, shares in answered[split].items()})
        return found

    def model(self, variant: str, seed: int) -> Model:
        """Trained, or read where it was trained before."""
        name = "-".join((variant, str(seed), str(self.epochs or ""), self.data.train.fingerprint))
        folder = self.work / "models" / name
        if not (folder / "card.json").is_file():
            options = {"epochs": self.epochs, "options": given(self.folder)}
            train_on(variant, self.data, folder, self.work, seed=seed, **options)  # type: ignore[arg-type]
        return Model.load(folder)

    def figures(self, variant: str, seed: int) -> Figures:
        model = self.model(variant, seed)
        return self.score(model.said) | self.cost(model)

    def cost(self, model: Model) -> Figures:
        clips = self.data.seen
        figures = network_cost(model.config, clips) | milliseconds(model.predictor, clips)
        if model.predictor.modalities == ("layout",):
            figures |= _rate(model.predictor)
        return figures

    def ensemble(self, seed: int) -> Figures:
        """The mean of the logits of the branches that the fusions start from, calibrated as one."""
        models = [self.model(one, seed) for one in ("layout", "rgb-strong")]
        held_out, verbs = self.data.selection, self.data.train.classes.only(VERB)

        def logits(clips: Clips) -> npt.NDArray[np.float32]:
            each = [model.predictor.classes.split(model.predictor.of_clips(clips))[VERB] for model in models]
            return np.asarray(np.mean(each, axis=0))

        temperature = fit_temperatures(logits(held_out), held_out.labels(verbs), verbs)[VERB]
        return self.score(lambda clips: {VERB: softmax(logits(clips), temperature)})

    def shots(self, seed: int) -> Figures:
        found = few_shot(
            self.data.train, self.data.seen, self.data.seen, self.work, seed=seed, epochs=self.epochs
        )
        return {
            f"shots{count}": clustered(100.0 * right, range(len(right)))
            for count, right in found.items()
            if count in SHOTS
        }

    def by_verb(self, said: Mapping[str, Callable[[Clips], Said]]) -> Extra:
        """Top-1 in % of each verb, on what models are compared on; ``said`` is by model."""
        clips = self.judged.clips
        verbs, names = clips.array("verb").astype(np.int64), self.data.train.classes.names[VERB]
        right = {one: among_first(shares(clips)[VERB], verbs, 1) for one, shares in said.items()}
        rows = []
        for place, name in enumerate(names):
            mine = verbs == place
            shares = {one: _share(hits, mine) for one, hits in right.items()}
            rows.append(VerbRow(name, int(mine.sum()), shares))
        cells = [(row.verb, row.clips, *(f"{one:.0f}" for one in row.right.values())) for row in rows]
        caption = f"By verb: % right of the clips of {self.judged.name} combinations (first seed)."
        return Extra("verbs", rows, Table(("verb", "clips", *right), cells, caption))

    def extras(self, models: Mapping[str, Model], best: str) -> list[Extra]:
        """Of models of one seed: how sure ``best`` is, each verb, and other conditions."""
        view = self.judged
        shares = models[best].said(view.clips)[VERB]
        right = shares.argmax(axis=1) == view.clips.array("verb")
        bins = reliability(shares.max(axis=1), right)
        found = [
            reliability_extra(bins, f"{best}, {view.name}"),
            self.by_verb({name: model.said for name, model in models.items()}),
        ]
        predictors: Predictors = {name: model.predictor for name, model in models.items()}
        with_boxes = {name: one for name, one in predictors.items() if "layout" in one.modalities}
        if is_drawn(self.data.train):
            found.append(against_bias(predictors, self.data.train))
            found += [by_boxes(with_boxes, self.data.train)] if with_boxes else []
        with_frames = {name: one for name, one in predictors.items() if "rgb" in one.modalities}
        return [*found, against_views(with_frames, view.clips)]


@dataclass(frozen=True)
class VerbRow:
    verb: str
    clips: int
    right: Mapping[str, float]
    """In %, by model."""


def evaluate(
    models: Sequence[Path],
    seeds: Sequence[int],
    work: Path,
    *,
    report: Callable[[Row], None],
    data: Path | None = None,
    epochs: int | None = None,
    trained: Sequence[str] | None = None,
) -> Evaluation:
    """All rows, the models of the folders among them. Raises ``UnknownName`` and ``WrongUse``."""
    bench = Benchmark(data, work, epochs, trained)
    shipped = [Model.load(folder) for folder in models]
    train = bench.data.train
    rows_of: dict[str, Callable[[], Sequence[Figures]]] = {
        "most frequent verb": lambda: [bench.score(partial(majority, train))],
        "noun shortcut (told the noun)": lambda: [bench.score(partial(noun_shortcut, train))],
        **{one: partial(_each, partial(bench.figures, one), seeds) for one in bench.there},
    }
    if "layout" in bench.there:
        rows_of["layout, boxes as they are"] = lambda: [
            bench.score(partial(bench.model("layout", seed).said, boxes="oracle")) for seed in seeds
        ]
    if {"layout", "rgb-strong"} <= set(bench.there):
        rows_of["mean of the logits, layout and rgb-strong"] = partial(_each, bench.ensemble, seeds)
    if bench.has_few_shots:
        rows_of["layout, few-shot"] = partial(_each, bench.shots, seeds)
    if shipped:
        rows_of["as given"] = lambda: [bench.score(one.said) | bench.cost(one) for one in shipped]
    rows = []
    for name, work_on in rows_of.items():
        rows.append(measured(name, work_on))
        report(rows[-1])
    shown = {one: bench.model(one, seeds[0]) for one in SHOWN if one in bench.there}
    return Evaluation(f"{told(train)}; {bench.sizes}", rows, bench.extras(shown, bench.best))


def _known(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if name not in (*TRAINED, FEW_SHOT):
            raise UnknownName("model", name, [*TRAINED, FEW_SHOT])
    return tuple(names)


def _rate(predictor: ActionPredictor) -> Figures:
    """On a film of a minute or so, whose boxes have the noise of real ones."""
    film = make_film("unseen_selection", style="egocentric", q=0.6, seed=(0, 0, 29))
    boxes = detect(film.tracks(RATE), "realistic", RATE, np.random.default_rng(0))
    return rate_with_boxes(predictor, boxes, film.seconds)


def _each(figures: Callable[[int], Figures], seeds: Sequence[int]) -> list[Figures]:
    return [figures(seed) for seed in seeds]


def _share(right: npt.NDArray[np.bool_], chosen: npt.NDArray[np.bool_]) -> float:
    return float(100.0 * right[chosen].mean()) if chosen.any() else float("nan")
