from midspan.pipelines.atlas import AtlasStage
from midspan.pipelines.stage import Batch
from midspan.records import Segment


def sentence(text, start=100, kind="sentence", ordinal=0):
    return Segment(f"seg-{ordinal}", "source", ordinal, kind, "char", start, start + len(text), text)


def test_record_points_at_the_word_in_the_source():
    text = "Stones form in the left kidney."
    (record,) = AtlasStage()(Batch([sentence(text)]))
    start = 100 + text.index("kidney")
    assert (record.provenance.start, record.provenance.end) == (start, start + len("kidney"))
    assert (record.organ, record.laterality, record.named, record.status) == (
        "kidney",
        "left",
        True,
        "grounded",
    )
    assert record.x_mm > 0


def test_abstention_has_no_point():
    (record,) = AtlasStage()(Batch([sentence("No liver disease.")]))
    assert (record.x_mm, record.organ, record.status, record.negated) == (None, None, "abstained", True)


def test_fragments_and_plain_sentences_give_nothing():
    batch = Batch([sentence("kidney liver heart", kind="fragment"), sentence("It rained.", ordinal=1)])
    assert AtlasStage()(batch) == []


def test_same_segments_give_the_same_records():
    batch = Batch([sentence("The heart."), sentence("The lungs.", start=300, ordinal=1)])
    stage = AtlasStage()
    assert stage(batch) == stage(batch)
    assert len({record.id for record in stage(batch)}) == 2
