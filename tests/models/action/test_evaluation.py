"""The tables of `midspan evaluate action` and `evaluate distill`, from clips to Markdown; and the rivals."""

import numpy as np
import pytest

from midspan.errors import UnknownName, WrongUse
from midspan.models.action.clips import read_data
from midspan.models.action.evaluation.rivals import majority, noun_shortcut
from midspan.models.action.evaluation.scores import View
from midspan.models.chapters import chapter
from midspan.models.distill.table import PLANS, plans_of
from midspan.models.kit.chapter import evaluate


@pytest.fixture(scope="module")
def three(toy_writer, tmp_path_factory):
    """Clips of three verbs."""
    folder = tmp_path_factory.mktemp("three")
    for seed, (split, count) in enumerate({"train": 48, "seen": 24, "unseen_test": 30}.items()):
        toy_writer(folder / split, count, seed, 3)
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture
def few(monkeypatch):
    """Some of the models; each network has its own test of training."""
    from midspan.models.action.evaluation import table

    monkeypatch.setattr(table, "TRAINED", ("rgb", "rgb-strong", "flow", "layout", "cacnf"))


@pytest.mark.slow
def test_the_table_of_chapter_six(three, work, tmp_path, monkeypatch, few):
    from midspan.models.action.evaluation import table
    from midspan.models.action.training import few_shot

    for module in (table, few_shot):
        monkeypatch.setattr(module, "novel_verbs", lambda verbs: np.array([0, 1]))
    data = evaluate(chapter("action"), work, tmp_path, seeds=(0,), data=three, epochs=1)
    rows = {row["model"]: row["metrics"] for row in data["rows"]}
    assert {"rgb", "layout", "flow", "cacnf", "mean of the logits, layout and rgb-strong"} < set(rows)
    assert rows["cacnf"]["parameters"]["mean"] > rows["layout"]["parameters"]["mean"] > 100
    assert {"top1_seen", "top1_unseen", "macs", "ms"} < set(rows["rgb"])
    assert rows["layout"]["rate"]["mean"] > 1 and rows["flow"]["ms_all"]["mean"] > rows["flow"]["ms"]["mean"]
    assert set(rows["layout, few-shot"]) == {"shots5", "shots10"}
    page = (tmp_path / "action.md").read_text()
    assert "30 unseen" in page and "| go_right | 10 |" in page and "Reliability (cacnf, unseen)" in page


@pytest.mark.slow
def test_the_table_of_chapter_seven(three, work, tmp_path, few):
    data = evaluate(
        chapter("distill"), work, tmp_path, seeds=(0,), data=three, epochs=1, trained=["rgb"], plans=["even"]
    )
    rows = {row["model"]: row["metrics"] for row in data["rows"]}
    assert "rgb-strong" not in rows and "flow" not in rows
    assert rows["student, even weights"]["macs"]["mean"] == rows["rgb"]["macs"]["mean"]
    assert {"teachers, weighted", "teachers without layout"} < set(rows)
    page = (tmp_path / "distill.md").read_text()
    assert "Reliability (even, unseen)" in page and "1 view | 2 views | 4 views | 8 views" in page


@pytest.mark.slow
def test_the_models_of_chapter_six_are_asked_for_by_name(three, work, tmp_path):
    data = evaluate(chapter("action"), work, tmp_path, seeds=(0,), data=three, epochs=1, trained=["rgb"])
    rows = {row["model"] for row in data["rows"]}
    assert rows == {"most frequent verb", "noun shortcut (told the noun)", "rgb"}
    for asked, error in (("best", UnknownName), ("few-shot", WrongUse)):
        with pytest.raises(error, match=asked):
            evaluate(chapter("action"), work, tmp_path, data=three, trained=[asked])


def test_students_are_asked_for_by_name():
    assert plans_of(None) == ("student", "self", "labels") and set(plans_of(["all"])) == set(PLANS)
    with pytest.raises(UnknownName, match="plan 'best'"):
        plans_of(["best"])


def test_without_clips_nothing_is_measured(tmp_path):
    with pytest.raises(WrongUse, match="midspan data tabletop"):
        evaluate(chapter("action"), tmp_path, tmp_path, data=tmp_path)


def test_rivals_know_counts_alone(three):
    data = read_data(three)
    shares = majority(data.train, data.seen)["verb"]
    np.testing.assert_allclose(shares, 1 / 3)
    told = noun_shortcut(data.train, data.seen)["verb"]
    nouns = data.seen.array("nouns")[:, 0]
    assert len({tuple(row) for row in told[nouns == 0]}) == 1
    np.testing.assert_allclose(told.sum(1), 1)


def test_the_shortcut_is_the_share_of_each_verb_with_the_noun(three):
    data = read_data(three)
    some = data.train.at([0, 3, 1])  # go_right red, go_right blue, go_left red
    told = noun_shortcut(some, data.seen)["verb"][data.seen.array("nouns")[:, 0] == 0][0]
    np.testing.assert_allclose(told, [2 / 5, 2 / 5, 1 / 5])


def test_figures_of_a_view_by_hand(three):
    """All verbs right, every second noun."""
    clips = read_data(three).seen
    verbs, nouns = clips.array("verb").astype(int), clips.array("nouns")[:, 0].astype(int)
    said = {"verb": np.eye(3)[verbs], "noun": np.eye(2)[(nouns + np.arange(24) % 2) % 2]}
    found = View("seen", clips).figures(said)
    assert found["top1_seen"].mean == found["map_seen"].mean == 100 and found["ece_seen"].mean == 0
    assert found["noun_seen"].mean == found["both_seen"].mean == 50
