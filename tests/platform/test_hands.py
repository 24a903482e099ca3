"""The model of real hands: what is kept, and what is said where it cannot be had."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from midspan.errors import MissingExtra, ModelFilesMissing, ModelHashMismatch
from midspan.models.action.boxes.hands.identity import FILE, MEMBER, SHA256
from midspan.models.kit.weights import file_sha256
from midspan.platform import hands
from midspan.platform.hands import add_hands


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the runtime were installed: what is fetched does not depend on it."""
    monkeypatch.setattr(hands, "_RUNTIME", "numpy")


def wheel(folder: Path, member: str = MEMBER, content: bytes = b"another model") -> Path:
    path = folder / "own.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return path


def test_without_the_runtime_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "_RUNTIME", "no_such_package")
    with pytest.raises(MissingExtra, match=r"midspan\[hands\]"):
        add_hands(tmp_path / "hands", wheel(tmp_path))
    assert not (tmp_path / "hands").exists()


@pytest.mark.usefixtures("runtime")
def test_another_model_is_refused_and_none_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ModelHashMismatch, match="nothing was kept"):
        add_hands(tmp_path / "hands", wheel(tmp_path))
    with pytest.raises(ModelHashMismatch, match="nothing was kept"):
        add_hands(tmp_path / "hands", wheel(tmp_path, content=bytes(9_000_000)))
    assert not (tmp_path / "hands").exists()


@pytest.mark.usefixtures("runtime")
def test_what_is_no_such_wheel_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "broken.whl").write_bytes(b"PK no archive")
    for path in (tmp_path / "broken.whl", tmp_path / "absent.whl", wheel(tmp_path, member="other")):
        with pytest.raises(ModelFilesMissing, match="expected the wheel mediapipe==0"):
            add_hands(tmp_path / "hands", path)


@pytest.mark.usefixtures("runtime")
def test_without_a_network_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelFilesMissing, match="--wheel FILE"):
        add_hands(tmp_path / "hands")
    assert not (tmp_path / "hands").exists()


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("MIDSPAN_TEST_HANDS"),
    reason="fetches 36 MB and needs the extra hands; MIDSPAN_TEST_HANDS=1 asks for it",
)
def test_it_is_fetched_once_and_finds_no_hand_in_a_grey_picture(tmp_path: Path) -> None:
    from midspan.models.action.boxes.hands.detector import HandDetector

    assert add_hands(tmp_path / "hands")
    assert file_sha256(tmp_path / "hands" / FILE) == SHA256
    assert not add_hands(tmp_path / "hands")
    detector = HandDetector(tmp_path / "hands")
    assert detector(np.full((2, 96, 170, 3), 120, np.uint8)) == [(), ()]
    (tmp_path / "hands" / FILE).write_bytes(b"another model")
    with pytest.raises(ModelHashMismatch, match="midspan models add hands"):
        HandDetector(tmp_path / "hands")
