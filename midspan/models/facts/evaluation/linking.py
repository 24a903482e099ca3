"""How well names are linked: FaLB-mini with its facets, what is not in the graph, and names in texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import mannwhitneyu

from midspan.models.facts.evaluation.names import SORTS, name_cases
from midspan.models.facts.knowledge_graph import KnowledgeGraph, Relation
from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.link.near import near_in
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.training.examples import Example, Examples, gone, namesakes
from midspan.models.facts.link.training.falb import Case
from midspan.models.facts.link.training.qualified import qualified
from midspan.models.facts.link.training.sentences import sentences
from midspan.models.facts.link.training.world import World
from midspan.models.facts.link.training.worlds import TEXTS, Worlds
from midspan.models.facts.link.words import word_pieces
from midspan.models.kit.calibration import expected_calibration_error
from midspan.models.kit.measuring import Figure, Figures, share_of

Bools = npt.NDArray[np.bool_]
FACTS = 2000
GONE = 0.5
"""Share of what is asked for that is taken out of the graph where absence is measured."""
DOUBLED = 0.3
"""Share of the names that get a second bearer, where namesakes are made."""
ALIAS_BONUS = 0.5
ELSEWHERE = 1000
"""Added to a seed, for other worlds than those of training."""
_PLACE = {name: place for place, name in enumerate(FEATURES)}

Said = tuple[str, float]
"""The uid, empty for nobody in the graph, and the confidence that this is right."""


@dataclass(frozen=True)
class View:
    """What is asked in one world."""

    world: World
    examples: list[Example]


Answer = Callable[[View], Sequence[Said]]
"""What a system says of each example."""


@dataclass(frozen=True)
class Tests:
    """What is asked, the same of every system."""

    facts: dict[str, View]
    """In words of the graph, by how its world is (``worlds``)."""
    texts: dict[str, View]

    @classmethod
    def of(cls, graph: KnowledgeGraph, model: LinkModel, seed: int) -> Tests:
        bags = word_pieces()
        examples = Examples(graph, model.space, bags, near_in(graph, model.space, bags, model.sha256))
        known = Worlds(graph, examples)
        cases = falb.cases(graph, known.facts, "test", FACTS, seed)
        made = worlds(graph, graph, cases, known.not_trained, ELSEWHERE + seed)
        texts: dict[str, list[Case]] = {name: sentences(name, "test") for name in TEXTS}
        texts["places"] = qualified(graph, "test", 500, seed)
        texts |= {sort: name_cases(sort) for sort in SORTS}
        return cls(
            facts={name: View(world, examples.of(cases, world)) for name, world in made.items()},
            texts={name: _text_view(known, some, ELSEWHERE + seed) for name, some in texts.items()},
        )


def worlds(
    whole: KnowledgeGraph, asked: KnowledgeGraph, cases: Sequence[Case], hidden: set[Relation], seed: int
) -> dict[str, World]:
    """Worlds of a graph in which facts of ``asked``, which it holds, are asked for; none knows ``hidden``.

    Half of the aliases unknown and all golds there; all aliases known; half unknown and half of the golds not
    there; the same with made namesakes.
    """
    unknown = falb.hidden_aliases(asked, 0.5, seed)
    away = gone(cases, GONE, seed)
    double = namesakes(asked, cases, DOUBLED, seed)
    return {
        "half": World(whole, aliases=unknown, relations=hidden),
        "full": World(whole, relations=hidden),
        "half_gone": World(whole, aliases=unknown, relations=hidden, entities=away),
        "doubled": World(whole, aliases=unknown, relations=hidden, entities=away, namesakes=double),
    }


def _text_view(known: Worlds, cases: Sequence[Case], seed: int) -> View:
    world = known.of_texts(cases, seed)
    found = known.examples.of(cases, world, lambda _: False)
    return View(world, [one for one in found if one.described or not one.gold])


def linker(model: LinkModel) -> Answer:
    def answer(one: Example) -> Said:
        probabilities = model.ranker.probabilities(one.features)
        best = int(probabilities.argmax())
        return (*one.uids, "")[best], float(probabilities[best])

    return lambda view: [answer(one) for one in view.examples]


def forced(model: LinkModel) -> Answer:
    """The linker's best, nobody being no answer."""
    return best_of(model.ranker.scores)


