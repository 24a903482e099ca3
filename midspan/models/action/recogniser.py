"""What is done in windows of video: the student of chapter 7 says it of frames alone, the fusion model of
chapter 6 of frames and boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.action.classes import NO_ACTION, NOUN, VERB
from midspan.models.action.data.arrays import Layout
from midspan.models.action.inputs import frames_input
from midspan.models.action.likeness import Likeness, likeness_of
from midspan.models.action.localising import Rules
from midspan.models.action.predictor import ActionPredictor
from midspan.models.action.shipped import FUSION, STUDENT
from midspan.models.kit.engine import EngineName
from midspan.models.kit.folder import load_model


@dataclass(frozen=True)
class Said:
    """Of n windows."""

    verbs: npt.NDArray[np.float32]
    """(n, verbs + 1) calibrated probabilities; the last column is of no action."""
    nouns: npt.NDArray[np.float32]
    """(n, nouns) probabilities of the thing that it is done with; without nouns no column."""

    def at(self, places: npt.NDArray[np.int64]) -> Said:
        return Said(self.verbs[places], self.nouns[places])


class Recogniser:
    """Frames, or frames and boxes, of windows of two seconds to what is done in them.

    A model that knows no class of no action gives it probability 0.
    """

    def __init__(
        self,
        student: ActionPredictor,
        fusion: ActionPredictor | None,
        rules: Rules | None = None,
        likeness: Likeness | None = None,
    ) -> None:
        """``rules`` are how its windows are joined to actions in time; without ``likeness`` all windows are
        taken for what it knows."""
        self._student, self._fusion, self._likeness = student, fusion, likeness
        self.rules = rules or Rules()
        names = student.classes.names
        self.verbs = tuple(one for one in names[VERB] if one != NO_ACTION)
        self.nouns = names.get(NOUN, ())

    @property
    def sees_boxes(self) -> bool:
        """Whether :meth:`of_boxes` can be asked."""
        return self._fusion is not None

    @classmethod
    def load(
        cls, student: Path, fusion: Path | None = None, *, engine: EngineName = "auto", threads: int = 1
    ) -> Recogniser:
        """From model folders. Raises ``ModelFilesMissing``, ``ModelHashMismatch``."""
        made = partial(ActionPredictor.from_folder, engine=engine, threads=threads)
        model = load_model(student)
        config: dict[str, Any] = model.config
        return cls(
            made(model),
            None if fusion is None else made(load_model(fusion)),
            Rules(**config.get("rules", {})),
            likeness_of(model),
        )

    def of_frames(self, frames: npt.NDArray[np.uint8], check: Callable[[], None] = lambda: None) -> Said:
        """(n, 8, 64, 64, 3) RGB, four a second, the whole picture squeezed. A window that does not look like
        what was learned shows no action."""
        said = self._student.said((frames_input(frames),), check)
        logits, looks = np.split(said, [self._student.classes.total], axis=1)
        shares = self._student.probabilities(logits)
        nouns = shares.get(NOUN, np.zeros((len(frames), 0)))
        verbs = self._ordered(self._student, shares[VERB])
        if self._likeness is not None and len(frames):
            verbs[~self._likeness.passes(looks)] = np.eye(verbs.shape[1], dtype=np.float32)[-1]
        return Said(verbs, nouns.astype(np.float32))

    def of_boxes(self, said: Said, frames: npt.NDArray[np.uint8], layouts: Sequence[Layout]) -> Said:
        """``said`` is what :meth:`of_frames` said of these frames (n, 8, 64, 64, 3), and there is a layout of
        the same two seconds for each.

        What the verb is the student and the fusion model say together: the geometric mean of both.
        """
        assert self._fusion is not None
        shown = (
            np.stack([one.boxes for one in layouts]),
            np.stack([one.categories for one in layouts]).astype(np.int64),
            np.stack([one.scores for one in layouts]),
            frames_input(frames),
        )
        shares = self._fusion.probabilities(self._fusion.logits(shown))[VERB]
        both = np.sqrt(said.verbs * self._ordered(self._fusion, shares)) + 1e-9
        return Said(both / both.sum(1, keepdims=True), said.nouns)

    def _ordered(self, model: ActionPredictor, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        """No action last."""
        names = model.classes.names[VERB]
        out = np.zeros((len(shares), len(self.verbs) + 1), dtype=np.float32)
        for place, name in enumerate(names):
            out[:, self.verbs.index(name) if name in self.verbs else -1] = shares[:, place]
        return out


def shipped(*, engine: EngineName = "auto", threads: int = 1) -> Recogniser:
    """With the models that come with midspan."""
    return Recogniser.load(STUDENT, FUSION, engine=engine, threads=threads)
