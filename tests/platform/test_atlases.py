"""Atlases side by side, and what stands near what in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydantic import SecretStr

from midspan import Workspace
from midspan.db.migrate import upgrade
from midspan.errors import BadAtlas, ReadOnlyWorkspace, UnknownName, WrongUse
from midspan.platform.atlases import PHANTOM
from midspan.platform.parts import Parts
from midspan.platform.settings import Settings
from services.postgres import Postgres

TEXT = (
    "The pain sat in the liver. A stone lay in the left kidney. Her right kidney was small. "
    "The heart was large. The aorta was calcified. There was no disease of the spleen.\n"
)
TABLE = "label,name,laterality,group,aliases\n1,liver,,,\n2,kidney,left,,\n3,kidney,right,,\n4,aorta,,,\n"


def write_volume(folder: Path, name: str = "torso") -> tuple[Path, Path]:
    """Boxes of 3 mm voxels; in RAS the body's right is at high x."""
    labels = np.zeros((40, 20, 40), dtype=np.uint8)
    labels[24:36, 4:14, 22:32] = 1
    labels[6:10, 4:8, 10:16] = 2
    labels[28:32, 4:8, 10:16] = 3
    labels[18:21, 8:11, 4:36] = 4
    volume, table = folder / f"{name}.nii.gz", folder / f"{name}.csv"
    nib.save(nib.Nifti1Image(labels, np.diag([3.0, 3.0, 3.0, 1.0])), volume)
    table.write_text(TABLE)
    return volume, table


@contextmanager
def settings(request: pytest.FixtureRequest, folder: Path, kind: str) -> Iterator[Settings]:
    """Of a workspace whose records lie in a new database of this kind."""
    if kind == "sqlite":
        yield Settings(workspace=folder)
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"atlases_{uuid.uuid4().hex[:12]}"
    with server.connect() as admin:
        admin.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    with pytest.MonkeyPatch.context() as patch:  # for a worker that is started on demand, too
        patch.setenv("MIDSPAN_DATABASE_URL", server.database_url(name))
        yield Settings(workspace=folder, database_url=SecretStr(server.database_url(name)))
    with server.connect() as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A text, placed in the phantom, then a torso, imported, in which it is placed as well."""
    folder = tmp_path_factory.mktemp("atlases")
    (folder / "note.txt").write_text(TEXT)
    (folder / "workspace").mkdir()
    with (
        settings(request, folder / "workspace", request.param) as found,
        Workspace(Parts(found)) as workspace,
    ):
        upgrade(workspace.parts.database_url)
        report = workspace.ingest([folder / "note.txt"], stages=["atlas"])
        assert report.ok, report.failures
        view, warnings = workspace.import_atlas(*write_volume(folder), licence="ours")
        assert (view.name, view.licence, view.places, warnings) == ("torso", "ours", 0, ())
        again = workspace.ingest([folder / "note.txt"], stages=["atlas"])
        assert again.ok, again.failures
        yield workspace


def texts(found: list) -> list[str]:  # type: ignore[type-arg]
    return [one.place.grounding.text for one in found]


def test_atlases_stand_side_by_side(read: Workspace) -> None:
    phantom, torso = read.atlases()
    assert (phantom.name, phantom.kind, len(phantom.organs)) == ("mird-adult", "phantom", 22)
    assert torso.organs == {"liver": 1, "kidney": 2, "aorta": 1}
    assert (phantom.places, torso.places) == (4, 4)


def test_each_atlas_has_its_own_points_of_the_same_sentence(read: Workspace) -> None:
    """The heart is only in the phantom, the aorta only in the torso."""
    here = {one.grounding.text: one.grounding for one in read.places()}
    there = {one.grounding.text: one.grounding for one in read.places(atlas="torso")}
    assert set(here) ^ set(there) == {"The heart was large.", "The aorta was calcified."}
    for name, groundings in (("mird-adult", here), ("torso", there)):
        atlas = read.atlas(name)
        for one in groundings.values():
            assert one.atlas == name
            assert atlas.organ_at([(one.x_mm, one.y_mm, one.z_mm)]) == [one.organ]


def test_ingesting_again_places_nothing_twice(read: Workspace, tmp_path: Path) -> None:
    before = read.counts()
    (path,) = read.sources()[0].paths
    assert read.ingest([path], stages=["atlas"]).unchanged == 1
    assert read.counts() == before


def test_near_an_organ_is_within_the_radius_of_its_surface(read: Workspace) -> None:
    """In the torso the right kidney's centre lies 27 mm under the liver, the aorta's further off."""
    atlas = read.atlas("torso")
    for radius in (0.0, 10.0, 30.0, 60.0, 500.0):
        found = read.near(organ="liver", radius_mm=radius, atlas="torso")
        expected = sorted(
            (float(atlas.distance([(g.x_mm, g.y_mm, g.z_mm)], "liver")[0]), g.id)
            for g in (one.grounding for one in read.places(atlas="torso"))
        )
        assert [(one.distance_mm, one.place.grounding.id) for one in found] == [
            pair for pair in expected if pair[0] <= radius
        ]
    assert texts(read.near(organ="liver", radius_mm=0, atlas="torso")) == ["The pain sat in the liver."]


def test_inside_an_organ_and_on_one_side_of_it(read: Workspace) -> None:
    assert sorted(texts(read.near(inside="kidney"))) == [
        "A stone lay in the left kidney.",
        "Her right kidney was small.",
    ]
    assert texts(read.near(inside="kidney", side="left")) == ["A stone lay in the left kidney."]
    assert texts(read.near(inside="kidney", side="right", atlas="torso")) == ["Her right kidney was small."]
    assert read.near(inside="spleen") == []


def test_an_atlas_is_removed_with_what_was_placed_in_it(read: Workspace, tmp_path: Path) -> None:
    """Another one than the other tests', imported and removed again."""
    before, here = read.counts(), texts(read.near(organ="liver", atlas="torso"))
    volume, table = write_volume(tmp_path, "spare")
    read.import_atlas(volume, table)
    (path,) = read.sources()[0].paths
    assert read.ingest([path], stages=["atlas"]).ok
    assert len(read.places(atlas="spare")) == 4
    waiting = read.submit([path])
    with pytest.raises(WrongUse, match=f"job {waiting} may still place"):
        read.remove_atlas("spare")
    read.cancel(waiting)
    assert read.remove_atlas("spare") == 4
    assert [one.name for one in read.atlases()] == ["mird-adult", "torso"]
    assert read.counts() == before and texts(read.near(organ="liver", atlas="torso")) == here
    with pytest.raises(UnknownName, match="spare"):
        read.remove_atlas("spare")
    with pytest.raises(WrongUse, match="part of midspan"):
        read.remove_atlas(PHANTOM)


