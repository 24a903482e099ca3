"""Reciprocal rank fusion."""

from hypothesis import given
from hypothesis import strategies as st

from midspan.platform.fusion import K, fuse

ranked_lists = st.dictionaries(
    st.sampled_from(["words", "meaning", "events"]),
    st.lists(st.integers(0, 30), unique=True, max_size=12),
)


def test_a_key_found_by_two_lists_beats_one_found_by_one():
    order = [key for key, _, _ in fuse({"words": ["a", "b"], "meaning": ["c", "b"]})]
    assert order[0] == "b"


def test_the_score_is_the_sum_of_reciprocal_ranks():
    scores = {key: score for key, score, _ in fuse({"words": ["a"], "meaning": ["b", "a"]})}
    assert scores["a"] == 1 / (K + 1) + 1 / (K + 2)
    assert scores["b"] == 1 / (K + 1)


@given(ranked_lists)
def test_every_key_comes_once_with_its_ranks(lists):
    fused = fuse(lists)
    assert sorted(key for key, _, _ in fused) == sorted(set().union(*lists.values()))
    for key, _, ranks in fused:
        assert ranks == {name: keys.index(key) + 1 for name, keys in lists.items() if key in keys}


@given(ranked_lists)
def test_scores_fall(lists):
    scores = [score for _, score, _ in fuse(lists)]
    assert scores == sorted(scores, reverse=True)


@given(ranked_lists, st.integers(31, 40))
def test_moving_a_key_up_one_list_never_lowers_it(lists, newcomer):
    lists = {"other": [1, 2, 3], **lists}

    def position(place):
        keys = [*lists["other"]]
        keys.insert(place, newcomer)
        return [key for key, _, _ in fuse({**lists, "other": keys})].index(newcomer)

    assert position(0) <= position(1) <= position(3)
