"""From a folder of labelled videos to arrays, and by the command to a student."""

import json
import re

import pytest
from typer.testing import CliRunner

from midspan.models.action.clips import read_data
from midspan.models.action.predictor import ActionPredictor
from midspan.pipelines.labelled.data_set import make
from midspan.platform.cli import app


def made(folder, work, confined):
    return make(folder, work, lambda: None, "none", confined)


def test_labelled_videos_become_splits_and_what_is_wrong_is_said(labelled, tmp_path, confined):
    table = labelled / "labels.csv"
    (labelled / "odd.mp4").write_bytes(b"no video")
    rows = ["odd.mp4,go left", "gone.mp4,go left", "0.mp4,spin,7,8"]
    table.write_text(table.read_text() + "".join(f"{row}\n" for row in rows).replace("spin,7", "spin,,7"))
    table.write_text(table.read_text().replace("video,verb", "video,verb,noun,start,end"))
    found = made(labelled, tmp_path / "work", confined)
    told = {one.where: one.reason for one in found.refused}
    assert list(told) == [f"labels.csv, line {n}" for n in (15, 16, 14)]
    reasons = zip(
        told.values(), ("no file", "ends at second 2, before 7", "odd.mp4: .*cannot be opened"), strict=True
    )
    assert all(re.search(reason, said) for said, reason in reasons)
    data = read_data(found.folder)
    assert [len(one) for one in (data.train, data.seen, data.unseen_test)] == [8, 2, 2]
    assert data.train.classes.names == {"verb": ("go left", "go right")}
    right = data.train.array("verb") == 1
    across = data.train.array("flow")[..., 0].astype(float)
    assert (across[right].max((1, 2, 3)) > 2).all() and (across[~right].min((1, 2, 3)) < -2).all()
    assert data.train.parts[0].meta.lacks == ("layout",)


def test_rows_without_a_verb_are_watched_alone(labelled, tmp_path, confined):
    table = labelled / "labels.csv"
    without = made(labelled, tmp_path / "work", confined)
    (labelled / "12.mp4").symlink_to((labelled / "0.mp4").resolve())
    table.write_text(table.read_text() + "".join(f"{number}.mp4,\n" for number in range(13)))
    found = made(labelled, tmp_path / "work", confined)
    before, data = read_data(without.folder), read_data(found.folder)
    assert len(before.unlabelled) == 0 and len(data.unlabelled) == 8 + 1
    assert (data.unlabelled.array("verb") == -1).all() and data.train.fingerprint == before.train.fingerprint
    assert len(found.refused) == 4 and all("has no verb" in one.reason for one in found.refused)


def test_what_was_cut_is_kept_and_a_half_written_split_is_made_anew(labelled, tmp_path, confined):
    first = made(labelled, tmp_path / "work", confined)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "work/clips").iterdir()}
    (first.folder / "seen/meta.json").unlink()  # as a process leaves it that was killed
    table = labelled / "labels.csv"
    assert made(labelled, tmp_path / "work", confined) == first
    assert len(read_data(first.folder).seen) == 2
    table.write_text(table.read_text().replace("go left", "go west"))
    other = made(labelled, tmp_path / "work", confined)
    assert (
        other.folder != first.folder and read_data(other.folder).train.classes.names["verb"][1] == "go west"
    )
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "work/clips").iterdir()} == kept


def test_boxes_of_many_videos_in_one_file(labelled, tmp_path, confined):
    rows = [
        {"id": str(n), "template": ("Moving [something] right", "Moving [something] left")[n % 2]}
        for n in range(12)
    ]
    (labelled / "labels.csv").unlink()
    (labelled / "train.json").write_text(json.dumps(rows))
    label = {"standard_category": "0000", "category": "cup", "box2d": {"x1": 0, "y1": 0, "x2": 48, "y2": 36}}
    boxes = {row["id"]: [{"name": f"{row['id']}/0001.jpg", "labels": [label]}] for row in rows}
    (labelled / "annotations.json").write_text(json.dumps(boxes))
    found = made(labelled, tmp_path / "work", confined)
    data = read_data(found.folder)
    assert len(data.train) == 10 and data.train.parts[0].meta.lacks == ()
    assert data.train.array("seen.boxes")[0, 0, 0] == pytest.approx((0, 0, 0.5, 0.5), abs=1e-3)


def test_the_command_learns_from_them(labelled, tmp_path, monkeypatch):
    monkeypatch.setenv("MIDSPAN_DETECTOR", "none")
    options = ["--data", str(labelled), "--work", str(tmp_path / "work"), "--threads", "1", "--epochs", "1"]
    command = ["distill", *options, "--teachers", "flow,layout", "--out", str(tmp_path / "student")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "layout" in done.stderr and "left out as teachers" in done.stderr
    assert "flow alone" in done.stdout and "student" in done.stdout
    card = json.loads((tmp_path / "student/card.json").read_text())
    assert card["plan"]["teachers"] == ["flow"] and card["left_out"] == ["layout"]
    assert "from 12 videos" in card["trained_on"]
    assert ActionPredictor.load(tmp_path / "student").classes.names == {"verb": ("go left", "go right")}
    refused = CliRunner().invoke(app, ["train", "action", *options, "--model", "layout"])
    assert "action.layout sees layout, and too few of the clips have any" in str(refused.exception)
