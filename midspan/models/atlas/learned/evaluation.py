"""The table of chapter 4: ``atlas.small`` beside its baselines and variants, on the test split.

The test split is capped at 150 sentences an organ. Every method answers four questions of it: the names
masked, not masked, left out, and masked without a stem that gives the organ away. Nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.language.context import in_context
from midspan.models.atlas.language.grounding import ground
from midspan.models.atlas.learned.decoding import distance_table, onto
from midspan.models.atlas.learned.examples import Example, capped, contexts_of, of_split
from midspan.models.atlas.learned.heads import Clouds, Frame, Kind, head_output, train_head
from midspan.models.atlas.learned.metrics import (
    Figure,
    abstention_figures,
    clustered,
    nearest_named_mm,
    place_figures,
    retrieval_figures,
)
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.atlas.learned.training import class_targets
from midspan.models.kit.calibration import (
    ReliabilityBin,
    expected_calibration_error,
    reliability,
    softmax,
)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
PER_ORGAN = 150
TRAIN_PER_ORGAN = 600
"""Of the methods on the frozen encoder."""
TAUS = ((1.0, 1.0), (0.02, 0.05))
NEIGHBOURS = (1, 15)
DEEPEST = 3


@dataclass(frozen=True)
class View:
    """One way of showing the test sentences."""

    name: str
    texts: tuple[str, ...]
    chosen: Bools
    """(n,) which of the test sentences with an organ count."""


@dataclass(frozen=True)
class Said:
    """What a method says of one view's sentences: points, and shares of the organs where it has them."""

    points_mm: Floats
    shares: Floats | None = None
    """(n, organs)."""


@dataclass(frozen=True)
class Collection:
    """Test sentences of one of MedQuAD's collections of documents."""

    name: str
    count: int
    right_among: tuple[float, ...]
    """In %: with a right organ as the first, among the first two, and so on."""


