import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midspan.models.atlas.language.context import KEPT, NAMING, Document, in_context
from midspan.models.atlas.learned.examples import Example, contexts_of

ORGANS = ("heart", "liver", "lung")
HEART, LIVER = frozenset({"heart"}), frozenset({"liver"})


def read(*texts):
    document = Document()
    for ordinal, text in enumerate(texts):
        document.read(ordinal, text)
    return document


def test_what_sentences_before_name_is_the_context():
    document = read("The heart and the liver.", "It rained.", "The heart again.", "And more.")
    assert document.before(0) == ()
    assert document.before(2) == (HEART | LIVER,)
    assert document.before(3) == (HEART | LIVER, HEART)


def test_only_the_nearest_that_name_an_organ_count():
    document = read("The liver.", *["The heart."] * NAMING, *["It rained."] * 50)
    assert document.before(NAMING + 40) == (HEART,) * NAMING


def test_a_piece_that_is_asked_again_has_the_same_context():
    texts = [f"The {organ}." for organ in ("heart", "liver", "lung") * 40]
    document = read(*texts)
    before = [document.before(ordinal) for ordinal in range(len(texts))]
    for ordinal in range(60, len(texts)):
        document.read(ordinal, texts[ordinal])
    assert [document.before(ordinal) for ordinal in range(len(texts))] == before


def test_memory_of_a_long_document_is_bounded():
    document = read(*["The heart."] * (3 * KEPT))
    assert len(document._named) == KEPT and document.before(3 * KEPT) == (HEART,) * NAMING


SHARES = st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4)
CONTEXTS = st.lists(st.sets(st.sampled_from(ORGANS), min_size=1).map(frozenset), max_size=NAMING)


@given(SHARES, CONTEXTS)
def test_no_anatomy_stays_and_shares_still_sum_to_one(raw, context):
    shares = np.array([raw]) / sum(raw)
    weighed = in_context(shares, ORGANS, [context])
    assert weighed.sum() == pytest.approx(1) and weighed[0, -1] == pytest.approx(shares[0, -1])
    if not context:
        np.testing.assert_allclose(weighed, shares)


def test_a_sentence_that_is_surely_without_anatomy_stays_so():
    assert in_context(np.array([[0.0, 0.0, 0.0, 1.0]]), ORGANS, [[HEART]]).tolist() == [[0.0, 0.0, 0.0, 1.0]]


def test_an_organ_that_is_named_before_gains_as_by_bayes_rule():
    """Named in two of two sentences, against never: odds of 2 + 1/3 to 1/3."""
    shares = np.array([[0.25, 0.5, 0.05, 0.2]])
    heart, liver, _, _ = in_context(shares, ORGANS, [[HEART, HEART]])[0]
    assert heart / liver == pytest.approx(0.5 * 7)


def test_shipped_sentences_get_others_of_their_document_but_not_themselves():
    rows = [Example("d", f"sentence {n}", ("heart",) if n else ("liver",), (), "made") for n in range(20)]
    other = Example("e", "alone", ("lung",), (), "made")
    none = Example("d", "nothing", (), (), "made")
    first, *_, alone, nothing = contexts_of([*rows, other, none], [*rows, other, none])
    assert first == (HEART,) * NAMING and alone == () and len(nothing) == NAMING
    assert contexts_of(rows, rows) == contexts_of(rows, rows[::-1])
