"""Who learns, who is chosen by, who tests."""

from pathlib import Path

import pytest

from midspan.errors import WrongUse
from midspan.pipelines.labelled.labels import Label
from midspan.pipelines.labelled.splitting import shared_out


def labels(*rows):
    return [Label("", Path(video), verb, split=split) for video, verb, split in rows]


def test_without_a_word_of_splits_a_video_is_in_one_and_each_verb_is_learned():
    rows = [(f"{verb}{n}", verb, "") for verb in "ab" for n in range(14) for _ in range(2)]
    found = shared_out(labels(*rows))
    by_video = {}
    for (video, verb, _), split in zip(rows, found.split, strict=True):
        assert by_video.setdefault((video, verb), split) == split
    for verb in "ab":
        mine = [split for (_, one), split in by_video.items() if one == verb]
        assert [mine.count(name) for name in ("train", "seen", "unseen_test")] == [10, 2, 2]


def test_what_is_said_holds_and_validation_tests_where_nobody_else_does():
    rows = [(f"{n}", "ab"[n % 2], "train") for n in range(12)] + [("x", "a", "validation")]
    found = shared_out(labels(*rows))
    assert found.split[-1] == "unseen_test" and found.split.count("seen") == 2
    found = shared_out(labels(*rows, ("y", "a", "test")))
    assert found.split[-2:] == ("seen", "unseen_test") and found.split.count("train") == 12


def test_what_has_no_verb_is_watched_unless_its_video_chooses_or_tests():
    rows = [(f"{n}", "ab"[n % 2], "") for n in range(14)]
    split = dict(zip([video for video, _, _ in rows], shared_out(labels(*rows)).split, strict=True))
    untold = [(video, "", "") for video in (*split, "another")]
    found = shared_out(labels(*untold, *rows))
    assert found.split[15:] == tuple(split.values()), "of those with a verb nothing changes"
    watched = {video for (video, _, _), where in zip(untold, found.split, strict=False) if where}
    assert watched == {"another"} | {video for video, where in split.items() if where == "train"}
    assert set(found.split[:15]) == {"unlabelled", None} and found.verbs == ("a", "b")


def test_one_verb_or_nothing_to_choose_by_is_an_error():
    with pytest.raises(WrongUse, match=r"two verbs or more to learn from, got \['a'\]"):
        shared_out(labels(*((str(n), "a", "") for n in range(9))))
    with pytest.raises(WrongUse, match="no clips are left to choose by"):
        shared_out(labels(("1", "a", ""), ("2", "b", "")))
