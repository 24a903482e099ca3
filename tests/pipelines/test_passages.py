"""Passages: what is in one, when it is said, and that a failed sentence is never left out of one."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from midspan.models.identity import encoder_run
from midspan.pipelines.batch_run import run_batch
from midspan.pipelines.embedding import Check, EmbeddingStage, SentenceVectors
from midspan.pipelines.passages import PASSAGE, PassageStage
from midspan.pipelines.stage import Batch, Stage
from midspan.records import Embedding, Segment, SegmentKind, Source

RUN = encoder_run("axes", "0" * 64, 2)
AXES = {"a": (1.0, 0.0), "b": (0.0, 1.0), "c": (-1.0, 0.0)}


def encode(texts: Sequence[str], check: Check) -> npt.NDArray[np.float32]:
    """By the first letter; "!" cannot be encoded."""
    if any(text.startswith("!") for text in texts):
        raise ValueError("not this one")
    return np.array([AXES[text[0]] for text in texts], dtype=np.float32)


def stages() -> tuple[EmbeddingStage, PassageStage]:
    vectors = SentenceVectors(RUN, encode, lambda run_id, hashes: {})
    return EmbeddingStage(vectors), PassageStage(vectors)


def segment(ordinal: int, start: int, text: str, kind: SegmentKind = "sentence", of: str = "doc") -> Segment:
    return Segment(f"{of}-{ordinal}", of, ordinal, kind, "char", start, start + len(text), text)


def said(*batches: list[Segment]) -> tuple[list[Embedding], int]:
    """The passages of these batches and of the ends of their sources, and how many failures there were."""
    embedding, passages = stages()
    names = dict.fromkeys(segment.source_id for batch in batches for segment in batch)
    sources = {name: passages.open(Source(name, "document", "text/plain", name, 1, 0.0)) for name in names}
    memories: dict[Stage, dict[str, object]] = {embedding: {}, passages: dict(sources)}
    products, failed = [], 0
    for batch in batches:
        outcome = run_batch([embedding, passages], Batch(batch), memories=memories)
        products += outcome.products
        failed += len(outcome.failures)
    for memory in sources.values():
        products += passages.finish(memory)
    return [one for one in products if isinstance(one, Embedding) and one.space == "passage"], failed


def test_a_passage_is_the_mean_of_its_sentences_by_length():
    (passage,), _ = said([segment(0, 0, "aaa"), segment(1, 4, "bbbb")])
    assert (passage.segment_id, passage.source_id, passage.run_id) == ("doc-0", "doc", stages()[1].run.id)
    np.testing.assert_allclose(passage.vector, [3 / 5, 4 / 5], atol=1e-6)


def test_sentences_belong_where_they_begin_and_other_segments_nowhere():
    batch = [
        segment(0, 0, "Title", "fragment"),
        segment(1, 6, "aa"),
        segment(2, PASSAGE - 1, "bb"),
        segment(3, PASSAGE + 1, "a"),
        segment(4, 3 * PASSAGE, "b"),
    ]
    found, _ = said(batch)
    assert [passage.segment_id for passage in found] == ["doc-1", "doc-3", "doc-4"]
    np.testing.assert_allclose(found[0].vector, [0.5**0.5, 0.5**0.5], atol=1e-6)


def test_where_batches_are_cut_makes_no_difference():
    one = [segment(number, number * 900, "ab"[number % 2] * (number + 1)) for number in range(9)]
    other = [segment(number, number * 700, "ba"[number % 2] * 3, of="other") for number in range(9)]
    whole, _ = said(one + other)
    mixed, _ = said(one[:1] + other[:5], one[1:6], one[6:] + other[5:])
    assert len(whole) == 4 + 3
    vectors = {passage.segment_id: passage.vector for passage in mixed}
    for passage in whole:
        np.testing.assert_allclose(passage.vector, vectors[passage.segment_id], atol=1e-6)


def test_a_passage_with_a_failed_sentence_is_not_said():
    batch = [segment(0, 0, "a"), segment(1, 2, "!"), segment(2, PASSAGE, "b"), segment(3, PASSAGE + 2, "a")]
    found, failed = said(batch)
    assert [passage.segment_id for passage in found] == ["doc-2"]
    assert failed == 2  # its own vector, and its passage's


def test_vectors_that_cancel_each_other_out_are_no_passage():
    assert said([segment(0, 0, "aa"), segment(1, 3, "cc")]) == ([], 0)


@pytest.mark.parametrize("other", [encoder_run("axes", "1" * 64, 2), encoder_run("axes", "0" * 64, 3)])
def test_another_encoder_is_another_run(other):
    run = PassageStage(SentenceVectors(other, encode, lambda run_id, hashes: {})).run
    assert run.id != stages()[1].run.id and run.stage == "passages"
