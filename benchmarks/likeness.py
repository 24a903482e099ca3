"""Windows of other video, told from windows with an action: how well, by the ways there are to tell them.

    python -m benchmarks.likeness [--films N] [--windows N] [--seeds N ...]

All ways go by what the shipped student says of a window: its probabilities, its logits, or its looks, mean
and spread of every channel of every layer. Each passes 98 % of the windows with an action of films of the
selection split; what it then passes of video without any is what claims may come from. The way that ships was
chosen by the kinds to choose by; the measured kinds and the films of the test split decided nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import faiss
import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from benchmarks.common import write
from midspan.models.action.classes import NO_ACTION, VERB
from midspan.models.action.data.other_videos import CHOOSING_KINDS, MEASURED_KINDS, other_windows
from midspan.models.action.data.splits import Split
from midspan.models.action.inputs import frames_input
from midspan.models.action.likeness import fit_likeness
from midspan.models.action.predictor import ActionPredictor
from midspan.models.action.shipped import STUDENT
from midspan.models.distill.alike import KEPT, windows_of_others, windows_with_actions
from midspan.models.kit.calibration import softmax

NEIGHBOURS = 5
Floats = npt.NDArray[np.float32]
Score = Callable[[Floats, Floats], npt.NDArray[np.floating]]
"""Of logits (n, classes) and looks (n, looks): the greater, the more like what was learned."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=10, help="of each camera style and split, for each seed")
    parser.add_argument("--windows", type=int, default=40, help="of each kind, for each seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    predictor = ActionPredictor.load(STUDENT)
    passed = [_passed(predictor, options.films, options.windows, seed) for seed in options.seeds]
    rows = [[way, *(_cell([one[way][column] for one in passed]) for column in range(3))] for way in passed[0]]
    write(
        "likeness",
        "Other video told from video with an action",
        ["way", "kinds to choose by, %", "measured kinds, %", "with an action, test split, %"],
        rows,
        [
            f"Seeds {', '.join(map(str, options.seeds))}: mean (least to greatest) of the share that passes; "
            f"of each {options.windows} windows a kind, {len(CHOOSING_KINDS)} kinds to choose by and "
            f"{len(MEASURED_KINDS)} measured ones, and the windows with an action of {options.films} films a "
            "camera.",
            "What is fitted is fitted anew for each seed, as the line that ships was: it knows windows with "
            "an action of films of the training split, and the line alone windows of other kinds of video, "
            "too, which the student learned silence from.",
        ],
    )


def _passed(
    predictor: ActionPredictor, films: int, windows: int, seed: int
) -> dict[str, tuple[float, float, float]]:
    """By way: what passes, in %, of the kinds to choose by, of the measured ones and of the test films."""
    known, held_out, test = (
        _said_of_films(predictor, split, films, seed)
        for split in ("train", "unseen_selection", "unseen_test")
    )
    learned = _said(predictor, windows_of_others(seed))
    choosing, measured = (
        _said(predictor, other_windows(windows * len(kinds), np.random.default_rng((seed, 29)), kinds))
        for kinds in (CHOOSING_KINDS, MEASURED_KINDS)
    )
    found = {}
    for way, score in _ways(predictor, known[1], learned[1]).items():
        least = np.quantile(score(*held_out), 1 - KEPT)
        choosing_share, measured_share, kept = (
            100 * float((score(*one) >= least).mean()) for one in (choosing, measured, test)
        )
        found[way] = choosing_share, measured_share, kept
    return found


def _ways(predictor: ActionPredictor, known: Floats, learned: Floats) -> dict[str, Score]:
    """``known`` and ``learned`` are looks (n, looks)."""
    none = predictor.classes.names[VERB].index(NO_ACTION)
    spread = known.std(0) + 1e-3
    mean, inverse = known.mean(0) / spread, np.linalg.pinv(np.cov((known / spread).T), rcond=1e-3)
    near = faiss.IndexFlatL2(known.shape[1])
    near.add(np.ascontiguousarray(known / spread))
    line = fit_likeness(known, learned, known, KEPT)

    def mahalanobis(_: Floats, looks: Floats) -> npt.NDArray[np.floating]:
        off = looks / spread - mean
        return np.asarray(-np.einsum("nd,de,ne->n", off, inverse, off))

    def neighbours(_: Floats, looks: Floats) -> npt.NDArray[np.floating]:
        return np.asarray(-near.search(np.ascontiguousarray(looks / spread), NEIGHBOURS)[0][:, -1])

    return {
        "probability that something is done": lambda logits, _: 1 - softmax(logits)[:, none],
        "probability of the likeliest action": lambda logits, _: np.delete(softmax(logits), none, 1).max(1),
        "energy": lambda logits, _: np.asarray(logsumexp(logits, 1)),
        "Mahalanobis distance of looks": mahalanobis,
        f"distance to the {NEIGHBOURS}th nearest looks": neighbours,
        "line through looks, as ships": lambda _, looks: line.of(looks),
    }


def _said_of_films(predictor: ActionPredictor, split: Split, films: int, seed: int) -> tuple[Floats, Floats]:
    parts = [_said(predictor, windows) for windows in windows_with_actions(split, films, seed)]
    logits, looks = map(np.concatenate, zip(*parts, strict=True))
    return logits, looks


def _said(predictor: ActionPredictor, windows: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Logits (n, classes) and looks (n, looks)."""
    said = predictor.said((frames_input(windows),))
    return said[:, : predictor.classes.total], said[:, predictor.classes.total :]


def _cell(values: list[float]) -> str:
    return f"{np.mean(values):.1f} ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    main()
