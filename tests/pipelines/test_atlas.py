from dataclasses import replace

import numpy as np
import pytest

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.judge import Judge
from midspan.models.atlas.learned.predictor import Thresholds
from midspan.models.atlas.placing import Placer
from midspan.models.kit.gate import Gate
from midspan.pipelines.atlas import AtlasStage
from midspan.pipelines.embedding import SentenceVectors
from midspan.pipelines.stage import Batch
from midspan.records import Run, Segment, Source


class StandIn:
    """Puts every sentence that names no organ into the liver."""

    organs = phantom_atlas().organs
    gate = Gate(np.array([1.0, 0.0], dtype=np.float32), 0.0, 0.5)
    thresholds = Thresholds(temperature=1.0, temperature_named=1.0, none=0.5, organ=0.5, organ_in_context=0.5)

    def __init__(self):
        self.asked = []

    def probabilities(self, texts, check=lambda: None):
        self.asked += texts
        return np.tile([float(organ == "liver") for organ in (*self.organs, "none")], (len(texts), 1))


def encode(texts, check):
    """Texts about rain lie on the far side of the gate."""
    return np.array([[-1.0 if "rain" in text else 1.0, 0.0] for text in texts], dtype=np.float32)


MEDICAL = Judge(*[Gate(np.zeros(2, dtype=np.float32), 5.0, 0.5)] * 2)
"""Takes every text for one of a medical subject."""


def stage(model=None, gated=True, judge=MEDICAL):
    vectors = SentenceVectors(Run("embedding", 1), encode, lambda run_id, keys: {})
    placer = Placer(phantom_atlas, lambda: model or StandIn(), judge=lambda: judge)
    return AtlasStage(lambda: placer, vectors if gated else None)


def batch_of(one, *sentences, memories=None):
    """A batch of sentences with what the stage remembers of their sources so far."""
    memories = {} if memories is None else memories
    for segment in sentences:
        if segment.source_id not in memories:
            source = Source(segment.source_id, "document", "text/plain", "", 0, 0.0)
            memories[segment.source_id] = one.open(source)
    return Batch(sentences, memories=memories)


def said(one, *sentences, memories=None):
    return one(batch_of(one, *sentences, memories=memories))


def sentence(text, start=100, kind="sentence", ordinal=0):
    return Segment(f"seg-{ordinal}", "source", ordinal, kind, "char", start, start + len(text), text)


def test_record_points_at_the_word_in_the_source():
    text = "Stones form in the left kidney."
    (record,) = said(stage(), sentence(text))
    start = 100 + text.index("kidney")
    assert (record.provenance.start, record.provenance.end) == (start, start + len("kidney"))
    assert (record.organ, record.laterality, record.named, record.status) == (
        "kidney",
        "left",
        True,
        "grounded",
    )
    assert record.x_mm > 0


def test_an_inferred_record_points_at_the_sentence():
    text = "Jaundice is common."
    (record,) = said(stage(), sentence(text))
    assert (record.provenance.start, record.provenance.end) == (100, 100 + len(text))
    assert (record.organ, record.named, record.score) == ("liver", False, 1.0)


def test_abstention_has_no_point():
    (record,) = said(stage(), sentence("No liver disease."))
    assert (record.x_mm, record.organ, record.status, record.negated) == (None, None, "abstained", True)


def test_every_sentence_gets_an_answer_and_no_fragment_does():
    model = StandIn()
    title = sentence("kidney liver heart", kind="fragment")
    (record,) = said(stage(model), title, sentence("It rained.", ordinal=1))
    assert (record.status, record.reason, record.named) == ("abstained", "no anatomy", False)
    assert record.provenance.segment_id == "seg-1" and model.asked == []


def test_without_vectors_the_gate_is_open():
    model = StandIn()
    (record,) = said(stage(model, gated=False), sentence("It rained."))
    assert record.organ == "liver" and model.asked == ["It rained."]
    assert stage(gated=False).run.id != stage().run.id


