import gzip
import tracemalloc

import nibabel as nib
import numpy as np
import pytest

from midspan.errors import BadAtlas, UnknownName
from midspan.models.atlas.anatomy.atlas import Structure
from midspan.models.atlas.anatomy.importing import read_atlas
from midspan.models.atlas.anatomy.label_table import preset, read_table, with_aliases

TABLE = (
    Structure(1, "liver", "liver"),
    Structure(2, "kidney", "kidney", "left"),
    Structure(3, "kidney", "kidney", "right"),
)


def boxes(shape=(30, 20, 20), dtype=np.uint8):
    """Liver at the right of the body (low x in RAS is left, so high x), kidneys below it."""
    labels = np.zeros(shape, dtype=dtype)
    labels[18:28, 5:15, 10:18] = 1
    labels[4:8, 4:8, 2:8] = 2
    labels[20:24, 4:8, 2:8] = 3
    return labels


def write(path, labels, affine=None):
    placed = np.diag([3.0, 3.0, 3.0, 1.0]) if affine is None else affine
    nib.save(nib.Nifti1Image(labels, placed, dtype=labels.dtype), path)
    return path


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "labels.nii.gz", boxes())


def test_ras_becomes_lps(file):
    """The voxel (i, j, k) stands at RAS (3i, 3j, 3k), so at LPS (-3i, -3j, 3k)."""
    imported = read_atlas(file, TABLE, "mine")
    atlas = imported.atlas
    assert imported.shape == (30, 20, 20) and imported.warnings == ()
    assert np.array_equal(imported.affine, np.diag([-3.0, -3.0, 3.0, 1.0]))
    assert atlas.organs == ("liver", "kidney") and atlas.name == "mine"
    assert atlas.volume.pitch_mm == 3.0
    # voxel 22.5, 9.5, 13.5 is the liver's middle
    assert atlas.centre("liver") == pytest.approx((-67.5, -28.5, 40.5), abs=1.6)
    assert atlas.organ_at([(-67.5, -28.5, 40.5)]) == ["liver"]
    assert atlas.box(["liver"]) == ((-82.5, -43.5, 28.5), (-52.5, -13.5, 52.5))


@pytest.mark.parametrize("spacing", [1.0, 1.5, 2.0, 2.7, 4.0, 6.0])
def test_volumes_and_places_survive_resampling(tmp_path, spacing):
    """A ball of 30 mm radius at LPS (10, -20, 400), whatever the file's voxels are like."""
    half = int(36 / spacing)
    axis = np.arange(-half, half + 1) * spacing
    distance = np.sqrt(sum(part**2 for part in np.meshgrid(axis, axis, axis, indexing="ij")))
    affine = np.diag([spacing, spacing, spacing, 1.0])
    affine[:3, 3] = np.array([-10, 20, 400]) - half * spacing
    path = write(tmp_path / "ball.nii", (distance <= 30).astype(np.int16), affine)
    atlas = read_atlas(path, TABLE, "ball").atlas
    assert 2 <= atlas.volume.pitch_mm <= 4
    assert atlas.centre("liver") == pytest.approx((10, -20, 400), abs=spacing + 2)
    assert atlas.volume_mm3(atlas.structures[0]) == pytest.approx(
        (distance <= 30).sum() * spacing**3, rel=0.08
    )


def test_an_oblique_volume_lies_where_its_affine_says(tmp_path):
    turn = np.deg2rad(30)
    affine = np.array(
        [
            [3 * np.cos(turn), -3 * np.sin(turn), 0, 50],
            [3 * np.sin(turn), 3 * np.cos(turn), 0, -20],
            [0, 0, 3, 10],
            [0, 0, 0, 1],
        ]
    )
    atlas = read_atlas(write(tmp_path / "oblique.nii", boxes(), affine), TABLE, "oblique").atlas
    for index, organ in (((22, 9, 13), "liver"), ((21, 5, 4), "kidney"), ((5, 5, 4), "kidney")):
        right, anterior, up, _ = affine @ [*index, 1]
        assert atlas.organ_at([(-right, -anterior, up)]) == [organ]
    assert atlas.volume_mm3(atlas.structures[0]) == pytest.approx(800 * 27, rel=0.05)


def test_flipped_axes_keep_left_and_right(tmp_path):
    """The same body stored from left to right instead."""
    straight = read_atlas(write(tmp_path / "a.nii", boxes()), TABLE, "a").atlas
    affine = np.diag([-3.0, 3.0, 3.0, 1.0])
    affine[0, 3] = 29 * 3
    flipped = read_atlas(write(tmp_path / "b.nii", boxes()[::-1], affine), TABLE, "b").atlas
    for side in ("left", "right"):
        assert flipped.centre("kidney", side) == straight.centre("kidney", side)
    assert straight.centre("kidney", "left")[0] > straight.centre("kidney", "right")[0]


def test_structures_that_do_not_occur_are_left_out(tmp_path):
    labels = boxes()
    labels[labels == 2] = 0
    atlas = read_atlas(write(tmp_path / "x.nii", labels), TABLE, "x").atlas
    assert [one.title for one in atlas.structures] == ["liver", "right kidney"]


