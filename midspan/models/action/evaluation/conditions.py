"""How what was trained does under other conditions: another bias, other boxes, more views of a clip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from midspan.models.action.boxes.detector import Detector, shipped_detector
from midspan.models.action.classes import VERB
from midspan.models.action.clips import Clips
from midspan.models.action.data.arrays import Style
from midspan.models.action.data.detector_noise import NOISES
from midspan.models.action.evaluation.drawn_anew import VERBS, as_clips, by_detector, drawn
from midspan.models.action.evaluation.scores import Said
from midspan.models.action.inputs import Views, drawn_views, plain_views
from midspan.models.action.metrics import among_first
from midspan.models.action.predictor import ActionPredictor
from midspan.models.kit.evaluation import Extra
from midspan.models.kit.measuring import Figure, clustered
from midspan.models.kit.results import Table

EACH = 400
"""Clips of each camera that are drawn anew."""
QS = (0.0, 0.3, 0.6, 0.9, 1.0)
VIEWS = (1, 2, 4, 8)
CAMERAS: dict[str, Style] = {"table": "table", "close-up": "egocentric"}
"""Views by the camera's style."""
Predictors = Mapping[str, ActionPredictor]
"""By the name of the model."""


@dataclass(frozen=True)
class Point:
    model: str
    at: str
    """The condition."""
    right: Figure
    """% of the verbs."""


def is_drawn(clips: Clips) -> bool:
    """Whether these are the benchmark's clips, of which there can be others."""
    return clips.parts[0].meta.verbs == VERBS


def against_bias(models: Predictors, trained: Clips, each: int = EACH) -> Extra:
    """Of ``models`` that learned clips like ``trained``: top-1 on clips with every bias."""
    meta, points = trained.parts[0].meta, []
    for q in QS:
        clips = as_clips(drawn(each, q=q, seed=meta.seed), q=q, seed=meta.seed)
        points += [
            Point(name, f"Q {q:g}", _right(_said(model, clips), clips)) for name, model in models.items()
        ]
    caption = (
        f"Verbs right in % of {2 * each} clips of unseen combinations, by the bias Q of their colours; "
        f"all learned from clips with Q {meta.q:g}. The gap between them is engineered."
    )
    return _extra("against_q", points, caption)


def by_boxes(
    models: Predictors,
    trained: Clips,
    each: int = EACH,
    detector: Callable[[], Detector] = shipped_detector,
) -> Extra:
    """Top-1 by where the boxes come from, and by camera; of models that see boxes."""
    meta = trained.parts[0].meta
    shown = drawn(each, q=meta.q, seed=meta.seed)
    with_noise = {
        f"{noise} noise": as_clips(shown, q=meta.q, seed=meta.seed, noise=noise) for noise in NOISES
    }
    first = next(iter(with_noise.values()))
    sets = {
        "as they are": Clips.of(replace(first.parts[0], seen=first.parts[0].oracle)),
        **with_noise,
        "the detector that ships": by_detector(shown, first, detector),
    }
    points = [
        Point(name, f"{boxes}, {camera}", _right(_said(model, clips), clips, style))
        for boxes, clips in sets.items()
        for name, model in models.items()
        for camera, style in CAMERAS.items()
    ]
    caption = (
        f"Verbs right in % of {each} clips of unseen combinations a camera, by the boxes they come with."
    )
    return _extra("by_boxes", points, caption)


def against_views(models: Predictors, clips: Clips, most: int = 2 * EACH) -> Extra:
    """Top-1 by the number of views of a clip whose logits are averaged: as it is, and moved."""
    some = clips.at(np.unique(np.linspace(0, len(clips) - 1, min(most, len(clips))).astype(np.int64)))
    points = [
        Point(name, f"{count} view{'s' * (count > 1)}", right)
        for name, model in models.items()
        for count, right in _by_views(model, some)
    ]
    caption = (
        f"Verbs right in % of {len(some)} clips, by the number of views that are averaged: the clip as it is "
        "and moved by some pixels; each costs as much as the first."
    )
    return _extra("against_views", points, caption)


def _by_views(model: ActionPredictor, clips: Clips) -> Iterator[tuple[int, Figure]]:
    total = np.zeros((len(clips), model.classes.total))
    for view in range(max(VIEWS)):
        total += model.of_clips(clips, views=_moved(len(clips), view) if view else None)
        if view + 1 in VIEWS:
            yield view + 1, _right(model.probabilities(total / (view + 1)), clips)


def _moved(count: int, view: int) -> Views:
    return replace(plain_views(count), shift=drawn_views(count, (view,)).shift)


def _said(model: ActionPredictor, clips: Clips) -> Said:
    return model.probabilities(model.of_clips(clips))


def _right(said: Said, clips: Clips, style: Style | None = None) -> Figure:
    right = among_first(said[VERB], clips.array("verb").astype(np.int64), 1)
    right = right if style is None else right[clips.styles == style]
    return clustered(100.0 * right, range(len(right)))


def _extra(key: str, points: Sequence[Point], caption: str) -> Extra:
    """A column a condition, a row a model."""
    columns = list(dict.fromkeys(one.at for one in points))
    rows = []
    for name in dict.fromkeys(one.model for one in points):
        mine = {one.at: one.right for one in points if one.model == name}
        rows.append((name, *(f"{mine[at].mean:.1f} ± {mine[at].se:.1f}" for at in columns)))
    return Extra(key, points, Table(("model", *columns), rows, caption))
