import xml.etree.ElementTree as ET

import numpy as np

from midspan.models.scene.heat_map import heat_map
from midspan.records import Provenance, SceneArrangement, SceneObject

SVG = "{http://www.w3.org/2000/svg}"


def drawn(x, y):
    cup = SceneObject("cup", 0, 3, "small thing", "open", 0.5, 0.5, 0, "right")
    scene = SceneArrangement("s", Provenance("a", "b", "c", "char", 0, 3), "cup", (cup,), (), 1.0)
    root = ET.fromstring(heat_map(scene, 0, np.array(x, np.float32), np.array(y, np.float32)))
    (heat,) = (group for group in root.iter(f"{SVG}g") if group.get("class") == "heat")
    return [{name: float(cell.get(name)) for name in ("x", "y", "fill-opacity")} for cell in heat]


def one_at(index, bins):
    found = np.zeros(bins)
    found[index] = 1.0
    return found


def test_a_sure_place_is_one_cell_of_the_canvas():
    """The fourth of 25 columns of 20 pixels, the last of 20 rows of 20 pixels."""
    assert drawn(one_at(3, 25), one_at(19, 20)) == [{"x": 60.0, "y": 380.0, "fill-opacity": 0.75}]


def test_a_cell_is_as_strong_as_its_share_of_the_strongest():
    x = one_at(0, 25) * 0.75 + one_at(24, 25) * 0.25
    assert [(cell["x"], cell["fill-opacity"]) for cell in drawn(x, one_at(0, 20))] == [
        (0.0, 0.75),
        (480.0, 0.25),
    ]


def test_what_is_all_but_impossible_is_not_drawn():
    x = one_at(0, 25) * 0.999 + one_at(24, 25) * 0.001
    assert len(drawn(x, one_at(0, 20))) == 1
