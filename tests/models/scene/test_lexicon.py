import pytest

from midspan.models.scene.lexicon import CATEGORIES, KINDS, LONGEST, NAMED, all_words, look_up
from midspan.models.scene.nouns import nouns


def test_there_are_58_categories_beside_the_kinds():
    assert len(CATEGORIES) == 58
    assert set(NAMED) == {*CATEGORIES, *KINDS}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_category_fits_on_the_canvas(name):
    category = NAMED[name]
    assert 0 < category.x < 1 and 0 < category.y < 1
    assert category.width <= 0.6 and category.height <= 0.5 and category.depth in (0, 1, 2)


@pytest.mark.parametrize(
    ("word", "category", "mapping"),
    [
        ("puppy", "dog", "lexicon"),
        ("apple tree", "apple tree", "lexicon"),
        ("apple", "food", "open"),
        ("cup", "small thing", "open"),
        ("house", "building", "open"),
        ("horse", "animal", "open"),
        ("hat", "headwear", "open"),
        ("giraffe", "animal", "open"),
        ("walrus", "animal", "open"),
        ("saxophone", "small thing", "open"),
        ("locomotive", "vehicle", "open"),
        ("washbasin", "small thing", "open"),
        ("lake", "place", "open"),
        ("moon", "sky thing", "open"),
    ],
)
def test_words_stand_for_categories(word, category, mapping):
    entry = look_up(word)
    assert (entry.category.name, entry.mapping) == (category, mapping)


@pytest.mark.parametrize(
    "word", ["disease", "freedom", "option", "treatment", "Cup", "side", "left", "corner", "edge"]
)
def test_other_words_are_no_things(word):
    assert look_up(word) is None


def test_no_word_is_longer_than_what_is_looked_for():
    assert max(len(word.split()) for word in all_words()) == LONGEST


def test_words_of_wordnet_have_known_kinds_and_shares():
    kinds, shares = zip(*nouns().values(), strict=True)
    assert set(kinds) <= set(KINDS)
    assert all(0 < share <= 1 for share in shares)


def test_a_word_that_is_mostly_no_thing_has_a_small_share():
    assert look_up("giraffe").share > 0.9 > 0.5 > look_up("volcano").share
