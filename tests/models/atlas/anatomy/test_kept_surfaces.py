import numpy as np
import pytest

from midspan.models.atlas.anatomy.atlas import Atlas, Structure
from midspan.models.atlas.anatomy.kept_surfaces import surfaces_of
from midspan.models.atlas.anatomy.volume import LabelVolume


def cube(edge=6, organ="liver"):
    labels = np.zeros((12, 12, 12), dtype=np.uint16)
    labels[2 : 2 + edge, 2:8, 2:8] = 1
    return Atlas("cube", [Structure(1, organ, organ)], LabelVolume(labels, (0.0, 0.0, 0.0), 2.0))


def same(some, others):
    return [one.organ for one in some] == [one.organ for one in others] and all(
        np.array_equal(one.vertices, other.vertices) and np.array_equal(one.triangles, other.triangles)
        for one, other in zip(some, others, strict=True)
    )


@pytest.fixture
def made(monkeypatch):
    """How often surfaces were made, by organ."""
    from midspan.models.atlas.anatomy import surface

    calls, real = [], surface.surface

    def counting(volume, organ, labels):
        calls.append(organ)
        return real(volume, organ, labels)

    monkeypatch.setattr(surface, "surface", counting)
    return calls


def test_surfaces_are_made_once_and_come_back_equal(tmp_path, made):
    first = surfaces_of(cube(), tmp_path / "atlases")
    assert same(surfaces_of(cube(), tmp_path / "atlases"), first)
    assert made == ["liver"]
    assert [path.suffix for path in (tmp_path / "atlases").iterdir()] == [".npz"]


@pytest.mark.parametrize("other", [cube(edge=7), cube(organ="spleen")])
def test_another_volume_or_table_is_made_for_itself(tmp_path, made, other):
    first = surfaces_of(cube(), tmp_path)
    assert not same(surfaces_of(other, tmp_path), first)
    assert len(made) == 2


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_file_is_made_anew(tmp_path, made, damage):
    first = surfaces_of(cube(), tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:300] if damage is None else damage)
    assert same(surfaces_of(cube(), tmp_path), first)
    assert same(surfaces_of(cube(), tmp_path), first)
    assert made == ["liver", "liver"]


def test_a_folder_that_cannot_be_made_costs_time_only(tmp_path, made):
    (tmp_path / "file").write_text("in the way")
    assert len(surfaces_of(cube(), tmp_path / "file")) == 1
    assert len(surfaces_of(cube(), None)) == 1
