from midspan.models.atlas.learned.examples import examples
from midspan.models.kit.duplicates import first_of_each, in_two_splits, normalised
from midspan.models.kit.splitting import split_of

DOCS = {split_of(name): name for name in map(str, range(50))}


def test_case_and_punctuation_make_no_other_text():
    assert normalised("The liver, (again): it ACHES.") == normalised("the liver again it aches")
    assert normalised("the liver") != normalised("the livers")


def test_of_equal_texts_the_first_is_kept():
    rows = [("a", "One."), ("b", "Two."), ("c", "one"), ("d", "Three")]
    assert [name for name, _ in first_of_each(rows, lambda row: row[1])] == ["a", "b", "d"]


def test_a_text_in_two_parts_is_found_and_one_in_two_documents_of_a_part_is_not():
    rows = [(DOCS["train"], "It aches."), (DOCS["test"], "it aches"), (DOCS["train"], "It rains.")]
    other = next(name for name in map(str, range(50, 99)) if split_of(name) == "train")
    assert in_two_splits([*rows, (other, "It rains.")]) == ["it aches"]


def test_no_shipped_sentence_stands_in_two_parts():
    assert in_two_splits((row.doc, row.text) for row in examples()) == []
