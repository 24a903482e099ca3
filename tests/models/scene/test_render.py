import xml.etree.ElementTree as ET
from dataclasses import replace

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
    """Icons of animals look to the left, the shapes of our own to the right."""
    assert "scale(-" not in render(scene(thing("dog", "dog", facing="left")))
    assert "scale(-" in render(scene(thing("dog", "dog", facing="right")))
    assert "scale(-" in render(scene(thing("mug", "small thing", facing="left")))
    assert "scale(-" not in render(scene(thing("mug", "small thing", facing="right")))


def test_a_kind_of_a_thing_is_drawn_as_the_thing():
    terrier, dog = (render(scene(thing(name, "animal"))) for name in ("terrier", "dog"))
    assert terrier.replace("terrier", "dog") == dog


def test_what_has_no_picture_is_a_tile_with_its_label_in_it():
    root = ET.fromstring(render(scene(thing("zoogle", "large thing", x=0.5, y=0.5))))
    (label,) = root.iter(f"{SVG}text")
    assert label.text == "zoogle" and abs(float(label.get("y")) - 200) < 10


def test_the_box_that_was_kept_is_drawn():
    """A tile is as large as its box."""
    tile = replace(thing("zoogle", "large thing"), width=0.2, height=0.1)
    assert "scale(1 0.4)" in render(scene(tile))


def test_a_place_that_a_model_chose_has_a_ring_as_strong_as_it_is_sure():
    root = ET.fromstring(render(scene(replace(thing("cup", "small thing"), confidence=0.25))))
    rings = [one for one in root.iter(f"{SVG}ellipse") if one.find(f"{SVG}title") is not None]
    assert [ring.get("stroke-opacity") for ring in rings] == ["0.25"]
    assert "sure</title>" not in render(scene(thing("cup", "small thing")))


def test_labels_do_not_cover_each_other():
    things = [thing("a long label here", "small thing", x=0.5, y=0.5) for _ in range(4)]
    root = ET.fromstring(render(scene(*things)))
    heights = [float(text.get("y")) for text in root.iter(f"{SVG}text")]
    assert len(set(heights)) == 4


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
