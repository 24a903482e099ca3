"""The phantom's landmarks that ship are those that its voxels give, and spare loading what measures them."""

import subprocess
import sys

import numpy as np
import pytest

from midspan.models.atlas.anatomy import landmarks
from midspan.models.atlas.anatomy.atlas import Atlas, Structure
from midspan.models.atlas.anatomy.landmarks import PHANTOM_FILE, Landmarks
from midspan.models.atlas.anatomy.phantom_atlas import measured_landmarks
from midspan.models.atlas.anatomy.volume import LabelVolume

PLACING = """
import sys
from midspan.models.atlas.anatomy.anatomy import PHANTOM
from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.decoding import distance_table, expected_distance

atlas = phantom_atlas()
shares = [[1 / len(atlas.organs)] * len(atlas.organs)]
distance_table(atlas).least_expected(shares)
for point in (PHANTOM.centre("colon", "", "sigmoid colon"), atlas.centre_of(atlas.structures[0])):
    print(expected_distance(atlas, [point], shares)[0])
print("LOADED", *(name for name in ("scipy", "skimage") if name in sys.modules))
"""


def test_the_file_holds_what_the_voxels_give():
    kept, made = landmarks.read(PHANTOM_FILE), measured_landmarks()
    assert kept.centres_mm == made.centres_mm
    assert kept.distances_mm.keys() == made.distances_mm.keys()
    for point, row in made.distances_mm.items():
        assert kept.distances_mm[point] == pytest.approx(row, abs=1e-5)


def test_reading_gives_what_was_written(tmp_path):
    some = Landmarks({3: (1.0, -2.5, 3.0)}, {(1.0, -2.5, 3.0): (0.0, 4.25), (0.0, 0.0, 0.0): (1e-06, 2.0)})
    landmarks.write(some, tmp_path / "some.json")
    assert landmarks.read(tmp_path / "some.json") == some


def test_an_atlas_answers_from_them_where_all_points_are_known():
    labels = np.zeros((5, 3, 3), dtype=np.uint16)
    labels[1, 1, 1] = 1
    known = Landmarks({}, {(7.0, 0.0, 0.0): (99.0,)})
    atlas = Atlas(
        "one", (Structure(1, "a", "a"),), LabelVolume(labels, (0.0, 0.0, 0.0), 1.0), landmarks=known
    )
    assert atlas.distance([(7, 0, 0)], "a") == [99]
    assert atlas.distance([(7, 0, 0), (3, 1, 1)], "a")[1] == 2  # not all are known: measured


def test_placing_in_the_phantom_loads_nothing_that_measures():
    done = subprocess.run([sys.executable, "-c", PLACING], capture_output=True, text=True, check=True)
    *spreads, loaded = done.stdout.splitlines()
    assert loaded == "LOADED"
    assert len(spreads) == 2
