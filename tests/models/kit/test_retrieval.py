import numpy as np
import pytest

from midspan.models.kit.retrieval import retrieval_figures


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
