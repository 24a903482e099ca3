from collections import Counter

import pytest

from midspan.models.kit.splitting import SPLITS, capped, split_of


def test_the_split_has_its_shares():
    counts = Counter(split_of(f"document {number}") for number in range(4000))
    assert counts["train"] / 4000 == pytest.approx(0.70, abs=0.03)
    assert counts["test"] / 4000 == pytest.approx(0.15, abs=0.02)


def test_a_document_s_part_depends_on_its_name_alone():
    assert {split_of(f"document {number}") for number in range(40)} == {name for name, _ in SPLITS}
    assert [split_of("a"), split_of("b")] * 3 == [split_of(name) for name in "ab" * 3]


def test_the_cap_counts_labels():
    rows = [("common", n) for n in range(20)] + [("rare", n) for n in range(3)]
    chosen = capped(rows, lambda row: row[:1], 5, seed=0)
    assert Counter(label for label, _ in chosen) == {"common": 5, "rare": 3}
    assert len(set(chosen)) == 8
    assert (
        chosen == capped(rows, lambda row: row[:1], 5, seed=0) != capped(rows, lambda row: row[:1], 5, seed=1)
    )


def test_a_row_stays_while_one_of_its_labels_is_rare():
    rows = [(("common",), n) for n in range(9)] + [(("common", "rare"), 9)]
    for seed in range(5):
        assert (("common", "rare"), 9) in capped(rows, lambda row: row[0], 3, seed)
