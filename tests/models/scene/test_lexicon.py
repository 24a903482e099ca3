import pytest

from midspan.models.scene.lexicon import CATEGORIES, KINDS, LONGEST, NAMED, look_up


def test_there_are_58_categories_and_six_kinds():
    assert len(CATEGORIES) == 58 and len(KINDS) == 6
    assert set(NAMED) == {*CATEGORIES, *KINDS}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_category_fits_on_the_canvas(name):
    category = NAMED[name]
    assert 0 < category.x < 1 and 0 < category.y < 1
    assert category.width <= 0.5 and category.height <= 0.5 and category.depth in (0, 1, 2)


@pytest.mark.parametrize(
    ("word", "category", "mapping"),
    [
        ("puppy", "dog", "lexicon"),
        ("apple tree", "apple tree", "lexicon"),
        ("apple", "small thing", "open"),
        ("cup", "small thing", "open"),
        ("house", "large thing", "open"),
        ("horse", "animal", "open"),
        ("hat", "clothing", "open"),
        ("moon", "sky thing", "open"),
    ],
)
def test_words_stand_for_categories(word, category, mapping):
    entry = look_up(word)
    assert (entry.category.name, entry.mapping) == (category, mapping)


@pytest.mark.parametrize("word", ["liver", "disease", "freedom", "option", "treatment", "Cup"])
def test_other_words_are_no_things(word):
    assert look_up(word) is None


def test_no_word_is_longer_than_what_is_looked_for():
    from midspan.models.scene import lexicon

    assert max(len(word.split()) for word in lexicon._entries()) == LONGEST