def test_vectors_that_the_batch_brings_are_not_made_again():
    asked = []
    vectors = SentenceVectors(Run("embedding", 1), lambda texts: asked.append(texts), lambda run_id, keys: {})
    one = AtlasStage(lambda: Placer(phantom_atlas, StandIn, judge=lambda: MEDICAL), vectors)
    rain, other = sentence("Rain fell.", ordinal=0), sentence("It hurts.", ordinal=1)
    batch = batch_of(one, rain, sentence("Page 3", kind="fragment", ordinal=2), other)
    batch.shared["vector"] = [np.array([-1.0, 0.0]), None, np.array([1.0, 0.0])]
    assert [record.status for record in one(batch)] == ["abstained", "grounded"]
    assert asked == []


def test_same_segments_give_the_same_records():
    one = stage()
    batch = batch_of(one, sentence("The heart."), sentence("The lungs.", start=300, ordinal=1))
    assert one(batch) == one(batch)
    assert len({record.id for record in one(batch)}) == 2


class Undecided(StandIn):
    def probabilities(self, texts, check=lambda: None):
        shares = {"liver": 0.48, "kidney": 0.48, "none": 0.04}
        return np.tile([shares.get(organ, 0.0) for organ in (*self.organs, "none")], (len(texts), 1))


TEXTS = ["The kidney.", "It rained.", "It aches.", "The liver, the liver.", "It aches.", "It aches."]


def organs_of(records):
    return [record.organ for record in records]


def test_sentences_before_decide_whatever_the_batches_are():
    segments = [sentence(text, 100 * n, ordinal=n) for n, text in enumerate(TEXTS)]
    whole = stage(Undecided(), gated=False)
    found = organs_of(said(whole, *segments))
    # after the liver as much speaks for the one as for the other
    assert found == ["kidney", "kidney", "kidney", "liver", None, None]
    pieces, memories = stage(Undecided(), gated=False), {}
    cut = [record for segment in segments for record in said(pieces, segment, memories=memories)]
    assert organs_of(cut) == found
    again = said(pieces, *segments[2:4], memories=memories)  # a piece again, as after a failure
    assert organs_of(again) == found[2:4]


def test_documents_have_contexts_of_their_own():
    one, memories = stage(Undecided(), gated=False), {}
    here, there = (
        sentence("The kidney.", ordinal=0),
        replace(sentence("It aches.", ordinal=1), source_id="other"),
    )
    assert organs_of(said(one, here, there, memories=memories)) == ["kidney", None]
    assert one.finish(memories["source"]) == []
    assert organs_of(said(one, sentence("It aches.", 300, ordinal=1))) == [None]


def test_a_sentence_that_failed_counts_for_those_after_it():
    """So that they say the same whether or not it is retried."""
    one, memories = stage(Undecided(), gated=True), {}
    vectors = one._vectors
    vectors._encode, works = lambda texts, check: 1 / 0, vectors._encode
    with pytest.raises(ZeroDivisionError):
        said(one, sentence("The kidney."), memories=memories)
    vectors._encode = works
    assert organs_of(said(one, sentence("It aches.", 300, ordinal=1), memories=memories)) == ["kidney"]


OF_WEATHER = Judge(Gate(np.array([3.0, 0.0], np.float32), 0.0, 0.5), MEDICAL.sense)
"""Takes sentences on rain for those of no medical subject, by as much as others for those of one."""


def test_the_document_up_to_a_sentence_is_judged_whatever_the_batches_are():
    texts = ["It rained.", "It rains still.", "More rain.", "It hurts.", "It aches."]
    segments = [sentence(text, 100 * n, ordinal=n) for n, text in enumerate(texts)]
    model = StandIn()
    found = said(stage(model, judge=OF_WEATHER), *segments)
    assert organs_of(found) == [None, None, None, None, "liver"] and model.asked == ["It aches."]
    assert found[3].reason == "no anatomy: the text up to here is of no medical subject"
    pieces, memories = stage(StandIn(), judge=OF_WEATHER), {}
    cut = [record for segment in segments for record in said(pieces, segment, memories=memories)]
    assert cut == found
    assert said(pieces, *segments[2:4], memories=memories) == found[2:4]  # a piece again, as after a failure
    assert organs_of(said(stage(judge=OF_WEATHER), segments[3])) == ["liver"]  # a document of its own
