import numpy as np
import pytest

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.metrics import (
    abstention_figures,
    clustered,
    nearest_named_mm,
    place_figures,
    retrieval_figures,
)


def test_error_of_single_sentence_documents_is_the_usual_one():
    values = np.array([1.0, 2.0, 4.0, 7.0])
    found = clustered(values, list("abcd"))
    assert (found.mean, found.se) == (3.5, pytest.approx(values.std(ddof=1) / 2))


def test_a_document_s_sentences_are_one_draw():
    """Ten copies of each sentence add no evidence."""
    values, docs = np.array([1.0, 2.0, 4.0, 7.0]), list("abcd")
    once, tenfold = clustered(values, docs), clustered(np.repeat(values, 10), np.repeat(docs, 10))
    assert tenfold.se == pytest.approx(once.se)


def test_of_several_named_organs_the_nearest_counts():
    atlas = phantom_atlas()
    named = np.zeros((2, len(atlas.organs)), dtype=bool)
    named[:, atlas.organs.index("heart")] = named[0, atlas.organs.index("brain")] = True
    points = [atlas.centre("brain"), atlas.centre("brain")]
    inside, outside = nearest_named_mm(atlas, points, named)
    assert inside == 0
    assert outside == pytest.approx(atlas.distance(points[1:], "heart")[0]) and outside > 100


def test_place_figures():
    rows = place_figures(np.array([0.0, 5.0, 15.0, 40.0]), list("abcd"))
    means = {name: figure.mean for name, figure in rows.items()}
    assert means == {"ior": 25.0, "ior_10mm": 50.0, "nvd_cm": 1.5, "nvd_o_cm": 2.0}


def test_abstention_precision_and_recall():
    said = np.array([True, True, True, False, False])
    truth = np.array([True, True, False, True, False])
    rows = abstention_figures(said, truth, list("abcde"))
    assert rows["none_precision"].mean == pytest.approx(200 / 3)
    assert rows["none_recall"].mean == pytest.approx(200 / 3)


def test_retrieval_looks_in_other_documents_only():
    """a's nearest neighbour is in its own document, the next one names the same organs."""
    points = [[0.0], [0.1], [1.0], [5.0]]
    named = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=bool)
    rows = retrieval_figures(points, named, ["a", "a", "b", "c"], ks=(1,))
    # a1 and a2 find b; b finds a2; c has no other sentence of its organ
    assert rows["recall@1"].mean == pytest.approx(75.0)


def test_ndcg_of_a_perfect_order_is_one():
    named = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool)
    rows = retrieval_figures([[0.0], [0.1], [9.0], [9.1]], named, list("abcd"))
    assert rows["ndcg@10"].mean == pytest.approx(1.0)
    worse = retrieval_figures([[0.0], [9.0], [0.1], [9.1]], named, list("abcd"))
    assert worse["ndcg@10"].mean < 1.0
