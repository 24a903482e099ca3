import numpy as np
import pytest

from midspan.errors import UnknownName
from midspan.models.atlas.anatomy.atlas import Atlas, Structure
from midspan.models.atlas.anatomy.phantom import ORGANS, PAIRED, PARTS
from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.anatomy.volume import LabelVolume


@pytest.fixture(scope="module")
def blocks():
    """A cube of 5 voxels at the right, one of 3 at the left, and a bar in the middle; 2 mm voxels."""
    labels = np.zeros((20, 10, 10), dtype=np.uint16)
    labels[2:7, 2:7, 2:7] = 1
    labels[14:17, 2:5, 2:5] = 2
    labels[9:11, 1:9, 1] = 3
    structures = (
        Structure(1, "kidney", "kidney", "right"),
        Structure(2, "kidney", "kidney", "left"),
        Structure(3, "aorta", "aorta"),
    )
    return Atlas("blocks", structures, LabelVolume(labels, (-20.0, 0.0, 100.0), 2.0))


def test_names_and_sides(blocks):
    assert blocks.organs == ("kidney", "aorta")
    assert blocks.paired == {"kidney"}
    assert [one.title for one in blocks.structures] == ["right kidney", "left kidney", "aorta"]
    assert [one.label for one in blocks.structures_of("kidney")] == [1, 2]
    assert [one.label for one in blocks.structures_of("kidney", "left")] == [2]
    assert [one.label for one in blocks.structures_of("aorta", "left")] == [3]


def test_unknown_organ_is_refused_with_the_known_ones(blocks):
    with pytest.raises(UnknownName, match="unknown organ 'tail'; known: aorta, kidney"):
        blocks.centre("tail")


def test_what_is_at_a_point(blocks):
    points = [(-12, 8, 108), (10, 6, 106), (-2, 4, 102), (0, 0, 0), (-16.9, 4, 104)]
    assert blocks.organ_at(points) == ["kidney", "kidney", "aorta", None, "kidney"]
    assert blocks.organ_index_at(points).tolist() == [0, 0, 1, -1, 0]
    assert [one.title if one else None for one in blocks.structure_at(points[:3])] == [
        "right kidney", "left kidney", "aorta",
    ]  # fmt: skip


def test_distance_is_to_the_nearest_voxel_centre_and_nothing_inside(blocks):
    # the right kidney's voxel centres reach from x = -16 to -8; the left one's from 8 to 12
    points = np.array([(-12.0, 8.0, 108.0), (-4.0, 8.0, 108.0), (5.0, 6.0, 106.0)])
    assert blocks.distance(points, "kidney").tolist() == [0, 4, 3]
    assert blocks.distance(points, "kidney", "right").tolist() == pytest.approx([0, 4, 13])
    assert blocks.distances(points)[:, 0].tolist() == [0, 4, 3]
    assert blocks.distances(points).shape == (3, 2)


def test_centre_is_the_deepest_voxel_of_the_larger_side(blocks):
    assert blocks.centre("kidney") == (-12, 8, 108)
    assert blocks.centre("kidney", "left") == (10, 6, 106)


def test_box_and_volume_count_whole_voxels(blocks):
    left = blocks.structures_of("kidney", "left")[0]
    assert blocks.box_of(left) == ((7, 3, 103), (13, 9, 109))
    assert blocks.box(["kidney"]) == ((-17, 3, 103), (13, 13, 113))
    assert blocks.volume_mm3(left) == 27 * 8


def test_samples_lie_in_the_organ_and_everywhere_in_it(blocks):
    drawn = blocks.sample("kidney", 4000, np.random.default_rng(1))
    assert set(blocks.organ_at(drawn)) == {"kidney"}
    assert np.mean(drawn[:, 0] < 0) == pytest.approx(125 / 152, abs=0.03)
    assert set(blocks.organ_at(blocks.sample("kidney", 50, np.random.default_rng(1), "left"))) == {"kidney"}
    assert np.allclose(drawn, blocks.sample("kidney", 4000, np.random.default_rng(1)))


def test_points_are_bounded_and_the_same_on_each_call(blocks):
    assert len(blocks.points("kidney")) == 152
    few = blocks.points("kidney", limit=10)
    assert len(few) == 10 and np.array_equal(few, blocks.points("kidney", limit=10))
    assert set(blocks.organ_at(few)) == {"kidney"}


def test_points_of_the_body_lie_between_the_organs(blocks):
    points = blocks.sample_body(500, np.random.default_rng(2))
    low, high = blocks.box(blocks.organs)
    assert points.shape == (500, 3)
    assert np.all(points >= low) and np.all(points <= high)
    assert {"kidney", "aorta", None} >= set(blocks.organ_at(points)) > {None}


def test_labels_without_a_structure_are_refused(blocks):
    with pytest.raises(ValueError, match="labels of the volume and of the table"):
        Atlas("x", blocks.structures[:2], blocks.volume)


# --- the phantom ---


def test_the_phantom_has_all_its_organs_with_sides():
    atlas = phantom_atlas()
    assert atlas.organs == ORGANS and atlas.paired == PAIRED
    assert {(one.name, one.side) for one in atlas.structures} == {
        (part.name, part.side) for part in PARTS if part.organ
    }


@pytest.mark.parametrize("structure", phantom_atlas().structures, ids=lambda one: one.title)
def test_voxels_have_the_published_volume(structure):
    part = next(part for part in PARTS if (part.name, part.side) == (structure.name, structure.side))
    assert phantom_atlas().volume_mm3(structure) / 1000 == pytest.approx(part.reference_cm3, rel=0.05)


@pytest.mark.parametrize("organ", ORGANS)
def test_centre_lies_in_its_organ(organ):
    atlas = phantom_atlas()
    assert atlas.organ_at(atlas.centre(organ)) == [organ]
    for side in ("left", "right"):
        assert atlas.organ_at(atlas.centre(organ, side)) == [organ]
        if organ in PAIRED:
            assert (atlas.centre(organ, side)[0] > 0) == (side == "left")


def test_mirrored_organs_have_mirrored_centres():
    atlas = phantom_atlas()
    for organ in PAIRED - {"lung"}:
        x, y, z = atlas.centre(organ, "left")
        assert atlas.centre(organ, "right") == pytest.approx((-x, y, z))


def test_distances_of_known_places():
    atlas = phantom_atlas()
    heart, brain = atlas.centre("heart"), atlas.centre("brain")
    assert atlas.distance(heart, "heart") == [0]
    assert 200 < atlas.distance(heart, "brain")[0] < 400
    assert atlas.distance([heart, brain], "lung")[0] < 60 < atlas.distance([heart, brain], "lung")[1]
