import pytest

from midspan.models.scene.data.examples import as_row, of_row
from midspan.models.scene.data.generator import HELD_OUT, SPLITS, generate
from midspan.models.scene.data.templates import EXPLICIT, IMPLIED
from midspan.models.scene.lexicon import NAMED
from midspan.models.scene.placed import Constraint, Placed, holds


def placed(thing):
    return Placed(NAMED[thing.category], *thing.box[:2], thing.depth, thing.facing)


@pytest.mark.parametrize("split", SPLITS)
def test_what_a_text_says_holds_in_its_boxes(split):
    for example in generate(40, 3, split):
        things = [placed(thing) for thing in example.things]
        assert example.relations
        for one in example.relations:
            assert holds(things, Constraint(one.subject, one.predicate, one.object, one.other)), example.text


def test_the_same_seed_gives_the_same_scenes_and_another_one_others():
    first, again, other = (list(generate(20, seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_mentions_are_the_words_of_the_text():
    for example in generate(60, 5):
        for thing in example.things:
            if thing.mention is not None:
                assert example.text[slice(*thing.mention)].lower() == thing.label
        named = {index for one in example.relations for index in (one.subject, one.object)}
        assert all(example.things[index].mention is not None for index in named)


def test_training_texts_have_no_held_out_template_and_no_held_out_category():
    last = {f"{predicate}.{len(templates) - 1}" for predicate, templates in EXPLICIT.items()}
    last.add(f"implied.{len(IMPLIED) - 1}")
    for example in generate(300, 7):
        assert last.isdisjoint(example.template.split())
        assert HELD_OUT.isdisjoint(thing.category for thing in example.things)


def test_each_text_of_the_split_of_templates_has_a_held_out_one():
    last = {f"{predicate}.{len(templates) - 1}" for predicate, templates in EXPLICIT.items()}
    last.add(f"implied.{len(IMPLIED) - 1}")
    for example in generate(30, 7, "templates"):
        assert not last.isdisjoint(example.template.split())


def test_no_pair_of_the_training_split_is_one_of_the_split_of_pairs():
    def pairs(example):
        labels = [thing.label for thing in example.things]
        return {frozenset((one, other)) for one in labels for other in labels if one != other}

    trained = {pair for example in generate(300, 9) for pair in pairs(example)}
    held_out = {
        frozenset(thing.label for thing in example.things[:2]) for example in generate(60, 9, "pairs")
    }
    assert trained.isdisjoint(held_out)


def test_a_row_is_the_example_again():
    for example in generate(5, 0):
        assert of_row(as_row(example)) == example


def test_unknown_split_is_refused():
    with pytest.raises(ValueError, match="known: train"):
        next(generate(1, 0, "tests"))
