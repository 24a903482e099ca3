"""``midspan atlas`` on a real workspace: its JSON, its words and its exit codes."""

import json

import nibabel as nib
import numpy as np
import pytest
from typer.testing import CliRunner

from midspan.errors import MidspanError
from midspan.platform.cli import app

TABLE = "label,name,laterality,group,aliases\n1,liver,,,\n2,kidney,left,,\n3,kidney,right,,\n"
TEXT = "The pain sat in the liver. A stone lay in the left kidney.\n"
NEAR = {
    "record", "text", "organ", "laterality", "named", "probability", "point_mm", "spread_mm",
    "distance_mm", "atlas", "source", "path", "title", "start", "end", "unit",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A note, a volume of three boxes and its table."""
    made = tmp_path_factory.mktemp("atlas")
    labels = np.zeros((40, 20, 40), dtype=np.uint8)
    labels[24:36, 4:14, 22:32] = 1
    labels[6:10, 4:8, 10:16] = 2
    labels[28:29, 4:6, 10:12] = 3
    nib.save(nib.Nifti1Image(labels, np.diag([3.0, 3.0, 3.0, 1.0])), made / "torso.nii.gz")
    (made / "labels.csv").write_text(TABLE)
    (made / "aliases.csv").write_text("name,alias\nliver,hepar\n")
    (made / "note.txt").write_text(TEXT)
    return made


def midspan(folder, *arguments):
    return CliRunner().invoke(app, ["--workspace", str(folder / "workspace"), *map(str, arguments)])


@pytest.fixture(scope="module")
def imported(folder):
    """What importing the volume printed; the note is ingested afterwards."""
    printed = midspan(
        folder,
        *("atlas", "import", folder / "torso.nii.gz", folder / "labels.csv", "--json"),
        *("--aliases", folder / "aliases.csv", "--licence", "ours"),
    )
    assert midspan(folder, "ingest", folder / "note.txt", "--stage", "atlas").exit_code == 0
    return json.loads(printed.stdout)


@pytest.fixture
def run(folder, imported):
    def call(*arguments):
        result = midspan(folder, *arguments)
        if result.exception is not None:
            raise result.exception
        return result

    return call


def test_import_says_what_came_and_warns(imported):
    view, warnings = imported["atlas"], imported["warnings"]
    assert (view["name"], view["licence"], view["pitch_mm"]) == ("torso", "ours", 3.0)
    assert view["organs"] == {"liver": 1, "kidney": 2}
    assert warnings == ["right kidney (label 3) has only 4 voxels at 3 mm"]


def test_ls_lists_the_phantom_first(run):
    views = json.loads(run("atlas", "ls", "--json").stdout)
    assert [view["name"] for view in views] == ["mird-adult", "torso"]
    assert [view["places"] for view in views] == [2, 2]
    words = run("atlas", "ls").stdout
    assert "phantom" in words and "torso" in words


@pytest.mark.parametrize("atlas", [(), ("--atlas", "torso")])
def test_near_an_organ_has_the_fixed_shape(run, folder, atlas):
    printed = run("atlas", "near", "--organ", "liver", "--radius-mm", 0, "--json", *atlas).stdout
    (place,) = json.loads(printed)["places"]
    assert set(place) == NEAR
    assert place["text"] == "The pain sat in the liver." and place["distance_mm"] == 0
    assert place["path"] == str(folder / "note.txt")
    assert TEXT[place["start"] : place["end"]] == "liver"


def test_near_a_point_takes_negative_numbers(run):
    places = json.loads(run("atlas", "near", "--point", -100, 20.5, 400, "--json").stdout)["places"]
    assert len(places) == 2
    assert places[0]["distance_mm"] <= places[1]["distance_mm"]


def test_inside_one_side(run):
    found = run("atlas", "near", "--inside", "kidney", "--side", "left", "--json").stdout
    assert [one["laterality"] for one in json.loads(found)["places"]] == ["left"]
    assert "nothing found" in run("atlas", "near", "--inside", "kidney", "--side", "right").stdout
    assert "A stone lay in the left kidney." in run("atlas", "near", "--inside", "kidney").stdout


def test_what_was_not_placed_is_narrowed_to_a_doubt(tmp_path):
    text = "There is no disease of the spleen. His mother had a large spleen."
    (tmp_path / "note.txt").write_text(text)
    assert midspan(tmp_path, "ingest", tmp_path / "note.txt", "--stage", "atlas").exit_code == 0
    unplaced = ("atlas", "unplaced")
    (one,) = json.loads(midspan(tmp_path, *unplaced, "--only", "family", "--json").stdout)["unplaced"]
    assert one["text"] == "His mother had a large spleen."
    assert (one["family"], one["negated"], one["hypothetical"]) == (True, False, False)
    assert one["reason"].startswith("about a relative")
    assert text[one["start"] : one["end"]] == "spleen"
    words = midspan(tmp_path, *unplaced).stdout
    assert "There is no disease of the spleen." in words and "His mother" in words
    assert "nothing found" in midspan(tmp_path, *unplaced, "--only", "hypothetical").stdout


def test_place_has_the_fixed_shape(run):
    placed = json.loads(run("atlas", "place", "The hepar is large.", "--atlas", "torso", "--json").stdout)
    assert set(placed) == {"organ", "probability", "point_mm", "spread_mm", "organs", "atlas"}
    assert (placed["organ"], placed["atlas"]) == ("liver", "torso")
    assert "not placed" in run("atlas", "place", "There is no disease of the liver.").stdout
    assert "left kidney" in run("atlas", "place", "A stone lay in the left kidney.").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("near",), "say one of organ, point and inside"),
        (("near", "--organ", "tail"), "unknown organ 'tail'"),
        (("near", "--organ", "liver", "--atlas", "x"), "unknown atlas 'x'; known: mird-adult, torso"),
        (("near", "--organ", "liver", "--side", "up"), "`left` or `right`"),
        (("place", " "), "no sentence"),
        (("unplaced", "--only", "likely"), "negated, hypothetical or family"),
        (("import", "x.nii"), "or a preset, and not both"),
        (("import", "x.nii", "--preset", "y"), "unknown preset 'y'; known: totalsegmentator"),
        (("import", "x.nii", "--preset", "totalsegmentator"), "x.nii is not a file"),
    ],
)
def test_wrong_use_is_told(run, arguments, words):
    with pytest.raises(MidspanError, match=words):
        run("atlas", *arguments)


def test_an_atlas_is_removed_when_that_is_confirmed(folder, run):
    run("atlas", "import", folder / "torso.nii.gz", folder / "labels.csv", "--name", "spare")
    refused = midspan(folder, "atlas", "rm", "spare")
    assert refused.exit_code == 1 and "Aborted" in refused.stderr
    assert json.loads(run("atlas", "rm", "spare", "--yes", "--json").stdout) == {
        "removed": "spare",
        "places": 0,
    }
    assert "spare" not in run("atlas", "ls").stdout
