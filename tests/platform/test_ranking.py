"""The order of places and sources that follows from what the lists of a search found."""

import numpy as np
import pytest

from midspan.db.record_store import Ref
from midspan.platform import fusion
from midspan.platform.ranking import BEST, CLOSE, CLOSE_OF_FEW, Found, is_close

QUESTION = np.array([1, 0], np.float32)


def sentence(source, number):
    return Ref(f"{source}-{number}", source, "sentence", "char", number)


def event(source, number):
    return Ref(f"event-{source}-{number}", source, "event", "s")


def saying(**texts):
    """Reads those of the places `a-1` that are called `a_1` here."""
    by_id = {name.replace("_", "-"): text for name, text in texts.items()}
    return lambda refs: {ref.id: by_id[ref.id] for ref in refs if ref.id in by_id}


NO_TEXT = saying()


def passage(cosine):
    return np.array([cosine, (1 - cosine**2) ** 0.5], np.float32)


def order(found, passages=None):
    return [one.source_id for one in found.ranked_sources(passages or {}, QUESTION)]


def test_evidence_that_is_spread_beats_one_good_sentence():
    found = Found(10)
    found.by_meaning(
        "meaning", [(sentence("one", 0), 0.62), (sentence("spread", 0), 0.6), (sentence("far", 0), 0.3)]
    )
    assert order(found)[0] == "one"
    assert order(found, {"spread": passage(0.7), "one": passage(0.4), "far": passage(0.3)})[0] == "spread"


def test_words_of_the_whole_text_count_beside_those_of_the_best_place():
    found = Found(10)
    found.by_words("words", [(sentence("a", 0), 5.0), (sentence("b", 0), 4.9)])
    assert order(found) == ["a", "b"]
    found.sources_by_words({"b": 9.0, "a": 3.0})
    assert order(found) == ["b", "a"]


def test_a_source_that_a_full_list_left_out_is_not_taken_for_one_without_the_words():
    def score_of_b(depth):
        found = Found(depth)
        found.by_words("words", [(sentence("a", 0), 4.0), (sentence("a", 1), 2.0)])
        found.by_meaning("meaning", [(sentence("a", 0), 0.5), (sentence("b", 0), 0.4)])
        return {one.source_id: one.score for one in found.ranked_sources({}, QUESTION)}["b"]

    assert score_of_b(depth=9) == 0.0
    assert score_of_b(depth=2) == pytest.approx(
        (1 - fusion.MEANING) * fusion.BEST_WORDS * fusion.UNLISTED * 2 / 4
    )


def test_a_video_is_judged_by_its_best_place():
    found = Found(10)
    found.by_words("event words", [(event("film", 0), 3.0)])
    found.by_words("words", [(sentence("text", 0), 3.0)])
    found.sources_by_words({"text": 1.0})
    film, text = found.ranked_sources({}, None)
    assert film.score == text.score == pytest.approx(1 - fusion.MEANING)


def test_the_places_of_a_source_come_best_first_with_their_reasons():
    found = Found(10)
    found.by_words("words", [(sentence("a", 1), 3.0), (sentence("a", 2), 1.0)])
    found.by_meaning("meaning", [(sentence("a", 2), 0.8), (sentence("a", 0), 0.5)])
    (a,) = found.ranked_sources({"a": passage(0.6)}, QUESTION)
    assert [place.of.id for place in a.places] == ["a-2", "a-1", "a-0"]
    assert a.places[0].why == "words (rank 2) + meaning (rank 1, cosine 0.80)"
    assert "passage: meaning (cosine 0.60)" in a.why


def test_a_source_of_a_near_passage_alone_is_shown_by_its_first_sentence():
    found = Found(10)
    found.by_passage(sentence("a", 4))
    (a,) = found.ranked_sources({"a": passage(0.6)}, QUESTION)
    assert [place.of.id for place in a.places] == ["a-4"]


@pytest.mark.parametrize(
    ("cosine", "text", "close"),
    [
        (CLOSE, "Something else.", True),
        (CLOSE - 0.01, "Something else.", False),
        (CLOSE - 0.01, "Stones of the kidneys hurt.", True),
        (CLOSE - 0.01, "Stones on the road.", False),
    ],
)
def test_an_answer_is_near_or_has_most_of_the_words(cosine, text, close):
    found = Found(10)
    found.by_words("words", [(sentence("a", 0), 1.0)])
    found.by_meaning("meaning", [(sentence("b", 0), cosine)])
    ranked = found.ranked_sources({}, QUESTION)
    lines = saying(a_0=text, b_0="Quite another.")
    assert is_close("a stone in the left kidney", ranked, lines) is close


def test_one_or_two_words_need_not_be_as_near():
    found = Found(10)
    found.by_meaning("meaning", [(sentence("a", 0), CLOSE_OF_FEW)])
    ranked = found.ranked_sources({}, QUESTION)
    assert is_close("the renal calculus", ranked, NO_TEXT)
    assert not is_close("the treatment of renal calculus", ranked, NO_TEXT)


def test_the_words_may_be_spread_over_one_source_and_not_over_several():
    def asked(second):
        found = Found(10)
        found.by_words("words", [(sentence("a", 0), 1.0), (sentence(second, 1), 1.0)])
        lines = saying(a_0="A stone.", **{f"{second}_1": "The kidney."})
        return is_close("kidney stone", found.ranked_sources({}, None), lines)

    assert asked("a")
    assert not asked("b")


def test_words_without_gaps_are_found_within_a_run():
    found = Found(10)
    found.by_words("words", [(sentence("a", 0), 1.0)])
    assert is_close("腎結石", found.ranked_sources({}, None), saying(a_0="左腎結石的治療"))


def test_nothing_found_is_no_answer():
    assert Found(10).ranked_sources({}, None) == []
    assert not is_close("word", [], NO_TEXT)


def test_of_very_many_sources_the_best_are_evened_and_the_others_stay_behind_them_in_order():
    """No two are alike, so that the best keep their scores."""
    names = [f"s{n:03}" for n in range(BEST + 40)]
    found = Found(1000)
    found.sources_by_words({name: 1000.0 - place for place, name in enumerate(names)})
    ranked = found.ranked_sources(dict(zip(names, np.eye(len(names), dtype=np.float32), strict=True)), None)
    assert [one.source_id for one in ranked] == names
    last, behind = ranked[BEST - 1], ranked[BEST]
    alone = (1 - fusion.ALIKE) * behind.words / last.words
    assert behind.score / last.score == pytest.approx(alone, rel=1e-5)


def test_of_many_sources_each_is_read():
    found = Found(1000)
    found.by_words("words", [(sentence(f"s{n}", 0), 1000.0 - n) for n in range(120)])
    ranked = found.ranked_sources({}, None)
    assert is_close("kidney stone", ranked, saying(s119_0="A kidney stone."))
    assert not is_close("kidney stone", ranked, saying(s119_0="A stone."))
