"""How dictionary, gate and model share the work; with a stand-in for the model."""

import numpy as np
import pytest

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.judge import Judge
from midspan.models.atlas.learned.predictor import Thresholds
from midspan.models.atlas.placing import Placer, Subjects
from midspan.models.kit.gate import Gate

OPEN = np.array([[1.0, 0.0]], dtype=np.float32)
SHUT = np.array([[-1.0, 0.0]], dtype=np.float32)


class StandIn:
    """Says of every text the distribution that the test gives it; the rest is "no anatomy"."""

    def __init__(self, **shares):
        self.organs = phantom_atlas().organs
        self.gate = Gate(np.array([4.0, 0.0], dtype=np.float32), 0.0, 0.5)
        self.thresholds = Thresholds(
            temperature=1.0, temperature_named=1.0, none=0.5, organ=0.4, organ_in_context=0.6
        )
        self.asked = []
        self._row = np.zeros(len(self.organs) + 1)
        for organ, share in shares.items():
            self._row[self.organs.index(organ)] = share
        self._row[-1] = 1 - self._row.sum()

    def probabilities(self, texts, check=lambda: None):
        self.asked += texts
        return np.tile(self._row, (len(texts), 1))


def place(text, model, embeddings=None):
    (grounding,) = Placer(phantom_atlas, lambda: model).place([text], embeddings)
    return grounding


def test_a_named_organ_needs_no_model():
    model = StandIn(brain=1.0)
    found = place("Stones form in the left kidney.", model)
    assert (found.organ, found.named, found.laterality, model.asked) == ("kidney", True, "left", [])
    assert found.spread_mm == 0


def test_an_unnamed_organ_is_inferred_and_says_so():
    found = place("Jaundice turned his skin yellow.", StandIn(liver=0.8, gallbladder=0.1))
    assert (found.status, found.organ, found.named, found.score) == ("grounded", "liver", False, 0.8)
    assert phantom_atlas().organ_at([found.point_mm]) == ["liver"]
    assert list(found.organs) == ["liver", "gallbladder"]
    assert found.spread_mm > 0
    assert (found.start, found.end) == (0, len("Jaundice turned his skin yellow."))


def test_the_gate_spares_the_model():
    model = StandIn(liver=1.0)
    found = place("It rained.", model, SHUT)
    assert (found.status, found.reason, found.named, model.asked) == ("abstained", "no anatomy", False, [])
    assert found.score == pytest.approx(1 - 1 / (1 + np.exp(4)), abs=1e-4)
    assert place("It rained.", model, OPEN).status == "grounded" and model.asked == ["It rained."]


def test_no_anatomy_is_an_abstention_with_its_probability():
    found = place("It rained.", StandIn(liver=0.2))
    assert (found.status, found.reason, found.organ) == ("abstained", "no anatomy", None)
    assert found.score == pytest.approx(0.8)


def test_an_unsure_answer_is_an_abstention():
    found = place("It aches.", StandIn(liver=0.3, heart=0.25, lung=0.2))
    assert found.status == "abstained" and found.reason == "unsure: liver with 0.30"
    assert found.organs == {"liver": 0.3, "heart": 0.25, "lung": 0.2}


@pytest.mark.parametrize(
    "text, doubt",
    [
        ("There is no sign of jaundice.", "negated"),
        ("Her mother had jaundice.", "family"),
        ("Call the doctor if jaundice develops.", "hypothetical"),
    ],
)
def test_what_is_not_stated_of_the_patient_is_not_placed(text, doubt):
    found = place(text, StandIn(liver=0.9))
    assert found.status == "abstained"
    assert [name for name in ("negated", "hypothetical", "family") if getattr(found, name)] == [doubt]
    assert found.reason.endswith("(inferred liver)")


def test_a_stated_side_decides_the_side():
    text = "Colic was felt on the left."
    found = place(text, StandIn(kidney=0.9))
    assert found.laterality == "left" and found.point_mm[0] > 0
    assert place("Colic was felt.", StandIn(kidney=0.9)).laterality == "both"


