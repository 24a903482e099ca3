import pytest

from midspan.models.scene.heat import heat
from midspan.records import Provenance, SceneArrangement, SceneObject


def scene(text, *things):
    """Things of name, category and x; the text begins at 100 in its source."""
    objects = tuple(
        SceneObject(
            name,
            100 + text.index(name),
            100 + text.index(name) + len(name),
            category,
            "open",
            x,
            0.6,
            0,
            "right",
        )
        for name, category, x in things
    )
    provenance = Provenance("source", "run", "segment", "char", 100, 100 + len(text))
    return SceneArrangement("id", provenance, text, objects, (), 1.0)


@pytest.mark.parametrize("thing", [0, 1])
def test_a_heat_map_is_probabilities_across_and_down(thing):
    found = heat(scene("a cup is on a desk", ("cup", "small thing", 0.5), ("desk", "furniture", 0.5)), thing)
    assert found.x.shape == (25,) and found.y.shape == (20,)
    assert found.x.sum() == pytest.approx(1, abs=1e-5) and found.y.sum() == pytest.approx(1, abs=1e-5)
    assert (found.x >= 0).all() and (found.y >= 0).all()


def test_it_follows_what_is_said():
    def means(said):
        things = ("monkey", "animal", 0.5), ("wagon", "vehicle", 0.5)
        found = heat(scene(f"A monkey is {said} a wagon.", *things), 0)
        return float((found.x * range(25)).sum()), float((found.y * range(20)).sum())

    assert means("to the left of")[0] < means("to the right of")[0] - 1
    assert means("above")[1] < means("below")[1] - 1


def test_there_is_no_heat_of_no_thing():
    with pytest.raises(IndexError, match="1 things"):
        heat(scene("a cup", ("cup", "small thing", 0.5)), 1)
