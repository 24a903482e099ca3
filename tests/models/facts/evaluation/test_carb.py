import pytest

from midspan.models.facts.evaluation.carb import count, figures, read_gold

GOLD = ("Bob", "bought", "a mill in 1901")


def test_a_triple_is_matched_part_by_part() -> None:
    counts = count([GOLD], [("Bob", "bought", "a mill")])
    assert (counts.precision, counts.recall) == (1.0, pytest.approx(4 / 6))


def test_without_a_common_word_in_the_relation_nothing_matches() -> None:
    counts = count([GOLD], [("Bob", "sold", "a mill in 1901")])
    assert (counts.precision, counts.recall) == (0.0, 0.0)


def test_one_triple_may_answer_several_gold_tuples_but_is_precise_once() -> None:
    counts = count([GOLD, GOLD], [GOLD])
    assert (counts.precision, counts.triples, counts.recall, counts.tuples) == (1.0, 1, 2.0, 2)
    counts = count([GOLD], [GOLD, GOLD])
    assert (counts.precision, counts.triples) == (1.0, 2)


def test_what_is_said_may_stand_before_who_says_it() -> None:
    gold = ("Bob", "said", "it rains")
    assert count([gold], [("it rains", "said", "Bob")]).recall == 1.0
    assert count([("Bob", "sold", "it")], [("it", "sold", "Bob")]).recall == pytest.approx(1 / 3)


def test_f1_is_that_of_the_sums() -> None:
    found = figures([count([GOLD], [GOLD]), count([GOLD], [])], "x")
    assert (found["carb_precision_x"].mean, found["carb_recall_x"].mean) == (100.0, 50.0)
    assert found["carb_f1_x"].mean == pytest.approx(200 / 3)
    assert found["carb_f1_x"].se > 0


def test_a_published_file_is_read() -> None:
    gold = read_gold(["S .\tr\ta\tb\tc\n", "S .\tr2\ta\tb\n"])
    assert gold == {"S .": [("a", "r", "b c"), ("a", "r2", "b")]}
