"""The worlds that the ranker learns in, and those that it is held against, in words of the graph and of
texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from midspan.models.facts.knowledge_graph import KnowledgeGraph, Relation
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.training.examples import Example, Examples, gone, namesakes, own_facts
from midspan.models.facts.link.training.falb import Case, share_of
from midspan.models.facts.link.training.qualified import qualified
from midspan.models.facts.link.training.sentences import Text, sentences
from midspan.models.facts.link.training.world import World

TEXTS: tuple[Text, ...] = ("fewrel", "namesakes", "passing", "strangers")
HIDDEN = 0.5
"""Share of the aliases that a world does not know, where cases are in words of the graph."""
TOLD = 0.5
"""Share of the texts of which the predicate is known."""
GONE = 0.3
NAMESAKES = 0.15
"""Share of what is asked for that is not in a world, and of the names that a second entity bears there."""
QUALIFIED = 1500
UNDESCRIBED = 0.15
IN_LISTS = ("fewrel", "namesakes", "passing", "places")
BARE = 2
"""One of so many cases is asked in a bare world too."""
HELD_OUT = 0.2
"""Share of the texts by which the temperature is set."""
A_PART = 2500
"""Cases of a world in words of the graph."""


@dataclass(frozen=True)
class Worlds:
    """Over one graph."""

    graph: KnowledgeGraph
    examples: Examples

    @cached_property
    def facts(self) -> list[Relation]:
        return falb.facts(self.graph)

    @cached_property
    def not_trained(self) -> set[Relation]:
        """What no world in words of the graph knows."""
        return {one for one in self.facts if falb.split_of(one) != "train"}

    def train(self, seed: int) -> list[Example]:
        """Of facts and texts that the space was not trained on."""
        cases = falb.cases(self.graph, self.facts, "validation", 3 * A_PART, seed)
        texts: dict[str, list[Case]] = {name: _unseen(name, held_out=False) for name in TEXTS}
        texts["places"] = qualified(self.graph, "train", QUALIFIED, seed)
        return [one for some in self._of(cases, texts, 10 * seed) for one in some]

    def held_out(self, seed: int) -> list[Example]:
        """For the temperature: other facts and texts than those that ``train`` takes."""
        cases = falb.cases(self.graph, self.facts, "validation", 3 * A_PART + 1500, seed)[3 * A_PART :]
        texts: dict[str, list[Case]] = {name: _unseen(name, held_out=True) for name in TEXTS}
        return [one for some in self._of(cases, texts, 10 * seed + 5) for one in some]

    def _of(self, cases: Sequence[Case], texts: dict[str, list[Case]], seed: int) -> Iterator[list[Example]]:
        """A third of the cases each: with half of the aliases; some of it gone as well; namesakes as well.
        The texts in the graph as it is: what they name has namesakes enough of its own. And some of both in
        a bare world: a list of one's own, whose names are hardly borne by strangers."""
        for part in range(3):
            some = cases[part::3]
            yield self.examples.of(some, self.of_graph(some, seed + part, absent=part > 0, doubled=part > 1))
        for some in texts.values():
            found = self.examples.of(some, self.of_texts(some, seed), _is_told)
            yield [one for one in found if one.described or not one.gold or _is_kept(one)]
        for some in (cases, *(texts[name] for name in IN_LISTS if name in texts)):
            own = [case for case in some[::BARE] if "" not in (case.subject, case.object)]
            yield self.examples.of(own, World(self.graph, bare=True), _is_told)

    def of_graph(self, cases: Sequence[Case], seed: int, *, absent: bool, doubled: bool) -> World:
        return World(
            self.graph,
            aliases=falb.hidden_aliases(self.graph, HIDDEN, seed),
            relations=self.not_trained,
            entities=gone(cases, GONE, seed) if absent else (),
            namesakes=namesakes(self.graph, cases, NAMESAKES, seed) if doubled else None,
        )

    def of_texts(self, cases: Sequence[Case], seed: int) -> World:
        """All its names are known, of the facts that the texts say half."""
        return World(self.graph, relations=own_facts(cases, self.facts, 0.5, seed))


def _is_kept(example: Example) -> bool:
    """Most of what FewRel speaks of is in the graph with its name alone, and must not be what is usual."""
    return share_of("undescribed", example.name) < UNDESCRIBED


def _is_told(case: Case) -> bool:
    return share_of("told", case.group) < TOLD


def _unseen(name: Text, *, held_out: bool) -> list[Case]:
    """Without the sides that mean what the space was shown a text about."""
    found = sentences(name, "validation")
    if name != "fewrel":
        return _held(found + sentences(name, "train"), held_out)
    seen = {uid for case in sentences(name, "train") for uid in (case.subject, case.object)}
    unseen = [
        replace(
            case,
            subject=None if case.subject in seen else case.subject,
            object=None if case.object in seen else case.object,
        )
        for case in found
    ]
    return _held(unseen, held_out)


def _held(cases: Sequence[Case], held_out: bool) -> list[Case]:
    return [case for case in cases if (share_of("held out", case.group) < HELD_OUT) == held_out]
