import numpy as np
import pytest

from midspan.models.atlas.anatomy import phantom
from midspan.models.atlas.anatomy.phantom import ORGANS, PAIRED, PARTS, centre_mm, organ_at, voxelise

TOLERANCE = {"rib": 0.04, "scapula": 0.04}  # thin shells: few samples fall into them
PLAIN = 0.025


@pytest.mark.parametrize(
    "part", [part for part in PARTS if part.reference_cm3], ids=lambda part: f"{part.name} {part.side}"
)
def test_volume_agrees_with_the_published_one(part):
    rng = np.random.default_rng(7)
    low, high = np.array(part.solid.low), np.array(part.solid.high)
    share = part.solid.inside(rng.uniform(low, high, (150_000, 3))).mean()
    assert share * np.prod(high - low) == pytest.approx(
        part.reference_cm3, rel=TOLERANCE.get(part.name, PLAIN)
    )


def test_there_are_22_organs():
    assert len(ORGANS) == 22
    assert {"lung", "kidney", "adrenal gland", "ovary", "testis", "rib cage"} == PAIRED


@pytest.mark.parametrize("organ", ORGANS)
def test_centre_lies_in_its_organ(organ):
    assert organ_at(centre_mm(organ)) == organ


@pytest.mark.parametrize("organ", sorted(PAIRED))
def test_left_has_positive_x_and_right_negative(organ):
    assert centre_mm(organ, "left")[0] > 0 > centre_mm(organ, "right")[0]
    for side in ("left", "right"):
        assert organ_at(centre_mm(organ, side)) == organ


def test_mirror_image_organs_have_mirrored_centres():
    x, y, z = centre_mm("kidney", "left")
    assert centre_mm("kidney", "right") == pytest.approx((-x, y, z))


def test_spine_is_behind_the_heart_and_the_brain_above_it():
    assert centre_mm("spine")[1] > centre_mm("heart")[1]
    assert centre_mm("brain")[2] > centre_mm("heart")[2]


def test_outside_the_body_is_no_organ():
    assert organ_at((0, 500, 0)) is None


def test_unknown_side_is_refused_with_the_organs():
    with pytest.raises(ValueError, match="the atlas has no left liver; organs: brain, "):
        centre_mm("liver", "left")


@pytest.mark.parametrize("name", ["heart", "gallbladder", "clavicle", "sigmoid colon"])
def test_solid_does_not_reach_out_of_its_box(name):
    solid = next(part.solid for part in PARTS if part.name == name)
    points = np.random.default_rng(5).uniform(np.array(solid.low) - 2, np.array(solid.high) + 2, (100_000, 3))
    assert np.array_equal(solid.condition(*points.T), solid.inside(points))


def test_voxels_and_formulas_agree():
    volume = voxelise(4.0)
    solids = [part for part in PARTS if part.organ]
    cells = np.random.default_rng(3).integers(0, volume.labels.shape, (2000, 3))
    points = volume.positions(cells)
    for point, label in zip(points, volume.at(points), strict=True):
        assert organ_at(tuple(point)) == (solids[label - 1].organ if label else None)


def test_body_holds_the_inner_organs():
    for organ in set(ORGANS) - {"testis"}:
        assert phantom.BODY.inside(np.array([centre_mm(organ)]) / 10)[0]
