"""Sentences at their place in an atlas: by dictionary where an organ is named or implied, else by the model.

Every sentence gets an answer: a point with its organ, or an abstention with its reason and probability. In a
document of no medical subject nothing is inferred, and an organ counts as named only where its word is meant
bodily.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.anatomy.anatomy import PHANTOM, Anatomy
from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.anatomy.phantom import PointMm
from midspan.models.atlas.language.context import Context, in_context
from midspan.models.atlas.language.grounding import (
    Grounding,
    Laterality,
    doubt_of,
    ground,
    ground_mentions,
    stated_side,
)
from midspan.models.atlas.language.implied import implied_mentions
from midspan.models.atlas.language.subject import MEDICAL
from midspan.models.atlas.learned.decoding import distance_table, expected_distance, onto
from midspan.models.atlas.learned.judge import Judge, around
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.records import DoubtKind

Floats = npt.NDArray[np.float64]
INFERRED = "inferred: no organ is named"
INFERRED_IN_CONTEXT = f"{INFERRED}, weighed with the text before"
IMPLIED = "inferred: {!r} implies it"
NO_SUBJECT = "no anatomy: the text up to here is of no medical subject"
NOT_BODILY = "not bodily: {!r}, in a text of no medical subject"
Encode = Callable[[Sequence[str], Callable[[], None]], npt.NDArray[np.float32]]
"""Vectors of texts by the bundled encoder; the second is called between its batches, and may raise."""
LISTED = 0.01
"""Organs with less probability are left out of an answer."""


@dataclass(frozen=True)
class Subjects:
    """What is known of the documents that texts stand in."""

    log_odds: Sequence[float]
    """Of a medical subject at each text."""
    encode: Encode
    """For the words around a mention, where there is doubt."""


class Placer:
    """Texts to groundings. Atlas and model are made on first use: most sentences need neither."""

    def __init__(
        self,
        atlas: Callable[[], Atlas],
        predictor: Callable[[], OrganPredictor],
        anatomy: Callable[[], Anatomy] = lambda: PHANTOM,
        judge: Callable[[], Judge] = Judge.load,
    ) -> None:
        self._make_atlas, self._make_predictor, self._make_anatomy = atlas, predictor, anatomy
        self._make_judge = judge
        self._distances: dict[tuple[PointMm, str], float] = {}

    @cached_property
    def _atlas(self) -> Atlas:
        return self._make_atlas()

    @cached_property
    def _anatomy(self) -> Anatomy:
        return self._make_anatomy()

    @cached_property
    def _predictor(self) -> OrganPredictor:
        return self._make_predictor()

    @cached_property
    def _judge(self) -> Judge:
        return self._make_judge()

    def place(
        self,
        texts: Sequence[str],
        embeddings: npt.NDArray[np.float32] | None = None,
        contexts: Sequence[Context] | None = None,
        check: Callable[[], None] = lambda: None,
        subjects: Subjects | None = None,
    ) -> list[Grounding]:
        """One answer a text.

        With ``embeddings`` (n, 384) of the bundled encoder the gate decides which texts are worth the
        second encoder; without them all are that name no organ. ``contexts`` say what the sentences before
        each text name; with them the texts are sentences of documents, without them each is asked for itself,
        and less sure answers stand. ``subjects`` say how much their document is of a medical subject; without
        them a text is taken as of one. ``check`` is called often; what it raises ends the work.
        """
        found: list[Grounding | None] = []
        for text in texts:
            check()
            found.append(self._named(text) or self._implied(text))
        if subjects is not None:
            found = self._judged(texts, found, subjects, check)
        open_ = [index for index, grounding in enumerate(found) if grounding is None]
        passing = open_
        if embeddings is not None and open_:
            gate = self._predictor.gate
            shares = gate.probability(embeddings[open_])
            passing = [index for index, share in zip(open_, shares, strict=True) if share >= gate.threshold]
            for index, share in zip(open_, shares, strict=True):
                found[index] = _nothing(texts[index], 1 - float(share))
        before = None if contexts is None else [contexts[index] for index in passing]
        inferred = self._infer([texts[index] for index in passing], before, check)
        for index, grounding in zip(passing, inferred, strict=True):
            found[index] = grounding
        return [grounding for grounding in found if grounding is not None]

    def _judged(
        self,
        texts: Sequence[str],
        found: Sequence[Grounding | None],
        subjects: Subjects,
        check: Callable[[], None],
    ) -> list[Grounding | None]:
        """The same, but abstentions where the text is of no medical subject: all that is inferred, and the
        organs whose words are not meant bodily."""
        judged = list(found)
        doubtful = []
        for index, (grounding, odds) in enumerate(zip(found, subjects.log_odds, strict=True)):
            if odds >= MEDICAL:
                continue
            if grounding is None or not grounding.named:
                judged[index] = _abstain(texts[index], NO_SUBJECT, _probability(-odds), {})
            elif grounding.status == "grounded":
                doubtful.append((index, grounding))
        if doubtful:
            shown = [around(texts[index], one.start, one.end) for index, one in doubtful]
            bodily = self._judge.bodily(subjects.encode(shown, check))
            for (index, one), odds in zip(doubtful, bodily, strict=True):
                if odds < self._judge.sense_odds:
                    judged[index] = _not_bodily(texts[index], one, float(odds))
        return judged

    def evidence(self, embeddings: npt.NDArray[np.float32]) -> list[float]:
        """Log odds that sentences (n, 384) are of a medical subject, each by itself."""
        return [round(float(odds), 3) for odds in self._judge.evidence(embeddings)]

    def _named(self, text: str) -> Grounding | None:
        return self._spread(ground(text, self._anatomy))

    def _implied(self, text: str) -> Grounding | None:
        """By words that imply an organ of this atlas, or what it lacks."""
        found = [one for one in implied_mentions(text) if not one.organ or one.organ in self._atlas.organs]
        grounding = ground_mentions(text, found, self._anatomy, IMPLIED)
        if grounding is None:
            return None
        side = stated_side(text)
        if grounding.organ and grounding.laterality == "both" and side in ("left", "right"):
            surface = text[grounding.start : grounding.end]
            point = self._anatomy.centre(grounding.organ, side, "")
            grounding = replace(grounding, reason=IMPLIED.format(surface), point_mm=point, laterality=side)
        return self._spread(replace(grounding, named=False))

    def _spread(self, grounding: Grounding | None) -> Grounding | None:
        """The same, with how far its organs may be from its point."""
        if grounding is None or grounding.point_mm is None:
            return grounding
        here = grounding.point_mm
        spread = sum(share * self._distance_mm(here, organ) for organ, share in grounding.organs.items())
        return replace(grounding, spread_mm=round(spread, 1))

    def _distance_mm(self, point: PointMm, organ: str) -> float:
        """Kept, as the dictionary's points are few."""
        if (point, organ) not in self._distances:
            self._distances[point, organ] = float(self._atlas.distance([point], organ)[0])
        return self._distances[point, organ]

    def _infer(
        self, texts: Sequence[str], contexts: Sequence[Context] | None, check: Callable[[], None]
    ) -> list[Grounding]:
        if not texts:
            return []
        limits = self._predictor.thresholds
        least = limits.organ if contexts is None else limits.organ_in_context
        before: Sequence[Context] = contexts or [()] * len(texts)
        shares = in_context(self._predictor.probabilities(texts, check), self._predictor.organs, before)
        organs = onto(self._predictor.organs, shares[:, :-1], self._atlas)
        points, spreads = distance_table(self._atlas).least_expected(organs)
        answers = []
        for index, text in enumerate(texts):
            if (abstention := self._abstention(text, shares[index], least)) is not None:
                answers.append(abstention)
                continue
            found = self._grounded(text, shares[index], points[index], float(spreads[index]))
            answers.append(replace(found, reason=INFERRED_IN_CONTEXT) if before[index] else found)
        return answers

    def _abstention(self, text: str, shares: Floats, least: float) -> Grounding | None:
        """Of an inferred answer: no anatomy, too unsure, or not stated of the patient; None: place it."""
        best = int(shares[:-1].argmax())
        organ, probability = self._predictor.organs[best], float(shares[best])
        listed = self._listed(shares)
        if shares[-1] >= self._predictor.thresholds.none:
            return _nothing(text, float(shares[-1]), listed)
        if organ not in self._atlas.organs:
            return _abstain(text, f"the atlas has no {organ}, which the rest points to", probability, listed)
        if probability < least:
            return _abstain(text, f"unsure: {organ} with {probability:.2f}", 1 - probability, listed)
        if doubt := doubt_of(text):
            return _abstain(text, f"{doubt.reason} (inferred {organ})", probability, listed, doubt.kind)
        return None

    def _grounded(self, text: str, shares: Floats, point: Floats, spread: float) -> Grounding:
        organ = self._predictor.organs[int(shares[:-1].argmax())]
        side: Laterality = stated_side(text) if organ in self._atlas.paired else "none"
        if side in ("left", "right"):
            point = np.array(self._atlas.centre(organ, side))
            spread = float(expected_distance(self._atlas, point[None], self._on_atlas(shares))[0])
        x, y, z = (round(float(value), 1) for value in point)
        return Grounding(
            status="grounded",
            reason=INFERRED,
            start=0,
            end=len(text),
            organ=organ,
            point_mm=(x, y, z),
            organs=self._listed(shares),
            laterality=side,
            negated=False,
            score=float(shares[:-1].max()),
            named=False,
            spread_mm=round(spread, 1),
        )

    def _on_atlas(self, shares: Floats) -> Floats:
        return onto(self._predictor.organs, shares[None, :-1], self._atlas)

    def _listed(self, shares: Floats) -> dict[str, float]:
        """Organs with their probability, best first."""
        order = np.argsort(-shares[:-1], kind="stable")
        kept = [index for index in order if shares[index] >= LISTED]
        return {self._predictor.organs[index]: round(float(shares[index]), 4) for index in kept}


def _not_bodily(text: str, grounding: Grounding, odds: float) -> Grounding:
    reason = NOT_BODILY.format(text[grounding.start : grounding.end])
    return replace(
        _abstain(text, reason, _probability(-odds), dict(grounding.organs)),
        start=grounding.start,
        end=grounding.end,
        named=True,
    )


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


def _nothing(text: str, probability: float, organs: dict[str, float] | None = None) -> Grounding:
    return _abstain(text, "no anatomy", probability, organs or {})


def _abstain(
    text: str, reason: str, probability: float, organs: dict[str, float], doubt: DoubtKind | None = None
) -> Grounding:
    return Grounding(
        status="abstained",
        reason=reason,
        start=0,
        end=len(text),
        organ=None,
        point_mm=None,
        organs=organs,
        laterality="none",
        negated=doubt == "negated",
        score=round(probability, 4),
        named=False,
        hypothetical=doubt == "hypothetical",
        family=doubt == "family",
    )
