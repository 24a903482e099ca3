import pytest

from midspan.models.scene.data.examples import Example, PlacedRelation, PlacedThing, can_be_mirrored, mirrored
from midspan.models.scene.data.generator import generate
from midspan.models.scene.lexicon import NAMED
from midspan.models.scene.placed import Constraint, Placed, holds

TEXT = "Left of a cup there is a dog on the right."
CUP = PlacedThing("cup", "small thing", (10, 13), (0.75, 0.5, 0.1, 0.11), 0, "right")
DOG = PlacedThing("dog", "dog", (25, 28), (0.7, 0.6, 0.2, 0.22), 0, "left")
EXAMPLE = Example(
    TEXT, (CUP, DOG), (PlacedRelation(1, "left_of", 0), PlacedRelation(1, "at_right", 1)), "test"
)


def test_left_and_right_are_swapped_in_text_boxes_facing_and_relations():
    seen = mirrored(EXAMPLE)
    assert seen.text == "Right of a cup there is a dog on the left."
    assert [thing.box[0] for thing in seen.things] == pytest.approx([0.25, 0.3])
    assert [thing.facing for thing in seen.things] == ["left", "right"]
    assert [one.predicate for one in seen.relations] == ["right_of", "at_left"]
    assert [seen.text[slice(*thing.mention)] for thing in seen.things] == ["cup", "dog"]


def test_twice_mirrored_is_the_same_again():
    for example in generate(60, 11):
        twice = mirrored(mirrored(example))
        assert (twice.text, twice.relations) == (example.text, example.relations)
        assert [thing.mention for thing in twice.things] == [thing.mention for thing in example.things]


def test_what_is_said_holds_in_the_mirror():
    for example in generate(60, 13):
        seen = mirrored(example)
        things = [
            Placed(NAMED[thing.category], *thing.box[:2], thing.depth, thing.facing) for thing in seen.things
        ]
        for one in seen.relations:
            assert holds(things, Constraint(one.subject, one.predicate, one.object, one.other)), seen.text


@pytest.mark.parametrize(
    "text", ["The cup is at three o'clock from the box.", "A cup stands right next to it."]
)
def test_what_a_mirror_would_make_wrong_is_refused(text):
    assert not can_be_mirrored(text)
    with pytest.raises(ValueError, match="cannot be mirrored"):
        mirrored(Example(text, (), (), "test"))
