import numpy as np
import pytest

from midspan.models.scene.data.generator import HELD_OUT
from midspan.models.scene.learned.rows import (
    APART,
    FAR,
    IDS,
    KINDS,
    NEAR,
    ONLY_WORDS,
    UNNAMED,
    Question,
    Rows,
    group_id_of,
    id_of,
    padded,
)


@pytest.fixture(scope="module")
def rows():
    return Rows(64)


def test_a_piece_knows_how_far_it_lies_from_the_thing_s_name(rows):
    row = rows(Question.of("the owl sits on a tent", ["owl", "tent"], ["owl", "tent"]))
    assert len(row.tokens) == 8  # with the two at the ends
    assert (row.near[0] - NEAR).tolist() == [-2, -1, 0, 1, 2, 3, 4, 5]
    assert (row.near[1] - NEAR).tolist() == [-6, -5, -4, -3, -2, -1, 0, 1]
    assert (row.apart - FAR).tolist() == [[0, 4], [-4, 0]]


def test_of_two_names_the_nearer_one_counts(rows):
    row = rows(Question.of("owl and tent and owl", ["owl"], ["owl"]))
    assert (row.near[0] - NEAR).tolist() == [-1, 0, 1, 2, -1, 0, 1]


def test_what_the_text_does_not_name_is_told_apart(rows):
    row = rows(Question.of("the owl", ["owl", "tent"], ["owl", "tent"]))
    assert set(row.near[1].tolist()) == {UNNAMED}
    assert row.apart.tolist() == [[FAR, APART], [APART, APART]]


def test_ids_of_all_categories_differ_and_a_stranger_has_its_group_s():
    ids = {id_of(name) for name in KINDS} | {group_id_of(name) for name in KINDS}
    assert len(ids) == len(KINDS) + 10 and ONLY_WORDS not in ids and max(ids) == IDS - 1
    known = Rows(64, [name for name in KINDS if name not in HELD_OUT])
    row = known(Question.of("", ["owl", "cat"], ["owl", "cat"]))
    assert row.ids.tolist() == [group_id_of("owl"), id_of("cat")]


def test_long_texts_are_cut(rows):
    assert len(rows(Question.of("owl " * 200, ["owl"], ["owl"])).tokens) == 64


def test_rows_of_different_sizes_are_filled_up(rows):
    one = rows(Question.of("the owl sits", ["owl"], ["owl"]))
    two = rows(Question.of("", ["owl", "tent"], ["owl", "tent"]))
    tokens, labels, ids, near, apart = padded([one, two])
    assert tokens.shape == (2, 5) and labels.shape[:2] == (2, 2)
    assert (tokens > 0).sum(axis=1).tolist() == [5, 2]
    assert (ids > 0).tolist() == [[True, False], [True, True]]
    assert (near[0, 1] == UNNAMED).all() and (apart[0, 1] == APART).all()
    assert np.array_equal(near[0, 0], one.near[0])
