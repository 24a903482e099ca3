"""From clips to a student, by the functions that the commands call."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from midspan.errors import UnknownName, WrongUse
from midspan.models.action.clips import read_data
from midspan.models.action.networks.appearance import AppearanceNetwork, swin_appearance
from midspan.models.action.predictor import ActionPredictor
from midspan.models.action.training.task import answers
from midspan.models.distill import distilling
from midspan.models.distill.distilling import Plan, distill
from midspan.models.distill.loss import Mix
from midspan.models.distill.teachers import VIEWS, Teachers
from midspan.models.distill.variants import options_of, plan_of
from midspan.platform.cli import app


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def data(toy_data):
    return read_data(toy_data)


def test_teachers_are_asked_once_of_the_views_that_the_student_sees(data, work):
    teachers = Teachers(("layout", "audio"), data, work, seed=0, epochs=2)
    said = teachers.of_views()
    assert said["layout"]["verb"].shape == (VIEWS, 96, 2)
    trained = teachers.trained("layout")
    for view in (0, VIEWS - 1):
        direct = answers(trained.network, trained.config, data.train, view=(0, view))
        np.testing.assert_allclose(said["layout"]["verb"][view], direct, atol=1e-5)
    kept = sorted((work / "teachers").iterdir())
    before = [one.stat().st_mtime_ns for one in kept]
    Teachers(("layout", "audio"), data, work, seed=0, epochs=2).of_views()
    assert len(kept) == 2 and [one.stat().st_mtime_ns for one in kept] == before


def test_what_each_modality_is_worth_is_said(data, work):
    found = distill(data, work, Plan(teachers=("layout", "flow")), seed=0, epochs=2)
    assert found.student.config.classes.heads == ("verb",) and found.student.config.modalities == ("rgb",)
    said = {(one.who, one.split) for one in found.answers}
    whos = ("layout alone", "flow alone", "all teachers", "without layout", "without flow", "student")
    assert said == {(who, split) for who in whos for split in ("seen", "unseen_test")}
    right = {one.who: one.right.mean for one in found.answers if one.split == "seen"}
    assert right["without layout"] == right["flow alone"] and right["without flow"] == right["layout alone"]


def test_a_student_also_watches_clips_without_labels(toy_writer, tmp_path):
    for seed, (split, count) in enumerate((("train", 64), ("seen", 24), ("unlabelled", 32))):
        toy_writer(tmp_path / split, count, seed)
    data, seen = read_data(tmp_path), []
    plan = Plan(("layout",), mix=Mix(0.5, 0.5))
    found = distill(data, tmp_path / "work", plan, seed=0, epochs=2, report=seen.append)
    assert {one.steps for one in seen} == {2 * 64 // 64, 2 * (96 // 64)}
    (kept,) = (tmp_path / "work" / "teachers").iterdir()
    assert np.load(kept).shape == (VIEWS, 96, 2)
    assert np.isfinite([row["loss"] for row in found.student.curve]).all()


def test_one_teacher_is_enough(data, work):
    found = distill(data, work, Plan(("rgb",), "uniform"), seed=0, epochs=1)
    assert {one.who for one in found.answers} == {"rgb alone", "student"}


def test_a_student_goes_on_from_the_teacher_of_frames(data, work, monkeypatch):
    begun = distilling._going_on

    def still(branch, seed, epochs):
        recipe = begun(branch, seed, epochs)
        assert recipe.rates[""] < branch.recipe.rates[""]
        return replace(recipe, rates={"": 0.0})

    monkeypatch.setattr(distilling, "_going_on", still)
    plan = Plan(("rgb", "layout"), "uniform")
    student = distill(data, work / "still", plan, seed=0, epochs=1).student
    teacher = Teachers(plan.teachers, data, work / "still", seed=0, epochs=1).trained("rgb")
    for name, value in teacher.network.named_parameters():
        torch.testing.assert_close(student.network.get_parameter(name), value, rtol=0, atol=0)


def test_the_command_writes_a_model_that_answers(toy_data, work, tmp_path):
    command = ["distill", "--teachers", "layout,audio", "--data", str(toy_data), "--work", str(work)]
    command += ["--out", str(tmp_path / "student"), "--epochs", "2", "--labels", "0.5", "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    card = json.loads(done.stdout)
    assert card["name"] == "distill.student" and card["plan"]["mix"] == {
        "teacher": 0.5,
        "labels": 0.5,
        "temperature": 2.0,
    }
    assert card["engines"]["largest_difference"] < 1e-3
    assert "taught by layout, audio" in card["trained_on"]
    predictor = ActionPredictor.load(tmp_path / "student", engine="onnxruntime")
    assert predictor.of_clips(read_data(toy_data).seen).shape == (24, 2)
    table = CliRunner().invoke(app, command[:-1])
    assert "without audio" in table.output and "student" in table.output


def test_training_says_who_was_left_out(toy_data, tmp_path, monkeypatch):
    from midspan.platform.cli import training

    monkeypatch.setattr(training, "train", lambda *_, **__: {"curve": [], "left_out": ["flow", "audio"]})
    command = ["train", "distill", "--data", str(toy_data), "--work", str(tmp_path)]
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "student")])
    assert done.exit_code == 0, done.output
    assert "too few clips have it: flow, audio" in done.stderr


def test_a_plan_survives_its_options():
    plan = Plan(("rgb", "layout"), "per-sample", 2.0, Mix(0.75, 0.25, 4.0))
    words = options_of(plan).split()
    values = dict(zip(words[::2], words[1::2], strict=True))
    again = plan_of(
        values["--teachers"],
        values["--weighting"],
        *(float(values[name]) for name in ("--gamma", "--temperature", "--labels")),
    )
    assert again == plan


def test_odd_plans_are_refused():
    with pytest.raises(UnknownName, match="teacher 'smell'"):
        Plan(teachers=("smell",))
    with pytest.raises(UnknownName, match="weighting 'fair'"):
        Plan(weighting="fair")
    with pytest.raises(WrongUse, match="at least one teacher"):
        Plan(teachers=())


def test_the_published_student_takes_clips_as_they_come():
    """Eight frames of 64 pixels become sixteen of 224."""
    config = swin_appearance()
    seen = []

    class Trunk(torch.nn.Module):
        channels = 768

        def forward(self, clip):
            seen.append(clip.shape)
            return torch.zeros(len(clip), 768, 8, 7, 7)

    network = AppearanceNetwork(config, read_data_classes())
    network.trunk = Trunk()
    assert network(torch.zeros(1, 3, 8, 64, 64)).shape == (1, 2)
    assert seen == [(1, 3, 16, 224, 224)]


def read_data_classes():
    from midspan.models.action.classes import Classes

    return Classes({"verb": ("a", "b")})
