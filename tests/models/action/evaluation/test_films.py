"""Actions in films by rules, and which rules are chosen."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from midspan.models.action.data.film import make_film
from midspan.models.action.evaluation.films import (
    FilmSaid,
    answers,
    choose_rules,
    f1,
    film_frames,
    film_truth,
    said_of,
)
from midspan.models.action.evaluation.localisation import Interval
from midspan.models.action.localising import Rules

VERBS = ("push", "open")


def film(video: str, pushed: list[float], opened: list[float]) -> FilmSaid:
    verbs = np.array([pushed, opened, np.zeros(len(pushed))], np.float32).T
    verbs[:, 2] = 1 - verbs.sum(1)
    return FilmSaid(video, 0.25 * np.arange(len(pushed)), verbs, verbs)


FAINT = film("a", [0] * 4 + [0.45] * 6 + [0] * 4, [0] * 14)
"""A push, of which a recogniser is not very sure."""
TRUTH = [Interval("a", 1.875, 3.375, "push")]


def test_rules_are_chosen_by_which_actions_are_found() -> None:
    assert answers([FAINT], VERBS, Rules()) == []
    rules = choose_rules([FAINT], TRUTH, VERBS)
    assert rules.threshold == 0.4
    (found,) = answers([FAINT], VERBS, rules)
    assert (found.video, found.action) == ("a", "push")


def test_rules_by_which_films_without_actions_have_some_are_refused() -> None:
    other = film("street", [0.45] * 8, [0.0] * 8)
    rules = choose_rules([FAINT], TRUTH, VERBS, [other])
    assert answers([other], VERBS, rules) == []


def test_scores_are_calibrated_by_how_often_such_are_right() -> None:
    """Of four pushes that are as sure one is done."""
    films = [film(name, [0] * 4 + [0.6] * 6 + [0] * 4, [0] * 14) for name in "abcd"]
    rules = choose_rules(films, TRUTH, VERBS)
    (score, *_) = {one.score for one in answers(films, VERBS, replace(rules, least=0.0))}
    assert score == pytest.approx(0.25, abs=0.03)


def test_windows_that_frames_leave_open_are_told_from_boxes() -> None:
    frames, boxes = (np.float32([[0.7, 0.2, 0.1], [0.5, 0.4, 0.1]]), np.float32([[0, 1, 0], [0, 1, 0]]))
    said = FilmSaid("a", np.zeros(2), frames, boxes)
    assert np.array_equal(said.told(Rules(unsure=0.6)), np.stack([frames[0], boxes[1]]))


def test_f1_counts_each_truth_once() -> None:
    truth = [Interval("a", 0, 2, "push"), Interval("a", 4, 6, "open")]
    found = [
        Interval("a", 0, 2, "push", 0.9),
        Interval("a", 0, 1.9, "push", 0.8),
        Interval("a", 4, 6, "push", 0.7),
        Interval("b", 4, 6, "open", 0.6),
    ]
    assert f1(found, truth, 0.5) == pytest.approx(2 * 1 / (4 + 2))


def test_a_film_is_seen_in_windows_of_two_seconds_every_quarter() -> None:
    made = make_film("seen", style="table", q=0.6, seed=(3,))
    frames = film_frames(made)
    seen: list[np.ndarray] = []

    def of_frames(windows: np.ndarray) -> SimpleNamespace:
        seen.append(windows)
        count = len(windows)
        return SimpleNamespace(
            verbs=np.tile(np.float32([0.7, 0.2, 0.1]), (count, 1)),
            nouns=np.zeros((count, 0), np.float32),
        )

    recogniser = SimpleNamespace(verbs=VERBS, nouns=(), of_frames=of_frames, sees_boxes=False)
    said = said_of(recogniser, frames, "film")  # type: ignore[arg-type]
    assert np.allclose(np.diff(said.starts), 0.25) and said.starts[0] == 0
    assert said.starts[-1] + 2 <= made.seconds + 0.25
    assert sum(len(one) for one in seen) == len(said.of_frames) == len(said.starts)
    assert np.allclose(said.of_frames, [0.7, 0.2, 0.1], atol=1e-3)
    assert np.array_equal(said.of_boxes, said.of_frames)
    assert {one.action for one in film_truth(made, "film")} == {one.verb for one in made.events()}
