from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from midspan.errors import WrongUse
from midspan.models.action.data.arrays import read_arrays
from midspan.models.action.data.clip import even_times, make_clip
from midspan.models.action.data.data_set import Progress, Settings, write_data_set
from midspan.models.action.data.flow import optical_flow
from midspan.models.action.data.splits import LABELLED, SPLITS
from midspan.models.action.data.verbs import NAMES
from midspan.models.action.data.video_files import FLOW_MIDDLE, FLOW_SCALE, write_flow

pytestmark = pytest.mark.slow

SETTINGS = Settings(seed=3, clips=10, styles=("egocentric",), noise="realistic")


def _write(folder: Path, settings: Settings = SETTINGS, arrays: bool = True) -> list[Progress]:
    told: list[Progress] = []
    write_data_set(folder, settings, videos=True, flow=False, arrays=arrays, report=told.append)
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "tabletop"
    _write(folder)
    return folder


def _json(path: Path) -> object:
    return json.loads(path.read_text("utf-8"))


def test_splits_and_labels_are_as_published(folder: Path) -> None:
    labels = _json(folder / "labels.json")
    names = set()
    for split in SPLITS:
        for row in _json(folder / "splits" / "egocentric" / f"{split}.json"):
            assert int(labels[re.sub(r"[\[\]]", "", row["template"])]) < len(NAMES)
            assert row["template"].lower().count("[something]") == len(row["placeholders"])
            assert all(noun in row["label"] for noun in row["placeholders"])
            assert row["id"] not in names
            names.add(row["id"])
    assert (
        names
        == {path.stem for path in (folder / "videos").iterdir()}
        == set(_json(folder / "videoid2size.json"))
    )


def test_annotations_name_frames_from_one_and_box_what_the_template_names(folder: Path) -> None:
    sizes, annotations = _json(folder / "videoid2size.json"), _json(folder / "annotations.json")
    for name, frames in annotations.items():
        width, height = sizes[name]
        assert [frame["name"] for frame in frames] == [f"{name}/{i:04}.jpg" for i in range(1, 25)]
        for frame in frames:
            assert frame["nr_instances"] == len(frame["labels"])
            for row in frame["labels"]:
                if row["standard_category"] != "hand":
                    assert row["category"] == frame["gt_placeholders"][int(row["standard_category"])]
                box = row["box2d"]
                assert 0 <= box["x1"] < box["x2"] <= width and 0 <= box["y1"] < box["y2"] <= height
    categories = {row["standard_category"] for f in annotations.values() for x in f for row in x["labels"]}
    assert categories == {"hand", "0000", "0001"}


def test_detections_are_in_the_prepared_format(folder: Path) -> None:
    rows = _json(folder / "detections-realistic.json")
    assert {row["id"] for row in rows} == set(_json(folder / "annotations.json"))
    boxes = [box for row in rows for frame in row["frames"] for box in frame["frame_objects"]]
    assert {box["category"] for box in boxes} == {"hand", "object"}
    assert all(set(box) == {"category", "x1", "y1", "x2", "y2", "score"} for box in boxes)


def test_videos_have_their_size_frames_and_sound(folder: Path) -> None:
    for name, size in _json(folder / "videoid2size.json").items():
        with av.open(str(folder / "videos" / f"{name}.mp4")) as film:
            frames = list(film.decode(video=0))
            assert len(frames) == 24 and [frames[0].width, frames[0].height] == size
        with av.open(str(folder / "videos" / f"{name}.mp4")) as film:
            samples = sum(frame.samples for frame in film.decode(audio=0))
            assert abs(samples - 32_000) <= 2048 and film.streams.audio[0].rate == 16_000


