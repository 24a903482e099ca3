"""Sentences at their place in an atlas: the dictionary where an organ is named, the model where not.

Every sentence gets an answer: a point with its organ, or an abstention with its reason and probability.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.anatomy.anatomy import PHANTOM, Anatomy
from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.anatomy.phantom import PointMm
from midspan.models.atlas.language.context import Context, in_context
from midspan.models.atlas.language.grounding import Grounding, Laterality, doubt_of, ground, stated_side
from midspan.models.atlas.learned.decoding import distance_table, expected_distance, onto
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.records import DoubtKind

Floats = npt.NDArray[np.float64]
INFERRED = "inferred: no organ is named"
INFERRED_IN_CONTEXT = f"{INFERRED}, weighed with the text before"
LISTED = 0.01
"""Organs with less probability are left out of an answer."""


class Placer:
    """Texts to groundings. Atlas and model are made on first use: most sentences need neither."""

    def __init__(
        self,
        atlas: Callable[[], Atlas],
        predictor: Callable[[], OrganPredictor],
        anatomy: Callable[[], Anatomy] = lambda: PHANTOM,
    ) -> None:
        self._make_atlas, self._make_predictor, self._make_anatomy = atlas, predictor, anatomy
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

    def place(
        self,
        texts: Sequence[str],
        embeddings: npt.NDArray[np.float32] | None = None,
        contexts: Sequence[Context] | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> list[Grounding]:
        """One answer a text.

        With ``embeddings`` (n, 384) of the bundled encoder the gate decides which texts are worth the
        second encoder; without them all are that name no organ. ``contexts`` say what the sentences before
        each text name. ``check`` is called often; what it raises ends the work.
        """
        found = []
        for text in texts:
            check()
            found.append(self._named(text))
        open_ = [index for index, grounding in enumerate(found) if grounding is None]
        passing = open_
        if embeddings is not None and open_:
            gate = self._predictor.gate
            shares = gate.probability(embeddings[open_])
            passing = [index for index, share in zip(open_, shares, strict=True) if share >= gate.threshold]
            for index, share in zip(open_, shares, strict=True):
                found[index] = _nothing(texts[index], 1 - float(share))
        before: Sequence[Context] = contexts or [()] * len(texts)
        inferred = self._infer(
            [texts[index] for index in passing], [before[index] for index in passing], check
        )
        for index, grounding in zip(passing, inferred, strict=True):
            found[index] = grounding
        return [grounding for grounding in found if grounding is not None]

    def _named(self, text: str) -> Grounding | None:
        grounding = ground(text, self._anatomy)
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
        self, texts: Sequence[str], contexts: Sequence[Context], check: Callable[[], None]
    ) -> list[Grounding]:
        if not texts:
            return []
        shares = in_context(self._predictor.probabilities(texts, check), self._predictor.organs, contexts)
        organs = onto(self._predictor.organs, shares[:, :-1], self._atlas)
        points, spreads = distance_table(self._atlas).least_expected(organs)
        answers = []
        for index, text in enumerate(texts):
            alone = not contexts[index]
            if (abstention := self._abstention(text, shares[index], alone)) is not None:
                answers.append(abstention)
                continue
            found = self._grounded(text, shares[index], points[index], float(spreads[index]))
            answers.append(found if alone else replace(found, reason=INFERRED_IN_CONTEXT))
        return answers

    def _abstention(self, text: str, shares: Floats, alone: bool) -> Grounding | None:
        """Of an inferred answer: no anatomy, too unsure, or not stated of the patient; None: place it."""
        limits = self._predictor.thresholds
        best = int(shares[:-1].argmax())
        organ, probability = self._predictor.organs[best], float(shares[best])
        listed = self._listed(shares)
        if shares[-1] >= limits.none:
            return _nothing(text, float(shares[-1]), listed)
        if organ not in self._atlas.organs:
            return _abstain(text, f"the atlas has no {organ}, which the rest points to", probability, listed)
        if probability < (limits.organ if alone else limits.organ_in_context):
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
