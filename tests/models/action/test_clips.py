"""Clips out of several splits, and the split of one's own."""

import numpy as np
import pytest

from midspan.errors import WrongUse
from midspan.models.action.classes import Classes
from midspan.models.action.clips import NONE, Clips, read_data
from midspan.models.action.data.arrays import read_arrays


def test_rows_of_several_splits_are_read_as_if_they_were_one(toy_data):
    one, other = read_arrays(toy_data / "seen"), read_arrays(toy_data / "unseen_test")
    clips = Clips.of(one, other).at([0, 30, 23, 24])
    for name, of in (("rgb", lambda part: part.rgb), ("seen.boxes", lambda part: part.seen.boxes)):
        expected = [of(one)[0], of(other)[6], of(one)[23], of(other)[0]]
        np.testing.assert_array_equal(clips.array(name), expected)
    assert len(clips) == 4 and clips.styles.tolist() == ["table"] * 4


def test_labels_are_the_verb_and_the_first_noun(toy_data):
    clips = Clips.of(read_arrays(toy_data / "seen")).at([0, 1, 2])
    assert clips.classes.names == {"verb": ("go_right", "go_left"), "noun": ("red", "blue")}
    assert clips.labels(clips.classes).tolist() == [[0, 0], [1, 0], [0, 1]]
    assert clips.labels(clips.classes.only("noun")).tolist() == [[0], [0], [1]]


def test_clips_without_nouns_have_one_head(toy_data):
    arrays = read_arrays(toy_data / "seen")
    object.__setattr__(arrays, "nouns", np.full((len(arrays), 2), NONE, np.int16))
    assert Clips.of(arrays).classes.heads == ("verb",)


def test_a_folder_of_styles_is_joined(toy_writer, tmp_path):
    for style in ("egocentric", "table"):
        for split, count in (("train", 4), ("seen", 2)):
            toy_writer(tmp_path / style / split, count, 1)
    data = read_data(tmp_path)
    assert [len(one) for one in (data.train, data.seen, data.unseen_selection, data.unseen_test)] == [
        8,
        4,
        0,
        0,
    ]


def test_ones_own_clips_are_cut_in_three(toy_writer, tmp_path):
    toy_writer(tmp_path / "mine", 40, 1)
    data = read_data(tmp_path / "mine", seed=3)
    assert [len(one) for one in (data.train, data.seen, data.unseen_test)] == [28, 6, 6]
    rows = np.concatenate([one.rows for one in (data.train, data.seen, data.unseen_test)])
    assert sorted(rows) == list(range(40))
    assert read_data(tmp_path / "mine", seed=4).train.rows.tolist() != data.train.rows.tolist()
    assert data.train.fingerprint != data.seen.fingerprint


def test_of_clips_to_watch_nobody_learns_the_labels(toy_writer, tmp_path):
    toy_writer(tmp_path / "train", 4, 1)
    toy_writer(tmp_path / "unlabelled", 6, 2)
    data = read_data(tmp_path)
    both = data.train.at([2, 0]).and_also(data.unlabelled.at([5]))
    drawn = [read_arrays(tmp_path / name).rgb for name in ("train", "unlabelled")]
    np.testing.assert_array_equal(both.array("rgb"), [drawn[0][2], drawn[0][0], drawn[1][5]])
    labels = both.labels(both.classes)
    assert (labels[:2] != NONE).all() and (labels[2] == NONE).all()


def test_a_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(WrongUse, match="midspan data tabletop"):
        read_data(tmp_path)


def test_classes_know_where_they_stand():
    classes = Classes({"verb": ("a", "b", "c"), "noun": ("x", "y")})
    assert classes.slices() == {"verb": slice(0, 3), "noun": slice(3, 5)} and classes.total == 5
    parts = classes.split(np.arange(10).reshape(2, 5))
    assert parts["verb"].tolist() == [[0, 1, 2], [5, 6, 7]] and parts["noun"].tolist() == [[3, 4], [8, 9]]
    assert Classes.from_json(classes.to_json()) == classes
