import pickle

import pytest

from midspan.models.scene.describe import LONGEST, describe, described
from midspan.models.scene.window import Window


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
        ("A walrus is at the left side of the harpoon.", ("walrus", "left_of", "harpoon")),
        ("A man with a beard is standing to the right of a hydrant.", ("man", "right_of", "hydrant")),
        ("On the right hand side of the stove hangs a colander.", ("colander", "right_of", "stove")),
        ("Put the trowel to the right of the trombone.", ("trowel", "right_of", "trombone")),
        ("The bag contains a lemon.", ("lemon", "inside", "bag")),
        ("A castle is surrounded by a fence.", ("fence", "around", "castle")),
        ("The camel is facing the tent.", ("camel", "facing", "tent")),
        ("A bicycle leans against the wall.", ("bicycle", "touching", "wall")),
        ("A clock hangs on the wall above the stove.", ("clock", "above", "stove")),
        ("Draw a sun in the upper left corner.", ("sun", "at_top", "sun")),
        ("Draw a sun in the upper left corner of the picture.", ("sun", "at_left", "sun")),
        ("The girl on the right is facing left.", ("girl", "turned_left", "girl")),
        ("A is to the left of B.", ("A", "left_of", "B")),
        ("The lamp is on the shelf and a spoon lies beside it.", ("spoon", "next_to", "lamp")),
        ("A row of huts is behind the bus.", ("row of huts", "behind", "bus")),
    ],
)
def test_relation_is_read(parse, text, expected):
    assert expected in stated(parse(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A kite is above and right of a box.", {("kite", "above", "box"), ("kite", "right_of", "box")}),
        ("A pin is to the left and below the cup.", {("pin", "left_of", "cup"), ("pin", "below", "cup")}),
        ("Put the coin southeast of the cup.", {("coin", "below", "cup"), ("coin", "right_of", "cup")}),
        ("The coin is at nine o'clock from the cup.", {("coin", "left_of", "cup")}),
        ("A cat sits on the left side of the sofa.", {("cat", "on", "sofa"), ("cat", "left_of", "sofa")}),
        ("Place the fork left of the plate and the spoon right of it.",
         {("fork", "left_of", "plate"), ("spoon", "right_of", "plate")}),
    ],
)  # fmt: skip
def test_all_that_a_wording_says_is_read(parse, text, expected):
    assert stated(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A girl is holding a lantern.", ("lantern", "touching", "girl")),
        ("The knight rides a horse.", ("knight", "on", "horse")),
        ("A bat hangs from a branch.", ("bat", "under", "branch")),
        ("A woman with an umbrella.", ("umbrella", "touching", "woman")),
        ("A man is cutting a melon with a knife.", ("knife", "touching", "man")),
        ("The cat is chasing a mouse.", ("mouse", "next_to", "cat")),
    ],
)
def test_layout_is_implied_by_what_is_done(parse, text, expected):
    found = describe(parse(text))
    surface = [mention.surface for mention in found.mentions]
    assert expected in {
        (surface[one.subject], one.predicate, surface[one.object])
        for one in found.relations
        if not one.explicit
    }


def test_pronoun_means_a_thing_of_the_sentence_before(parse):
    window, texts = Window(), ["A mug is on the shelf.", "Beside it lies a spoon."]
    window.read(0, 0, parse(texts[0]))
    found = described(window.read(1, 23, parse(texts[1])))
    (relation,) = found.relations
    subject, thing = found.mentions[relation.subject], found.mentions[relation.object]
    assert (subject.surface, relation.predicate, thing.surface) == ("spoon", "next_to", "mug")
    assert " ".join(texts)[23 + thing.start : 23 + thing.end] == "mug"


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
        "The ball is in your court now.",
        "A dog, a cat and a tree.",
        "She put the committee under pressure.",
        "The king sat on the throne for forty years.",
        "A film about a boy and his dog was made in Rome.",
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


def test_what_is_very_long_is_no_scene(parse):
    text = "The cup is on the table" + " and the cup is on the table" * (LONGEST // 7 + 1)
    assert describe(parse(text)) is None


def test_another_thing_of_the_same_name_is_told_by_its_colour(parse):
    found = describe(parse("A red ball and a blue ball lie there, and the blue ball is under the bench."))
    (relation,) = found.relations
    assert found.mentions[relation.subject].attributes == ("blue",)


def test_a_window_goes_to_another_process_as_it_is(parse):
    window, texts = Window(), ["A mug is on the shelf.", "Beside it lies a spoon."]
    window.read(0, 0, parse(texts[0]))
    there = pickle.loads(pickle.dumps(window))  # noqa: S301 (our own bytes)
    doc = parse(texts[1])
    assert described(there.read(1, 23, doc)) == described(window.read(1, 23, doc))
