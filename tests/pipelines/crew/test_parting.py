"""Stages that share what does not travel stay together."""

from midspan.pipelines.crew.parting import parts_of
from midspan.pipelines.stage import Stage


class Named(Stage):
    unit = "char"
    run = None

    def __init__(self, name, requires=("sentence",), produces=(), uses=()):
        self.name, self.requires, self.produces, self.uses = name, requires, produces, uses

    def __call__(self, batch):
        return []


class Remembering(Named):
    def open(self, source):
        return []


def names(part):
    return [stage.name for stage in part.stages]


def test_what_requires_the_same_stays_together_and_what_is_used_travels():
    stages = [
        Named("parse", produces=("parse",)),
        Named("embedding", produces=("vector",)),
        Named("scene", ("parse",)),
        Remembering("atlas", uses=("vector",)),
        Named("facts", ("parse",)),
    ]
    rules, embedding, atlas = parts_of(stages)
    assert names(rules) == ["parse", "scene", "facts"]
    assert (names(embedding), names(atlas)) == (["embedding"], ["atlas"])
    assert (rules.after, embedding.after, atlas.after) == ((), (), (1,))
    assert (rules.makes, embedding.makes, atlas.makes) == (frozenset(), {"vector"}, frozenset())
    assert (rules.remembers, embedding.remembers, atlas.remembers) == (False, False, True)


def test_a_stage_that_requires_two_things_joins_their_parts():
    stages = [
        Named("tags", produces=("tags",)),
        Named("boxes", produces=("boxes",)),
        Remembering("both", ("boxes", "tags")),
    ]
    [part] = parts_of(stages)
    assert names(part) == ["tags", "boxes", "both"]
    assert part.remembers


def test_what_a_later_stage_makes_is_waited_for_by_nobody():
    """So that no two parts wait for each other."""
    first, second = parts_of([Named("first", uses=("late",)), Named("second", produces=("late",))])
    assert (first.after, second.after) == ((), ())
    assert second.makes == frozenset()
