"""Which detectors a workspace uses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from midspan.errors import ModelFilesMissing, ModelHashMismatch
from midspan.models.action.boxes.detector import SHIPPED, SHIPPED_NAME
from midspan.models.action.boxes.hands.identity import FILE, NAME, SHA256
from midspan.models.action.shipped import NAMER, NAMER_NAME
from midspan.models.kit.card import read_card
from midspan.platform.detectors import Detectors, hands_folder

SHIPPED_SHA256 = read_card(SHIPPED)["weights_sha256"]
NAMER_SHA256 = read_card(NAMER)["weights_sha256"]


def test_the_one_that_ships_is_used_where_nothing_is_said(tmp_path: Path) -> None:
    detectors = Detectors("shipped", tmp_path, 1)
    assert detectors.identity == {SHIPPED_NAME: SHIPPED_SHA256, NAMER_NAME: NAMER_SHA256}
    detector = detectors.detector()
    assert detector is not None
    assert detector(np.zeros((1, 96, 96, 3), np.uint8)) == [()]
    assert not detectors.everywhere  # it knows what the recogniser knows


def test_none_is_none(tmp_path: Path) -> None:
    detectors = Detectors("none", tmp_path, 1)
    assert detectors.identity == {} and detectors.detector() is None


def test_a_folder_without_a_detector_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesMissing, match="expected a"):
        _ = Detectors(str(tmp_path), tmp_path, 1).identity


def test_hands_that_were_fetched_are_used_besides(tmp_path: Path) -> None:
    hands_folder(tmp_path).mkdir(parents=True)
    (hands_folder(tmp_path) / FILE).write_bytes(b"another model")
    detectors = Detectors("shipped", tmp_path, 1)
    assert detectors.identity == {SHIPPED_NAME: SHIPPED_SHA256, NAMER_NAME: NAMER_SHA256, NAME: SHA256}
    assert detectors.everywhere  # real hands are where no action is known
    with pytest.raises(ModelHashMismatch, match="midspan models add hands"):
        detectors.detector()
