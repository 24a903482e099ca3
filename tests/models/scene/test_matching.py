import pytest

from midspan.errors import WrongUse
from midspan.models.parser import load_parser
from midspan.models.scene.asking import Label, of_drawing, of_scene, of_text, wanted
from midspan.models.scene.concepts import concept_of, noun_of
from midspan.models.scene.lexicon import look_up
from midspan.models.scene.matching import match
from midspan.records import (
    Provenance,
    SceneArrangement,
    SceneObject,
    SceneQuery,
    SceneRelation,
    WantedRelation,
)


@pytest.fixture(scope="module")
def ask():
    parser = load_parser()
    return lambda text: of_text(parser.parse([text])[0])


def thing(surface, x=0.5, y=0.5, **more):
    noun = noun_of(surface)
    entry = look_up(noun)
    category = entry.category.name if entry else "small thing"
    values = {"depth": 0, "facing": "right"} | more
    return SceneObject(
        surface, 0, 1, category, "open", x, y, **values, noun=noun, concept=concept_of(noun, category)
    )


def scene(*things, relations=()):
    place = Provenance("source", "run", "segment", "char", 0, 8)
    return SceneArrangement("scene-1", place, "A scene.", things, relations, 1.0)


def relations_of(query):
    return [
        (query.things[one.subject].label, one.predicate, query.things[one.object].label)
        for one in query.relations
    ]


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("dog left of tree", [("dog", "left_of", "tree")]),
        ("The dog is to the left of the tree.", [("dog", "left_of", "tree")]),
        ("a woman wearing a hat", [("hat", "on", "woman")]),
        ("vehicle near building", [("vehicle", "next_to", "building")]),
        ("something left of a dog", [("something", "left_of", "dog")]),
        ("dog at the left", [("dog", "at_left", "dog")]),
        ("dog and cat", []),
    ],
)
def test_a_text_is_read_as_things_and_relations(ask, text, relations):
    assert relations_of(ask(text)) == relations


def test_things_without_a_relation_are_wanted_as_they_are_named(ask):
    assert [one.label for one in ask("dog and cat").things] == ["dog", "cat"]


@pytest.mark.parametrize("text", ["blorp", "something", "to the left of"])
def test_a_text_without_a_thing_is_no_question(ask, text):
    with pytest.raises(WrongUse, match="no thing of a scene"):
        ask(text)


def test_between_is_asked_of_both(ask):
    query = ask("a lamp between the sofa and the window")
    (relation,) = query.relations
    assert {query.things[relation.object].label, query.things[relation.other].label} == {"sofa", "window"}


def test_the_right_side_matches_and_the_wrong_one_does_not(ask):
    query = ask("dog left of tree")
    assert match(scene(thing("dog", 0.2), thing("tree", 0.8)), query).score > 0.9
    assert match(scene(thing("dog", 0.8), thing("tree", 0.2)), query) is None


def test_a_kind_counts_less_than_the_thing_and_a_stranger_not_at_all(ask):
    query = ask("animal left of tree")
    kind = match(scene(thing("puppy", 0.2), thing("oak", 0.8)), query)
    same = match(scene(thing("animal", 0.2), thing("tree", 0.8)), query)
    assert kind.score < same.score
    assert "puppy, a kind of animal" in kind.why
    assert match(scene(thing("lamp", 0.2), thing("tree", 0.8)), query) is None


def test_what_is_stated_counts_more_and_is_said_so(ask):
    things = thing("dog", 0.2), thing("tree", 0.8)
    query = ask("dog left of tree")
    other_way = SceneRelation(1, "right_of", 0, "to the right of", True, True)
    stated, drawn = match(scene(*things, relations=(other_way,)), query), match(scene(*things), query)
    assert stated.score == 1.0 > drawn.score
    assert "left of: stated as “to the right of”" in stated.why
    assert "left of: in the layout" in drawn.why


def test_a_statement_that_the_layout_breaks_is_no_match(ask):
    stated = SceneRelation(0, "left_of", 1, "left of", True, False)
    wrong = scene(thing("dog", 0.8), thing("tree", 0.2), relations=(stated,))
    assert match(wrong, ask("dog left of tree")) is None


def test_two_of_a_kind_are_two_things(ask):
    query = ask("dog and dog")
    query = SceneQuery((wanted("dog"), wanted("dog")), (WantedRelation(0, "left_of", 1),))
    assert match(scene(thing("dog", 0.2)), query) is None
    assert match(scene(thing("dog", 0.8), thing("dog", 0.2)), query).things == (1, 0)


def test_the_thing_that_stands_right_is_chosen(ask):
    found = match(scene(thing("dog", 0.9), thing("tree", 0.5), thing("dog", 0.1)), ask("dog left of tree"))
    assert found.things == (2, 1)


def test_half_of_the_things_must_be_there(ask):
    query = SceneQuery(tuple(wanted(one) for one in ("dog", "tree", "lamp", "cup")))
    assert match(scene(thing("dog"), thing("tree")), query).score == 0.5
    assert match(scene(thing("dog")), query) is None


def test_a_drawing_wants_places_and_sides():
    query = of_drawing([Label("dog", 0.2, 0.5), Label("tree", 0.8, 0.5)])
    as_drawn = match(scene(thing("dog", 0.2), thing("tree", 0.8)), query)
    shifted = match(scene(thing("dog", 0.4), thing("tree", 1.0)), query)
    mirrored = match(scene(thing("dog", 0.6), thing("tree", 0.4)), query)
    assert as_drawn.score == 1.0 > shifted.score > mirrored.score
    assert "1 of 1 relations alike" in as_drawn.why and "0 of 1 relations alike" in mirrored.why


@pytest.mark.parametrize("count", [0, 13])
def test_a_drawing_has_one_to_twelve_things(count):
    with pytest.raises(WrongUse, match="1 to 12 things"):
        of_drawing([Label("dog", 0.5, 0.5)] * count)


def test_a_scene_is_most_like_itself_but_no_answer_to_itself():
    stated = SceneRelation(0, "left_of", 1, "left of", True, True)
    one = scene(thing("dog", 0.2), thing("tree", 0.8), relations=(stated,))
    query = of_scene(one)
    assert match(one, query).score == 1.0
    assert query.without == one.id


def test_many_things_of_one_kind_are_weighed_in_bounded_time():
    """12 of 12 would be half a billion ways."""
    crowd = [thing("man", k / 12) for k in range(12)]
    query = of_drawing([Label("man", k / 12, 0.5) for k in range(12)])
    assert match(scene(*crowd), query).score > 0.5