def test_every_text_gets_an_answer_in_its_order():
    texts = ["It rained.", "The liver.", "It shone.", "No liver disease."]
    found = Placer(phantom_atlas, lambda: StandIn(heart=0.1)).place(texts, np.tile(OPEN, (4, 1)))
    assert [one.named for one in found] == [False, True, False, True]
    assert [one.status for one in found] == ["abstained", "grounded", "abstained", "abstained"]


def test_the_text_before_is_weighed_in_and_the_answer_says_so():
    model = StandIn(liver=0.35, kidney=0.45)
    before = [frozenset({"liver"}), frozenset({"liver", "heart"})]
    placer = Placer(phantom_atlas, lambda: model)
    (alone,) = placer.place(["It can be taken out."])
    (weighed,) = placer.place(["It can be taken out."], None, [before])
    assert (alone.organ, alone.reason) == ("kidney", "inferred: no organ is named")
    assert (weighed.organ, weighed.status) == ("liver", "grounded")
    assert weighed.reason == "inferred: no organ is named, weighed with the text before"


def test_in_a_document_its_own_threshold_counts():
    before = [frozenset({"heart"})]
    model = StandIn(liver=0.5, kidney=0.3)
    placer = Placer(phantom_atlas, lambda: model)
    (alone,) = placer.place(["It aches."])
    assert alone.status == "grounded"  # 0.5 of at least 0.4
    for found in placer.place(["It aches.", "It aches."], None, [(), before]):
        assert found.status == "abstained" and found.reason == "unsure: liver with 0.50"  # of at least 0.6


def test_a_word_that_implies_an_organ_needs_no_model_and_is_inferred():
    model = StandIn(brain=1.0)
    text = "Nephrectomy was done on the left."
    found = place(text, model)
    assert (found.organ, found.named, found.laterality, model.asked) == ("kidney", False, "left", [])
    assert found.point_mm[0] > 0 and found.reason == "inferred: 'Nephrectomy' implies it"
    assert (found.start, found.end) == (0, len("Nephrectomy"))


def test_what_implies_an_organ_that_the_atlas_lacks_is_not_placed():
    found = place("Prostatectomy was done.", StandIn(kidney=1.0))
    assert (found.status, found.named) == ("abstained", False)
    assert found.reason == "the atlas cannot place 'Prostatectomy'"


JUDGE = Judge(Gate(np.zeros(2, np.float32), 0.0, 0.5), Gate(np.array([4.0, 0.0], np.float32), 0.0, 0.5))


def judged(text, odds, windows=OPEN):
    """With so much evidence of a medical subject; ``windows`` is how the words around a mention look."""
    shown = []
    subjects = Subjects([odds], lambda texts, check: shown.extend(texts) or windows)
    placer = Placer(phantom_atlas, lambda: StandIn(liver=0.9), judge=lambda: JUDGE)
    (found,) = placer.place([text], None, [()], subjects=subjects)
    return found, shown


def test_in_a_text_of_no_medical_subject_nothing_is_inferred():
    for text in ("It aches.", "HCC is computed of each block."):
        assert judged(text, 2.0)[0].organ == "liver"
        found, shown = judged(text, -2.0)
        assert (found.status, found.named, shown) == ("abstained", False, [])
        assert found.reason == "no anatomy: the text up to here is of no medical subject"
        assert found.score == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-4)


def test_in_a_text_of_no_medical_subject_a_name_counts_where_it_is_meant_bodily():
    text = "The city of Lyon had always been at the heart of their long and costly war over the silk."
    found, shown = judged(text, -2.0, SHUT)
    assert found.reason == "not bodily: 'heart', in a text of no medical subject"
    assert (found.status, found.named, found.organs) == ("abstained", True, {"heart": 1.0})
    assert text[found.start : found.end] == "heart"
    assert shown == ["city of Lyon had always been at the heart of their long and costly war over the"]
    assert judged(text, -2.0, OPEN)[0].organ == "heart"
    assert judged(text, 2.0, SHUT) == (judged(text, 2.0, OPEN)[0], [])  # nobody is asked
