"""The teachers: a network a modality, and what they say of every view of the clips, kept on the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.models.action.clips import Clips, Data
from midspan.models.action.inputs import Modality
from midspan.models.action.training.branches import Size, Trained, is_strong, name_of, train_branch
from midspan.models.action.training.task import answers
from midspan.models.kit.files import whole
from midspan.models.kit.training import Progress

VIEWS = 3
"""Views of the clips to learn from, which the student is shown in turn; of each the teachers are asked."""
Logits = dict[str, dict[str, npt.NDArray[np.floating]]]


class Teachers:
    """Trained when they are asked for, in ``work``."""

    def __init__(
        self,
        modalities: Sequence[Modality],
        data: Data,
        work: Path,
        *,
        seed: int,
        size: Size = "small",
        epochs: int | None = None,
        report: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        """Frames alone have a published size; the other teachers are small."""
        self.modalities, self.data, self.seed = tuple(modalities), data, seed
        self._work, self._epochs, self._report, self._size = work, epochs, report, size
        self._trained: dict[Modality, Trained] = {}

    def trained(self, modality: Modality) -> Trained:
        if modality not in self._trained:
            self._trained[modality] = train_branch(
                modality,
                self.data.train,
                self.data.selection,
                self._work,
                seed=self.seed,
                size=self._size if modality == "rgb" else "small",
                strong=self._strong(modality),
                epochs=self._epochs,
                report=self._report,
            )
        return self._trained[modality]

    def _strong(self, modality: Modality) -> bool:
        return modality == "rgb" and is_strong(self._size)

    def of_views(self) -> Logits:
        """(views, clips, classes) by teacher and head: of ``shown``, as a student sees them."""
        return {one: self._split(one, self._cached(one)) for one in self.modalities}

    @property
    def shown(self) -> Clips:
        """What a student learns from: the clips that the teachers learned from, and those without labels."""
        train, more = self.data.train, self.data.unlabelled
        return train.and_also(more) if len(more) else train

    def of(self, split: str) -> Logits:
        """(clips, classes) by teacher and head, of another split as it is."""
        clips = getattr(self.data, split)
        return {
            one: self._split(one, answers(self.trained(one).network, self.trained(one).config, clips))
            for one in self.modalities
        }

    def _cached(self, modality: Modality) -> npt.NDArray[np.float32]:
        trained = self.trained(modality)
        shown = self.shown
        name = name_of(self.data.train, trained.recipe, strong=self._strong(modality))
        if len(self.data.unlabelled):
            name += f"-{shown.fingerprint}"
        path = self._work / "teachers" / f"{modality}-{self._size}-{name}.npy"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            views = [
                answers(trained.network, trained.config, shown, view=(self.seed, view))
                for view in range(VIEWS)
            ]
            with whole(path) as half, half.open("wb") as file:
                np.save(file, np.stack(views))
        kept: npt.NDArray[np.float32] = np.load(path)
        return kept

    def _split(
        self, modality: Modality, logits: npt.NDArray[np.float32]
    ) -> dict[str, npt.NDArray[np.floating]]:
        return dict(self.trained(modality).config.classes.split(logits))
