"""Scenes of a text that was ingested for real: found, listed, drawn, and asked for on the command line."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from midspan import Workspace
from midspan.errors import NotFound, WrongUse
from midspan.models.scene.asking import Label
from midspan.platform.cli import app

TEXTS = {
    "garden.txt": "A terrier lies to the left of an oak tree. A ladder leans against the oak tree.\n",
    "room.txt": "A lamp is on the table. A cat sleeps under the sofa. The vase is right of the clock.\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("scenes")
    for name, text in TEXTS.items():
        (made / name).write_text(text)
    with Workspace.open(made / "workspace") as workspace:
        assert workspace.ingest([made / name for name in TEXTS], stages=["scene"]).ok
    return made / "workspace"


@pytest.fixture
def workspace(folder: Path) -> Iterator[Workspace]:
    with Workspace.open(folder) as opened:
        yield opened


def texts(workspace: Workspace, *asked: str, **more: object) -> list[str]:
    return [hit.text for hit in workspace.find_scenes(*asked, **more).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("animal left of tree", "A terrier lies to the left of an oak tree."),
        ("dog left of tree", "A terrier lies to the left of an oak tree."),
        ("tree right of dog", "A terrier lies to the left of an oak tree."),
        ("animal under furniture", "A cat sleeps under the sofa."),
        ("clock left of vase", "The vase is right of the clock."),
    ],
)
def test_a_scene_is_found_by_what_is_where_in_it(workspace: Workspace, asked: str, found: str) -> None:
    assert texts(workspace, asked)[:1] == [found]


def test_the_wrong_side_finds_nothing(workspace: Workspace) -> None:
    assert texts(workspace, "dog right of tree") == []


def test_a_noun_that_no_scene_has_is_found_by_a_like_one(workspace: Workspace) -> None:
    [hit] = workspace.find_scenes("lampshade on desk").hits
    assert hit.text == "A lamp is on the table." and "like" in hit.why


def test_a_hit_leads_back_to_its_sentence(workspace: Workspace) -> None:
    [hit] = workspace.find_scenes("cat under sofa").hits
    shown = workspace.show(hit.record)
    assert shown.text == hit.text and shown.kind == hit.kind == "scene"
    assert (hit.title, hit.start) == ("room.txt", len("A lamp is on the table. "))


def test_sources_narrow_a_question(workspace: Workspace) -> None:
    inside = workspace.find_sources(["garden.txt"])
    assert texts(workspace, "lamp", source_ids=inside) == []
    assert texts(workspace, "ladder", source_ids=inside) == ["A ladder leans against the oak tree."]


def test_a_drawing_finds_what_is_arranged_so(workspace: Workspace) -> None:
    drawn = [Label("plant", 0.8, 0.5), Label("animal", 0.3, 0.6)]
    assert texts(workspace, drawn=drawn)[0] == "A terrier lies to the left of an oak tree."


def test_scenes_like_a_scene_are_others(workspace: Workspace) -> None:
    [terrier] = workspace.find_scenes("terrier").hits
    like = workspace.find_scenes(like=terrier.record).hits
    assert [hit.text for hit in like] == ["A ladder leans against the oak tree."]


def test_one_question_at_a_time(workspace: Workspace) -> None:
    for wrong in ({}, {"like": "x", "drawn": [Label("dog", 0.5, 0.5)]}):
        with pytest.raises(WrongUse, match="say one of"):
            workspace.find_scenes(**wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="no scene"):
        workspace.find_scenes(like="scene-that-is-not-there")


def test_scenes_are_listed_and_counted_by_a_thing_and_a_relation(workspace: Workspace) -> None:
    assert workspace.count_scenes() == 5
    assert [one.scene.text for one in workspace.scenes("animal", "under")] == ["A cat sleeps under the sofa."]
    assert workspace.count_scenes("tree") == 2
    assert {term.name for term in workspace.scene_nouns()} >= {"terrier", "oak tree", "sofa"}
    assert {term.name for term in workspace.scene_predicates()} >= {"left_of", "under", "on"}


def test_a_sentence_with_a_scene_has_a_picture(workspace: Workspace) -> None:
    [hit] = workspace.find_scenes("cat").hits
    segment = workspace.show(hit.record).segment.id
    pictures = workspace.scene_pictures([segment, "seg-none"])
    assert pictures == {segment: workspace.scene_picture(hit.record)}


def test_where_a_thing_might_be_is_drawn_over_the_scene(workspace: Workspace) -> None:
    [hit] = workspace.find_scenes("cat").hits
    for thing in (0, 1):
        root = ET.fromstring(workspace.scene_heat(hit.record, thing))
        heats = [one for one in root.iter() if one.get("class") == "heat"]
        assert [one.get("data-thing") for one in heats] == [str(thing)] and len(heats[0]) > 0
    with pytest.raises(WrongUse, match="no thing 2"):
        workspace.scene_heat(hit.record, 2)


def test_a_label_has_a_picture_or_none(workspace: Workspace) -> None:
    assert ET.fromstring(workspace.thing_picture("terriers")).tag.endswith("svg")
    assert workspace.thing_picture("zoogle") == ""


# --- the command line ---

Run = Callable[..., str]


@pytest.fixture
def run(folder: Path) -> Run:
    def call(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["--workspace", str(folder), "scene", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return call


def test_find_answers_in_the_shape_of_a_search(run: Run) -> None:
    [hit] = json.loads(run("find", "dog left of tree", "--json"))["hits"]
    assert hit["kind"] == "scene" and hit["unit"] == "char" and hit["text"].startswith("A terrier")
    assert "terrier, a kind of dog" in hit["why"] and "stated as" in hit["why"]
    like = json.loads(run("find", "--like", hit["record"], "--json"))["hits"]
    assert [one["text"] for one in like] == ["A ladder leans against the oak tree."]


def test_find_prints_the_hits(run: Run) -> None:
    assert "A cat sleeps under the sofa." in run("find", "cat", "--source", "room.txt")


def test_a_picture_is_printed_or_written(run: Run, tmp_path: Path) -> None:
    [hit] = json.loads(run("find", "cat", "--json"))["hits"]
    target = tmp_path / "cat.svg"
    run("render", hit["record"], "--out", str(target))
    assert ET.fromstring(target.read_text("utf-8")).get("viewBox") == "0 0 500 400"
    assert run("render", hit["record"]).strip() == target.read_text("utf-8")
    told = json.loads(run("render", hit["record"], "--json"))
    assert told == {"record": hit["record"], "path": None, "svg": target.read_text("utf-8")}


@pytest.mark.parametrize("arguments", [("find",), ("find", "cat", "--like", "x")])
def test_find_wants_one_question(run: Run, arguments: tuple[str, ...]) -> None:
    with pytest.raises(WrongUse, match="say what to find"):
        run(*arguments)
