import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from midspan.models.scene.lexicon import NAMED
from midspan.models.scene.render import render
from midspan.records import Provenance, SceneArrangement, SceneObject, SceneRelation

SVG = "{http://www.w3.org/2000/svg}"


def scene(*objects, relations=(), text="A scene."):
    place = Provenance("source", "run", "segment", "char", 0, 8)
    return SceneArrangement("scene-1", place, text, objects, relations, 1.0)


def thing(surface, category, x=0.5, y=0.5, depth=0, facing="right"):
    return SceneObject(surface, 0, 1, category, "lexicon", x, y, depth, facing)


@settings(deadline=None)
@given(st.text(), st.sampled_from(sorted(NAMED)), st.sampled_from(["left", "right"]), st.integers(0, 2))
def test_any_label_gives_well_formed_svg(surface, category, facing, depth):
    root = ET.fromstring(render(scene(thing(surface, category, depth=depth, facing=facing), text=surface)))
    assert root.get("viewBox") == "0 0 500 400"


def test_labels_are_escaped():
    svg = render(scene(thing("<script>alert(1)</script>", "dog")))
    assert "<script" not in svg
    assert ET.fromstring(svg).find(f"{SVG}text").text == "<script>alert(1)</script>"


def test_far_things_are_drawn_first():
    svg = render(scene(thing("near", "dog", depth=0), thing("far", "dog", depth=2)))
    assert [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")] == ["far", "near"]


def test_only_unsatisfied_relations_are_marked():
    cup, table = thing("cup", "small thing"), thing("table", "table")
    good = SceneRelation(0, "on", 1, "on", True, True)
    bad = SceneRelation(0, "left_of", 1, "left of", True, False)
    root = ET.fromstring(render(scene(cup, table, relations=(good, bad))))
    (line,) = root.iter(f"{SVG}line")
    assert line.find(f"{SVG}title").text == "not satisfied: left of"


def test_facing_left_mirrors_the_shape():
    assert "scale(-" in render(scene(thing("dog", "dog", facing="left")))
    assert "scale(-" not in render(scene(thing("dog", "dog", facing="right")))


def test_same_scene_gives_the_same_text():
    one = scene(thing("cup", "small thing"), thing("table", "table"))
    assert render(one) == render(one)


def test_the_backdrop_is_neutral_unless_the_text_says_where():
    without = render(scene(thing("cup", "small thing")))
    assert "#c6dfb0" not in without and "#cfe3f5" not in without
    assert "#c6dfb0" in render(scene(thing("cup", "small thing"), thing("lawn", "place")))
    assert "#cfe3f5" in render(scene(thing("sky", "high place")))


def test_what_is_in_a_thing_is_drawn_after_it():
    key, box = thing("key", "small thing"), thing("box", "small thing")
    inside = SceneRelation(0, "inside", 1, "in", True, True)
    svg = render(scene(key, box, relations=(inside,)))
    assert [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")] == ["box", "key"]


def test_a_place_in_the_picture_that_is_missed_is_marked():
    missed = SceneRelation(0, "at_left", 0, "on the left", True, False)
    root = ET.fromstring(render(scene(thing("cup", "small thing"), relations=(missed,))))
    assert root.find(f"{SVG}circle/{SVG}title").text == "not satisfied: at left"
