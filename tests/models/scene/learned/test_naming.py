import pytest

from midspan.models.scene.learned.naming import named_at


def names(text, labels, categories):
    found = named_at(text, labels, categories)
    return [[text[first:last].lower() for first, last in spans] for spans in found]


def test_things_are_named_by_their_labels_and_by_words_for_their_category():
    text = "Mike sits left of the Apple Tree. The apple tree shades the boy."
    found = names(text, ["sitting boy", "apple tree"], ["boy", "apple tree"])
    assert found == [["mike", "boy"], ["apple tree", "apple tree"]]


def test_a_plural_and_a_possessive_name_the_thing():
    assert names("two owls ; the owl's wing", ["owl"], ["owl"]) == [["owls", "owl's"]]
    assert names("two foxes", ["fox", "fox"], ["animal", "animal"]) == [["foxes"], ["foxes"]]


@pytest.mark.parametrize("text", ["a tree stands there", "small tree"])
def test_the_last_word_names_it_where_nothing_else_does(text):
    assert names(text, ["apple tree"], ["apple tree"]) == [["tree"]]


def test_the_last_word_is_not_taken_where_the_whole_name_is_said():
    found = names("an apple tree and a small tree", ["apple tree"], ["apple tree"])
    assert found == [["apple tree"]]


def test_the_longest_name_counts():
    found = names("a beach ball and a ball", ["beach ball", "ball"], ["beach ball", "small thing"])
    assert found == [["beach ball"], ["ball"]]


def test_what_is_not_named_has_no_place():
    assert named_at("It rained.", ["owl"], ["owl"]) == [[]]
