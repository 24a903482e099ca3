"""Which detectors of hands and things a workspace uses: known at once, loaded on first use."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from midspan.models.action.boxes.detector import SHIPPED, SHIPPED_NAME
from midspan.models.action.boxes.hands import identity as hands
from midspan.models.action.boxes.onnx_layout import identity_of
from midspan.models.action.shipped import NAMER, NAMER_NAME
from midspan.models.kit.card import read_card
from midspan.platform.lazy import Lazy

if TYPE_CHECKING:
    from midspan.models.action.boxes.detector import Detector

USUAL, NONE = "shipped", "none"


def hands_folder(workspace: Path) -> Path:
    """Where `midspan models add hands` puts the model of real hands."""
    return workspace / "models" / "hands"


class Detectors:
    def __init__(self, chosen: str, workspace: Path, threads: int, *, naming: bool = True) -> None:
        """``chosen`` is "shipped", "none" or the folder of a detector in ONNX; the one that ships says what
        things are called, where it is asked for ``naming``."""
        self._naming = naming
        self._chosen, self._hands, self._threads = chosen, hands_folder(workspace), threads
        self._with_hands = (self._hands / hands.FILE).is_file()
        """Asked once, so that a run and what it finds cannot come from two moments."""
        self.detector: Lazy[Detector | None] = Lazy(self._load)
        """All of them as one; None where there are none."""

    @cached_property
    def identity(self) -> dict[str, str]:
        """SHA-256 of the weights by name: what a run that uses them says. Raises ``ModelFilesMissing``."""
        found = {}
        if self._chosen == USUAL:
            found[SHIPPED_NAME] = str(read_card(SHIPPED)["weights_sha256"])
            if self._naming:
                found[NAMER_NAME] = str(read_card(NAMER)["weights_sha256"])
        elif self._chosen != NONE:
            name, sha256 = identity_of(self._folder)
            found[name] = sha256
        if self._with_hands:
            found[hands.NAME] = hands.SHA256
        return found

    @property
    def named(self) -> str:
        """The same in a line."""
        return ", ".join(f"{name} {sha256}" for name, sha256 in self.identity.items())

    @property
    def modality(self) -> str:
        """What events say that rest on them: "boxes", or "hands" where those alone are found."""
        return "hands" if self._chosen == NONE and self._with_hands else "boxes"

    @property
    def everywhere(self) -> bool:
        """Whether they see what the recogniser that ships does not: not so the detector that ships, which
        knows the same drawn world."""
        return self._chosen != USUAL or self._with_hands

    @property
    def _folder(self) -> Path:
        return Path(self._chosen).expanduser().absolute()

    def _load(self) -> Detector | None:
        """Raises ``ModelFilesMissing``, ``ModelHashMismatch``, ``MissingExtra`` and ``WrongUse``."""
        found: list[Detector] = []
        if self._chosen == USUAL:
            found.append(self._shipped())
        elif self._chosen != NONE:
            from midspan.models.action.boxes.onnx_folder import FolderDetector  # loads ONNX Runtime

            found.append(FolderDetector(self._folder, threads=self._threads))
        if self._with_hands:
            from midspan.models.action.boxes.hands.detector import HandDetector  # loads LiteRT

            found.append(HandDetector(self._hands, threads=self._threads))
        if len(found) < 2:
            return found[0] if found else None
        from midspan.models.action.boxes.joined import JoinedDetectors

        return JoinedDetectors(found)

    def _shipped(self) -> Detector:
        from midspan.models.action.boxes.detector import shipped_detector  # loads ONNX Runtime

        detector = shipped_detector(threads=self._threads)
        if not self._naming:
            return detector
        from midspan.models.action.naming.named import NamingDetector
        from midspan.models.action.naming.namer import Namer

        return NamingDetector(detector, Namer.load(NAMER, threads=self._threads))
