"""Scenes by what is where in them, on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, get_args

import pytest

from midspan.db.records.relational import SqlRecordStore
from midspan.models.scene.matching import match, placed_of
from midspan.models.scene.placed import Constraint, holds
from midspan.models.scene.wordings import IN_PICTURE, Predicate
from midspan.records import (
    SceneArrangement,
    SceneFilter,
    SceneObject,
    SceneQuery,
    SceneRelation,
    WantedRelation,
    WantedThing,
)

DOG = WantedThing("dog", frozenset({"dog"}), ((100, 109),))
TREE = WantedThing("tree", frozenset({"tree"}), ((200, 209),))
ANY = WantedThing("something")


def thing(noun: str, x: float = 0.5, y: float = 0.5, concept: int | None = None, **more: Any) -> SceneObject:
    values: dict[str, Any] = {"depth": 0, "facing": "right", "width": 0.1, "height": 0.1} | more
    category = values.pop("category", "small thing")
    return SceneObject(
        noun, 0, 1, category, "open", x, y, values.pop("depth"), values.pop("facing"), **values,
        noun=noun, concept=concept,
    )  # fmt: skip


class Kept:
    """Scenes that are written one after the other; each has a sentence of its own."""

    def __init__(self, store: SqlRecordStore, made: Any) -> None:
        self.store, self.made = store, made
        self.number = 0

    def add(
        self, *things: SceneObject, relations: tuple[SceneRelation, ...] = (), document: str = "a"
    ) -> SceneArrangement:
        commit = self.made.document(f"{document}{self.number}", "One sentence.")
        self.number += 1
        (segment,) = commit.segments
        scene = replace(self.made.scene(segment), objects=things, relations=relations, score=1.0)
        commit.products.append(scene)
        self.store.commit(commit)
        return scene

    def found(
        self, *things: WantedThing, relations: tuple[WantedRelation, ...] = (), **more: Any
    ) -> list[str]:
        query = SceneQuery(things, relations, **more)
        return [scene.id for scene in self.store.find_scenes(query, 100)]


@pytest.fixture
def kept(store: SqlRecordStore, made: Any) -> Kept:
    return Kept(store, made)


LEFT = WantedRelation(0, "left_of", 1, inverse="right_of")


def test_a_scene_is_found_where_the_relation_holds_of_such_things(kept: Kept) -> None:
    kept.add(thing("dog", 0.8), thing("tree", 0.2))
    right = kept.add(thing("dog", 0.2), thing("tree", 0.8))
    kept.add(thing("dog", 0.2), thing("cup", 0.8))
    assert kept.found(DOG, TREE, relations=(LEFT,)) == [right.id]


def test_without_a_relation_the_more_of_the_things_the_better(kept: Kept) -> None:
    half = kept.add(thing("dog"), thing("cup"))
    whole = kept.add(thing("dog"), thing("tree"))
    kept.add(thing("lamp"), thing("cup"))
    assert kept.found(DOG, TREE) == [whole.id, half.id]


def test_with_a_relation_the_nearer_the_kinds_the_better(kept: Kept) -> None:
    kind = kept.add(thing("poodle", 0.2, concept=105), thing("tree", 0.8))
    same = kept.add(thing("dog", 0.2), thing("tree", 0.8))
    assert kept.found(DOG, TREE, relations=(LEFT,)) == [same.id, kind.id]


def test_what_is_found_comes_back_whole(kept: Kept) -> None:
    scene = kept.add(
        thing("dog", 0.2, concept=101, confidence=0.5),
        thing("tree", 0.8),
        relations=(SceneRelation(0, "left_of", 1, "left of", True, True),),
    )
    assert kept.store.find_scenes(SceneQuery((DOG,)), 5) == [scene]


def test_a_kind_of_a_thing_counts_less_than_its_noun_and_a_like_noun_less_than_that(kept: Kept) -> None:
    like = kept.add(thing("wolf"))
    kind = kept.add(thing("poodle", concept=105))
    same = kept.add(thing("dog"))
    kept.add(thing("cat", concept=110))
    assert kept.found(replace(DOG, near=frozenset({"wolf"}))) == [same.id, kind.id, like.id]


def test_a_category_counts_as_a_kind(kept: Kept) -> None:
    car = kept.add(thing("tram", category="vehicle"))
    kept.add(thing("dog", category="animal"))
    assert kept.found(WantedThing("vehicle", categories=frozenset({"vehicle"}))) == [car.id]


def test_a_stated_relation_counts_more_than_one_that_only_holds(kept: Kept) -> None:
    kept.add(thing("dog", 0.2), thing("tree", 0.8))
    other_way = SceneRelation(1, "right_of", 0, "right of", True, True)
    stated = kept.add(thing("dog", 0.2), thing("tree", 0.8), relations=(other_way,))
    assert kept.found(DOG, TREE, relations=(LEFT,))[0] == stated.id


def test_the_nearer_to_where_it_should_be_the_better(kept: Kept) -> None:
    far = kept.add(thing("dog", 0.9, 0.9))
    near = kept.add(thing("dog", 0.3, 0.3))
    nearest = kept.add(thing("dog", 0.2, 0.2))
    found = kept.found(replace(DOG, x=0.2, y=0.2))
    assert found == [nearest.id, near.id] and far.id not in found


def test_sources_and_a_scene_can_be_left_out(kept: Kept) -> None:
    one, other = kept.add(thing("dog")), kept.add(thing("dog"))
    assert kept.found(DOG, source_ids=frozenset({one.provenance.source_id})) == [one.id]
    assert kept.found(DOG, without=one.id) == [other.id]


def test_between_needs_one_on_either_side(kept: Kept) -> None:
    kept.add(thing("dog", 0.1), thing("tree", 0.4), thing("tree", 0.9))
    within = kept.add(thing("dog", 0.6), thing("tree", 0.4), thing("tree", 0.9))
    between = WantedRelation(0, "between", 1, 2)
    assert kept.found(DOG, TREE, TREE, relations=(between,))[0] == within.id


def test_relations_of_a_drawing_do_not_count_here(kept: Kept) -> None:
    scenes = {kept.add(thing("dog", x), thing("tree", 1 - x)).id for x in (0.2, 0.8)}
    assert kept.found(DOG, TREE, relations=(replace(LEFT, drawn=True),)) == sorted(scenes)


JUDGED = [name for name in get_args(Predicate) if name != "between"]


def test_the_database_judges_boxes_as_the_layout_does(kept: Kept) -> None:
    """Of plain things; where the layout asks what they are, it may take more."""
    chance = random.Random(5)

    def any_thing(noun: str) -> SceneObject:
        x, y, width, height = (round(chance.uniform(low, 0.95), 3) for low in (0.05, 0.05, 0.03, 0.03))
        side = chance.choice(("left", "right"))
        return thing(noun, x, y, width=width / 2, height=height / 2, facing=side, depth=chance.randrange(3))

    scenes = [kept.add(any_thing("a"), any_thing("b")) for _ in range(40)]
    a, b = (WantedThing(noun, frozenset({noun})) for noun in "ab")
    for name in JUDGED:
        alone = name in IN_PICTURE
        relation = WantedRelation(0, name, 0 if alone else 1)
        query = SceneQuery((a, b), (relation,))
        true = {
            scene.id
            for scene in scenes
            if holds([placed_of(one) for one in scene.objects], Constraint(0, name, relation.object))
        }
        said = {
            scene.id
            for scene, found in ((scene, match(scene, query)) for scene in scenes)
            if found is not None
        }
        ranked = kept.found(a, b, relations=(relation,))
        assert said == true, name
        if name in ("on", "under", "inside"):
            assert true <= set(ranked[: 2 * len(true)])
        else:
            assert set(ranked[: len(true)]) == true, name


def test_scenes_are_listed_by_a_thing_and_what_is_stated_of_it(kept: Kept) -> None:
    on = SceneRelation(0, "on", 1, "on", True, True)
    dog_on = kept.add(thing("dog", concept=100), thing("rug"), relations=(on,))
    other = kept.add(thing("cup"), thing("rug"), thing("dog", concept=100), relations=(on,))
    assert kept.store.count_scenes(SceneFilter()) == 2
    assert set(listed(kept, SceneFilter(DOG))) == {dog_on.id, other.id}
    assert listed(kept, SceneFilter(DOG, "on")) == [dog_on.id]
    assert set(listed(kept, SceneFilter(predicate="on"))) == {dog_on.id, other.id}
    assert listed(kept, SceneFilter(predicate="under")) == []
    inside = SceneFilter(source_ids=frozenset({other.provenance.source_id}))
    assert listed(kept, inside) == [other.id] and kept.store.count_scenes(inside) == 1


def listed(kept: Kept, where: SceneFilter) -> list[str]:
    return [scene.id for scene in kept.store.list_scenes(where, 10)]


def test_a_list_is_read_in_portions(kept: Kept) -> None:
    for _ in range(5):
        kept.add(thing("dog"))
    whole = [scene.id for scene in kept.store.list_scenes(SceneFilter(), 10)]
    portions = [kept.store.list_scenes(SceneFilter(), 2, offset) for offset in (0, 2, 4)]
    assert [scene.id for portion in portions for scene in portion] == whole


def test_nouns_and_predicates_are_counted_by_scenes(kept: Kept) -> None:
    on = SceneRelation(0, "on", 1, "on", True, True)
    kept.add(thing("dog"), thing("dog"), thing("rug"), relations=(on,))
    kept.add(thing("dog"), thing("mug"))
    terms = [(term.name, term.scenes) for term in kept.store.scene_nouns(10)]
    assert terms == [("dog", 2), ("mug", 1), ("rug", 1)]
    assert [term.name for term in kept.store.scene_nouns(10, "UG")] == ["mug", "rug"]
    assert [term.name for term in kept.store.scene_nouns(1)] == ["dog"]
    assert [(term.name, term.scenes) for term in kept.store.scene_predicates()] == [("on", 1)]