def best_of(score: Callable[[Floats], Floats], least: float = -np.inf) -> Answer:
    """The candidate with the greatest score; nobody below ``least``. It is sure of all it says."""

    def answer(one: Example) -> Said:
        scores = score(one.features)
        best = int(scores.argmax()) if len(scores) else -1
        return (one.uids[best], 1.0) if len(scores) and scores[best] >= least else ("", 1.0)

    return lambda view: [answer(one) for one in view.examples]


def feature(name: str) -> Callable[[Floats], Floats]:
    return lambda rows: rows[:, _PLACE[name]]


def baselines() -> dict[str, Answer]:
    named, popular, head = feature("named"), feature("popularity"), feature("head")
    label = feature("label")
    return {
        "exact label, popularity": best_of(lambda rows: 100 * label(rows) + popular(rows), 100),
        "alias and popularity": best_of(lambda rows: 100 * named(rows) + popular(rows), 100),
        "slot heads": best_of(head),
        "slot heads and alias": best_of(lambda rows: head(rows) + ALIAS_BONUS * named(rows)),
    }


def figures(tests: Tests, answer: Answer, choice: Answer) -> Figures:
    """``choice`` answers where all golds are there."""
    found: Figures = {}
    for name in ("half", "full"):
        found |= recall(name, tests.facts[name], choice)
    return {**found, **absences(tests, answer)}


def absences(tests: Tests, answer: Answer) -> Figures:
    """Where not all golds are there."""
    views = {name: tests.facts[name] for name in ("half_gone", "doubled")} | tests.texts
    found: Figures = {}
    for name, view in views.items():
        found |= absence(name, view, answer)
    return found


def recall(name: str, view: View, answer: Answer) -> Figures:
    """Recall at 1 by facet."""
    examples = view.examples
    right = np.array([uid == one.gold for (uid, _), one in zip(answer(view), examples, strict=True)])
    groups = [one.group for one in examples]
    facets = {
        "": np.ones(len(examples), dtype=np.bool_),
        "_polysemous": np.array([one.namesake for one in examples]),
        "_inductive": np.array([one.inductive for one in examples]),
        "_unlisted": np.array([not one.listed for one in examples]),
    }
    return {f"r1{facet}_{name}": share_of(right, chosen, groups) for facet, chosen in facets.items()}


def absence(name: str, view: View, answer: Answer) -> Figures:
    """Is it in the graph, and what is said right: all, and where a name is borne by somebody else."""
    answers, examples = answer(view), view.examples
    said = np.array([uid != "" for uid, _ in answers])
    there = np.array([one.gold != "" for one in examples])
    right = np.array([uid == one.gold for (uid, _), one in zip(answers, examples, strict=True)])
    confidence = np.array([sure for _, sure in answers])
    named = np.array([one.namesake for one in examples])
    groups = [one.group for one in examples]
    found = {
        f"right_{name}": share_of(right, np.ones(len(right), dtype=np.bool_), groups),
        f"links_right_{name}": share_of(right, said, groups),
        f"inside_{name}": share_of(said, there, groups),
        f"outside_{name}": share_of(~said, ~there, groups),
        f"namesakes_{name}": _macro(said, there, named, groups),
        f"macro_{name}": _macro(said, there, np.ones(len(said), dtype=np.bool_), groups),
        f"ece_{name}": Figure(expected_calibration_error(confidence, right), float("nan")),
    }
    presence = np.where(said, confidence, 1 - confidence)
    if 0 < there.sum() < len(there):
        found[f"auc_{name}"] = Figure(_auc(presence, there), float("nan"))
    return found


def _auc(scores: npt.NDArray[np.float64], truth: Bools) -> float:
    """Share of the pairs of one that is there and one that is not of which the first has more."""
    statistic = mannwhitneyu(scores[truth], scores[~truth]).statistic
    return float(statistic / (truth.sum() * (~truth).sum()))


def _macro(said: Bools, there: Bools, chosen: Bools, groups: Sequence[str]) -> Figure:
    """Mean of the shares of what is there and is said to be, and of what is not and is said not to be."""
    inside, outside = (
        share_of(told, where & chosen, groups) for told, where in ((said, there), (~said, ~there))
    )
    return Figure((inside.mean + outside.mean) / 2, float(np.hypot(inside.se, outside.se)) / 2)
