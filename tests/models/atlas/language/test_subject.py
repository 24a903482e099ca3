from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midspan.models.atlas.language.context import Document
from midspan.models.atlas.language.subject import BEFORE, MEDICAL, STAYS, followed

EVIDENCE = st.floats(-12, 12)


@given(EVIDENCE, EVIDENCE)
def test_it_is_the_forward_algorithm(before, evidence):
    """Against the same in probabilities."""
    prior = 1 / (1 + exp(-before))
    carried = STAYS * prior + (1 - STAYS) * (1 - prior)
    likely = exp(evidence)
    after = likely * carried / (likely * carried + 1 - carried)
    assert 1 / (1 + exp(-followed(before, evidence))) == pytest.approx(after, rel=1e-6, abs=1e-12)


@given(st.lists(EVIDENCE, min_size=1, max_size=40), EVIDENCE)
def test_however_long_the_text_a_sentence_can_turn_it(lead, evidence):
    odds = BEFORE
    for one in lead:
        odds = followed(odds, one)
    assert abs(followed(odds, evidence) - evidence) <= log(STAYS / (1 - STAYS)) + 1e-9


def test_one_sentence_among_others_does_not_make_a_document_medical_and_two_do():
    document = Document()
    for ordinal in range(30):
        document.judge(ordinal, -4.0)
    assert document.judge(30, 2.5) < MEDICAL
    assert document.judge(31, 2.5) >= MEDICAL


@given(st.lists(EVIDENCE, min_size=2, max_size=60), st.data())
def test_a_piece_that_is_asked_again_is_judged_alike(evidence, data):
    document = Document()
    whole = [document.judge(ordinal, one) for ordinal, one in enumerate(evidence)]
    start = data.draw(st.integers(0, len(evidence) - 1))
    again = [document.judge(ordinal, evidence[ordinal]) for ordinal in range(start, len(evidence))]
    assert again == whole[start:]
