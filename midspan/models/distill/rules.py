"""Which windows a student may answer and how they are joined to actions in time: chosen on drawn films, kept
in its folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.detector import shipped_detector
from midspan.models.action.data.film import Film, make_film
from midspan.models.action.data.other_videos import CHOOSING_KINDS, KINDS, other_film
from midspan.models.action.data.splits import STYLES, Split
from midspan.models.action.data.verbs import NAMES
from midspan.models.action.evaluation.films import (
    FilmSaid,
    choose_rules,
    film_frames,
    film_truth,
    said_of,
)
from midspan.models.action.localising import Rules
from midspan.models.action.recogniser import Recogniser
from midspan.models.action.shipped import FUSION
from midspan.models.distill.alike import keep_likeness
from midspan.models.kit.card import read_card
from midspan.models.kit.folder import add_to_model

FILMS, OTHERS, OTHER_SECONDS = 20, 3, 20.0
"""Films of each camera style, and films of each other kind that was learned from or is chosen on, with their
length."""


def keep_rules(folder: Path, seed: int, *, films: int = FILMS, others: int = OTHERS) -> dict[str, Any]:
    """Choose them on films of the selection split and on other video, with the boxes of the detector and the
    model of boxes that ship, after :func:`keep_likeness`; returns the card. Those of a student of other verbs
    stay the usual ones: there are no films of them."""
    if set(Recogniser.load(folder).verbs) != set(NAMES):
        return read_card(folder)
    keep_likeness(folder, seed, films=films)
    rules = best_rules(Recogniser.load(folder, FUSION), seed, films, others)
    return add_to_model(folder, {"rules": asdict(rules)})


def best_rules(recogniser: Recogniser, seed: int, films: int, others: int) -> Rules:
    detector = shipped_detector()

    def watched(frames: npt.NDArray[np.uint8], name: str) -> FilmSaid:
        return said_of(recogniser, frames, name, detector(frames))

    drawn = list(_films("unseen_selection", films, seed))
    said = [watched(film_frames(film), str(place)) for place, film in enumerate(drawn)]
    truth = [one for place, film in enumerate(drawn) for one in film_truth(film, str(place))]
    silent = [
        watched(
            other_film(kind, OTHER_SECONDS, np.random.default_rng((seed, place, number))), f"{kind} {number}"
        )
        for place, kind in enumerate(KINDS + CHOOSING_KINDS)
        for number in range(others)
    ]
    return choose_rules(said, truth, recogniser.verbs, silent)


def _films(split: Split, count: int, seed: int) -> Iterator[Film]:
    for style in STYLES:
        for index in range(count):
            yield make_film(split, style=style, q=0.6, seed=(seed, index, 19))
