"""Rows of labels in both forms, and what is wrong with some."""

import json

import pytest

from midspan.errors import CorruptSource, WrongUse
from midspan.pipelines.labelled.labels import is_labelled, read_labels


@pytest.fixture
def folder(tmp_path):
    """Two files that are called like videos; nobody opens them here."""
    (tmp_path / "videos").mkdir()
    for name in ("1.mp4", "videos/2.webm"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def write_table(folder, *rows):
    path = folder / "labels.csv"
    path.write_text("\n".join(("split,video,verb,noun,start,end,note", *rows)))
    return path


def test_a_table_of_actions(folder):
    path = write_table(folder, "test,1.mp4,put  down,red cup,1.5,4,hm", ",videos/2.webm,lift,,,")
    assert is_labelled(folder) and is_labelled(path)
    first, second = read_labels(folder).of
    assert (first.video, first.verb, first.noun, first.split) == (
        folder / "1.mp4",
        "put down",
        "red cup",
        "test",
    )
    assert read_labels(write_table(folder, ",1.mp4,,,2,3")).of[0].verb == "", "a stretch to watch"
    assert (first.start, first.end) == (1.5, 4.0) and (second.start, second.end) == (0.0, None)


@pytest.mark.parametrize(
    "row, reason",
    [
        (",3.mp4,lift", "there is no file .*3.mp4"),
        (",,lift", "needs a video"),
        (",1.mp4,lift,,soon", "start is no time"),
        (",1.mp4,lift,,-1", "start is no time"),
        (",1.mp4,lift,,,nan", "end is no time"),
        (",1.mp4,lift,,3,3", "ends at second 3, and starts at 3"),
        ("dev,1.mp4,lift", "unknown split 'dev'"),
    ],
)
def test_a_row_that_says_nothing_is_refused_by_its_line_and_the_rest_goes_on(folder, row, reason):
    found = read_labels(write_table(folder, row, ",1.mp4,lift"))
    (refused,) = found.refused
    assert refused.where == "labels.csv, line 2" and len(found.of) == 1
    with pytest.raises(ValueError, match=reason):
        raise ValueError(refused.reason)


@pytest.mark.parametrize("content", [b"film,verb\n1.mp4,lift\n", b"", b"video,verb\n1.mp4,\xff\n"])
def test_what_is_no_such_table_is_refused(folder, content):
    (folder / "labels.csv").write_bytes(content)
    with pytest.raises(WrongUse, match="expected"):
        read_labels(folder)


def test_something_else_as_published(folder):
    row = {"id": "2", "label": "moving cup up", "template": "Moving [something] up", "placeholders": ["cup"]}
    (folder / "train.json").write_text(json.dumps([row, {"id": 7, "label": "x"}, "odd"]))
    (folder / "validation.json").write_text(json.dumps([{"id": 1, "label": "falling"}]))
    (folder / "annotations.json").write_text("{}")
    assert is_labelled(folder)
    found = read_labels(folder)
    first, second = found.of
    assert (first.verb, first.noun, first.split) == ("Moving something up", "cup", "train")
    assert first.video == folder / "videos/2.webm"
    assert (second.video, second.verb, second.split) == (folder / "1.mp4", "falling", "validation")
    assert [str(one) for one in found.refused] == [
        "train.json, row 2: there is no video called 7",
        "train.json, row 3: is no row with id and template",
    ]
    assert found.boxes == (folder / "annotations.json",)


def test_a_file_of_rows_alone(folder):
    path = folder / "mine.json"
    path.write_text(json.dumps([{"id": "1", "label": "falling"}]))
    assert is_labelled(path) and read_labels(path).of[0].split == ""
    path.write_text("[")
    with pytest.raises(CorruptSource, match="no JSON"):
        read_labels(path)
    path.write_text("{}")
    with pytest.raises(WrongUse, match="a list of rows"):
        read_labels(path)
