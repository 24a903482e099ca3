from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from midspan.errors import WrongUse
from midspan.models.action.data.arrays import (
    ArrayClip,
    ArrayMeta,
    ArrayWriter,
    Layout,
    is_whole,
    read_arrays,
)

META = ArrayMeta(
    verbs=("push_right", "push_left"),
    nouns=("striped star", "plain star"),
    styles=("table", "egocentric", "table"),
    seed=5,
    q=0.6,
    noise="old",
)


def _layout(random: np.random.Generator) -> Layout:
    return Layout(
        boxes=random.random((16, 6, 4), dtype=np.float32),
        categories=random.integers(0, 3, (16, 6), dtype=np.int8),
        scores=random.random((16, 6), dtype=np.float32),
    )


def _clip(seed: int) -> ArrayClip:
    random = np.random.default_rng(seed)
    return ArrayClip(
        rgb=random.integers(0, 256, (8, 64, 64, 3), dtype=np.uint8),
        flow=random.normal(size=(7, 64, 64, 2)).astype(np.float16),
        mel=random.normal(size=(64, 31)).astype(np.float16),
        seen=_layout(random),
        oracle=_layout(random),
        verb=np.array(seed % 2, np.int16),
        nouns=np.array([seed % 2, -1], np.int16),
    )


def _write(folder: Path, clips: int = 3) -> None:
    with ArrayWriter(folder, META) as writer:
        for seed in range(clips):
            writer.add(_clip(seed))


def test_clips_come_back_as_they_were_written(tmp_path: Path) -> None:
    _write(tmp_path / "train")
    arrays = read_arrays(tmp_path / "train")
    assert arrays.meta == META and len(arrays) == 3
    for seed in range(3):
        clip = _clip(seed)
        for name in ("rgb", "flow", "mel", "verb", "nouns"):
            np.testing.assert_array_equal(getattr(arrays, name)[seed], getattr(clip, name))
        for name in ("boxes", "categories", "scores"):
            np.testing.assert_array_equal(getattr(arrays.seen, name)[seed], getattr(clip.seen, name))
            np.testing.assert_array_equal(getattr(arrays.oracle, name)[seed], getattr(clip.oracle, name))


def test_arrays_are_mapped_read_only(tmp_path: Path) -> None:
    _write(tmp_path / "train")
    arrays = read_arrays(tmp_path / "train")
    assert isinstance(arrays.rgb, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        arrays.rgb[0] = 0


def test_too_few_clips_leave_no_folder(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="expected 3 clips, got 2"):
        _write(tmp_path / "train", clips=2)
    assert not (tmp_path / "train").exists()


def test_an_error_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"), ArrayWriter(tmp_path / "train", META) as writer:
        writer.add(_clip(0))
        raise OSError("No space left on device")
    assert not (tmp_path / "train").exists()


def test_a_clip_of_another_length_is_refused(tmp_path: Path) -> None:
    other = replace(_clip(1), mel=np.zeros((64, 30), np.float16))
    with pytest.raises(WrongUse, match="expected mel"), ArrayWriter(tmp_path / "train", META) as writer:
        writer.add(_clip(0))
        writer.add(other)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(_clip(0), rgb=np.zeros((8, 32, 32, 3), np.uint8)),
        replace(_clip(0), flow=np.zeros((7, 64, 64, 2), np.float32)),
        replace(_clip(0), nouns=np.zeros((2, 1), np.int16)),
    ],
)
def test_an_array_of_another_form_is_refused(tmp_path: Path, wrong: ArrayClip) -> None:
    with pytest.raises(WrongUse, match="of shape"), ArrayWriter(tmp_path / "train", META) as writer:
        writer.add(wrong)


def test_a_folder_without_meta_is_not_whole(tmp_path: Path) -> None:
    _write(tmp_path / "train")
    assert is_whole(tmp_path / "train")
    (tmp_path / "train" / "meta.json").unlink()
    assert not is_whole(tmp_path / "train")
    with pytest.raises(WrongUse, match="midspan data tabletop"):
        read_arrays(tmp_path / "train")


def test_another_version_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "train")
    meta = tmp_path / "train" / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text("utf-8")) | {"version": 0}), "utf-8")
    with pytest.raises(WrongUse, match="got 0"):
        read_arrays(tmp_path / "train")


def test_a_file_cut_off_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "train")
    rgb = tmp_path / "train" / "rgb.npy"
    rgb.write_bytes(rgb.read_bytes()[:-1000])
    with pytest.raises(WrongUse, match=r"rgb\.npy cannot be read"):
        read_arrays(tmp_path / "train")


def test_a_file_of_pickled_objects_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "train")
    np.save(tmp_path / "train" / "verb.npy", np.array([{}, {}, {}], object), allow_pickle=True)
    with pytest.raises(WrongUse, match=r"verb\.npy cannot be read"):
        read_arrays(tmp_path / "train")


def test_arrays_of_unequal_length_are_refused(tmp_path: Path) -> None:
    _write(tmp_path / "train")
    np.save(tmp_path / "train" / "verb.npy", np.zeros(2, np.int16))
    with pytest.raises(WrongUse, match="expected 3 clips in every array"):
        read_arrays(tmp_path / "train")
