from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from midspan.models.identity import encoder_run
from midspan.pipelines.embedding import Check, EmbeddingStage, SentenceVectors, text_sha256
from midspan.pipelines.stage import Batch
from midspan.records import Embedding, Segment, SegmentKind

RUN = encoder_run("counting", "0" * 64, 2)


class CountingEncoder:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str], check: Check) -> npt.NDArray[np.float32]:
        self.seen += texts
        angles = np.array([float(len(self.seen) - len(texts) + row) for row in range(len(texts))])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def nothing(run_id: str, hashes: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
    return {}


def batch(*texts: str, kind: SegmentKind = "sentence") -> Batch:
    return Batch(
        [
            Segment(f"seg-{index}", "source", index, kind, "char", 0, len(text), text)
            for index, text in enumerate(texts)
        ]
    )


def embeddings(stage: EmbeddingStage, *texts: str) -> list[Embedding]:
    products = stage(batch(*texts))
    assert all(isinstance(product, Embedding) for product in products)
    return [product for product in products if isinstance(product, Embedding)]


def test_every_sentence_has_a_vector_that_leads_back_to_its_run() -> None:
    stage = EmbeddingStage(SentenceVectors(RUN, CountingEncoder().encode, nothing))
    one, two = embeddings(stage, "one", "two")
    assert (one.segment_id, two.segment_id, one.source_id) == ("seg-0", "seg-1", "source")
    assert one.run_id == stage.run.id and one.space == "text" and one.text_sha256 == text_sha256("one")


def test_equal_texts_are_encoded_once() -> None:
    encoder = CountingEncoder()
    one, _, again = embeddings(
        EmbeddingStage(SentenceVectors(RUN, encoder.encode, nothing)), "one", "two", "one"
    )
    assert encoder.seen == ["one", "two"]
    np.testing.assert_array_equal(one.vector, again.vector)


def test_what_was_encoded_before_is_looked_up_under_this_run() -> None:
    known = np.array([0.6, 0.8], dtype=np.float32)
    asked = []

    def cached(run_id: str, hashes: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        asked.append(run_id)
        return {key: known for key in hashes if key == text_sha256("old")}

    encoder = CountingEncoder()
    stage = EmbeddingStage(SentenceVectors(RUN, encoder.encode, cached))
    old, _ = embeddings(stage, "old", "new")
    assert encoder.seen == ["new"] and asked == [stage.run.id]
    np.testing.assert_array_equal(old.vector, known)


def test_fragments_have_no_vector() -> None:
    encoder = CountingEncoder()
    assert (
        EmbeddingStage(SentenceVectors(RUN, encoder.encode, nothing))(batch("Page 3", kind="fragment")) == []
    )
    assert encoder.seen == []


def test_vectors_are_passed_on_beside_their_segments() -> None:
    mixed = Batch([*batch("one", "two").segments, *batch("Page 3", kind="fragment").segments])
    mixed.segments = [replace(segment, id=f"seg-{place}") for place, segment in enumerate(mixed.segments)]
    one, two = EmbeddingStage(SentenceVectors(RUN, CountingEncoder().encode, nothing))(mixed)
    assert isinstance(one, Embedding) and isinstance(two, Embedding)
    assert mixed.shared["vector"] == [one.vector, two.vector, None]


def test_other_weights_or_another_dimension_are_another_run() -> None:
    runs = [RUN, encoder_run("counting", "1" * 64, 2), encoder_run("counting", "0" * 64, 3)]
    assert len({SentenceVectors(run, CountingEncoder().encode, nothing).run.id for run in runs}) == 3
