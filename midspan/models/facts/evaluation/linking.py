"""How well names are linked: FaLB-mini with its facets, what is not in the graph, and names in texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import mannwhitneyu

from midspan.models.facts.evaluation.names import SORTS, name_cases
from midspan.models.facts.knowledge_graph import KnowledgeGraph
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

Answer = Callable[[Example], tuple[str, float]]
"""The uid, empty for nobody in the graph, and the confidence that this is right."""


@dataclass(frozen=True)
class Tests:
    """What is asked, the same of every system."""

    half: list[Example]
    """Half of the aliases unknown, all golds in the graph."""
    full: list[Example]
    absent: list[Example]
    """As ``half``; half of the golds are not in the graph."""
    doubled: list[Example]
    """As ``absent``, and made namesakes are."""
    texts: dict[str, list[Example]]

    @classmethod
    def of(cls, graph: KnowledgeGraph, model: LinkModel, seed: int) -> Tests:
        bags = word_pieces()
        examples = Examples(graph, model.space, bags, near_in(graph, model.space, bags, model.sha256))
        worlds = Worlds(graph, examples)
        cases = falb.cases(graph, worlds.facts, "test", FACTS, seed)
        unknown, hidden = falb.hidden_aliases(graph, 0.5, ELSEWHERE + seed), worlds.not_trained
        away = gone(cases, GONE, ELSEWHERE + seed)
        double = namesakes(graph, cases, DOUBLED, ELSEWHERE + seed)
        texts: dict[str, list[Case]] = {name: sentences(name, "test") for name in TEXTS}
        texts["places"] = qualified(graph, "test", 500, seed)
        texts |= {sort: name_cases(sort) for sort in SORTS}
        return cls(
            half=examples.of(cases, World(graph, aliases=unknown, relations=hidden)),
            full=examples.of(cases, World(graph, relations=hidden)),
            absent=examples.of(cases, World(graph, aliases=unknown, relations=hidden, entities=away)),
            doubled=examples.of(
                cases,
                World(graph, aliases=unknown, relations=hidden, entities=away, namesakes=double),
            ),
            texts={
                name: [
                    one
                    for one in examples.of(some, worlds.of_texts(some, ELSEWHERE + seed), lambda _: False)
                    if one.described or not one.gold
                ]
                for name, some in texts.items()
            },
        )


def linker(model: LinkModel) -> Answer:
    def answer(one: Example) -> tuple[str, float]:
        probabilities = model.ranker.probabilities(one.features)
        best = int(probabilities.argmax())
        return (*one.uids, "")[best], float(probabilities[best])

    return answer


def forced(model: LinkModel) -> Answer:
    """The linker's best, nobody being no answer."""
    return best_of(model.ranker.scores)


def best_of(score: Callable[[Floats], Floats], least: float = -np.inf) -> Answer:
    """The candidate with the greatest score; nobody below ``least``. It is sure of all it says."""

    def answer(one: Example) -> tuple[str, float]:
        scores = score(one.features)
        best = int(scores.argmax()) if len(scores) else -1
        return (one.uids[best], 1.0) if len(scores) and scores[best] >= least else ("", 1.0)

    return answer


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
    for view, examples in (("half", tests.half), ("full", tests.full)):
        found |= _linked(view, examples, choice)
    for view, examples in (("half_gone", tests.absent), ("doubled", tests.doubled), *tests.texts.items()):
        found |= _absence(view, examples, answer)
    return found


def _linked(view: str, examples: Sequence[Example], answer: Answer) -> Figures:
    """Recall at 1 by facet."""
    right = np.array([answer(one)[0] == one.gold for one in examples])
    groups = [one.group for one in examples]
    facets = {
        "": np.ones(len(examples), dtype=np.bool_),
        "_polysemous": np.array([one.namesake for one in examples]),
        "_inductive": np.array([one.inductive for one in examples]),
        "_unlisted": np.array([not one.listed for one in examples]),
    }
    return {f"r1{facet}_{view}": share_of(right, chosen, groups) for facet, chosen in facets.items()}


def _absence(view: str, examples: Sequence[Example], answer: Answer) -> Figures:
    """Is it in the graph, and what is said right: all, and where a name is borne by somebody else."""
    answers = [answer(one) for one in examples]
    said = np.array([uid != "" for uid, _ in answers])
    there = np.array([one.gold != "" for one in examples])
    right = np.array([uid == one.gold for (uid, _), one in zip(answers, examples, strict=True)])
    confidence = np.array([sure for _, sure in answers])
    named = np.array([one.namesake for one in examples])
    groups = [one.group for one in examples]
    found = {
        f"right_{view}": share_of(right, np.ones(len(right), dtype=np.bool_), groups),
        f"links_right_{view}": share_of(right, said, groups),
        f"inside_{view}": share_of(said, there, groups),
        f"outside_{view}": share_of(~said, ~there, groups),
        f"namesakes_{view}": _macro(said, there, named, groups),
        f"macro_{view}": _macro(said, there, np.ones(len(said), dtype=np.bool_), groups),
        f"ece_{view}": Figure(expected_calibration_error(confidence, right), float("nan")),
    }
    presence = np.where(said, confidence, 1 - confidence)
    if 0 < there.sum() < len(there):
        found[f"auc_{view}"] = Figure(_auc(presence, there), float("nan"))
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
