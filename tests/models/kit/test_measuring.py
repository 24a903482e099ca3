import numpy as np
import pytest

from midspan.models.kit.measuring import Figure, clustered, measured, over_seeds, share_of


def test_error_of_single_sentence_documents_is_the_usual_one():
    values = np.array([1.0, 2.0, 4.0, 7.0])
    found = clustered(values, list("abcd"))
    assert (found.mean, found.se) == (3.5, pytest.approx(values.std(ddof=1) / 2))


def test_a_document_s_sentences_are_one_draw():
    """Ten copies of each sentence add no evidence."""
    values, docs = np.array([1.0, 2.0, 4.0, 7.0]), list("abcd")
    once, tenfold = clustered(values, docs), clustered(np.repeat(values, 10), np.repeat(docs, 10))
    assert tenfold.se == pytest.approx(once.se)


def test_a_share_is_of_the_chosen():
    values, chosen = np.array([True, False, True, True]), np.array([True, True, True, False])
    assert share_of(values, chosen, list("abcd")).mean == pytest.approx(200 / 3)
    assert np.isnan(share_of(values, ~chosen & False, list("abcd")).mean)


def test_seeds_widen_the_error():
    runs = [{"ior": Figure(50.0, 1.0)}, {"ior": Figure(54.0, 1.0)}]
    joined = over_seeds(runs)["ior"]
    assert joined.mean == 52 and joined.se == pytest.approx(np.sqrt(1 + 8 / 2))


def test_a_row_joins_its_runs():
    row = measured("one", lambda: [{"ior": Figure(50.0, 1.0)}, {"ior": Figure(54.0, 1.0)}])
    assert (row.model, row.metrics["ior"].mean) == ("one", 52)