# --- refusals ---


def test_label_that_is_not_in_the_table(tmp_path):
    labels = boxes()
    labels[0, 0, :2] = (7, 9)
    with pytest.raises(BadAtlas, match=r"labels that its table does not name: 7, 9; add them"):
        read_atlas(write(tmp_path / "x.nii.gz", labels), TABLE, "x")


def test_unknown_label_on_a_voxel_that_would_be_thinned_out(tmp_path):
    labels = np.repeat(np.repeat(np.repeat(boxes(), 4, 0), 4, 1), 4, 2)
    labels[1, 1, 1] = 99
    with pytest.raises(BadAtlas, match="does not name: 99"):
        read_atlas(write(tmp_path / "x.nii", labels, np.diag([0.75, 0.75, 0.75, 1.0])), TABLE, "x")


def test_affine_that_cannot_be_inverted(tmp_path):
    affine = np.diag([3.0, 3.0, 3.0, 1.0])
    affine[2] = 0
    path = write(tmp_path / "x.nii", boxes(), np.diag([3.0, 3.0, 3.0, 1.0]))
    image = nib.load(path)
    image.header["srow_z"] = 0
    image.header["qform_code"] = 0
    nib.save(nib.Nifti1Image(boxes(), None, image.header), path)
    with pytest.raises(BadAtlas, match="the affine cannot be inverted"):
        read_atlas(path, TABLE, "x")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_labels(tmp_path, dtype):
    with pytest.raises(BadAtlas, match=r"holds float\d\d; labels are whole numbers"):
        read_atlas(write(tmp_path / "x.nii", boxes(dtype=dtype)), TABLE, "x")


def test_scaled_labels(tmp_path):
    path = tmp_path / "x.nii"
    image = nib.Nifti1Image(boxes(), np.eye(4))
    image.header.set_slope_inter(0.5, 1)
    nib.save(image, path)
    with pytest.raises(BadAtlas, match="holds scaled numbers"):
        read_atlas(path, TABLE, "x")


@pytest.mark.parametrize("shape", [(10, 10), (10, 10, 10, 2)])
def test_wrong_number_of_dimensions(tmp_path, shape):
    with pytest.raises(BadAtlas, match=r"dimensions .* a label volume has 3"):
        read_atlas(write(tmp_path / "x.nii", np.ones(shape, np.uint8)), TABLE, "x")


@pytest.mark.parametrize("share", [0.999, 0.7, 0.3])
def test_truncated_gzip(tmp_path, share):
    noisy = np.random.default_rng(0).integers(0, 4, (40, 40, 40)).astype(np.uint8)
    whole = write(tmp_path / "whole.nii.gz", noisy).read_bytes()
    cut = tmp_path / "cut.nii.gz"
    cut.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadAtlas, match=r"cut off|cannot be read"):
        read_atlas(cut, TABLE, "x")


def test_gzip_with_damaged_bytes(tmp_path):
    noisy = np.random.default_rng(0).integers(0, 4, (40, 40, 40)).astype(np.uint8)
    damaged = bytearray(write(tmp_path / "whole.nii.gz", noisy).read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 50] = bytes(50)
    path = tmp_path / "damaged.nii.gz"
    path.write_bytes(damaged)
    with pytest.raises(BadAtlas, match="damaged or cut off"):
        read_atlas(path, TABLE, "x")


def test_not_nifti_at_all(tmp_path):
    path = tmp_path / "x.nii.gz"
    path.write_bytes(gzip.compress(b"no volume"))
    with pytest.raises(BadAtlas, match="cannot be read as NIfTI"):
        read_atlas(path, TABLE, "x")
    with pytest.raises(BadAtlas, match="is not a file"):
        read_atlas(tmp_path / "missing.nii", TABLE, "x")


def test_empty_volume(tmp_path):
    with pytest.raises(BadAtlas, match="is empty: every voxel is 0"):
        read_atlas(write(tmp_path / "x.nii", np.zeros((5, 5, 5), np.uint8)), TABLE, "x")


def test_negative_and_far_too_large_labels(tmp_path):
    for value in (-3, 70000):
        labels = boxes(dtype=np.int32)
        labels[0, 0, 0] = value
        with pytest.raises(BadAtlas, match=f"has the label {value}; expected 0 to 65535"):
            read_atlas(write(tmp_path / "x.nii", labels), TABLE, "x")


def test_other_units_than_millimetres(tmp_path):
    image = nib.Nifti1Image(boxes(), np.eye(4))
    image.header.set_xyzt_units("meter")
    nib.save(image, tmp_path / "x.nii")
    with pytest.raises(BadAtlas, match="counts in meter; expected mm"):
        read_atlas(tmp_path / "x.nii", TABLE, "x")


def test_header_that_claims_a_huge_volume_is_refused_before_it_is_read(tmp_path):
    path = write(tmp_path / "x.nii", boxes())
    data = bytearray(path.read_bytes())
    data[42:48] = np.array([32000, 32000, 32000], dtype="<i2").tobytes()
    path.write_bytes(data)
    tracemalloc.start()
    with pytest.raises(BadAtlas, match=r"too many to read|would need"):
        read_atlas(path, TABLE, "x")
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