def test_near_a_point_are_the_nearest_first(read: Workspace) -> None:
    point = read.atlas().centre("heart")
    found = read.near(point=point)
    assert texts(found)[0] == "The heart was large."
    assert [one.distance_mm for one in found] == sorted(one.distance_mm for one in found)
    assert len(found) == 4
    assert texts(read.near(point=point, limit=1)) == ["The heart was large."]
    assert texts(read.near(point=point, radius_mm=10)) == ["The heart was large."]


def test_a_near_sentence_leads_to_its_words_and_file(read: Workspace) -> None:
    (one,) = read.near(inside="heart")
    start, end = one.place.mention
    assert one.place.grounding.text[start:end] == "heart"
    assert one.place.title == "note.txt" and one.place.path.endswith("note.txt")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "say one of organ, point and inside"),
        ({"organ": "liver", "inside": "liver"}, "say one of"),
        ({"inside": "liver", "radius_mm": 3}, "not with inside"),
        ({"organ": "liver", "radius_mm": -1}, "a radius is 0 mm or more"),
        ({"organ": "liver", "radius_mm": float("nan")}, "a radius is 0 mm or more"),
        ({"point": (1, 2)}, "a point has three numbers"),
        ({"point": (float("nan"), 0, 0)}, "finite"),
    ],
)
def test_questions_without_sense_are_refused(read: Workspace, asked: dict, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(WrongUse, match=message):
        read.near(**asked)


def test_unknown_names_are_refused_with_the_known_ones(read: Workspace) -> None:
    with pytest.raises(UnknownName, match="unknown atlas 'x'; known: mird-adult, torso"):
        read.near(organ="liver", atlas="x")
    with pytest.raises(UnknownName, match="unknown organ 'aorta'; known: adrenal gland"):
        read.near(organ="aorta")


def test_a_typed_sentence_is_placed_in_any_atlas(read: Workspace) -> None:
    text = "A stone lay in the left kidney."
    for name in ("mird-adult", "torso"):
        placed = read.place(text, name)
        assert placed.as_json().keys() == {
            "organ", "probability", "point_mm", "spread_mm", "organs", "atlas",
        }  # fmt: skip
        assert (placed.organ, placed.laterality, placed.atlas, placed.named) == ("kidney", "left", name, True)
        assert read.atlas(name).organ_at([placed.point_mm]) == ["kidney"]
    nowhere = read.place("The committee met on Tuesday.")
    assert (nowhere.organ, nowhere.point_mm, nowhere.spread_mm) == (None, None, None)
    assert nowhere.reason and 0.5 < nowhere.probability <= 1
    with pytest.raises(WrongUse, match="no sentence"):
        read.place("  \n")


def test_importing_the_same_again_is_no_work_and_another_needs_a_name(
    read: Workspace, tmp_path: Path
) -> None:
    volume, table = write_volume(tmp_path)
    before = read.atlases()
    read.import_atlas(volume, table, licence="ours")
    assert read.atlases() == before
    table.write_text(TABLE.replace("aorta", "big vessel"))
    with pytest.raises(WrongUse, match=r"another atlas called 'torso'.*--name"):
        read.import_atlas(volume, table)
    assert read.atlases() == before


@pytest.mark.parametrize("name", ["mird-adult", " ", "a" * 65, "a\nb"])
def test_a_name_must_be_free_and_printable(read: Workspace, tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongUse, match="cannot name an atlas"):
        read.import_atlas(*write_volume(tmp_path), name=name)


def test_a_refused_volume_leaves_no_atlas(read: Workspace, tmp_path: Path) -> None:
    volume, table = write_volume(tmp_path, "broken")
    volume.write_bytes(volume.read_bytes()[:200])
    with pytest.raises(BadAtlas):
        read.import_atlas(volume, table)
    with pytest.raises(WrongUse, match="or a preset, and not both"):
        read.import_atlas(volume)
    assert [view.name for view in read.atlases()] == ["mird-adult", "torso"]


def test_a_workspace_that_cannot_be_written_takes_no_atlas(read: Workspace, tmp_path: Path) -> None:
    reader = Workspace(Parts(read.parts.settings, read_only=True))
    with pytest.raises(ReadOnlyWorkspace):
        reader.import_atlas(*write_volume(tmp_path))
    assert [view.name for view in reader.atlases()] == ["mird-adult", "torso"]
    reader.close()
