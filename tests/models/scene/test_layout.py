from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midspan.models.scene.layout import Start, arrange
from midspan.models.scene.lexicon import NAMED
from midspan.models.scene.placed import Constraint, Placed, holds
from midspan.models.scene.wordings import IN_PICTURE, Predicate

categories = st.sampled_from(sorted(NAMED.values(), key=lambda category: category.name))
predicates = st.sampled_from(get_args(Predicate))


@settings(deadline=None)
@given(categories, predicates, categories, categories)
def test_a_single_relation_is_always_satisfied(subject, predicate, thing, other):
    constraint = Constraint(
        0, predicate, 0 if predicate in IN_PICTURE else 1, 2 if predicate == "between" else None
    )
    things = arrange([subject, thing, other], [constraint])
    assert holds(things, constraint)


@settings(deadline=None)
@given(st.lists(categories, min_size=2, max_size=8), st.data())
def test_things_stay_on_the_canvas(chosen, data):
    index = st.integers(0, len(chosen) - 1)
    pairs = data.draw(st.lists(st.tuples(index, predicates, index), max_size=6))
    constraints = [
        Constraint(a, p, a if p in IN_PICTURE else b)
        for a, p, b in pairs
        if p != "between" and (a != b or p in IN_PICTURE)
    ]
    for thing in arrange(chosen, constraints):
        assert thing.width / 2 - 1e-3 <= thing.x <= 1 - thing.width / 2 + 1e-3
        assert thing.height / 2 - 1e-3 <= thing.y <= 1 - thing.height / 2 + 1e-3


def test_contradiction_is_not_satisfied():
    boy, girl = NAMED["boy"], NAMED["girl"]
    constraints = [Constraint(0, "left_of", 1), Constraint(1, "left_of", 0)]
    things = arrange([boy, girl], constraints)
    assert not all(holds(things, constraint) for constraint in constraints)


def test_depth_order_that_goes_round_in_a_circle_is_not_satisfied():
    chosen = [NAMED["boy"], NAMED["girl"]]
    constraints = [Constraint(0, "behind", 1), Constraint(1, "behind", 0)]
    things = arrange(chosen, constraints)
    assert sum(holds(things, constraint) for constraint in constraints) <= 1


def test_chain_of_relations_holds():
    chosen = [NAMED["small thing"], NAMED["table"], NAMED["large thing"], NAMED["dog"]]
    constraints = [Constraint(0, "on", 1), Constraint(1, "left_of", 2), Constraint(3, "under", 1)]
    things = arrange(chosen, constraints)
    assert all(holds(things, constraint) for constraint in constraints)


def test_without_relations_a_thing_stands_where_its_category_does():
    (thing,) = arrange([NAMED["sun"]], [])
    assert (thing.x, thing.y) == (round(NAMED["sun"].x, 4), round(NAMED["sun"].y, 4))


def test_two_of_a_kind_do_not_cover_each_other():
    chosen = [NAMED["dog"], NAMED["dog"], NAMED["cat"]]
    dogs = arrange(chosen, [Constraint(0, "next_to", 2), Constraint(1, "next_to", 2)])
    assert abs(dogs[0].x - dogs[1].x) > 0.05


def test_what_is_on_a_ground_stands_in_it():
    person, beach = arrange([NAMED["person"], NAMED["place"]], [Constraint(0, "on", 1)])
    foot = person.y + person.height / 2
    assert beach.y - beach.height / 2 <= foot <= beach.y + beach.height / 2 + 0.02


@pytest.mark.parametrize(("predicate", "right"), [("facing", True), ("facing_away", False)])
def test_who_looks_at_a_thing_is_turned_to_it(predicate, right):
    constraints = [Constraint(0, "left_of", 1), Constraint(0, predicate, 1)]
    person, _ = arrange([NAMED["person"], NAMED["tent"]], constraints)
    assert (person.facing == "right") == right


def test_on_the_left_side_is_both_on_and_left():
    constraints = [Constraint(0, "on", 1), Constraint(0, "left_of", 1)]
    things = arrange([NAMED["cat"], NAMED["furniture"]], constraints)
    assert all(holds(things, one) for one in constraints)


def test_places_to_begin_from_are_kept_where_nothing_is_said():
    (cup,) = arrange([NAMED["small thing"]], [], start=[Start(0.2, 0.3)])
    assert (cup.x, cup.y) == (0.2, 0.3)


@pytest.mark.parametrize(("inner", "outer"), [("dog", "small thing"), ("person", "vehicle"), ("cat", "tent")])
def test_what_is_in_a_thing_lies_within_it(inner, outer):
    a, b = arrange([NAMED[inner], NAMED[outer]], [Constraint(0, "inside", 1)])
    assert holds([a, b], Constraint(0, "inside", 1))
    assert a.width < b.width and a.height < b.height
    assert abs(a.x - b.x) <= (b.width - a.width) / 2 + 0.02
    assert abs(a.y - b.y) <= (b.height - a.height) / 2 + 0.02


def test_a_small_thing_in_a_large_one_keeps_its_size():
    a, b = arrange([NAMED["small thing"], NAMED["furniture"]], [Constraint(0, "inside", 1)])
    assert a.grown == b.grown == 1.0


def test_what_sticks_out_is_not_inside_and_what_hangs_in_the_air_is_not_on():
    box = Placed(NAMED["furniture"], 0.5, 0.5, 0, "right")
    cup = Placed(NAMED["small thing"], 0.5 + box.width / 2, 0.5, 0, "right")
    assert not holds([cup, box], Constraint(0, "inside", 1))
    high = Placed(NAMED["small thing"], 0.5, 0.1, 0, "right")
    assert not holds([high, box], Constraint(0, "on", 1))


def test_under_means_at_its_foot_but_anywhere_under_the_sky():
    table, dog = arrange([NAMED["table"], NAMED["dog"]], [Constraint(1, "under", 0)])
    gap = (dog.y - dog.height / 2) - (table.y + table.height / 2)
    assert gap < 0.12
    far = Placed(NAMED["dog"], 0.5, 0.9, 0, "right")
    assert not holds([far, Placed(NAMED["furniture"], 0.5, 0.3, 0, "right")], Constraint(0, "under", 1))
    assert holds([far, Placed(NAMED["sun"], 0.5, 0.1, 0, "right")], Constraint(0, "under", 1))


def test_depth_and_facing_to_begin_with_stay_where_nothing_is_said():
    (cup,) = arrange([NAMED["small thing"]], [], start=[Start(0.2, 0.3, 2, "left")])
    assert (cup.depth, cup.facing) == (2, "left")
