from itertools import pairwise

import pytest

from midspan.models.scene.concepts import broader, chain, concept_of, name_of, noun_of, taxonomy, within


def is_a(noun, other):
    concept = concept_of(noun)
    return any(low <= concept <= high for low, high in within(concept_of(other)))


@pytest.mark.parametrize(
    ("noun", "kind"),
    [
        ("dog", "animal"),
        ("poodle", "dog"),
        ("car", "vehicle"),
        ("sofa", "furniture"),
        ("canoe", "boat"),
    ],
)
def test_a_thing_is_a_kind_of_what_is_above_it(noun, kind):
    assert is_a(noun, kind)
    assert not is_a(kind, noun)


def test_a_concept_with_two_hypernyms_is_a_kind_of_both():
    """A dog is a canid by its first hypernym and a domestic animal by its second."""
    assert is_a("dog", "carnivore") and is_a("dog", "domestic animal")


def test_siblings_are_no_kinds_of_each_other():
    assert not is_a("dog", "cat") and not is_a("cat", "dog")


def test_ranges_do_not_overlap_and_are_in_order():
    spans = within(concept_of("animal"))
    assert all(before[1] + 1 < after[0] for before, after in pairwise(spans))


def test_every_range_has_its_concept_within_that_of_its_first_hypernym():
    tree = taxonomy()
    for concept, (first, *_) in ((one, above) for one, above in tree.above.items() if above):
        assert first < concept and tree.last[concept] <= tree.last[first]


@pytest.mark.parametrize(
    ("surface", "noun"),
    [
        ("dogs", "dog"), ("Two fishing boats", "fishing boat"), ("women", "woman"), ("people", "person"),
        ("the wolves", "wolf"), ("a glass", "glass"), ("Zoogles", "zoogles"), ("mice", "mouse"),
        ("bus", "bus"),
    ],
)  # fmt: skip
def test_a_label_ends_with_its_noun(surface, noun):
    assert noun_of(surface) == noun


def test_the_kinds_of_a_name_are_those_of_its_category():
    assert concept_of("mary", "person") == concept_of("person")
    assert concept_of("zoogle") is None


def test_a_chain_goes_up_from_the_concept_itself():
    names = [name_of(one) for one in chain(concept_of("poodle"))]
    assert names[:2] == ["poodle", "dog"] and names.index("dog") < names.index("animal")


def test_a_step_broader_than_a_puppy_is_a_dog_among_others():
    assert {"dog", "pup"} & broader("puppy")
    assert broader("zoogle") == frozenset()