def test_films_have_events_and_boxes_for_every_frame(tmp_path: Path) -> None:
    folder, films = tmp_path / "films", Settings(films=1, styles=("egocentric",))
    write_data_set(folder, films, videos=False, flow=False, arrays=False, report=lambda progress: None)
    database = _json(folder / "films.json")["database"]
    assert {row["subset"] for row in database.values()} == set(LABELLED)
    for name, row in database.items():
        truth = _json(folder / "films" / f"{name}.json")
        with av.open(str(folder / "films" / f"{name}.mp4")) as film:
            frames = sum(1 for _ in film.decode(video=0))
        assert {len(track["boxes"]) for track in truth["tracks"]} == {frames}
        assert frames == round(12 * row["duration"])
        assert [event["segment"] for event in row["annotations"]] == [
            [event["start"], event["end"]] for event in truth["events"]
        ]


def test_progress_ends_at_its_total(folder: Path, tmp_path: Path) -> None:
    told = _write(tmp_path / "again")
    for what in ("arrays", "videos", "boxes"):
        last = [progress for progress in told if progress.what == what][-1]
        assert last.done == last.total > 0


def test_the_same_seed_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    _write(tmp_path / "again")
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(tmp_path / "again") for p in tmp_path.rglob("*") if p.is_file())
    for path in files:
        assert (folder / path).read_bytes() == (tmp_path / "again" / path).read_bytes(), path


def test_what_is_missing_is_made_again_and_what_is_there_is_kept(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    _write(again)
    gone, kept = again / "videos" / "2100000.mp4", again / "videos" / "2100001.mp4"
    gone.unlink()
    (again / "arrays" / "egocentric" / "seen" / "meta.json").unlink()
    kept.write_bytes(b"kept")
    _write(again)
    assert gone.read_bytes() == (folder / "videos" / "2100000.mp4").read_bytes()
    assert kept.read_bytes() == b"kept"
    assert len(read_arrays(again / "arrays" / "egocentric" / "seen")) == 1


def test_other_settings_need_another_folder(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="take another folder"):
        _write(folder, Settings(seed=4, clips=10, styles=("egocentric",)))
    (tmp_path / "mine.txt").write_text("")
    with pytest.raises(WrongUse, match="not empty"):
        _write(tmp_path)


def test_a_full_disk_leaves_nothing_half_written_and_the_rest_can_be_made(tmp_path: Path) -> None:
    """Files may grow to 200 kB only, so that the second write of the arrays fails as on a full disk."""
    script = f"""
import resource, sys
from pathlib import Path
from midspan.models.action.data.data_set import Settings, write_data_set
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    write_data_set(Path({str(tmp_path / "set")!r}), Settings(clips=20, styles=("table",)),
                   videos=False, flow=False, arrays=True, report=lambda p: None)
except OSError as error:
    sys.exit(error.errno)
"""
    code = subprocess.run([sys.executable, "-c", script], env=os.environ, check=False).returncode
    assert code == errno.EFBIG
    assert [path.name for path in (tmp_path / "set").rglob("*") if path.is_file()] == ["tabletop.json"]
    write_data_set(
        tmp_path / "set",
        Settings(clips=20, styles=("table",)),
        videos=False,
        flow=False,
        arrays=True,
        report=lambda progress: None,
    )
    assert len(read_arrays(tmp_path / "set" / "arrays" / "table" / "train")) == 12


def test_flow_pictures_hold_the_flow(tmp_path: Path) -> None:
    clip = make_clip(verb=0, noun=1, other=2, style="table", q=0.6, seed=(1,))
    rgb = clip.frames(even_times(6), (64, 48))
    write_flow(rgb, tmp_path)
    flow = np.clip(optical_flow(rgb).astype(float), -15, 15)
    pictures = [cv2.imread(str(path)).astype(float) for path in sorted(tmp_path.iterdir())]
    assert len(pictures) == 5
    for picture, moved in zip(pictures, flow, strict=True):
        read = (picture[..., [2, 1]] - FLOW_MIDDLE) / FLOW_SCALE
        assert np.abs(read - moved).mean() < 0.5 and picture[..., 0].mean() < 8
