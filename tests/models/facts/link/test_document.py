"""Whose last name it is, as far as a document is read."""

from midspan.models.facts.link.document import DocumentNames


def test_a_last_name_is_whose_it_was() -> None:
    names = DocumentNames()
    names.note(0, ["Marie Curie"])
    assert names.full_name("Curie", 0) == "Marie Curie"
    assert names.full_name("curie", 3) == "Marie Curie"
    assert names.full_name("Marie Curie", 3) == "Marie Curie"
    assert names.full_name("Bohr", 3) == "Bohr"


def test_nothing_is_known_before_it_is_read_and_reading_again_changes_nothing() -> None:
    names = DocumentNames()
    for _ in range(2):
        names.note(0, ["Ann Lee"])
        names.note(4, ["Bruce Lee"])
        assert names.full_name("Lee", 3) == "Ann Lee"
        assert names.full_name("Lee", 4) == "Lee"  # of two


def test_a_longer_form_of_the_name_is_the_same_person() -> None:
    names = DocumentNames()
    names.note(0, ["Marie Curie"])
    names.note(1, ["Marie Skłodowska Curie"])
    assert names.full_name("Curie", 0) == "Marie Curie"
    assert names.full_name("Curie", 2) == "Marie Skłodowska Curie"


def test_of_a_very_long_document_not_all_names_are_kept() -> None:
    names = DocumentNames()
    for number in range(3000):
        names.note(number, [f"Ann N{number}"])
    assert len(names.known) == 2000 and names.full_name("N0", 9999) == "Ann N0"
