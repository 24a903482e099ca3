import pytest

from midspan.models.scene.relations import describe


def stated(doc):
    found = describe(doc)
    if found is None:
        return None
    surface = [mention.surface for mention in found.mentions]
    return {(surface[r.subject], r.predicate, surface[r.object]) for r in found.relations}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cup is on the table.", ("cup", "on", "table")),
        ("The boy stands to the left of the house.", ("boy", "left_of", "house")),
        ("The lamp is on the right side of the bed.", ("lamp", "right_of", "bed")),
        ("The sun is above the apple tree.", ("sun", "above", "apple tree")),
        ("The dog sleeps below the window.", ("dog", "below", "window")),
        ("A dog is under the tree.", ("dog", "under", "tree")),
        ("The ball is in the box.", ("ball", "inside", "box")),
        ("The chair stands next to the door.", ("chair", "next_to", "door")),
        ("The cat sits behind the car.", ("cat", "behind", "car")),
        ("The bus is in front of the church.", ("bus", "in_front_of", "church")),
        ("The bus is far from the house.", ("bus", "far_from", "house")),
        ("Jenny is wearing a crown.", ("crown", "on", "Jenny")),
        ("She put the book on the shelf.", ("book", "on", "shelf")),
        ("On the table stands a vase.", ("vase", "on", "table")),
        ("There is a dog under the bench.", ("dog", "under", "bench")),
        ("The cup is left of the lamp.", ("cup", "left_of", "lamp")),
        ("The book lies left of the cup.", ("book", "left_of", "cup")),
    ],
)
def test_relation_is_read(parse, text, expected):
    assert expected in stated(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "The ball is not on the table.",
        "He left the house and the cat stayed.",
        "The liver lies under the diaphragm.",
        "Children under 12 should not take this drug.",
        "The committee put the option on the table.",
        "Freedom stands above order.",
        "A cup and a table were sold.",
        "It occurs in boys and in dogs in children.",
        "A computer turns the book into pictures.",
        "Table 3 shows the children in the study.",
        "",
    ],
)
def test_no_scene(parse, text):
    assert describe(parse(text)) is None


def test_between_has_two_objects(parse):
    found = describe(parse("The owl sits between the slide and the sandbox."))
    (relation,) = found.relations
    assert [found.mentions[i].surface for i in (relation.subject, relation.object, relation.other)] == [
        "owl",
        "slide",
        "sandbox",
    ]


def test_conjuncts_share_a_relation(parse):
    assert stated(parse("A cat and a dog sit under the tree.")) == {
        ("cat", "under", "tree"),
        ("dog", "under", "tree"),
    }


@pytest.mark.parametrize(
    ("text", "count"), [("Two dogs", 2), ("Three dogs", 3), ("Seven dogs", 3), ("The dogs", 2), ("A dog", 1)]
)
def test_plurals_are_capped(parse, text, count):
    found = describe(parse(f"{text} sat under the tree."))
    assert found.mentions[0].count == count


def test_the_same_thing_again_is_one_mention(parse):
    found = describe(parse("A cup is on the table and a lamp is under the table."))
    assert [mention.surface for mention in found.mentions] == ["cup", "table", "lamp"]


def test_offsets_are_those_of_the_words(parse):
    text = "Near the old picnic table stood a baseball bat."
    for mention in describe(parse(text)).mentions:
        assert text[mention.start : mention.end] == mention.surface