class Benchmark:
    def __init__(self, atlas: Atlas, embed: Embed) -> None:
        """``embed`` gives the frozen encoder's vectors of texts."""
        self.atlas = atlas
        self.embed = embed
        test = capped(of_split("test"), PER_ORGAN, seed=3)
        self.anatomy = [row for row in test if row.organs]
        self.plain = [row for row in test if not row.organs]
        self.named = class_targets(self.anatomy, atlas.organs).numpy()[:, :-1]
        self.docs = [row.doc for row in self.anatomy]
        every = np.ones(len(self.anatomy), dtype=bool)
        clean = np.array([row.stem_clean for row in self.anatomy])
        masked = tuple(row.masked for row in self.anatomy)
        self.views = (
            View("masked", masked, every),
            View("plain", tuple(row.text for row in self.anatomy), every),
            View("unnamed", tuple(row.unnamed for row in self.anatomy), every),
            View("stem_clean", masked, clean),
        )
        self.centres = np.array([atlas.centre(organ) for organ in atlas.organs])
        self.rows = [*self.anatomy, *self.plain]
        self.contexts = contexts_of(self.rows, of_split("test"))
        self._shares: dict[tuple[OrganPredictor, tuple[str, ...]], Floats] = {}
        self._calibrations: dict[
            tuple[OrganPredictor, bool], tuple[dict[str, Figure], list[ReliabilityBin]]
        ] = {}

    @cached_property
    def train(self) -> list[Example]:
        return [row for row in capped(of_split("train"), TRAIN_PER_ORGAN, seed=7) if row.organs]

    @cached_property
    def train_vectors(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Masked and plain."""
        return self.embed([row.masked for row in self.train]), self.embed([row.text for row in self.train])

    @cached_property
    def train_targets(self) -> Bools:
        return class_targets(self.train, self.atlas.organs).numpy()[:, :-1]

    def score(self, said: Callable[[View], Said], *, retrieval: bool = False) -> dict[str, Figure]:
        """All figures of a method, their names ended by the view's."""
        figures: dict[str, Figure] = {}
        for view in self.views:
            answer = said(view)
            docs = [doc for doc, kept in zip(self.docs, view.chosen, strict=True) if kept]
            named, points = self.named[view.chosen], answer.points_mm[view.chosen]
            rows = place_figures(nearest_named_mm(self.atlas, points, named), docs)
            if answer.shares is not None:
                best = answer.shares[view.chosen].argmax(axis=1)
                rows["top_organ"] = clustered(100.0 * named[np.arange(len(best)), best], docs)
            if retrieval and view.name == "masked":
                features = answer.shares if answer.shares is not None else answer.points_mm
                rows |= retrieval_figures(features, named, docs)
            figures |= {f"{name}_{view.name}": figure for name, figure in rows.items()}
        return figures

    # --- decoders ---

    def by_centre(self, shares: Floats) -> Said:
        return Said(self.centres[shares.argmax(axis=1)], shares)

    def by_distance(self, shares: Floats) -> Said:
        totals = shares / shares.sum(axis=1, keepdims=True)
        return Said(distance_table(self.atlas).least_expected(totals)[0], shares)

    # --- baselines ---

    def constant(self, point_mm: npt.ArrayLike) -> Callable[[View], Said]:
        return lambda view: Said(np.tile(np.asarray(point_mm, dtype=np.float64), (len(view.texts), 1)))

    def most_frequent(self) -> Callable[[View], Said]:
        shares = self.train_targets.sum(axis=0, dtype=np.float64)
        return lambda view: self.by_centre(np.tile(shares, (len(view.texts), 1)))

    def random_organ(self, seed: int) -> Callable[[View], Said]:
        rng = np.random.default_rng(seed)
        return lambda view: self.by_centre(rng.random((len(view.texts), len(self.atlas.organs))))

    def dictionary(self, view: View) -> Said:
        """String match; where nothing is found the middle of the trunk."""
        found = [ground(text) for text in view.texts]
        points = [g.point_mm if g and g.point_mm else (0.0, 0.0, 450.0) for g in found]
        return Said(np.array(points))

    def neighbours(self, k: int) -> Callable[[View], Said]:
        masked, plain = self.train_vectors

        def said(view: View) -> Said:
            known = plain if view.name == "plain" else masked
            alike = self.embed(view.texts) @ known.T
            nearest = np.argsort(-alike, axis=1, kind="stable")[:, :k]
            weights = np.take_along_axis(alike, nearest, axis=1)
            return self.by_centre((weights[..., None] * self.train_targets[nearest]).sum(axis=1))

        return said

    def head_shares(self, kind: Kind, seed: int) -> Callable[[View], Floats]:
        """Shares by a classifying head on the frozen encoder."""
        head = train_head(kind, *self.train_vectors, self.train_targets, seed=seed)
        return lambda view: softmax(head_output(head, self.embed(view.texts)).numpy())

    def head_point(self, kind: Kind, seed: int, taus: tuple[float, float]) -> Callable[[View], Said]:
        """A point by a regressing head on the frozen encoder."""
        frame = Frame()
        head = train_head(
            kind,
            *self.train_vectors,
            self.train_targets,
            seed=seed,
            clouds=Clouds.of(self.atlas, frame),
            tau_point=taus[0],
            tau_organ=taus[1],
        )
        return lambda view: Said(frame.out_of(head_output(head, self.embed(view.texts)).tanh()))

    # --- the model ---

    def model_shares(self, predictor: OrganPredictor) -> Callable[[View], Floats]:
        """The model's shares of the atlas's organs; each text is asked once."""

        def shares(view: View) -> Floats:
            key = (predictor, view.texts)
            if key not in self._shares:
                said = predictor.probabilities(view.texts)
                self._shares[key] = onto(predictor.organs, said[:, :-1], self.atlas)
            return self._shares[key]

        return shares

    def collections(self, shares: Sequence[Callable[[View], Floats]]) -> list[Collection]:
        """How often a right organ is among the first of the masked view, over all and by where the documents
        come from; mean over predictors."""
        masked = self.views[0]
        found = []
        for one in shares:
            order = np.argsort(-one(masked), axis=1, kind="stable")[:, :DEEPEST]
            found.append(np.take_along_axis(self.named, order, axis=1).cumsum(axis=1) > 0)
        right = np.mean(found, axis=0)
        names = np.array([doc.split(":")[0] for doc in self.docs])
        groups = {"all": np.ones(len(names), dtype=bool)} | {name: names == name for name in np.unique(names)}
        return [
            Collection(name, int(chosen.sum()), tuple(100.0 * right[chosen].mean(axis=0)))
            for name, chosen in groups.items()
        ]

    def weighed(self, predictor: OrganPredictor) -> Callable[[View], Floats]:
        """The same with what other sentences of the document name, in place of those before."""
        alone = self.model_shares(predictor)
        contexts = self.contexts[: len(self.anatomy)]

        def shares(view: View) -> Floats:
            said = np.hstack([alone(view), np.zeros((len(contexts), 1))])
            return in_context(said, self.atlas.organs, contexts)[:, :-1]

        return shares

    def calibration(
        self, predictor: OrganPredictor, weighed: bool = False
    ) -> tuple[dict[str, Figure], list[ReliabilityBin]]:
        """Abstention, calibration error and the gate's loss, over sentences with and without an organ; and
        how many are placed with the names left out.

        The bins of the reliability diagram are those of the masked view. Kept for each predictor.
        """
        if (predictor, weighed) not in self._calibrations:
            self._calibrations[predictor, weighed] = self._calibration(predictor, weighed)
        return self._calibrations[predictor, weighed]

    def _calibration(
        self, predictor: OrganPredictor, weighed: bool
    ) -> tuple[dict[str, Figure], list[ReliabilityBin]]:
        rows = self.rows
        truth = np.array([not row.organs for row in rows])
        targets = class_targets(rows, predictor.organs).numpy()
        figures: dict[str, Figure] = {}
        bins: list[ReliabilityBin] = []
        views = {
            "masked": [row.masked for row in rows],
            "unnamed": [row.unnamed for row in rows],
            "plain": [row.text for row in rows],
        }
        for name, texts in views.items():
            shares = predictor.probabilities(texts)
            if weighed:
                shares = in_context(shares, predictor.organs, self.contexts)
            said = shares[:, -1] >= predictor.thresholds.none
            docs = [row.doc for row in rows]
            right = targets[np.arange(len(rows)), shares.argmax(axis=1)]
            confidence = shares.max(axis=1)
            passed = predictor.gate.passes(self.embed(texts))
            kept = {
                **abstention_figures(said, truth, docs),
                "ece": Figure(expected_calibration_error(confidence, right), float("nan")),
                "gate_keeps_anatomy": _share(passed, ~truth, docs),
                "gate_drops_none": _share(~passed, truth, docs),
            }
            figures |= {f"{key}_{name}": figure for key, figure in kept.items()}
            if name == "masked":
                bins = reliability(confidence, right)
            if name == "unnamed":
                limits = predictor.thresholds
                there = np.array([weighed and bool(context) for context in self.contexts])
                organ = np.where(there, limits.organ_in_context, limits.organ)
                figures |= _placed(shares, targets, limits.none, organ, docs)
        return figures, bins


def _placed(
    shares: Floats, targets: Bools, none: float, organ: Floats, docs: Sequence[str]
) -> dict[str, Figure]:
    """In %: of sentences that are about an organ the placed ones and of all placed the rightly placed ones;
    of sentences without anatomy the placed ones. The gate is left out."""
    organs = shares[:, :-1]
    placed = (shares[:, -1] < none) & (organs.max(axis=1) >= organ)
    right = targets[np.arange(len(organs)), organs.argmax(axis=1)]
    return {
        "placed_unnamed": _share(placed, ~targets[:, -1], docs),
        "placed_rightly_unnamed": _share(right, placed, docs),
        "placed_of_none_unnamed": _share(placed, targets[:, -1], docs),
    }


def _share(values: Bools, chosen: Bools, docs: Sequence[str]) -> Figure:
    """In % of the chosen."""
    kept = [doc for doc, one in zip(docs, chosen, strict=True) if one]
    return clustered(100.0 * values[chosen], kept)