def test_memory_is_bounded_by_the_grid_and_not_by_the_file(tmp_path):
    """77 MB of labels at 0.5 mm give a grid of a few MB."""
    labels = np.zeros((240, 200, 200), dtype=np.int64)
    labels[20:200, 20:180, 20:180] = 1
    path = write(tmp_path / "fine.nii.gz", labels, np.diag([0.5, 0.5, 0.5, 1.0]))
    del labels
    tracemalloc.start()
    atlas = read_atlas(path, TABLE, "fine").atlas
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert atlas.volume_mm3(atlas.structures[0]) == pytest.approx(90 * 80 * 80, rel=0.08)
    assert peak < 77e6 / 4


def test_small_structures_are_warned_of_and_lost_ones_left_out(tmp_path):
    labels = boxes()
    labels[labels == 2] = 0
    labels[4, 4, 4] = 2
    imported = read_atlas(write(tmp_path / "x.nii", labels), TABLE, "x")
    assert imported.warnings == ("left kidney (label 2) has only 1 voxels at 3 mm",)
    fine = np.zeros((40, 40, 40), np.uint8)
    fine[4:30, 4:30, 4:30] = 1
    fine[33, 33, 33] = 2
    lost = read_atlas(write(tmp_path / "y.nii", fine, np.diag([0.5, 0.5, 0.5, 1.0])), TABLE, "y")
    assert lost.warnings == ("left kidney (label 2) is lost at 2 mm",)
    assert lost.atlas.organs == ("liver",)


def test_volume_without_orientation_is_warned_of(tmp_path):
    image = nib.Nifti1Image(boxes(), None)
    image.header["sform_code"] = image.header["qform_code"] = 0
    nib.save(image, tmp_path / "x.nii")
    assert "does not say how it is oriented" in read_atlas(tmp_path / "x.nii", TABLE, "x").warnings[0]


# --- tables ---


def test_table_with_all_columns(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(
        "label,name,laterality,group,aliases,snomed,uberon\n"
        "4,upper lobe,Left,lung,left upper lobe|lingula,45653009,UBERON:0008952\n5,aorta,,,,,\n"
    )
    lobe, aorta = read_table(path)
    assert lobe == Structure(
        4, "upper lobe", "lung", "left", ("left upper lobe", "lingula"), "45653009", "UBERON:0008952"
    )
    assert aorta == Structure(5, "aorta", "aorta")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("number,name\n1,liver\n", "no column label; expected a header line label,name"),
        ("label,name\n", "has no rows"),
        ("label,name\n0,liver\n", "line 2: a label is a number from 1 to 65535, not '0'"),
        ("label,name\n1.5,liver\n", "not '1.5'"),
        ("label,name\n1,\n", "label 1 has no name"),
        ("label,name\n1,liver\n1,spleen\n", "the same label twice: 1"),
        ("label,name\n1,liver\n2,liver\n", "the same name and laterality twice: liver"),
        ("label,name,laterality\n1,kidney,up\n", "laterality is left, right or empty, not 'up'"),
        ('label,name\n1,"liver\n', "cannot be read as CSV"),
    ],
)
def test_bad_tables_are_refused(tmp_path, text, message):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(BadAtlas, match=message):
        read_table(path)


def test_table_that_is_no_text(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes(b"label,name\n1,\xff\xfe\n")
    with pytest.raises(BadAtlas, match="cannot be read as CSV in UTF-8"):
        read_table(path)


def test_aliases_go_to_structures_and_to_groups(tmp_path):
    path = tmp_path / "aliases.csv"
    path.write_text("name,alias\nliver,hepar\nkidney,ren\nleft kidney,sinister ren\n")
    liver, left, right = with_aliases(TABLE, path)
    assert liver.aliases == ("hepar",)
    assert left.aliases == ("ren", "sinister ren") and right.aliases == ("ren",)
    path.write_text("name,alias\ntail,cauda\n")
    with pytest.raises(BadAtlas, match="line 2: the labels know no 'tail'; known: kidney, liver"):
        with_aliases(TABLE, path)


def test_preset_has_the_117_classes_with_pairs():
    structures = preset("totalsegmentator")
    assert [one.label for one in structures] == list(range(1, 118))
    by_label = {one.label: one for one in structures}
    assert by_label[5].title == "liver" and by_label[90].title == "brain"
    assert by_label[2].title == "right kidney" and by_label[3].title == "left kidney"
    assert by_label[50].title == "vertebra C1" and by_label[27].title == "vertebra L5"
    assert by_label[103].title == "left rib 12" and by_label[104].title == "right rib 1"
    sides = [one.side for one in structures]
    # one more lobe of the lung on the right, the atrial appendage on the left only
    assert sides.count("left") == sides.count("right")
    assert {one.organ for one in structures if "lobe" in one.name} == {"lung"}
    with pytest.raises(UnknownName, match="known: totalsegmentator"):
        preset("other")
