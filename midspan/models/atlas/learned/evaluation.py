"""What the models of chapter 4 are measured on: the test split, capped at 150 sentences an organ.

Every method answers four questions of it: the names masked, not masked, left out, and masked without a stem
that gives the organ away. Nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.language.context import in_context
from midspan.models.atlas.language.grounding import ground
from midspan.models.atlas.learned.clouds import Clouds, Frame, Loss
from midspan.models.atlas.learned.decoding import distance_table, onto
from midspan.models.atlas.learned.examples import Example, capped, contexts_of, of_split
from midspan.models.atlas.learned.metrics import abstention_figures, nearest_named_mm, place_figures
from midspan.models.atlas.learned.point_training import PointPredictor
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.atlas.learned.training import FORMS, class_targets, hits
from midspan.models.kit.calibration import ReliabilityBin, expected_calibration_error, reliability, softmax
from midspan.models.kit.embedding_head import head_output, train_head
from midspan.models.kit.measuring import Figure, Figures, clustered, share_of
from midspan.models.kit.retrieval import retrieval_figures

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
PER_ORGAN = 150
TRAIN_PER_ORGAN = 600
"""Of the methods on the frozen encoder."""
TRUNK_MM = (0.0, 0.0, 450.0)
DEEPEST = 3


@dataclass(frozen=True)
class View:
    """One way of showing the test sentences that name an organ."""

    name: str
    texts: tuple[str, ...]
    chosen: Bools
    """(n,) which of them count."""


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
        self.atlas, self.embed = atlas, embed
        test = capped(of_split("test"), PER_ORGAN, seed=3)
        self.anatomy = [row for row in test if row.organs]
        self.plain = [row for row in test if not row.organs]
        self.rows = [*self.anatomy, *self.plain]
        self.contexts = contexts_of(self.rows, of_split("test"))
        self.docs = [row.doc for row in self.anatomy]
        self.named = class_targets(self.anatomy, atlas.organs).numpy()[:, :-1]
        self.centres = np.array([atlas.centre(organ) for organ in atlas.organs])
        every = np.ones(len(self.anatomy), dtype=bool)
        clean = np.array([row.stem_clean for row in self.anatomy])
        texts = {form: tuple(map(show, self.anatomy)) for form, show in FORMS.items()}
        self.views = (
            *(View(form, texts[form], every) for form in ("masked", "plain", "unnamed")),
            View("stem_clean", texts["masked"], clean),
        )
        self._probabilities: dict[tuple[OrganPredictor, tuple[str, ...]], Floats] = {}

    def score(self, said: Callable[[View], Said], *, retrieval: bool = False) -> Figures:
        """All figures of a method, their names ended by the view's."""
        figures: Figures = {}
        for view in self.views:
            answer = said(view)
            docs = [doc for doc, kept in zip(self.docs, view.chosen, strict=True) if kept]
            named, points = self.named[view.chosen], answer.points_mm[view.chosen]
            rows = place_figures(nearest_named_mm(self.atlas, points, named), docs)
            if answer.shares is not None:
                rows["top_organ"] = clustered(100.0 * hits(answer.shares[view.chosen], named), docs)
            if retrieval and view.name == "masked":
                features = answer.points_mm if answer.shares is None else answer.shares
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
        return Said(np.array([g.point_mm if g and g.point_mm else TRUNK_MM for g in found]))

    def neighbours(self, k: int) -> Callable[[View], Said]:
        masked, plain = self.train_vectors

        def said(view: View) -> Said:
            alike = self.embed(view.texts) @ (plain if view.name == "plain" else masked).T
            nearest = np.argsort(-alike, axis=1, kind="stable")[:, :k]
            weights = np.take_along_axis(alike, nearest, axis=1)
            return self.by_centre((weights[..., None] * self.train_targets[nearest]).sum(axis=1))

        return said

    def head_shares(self, loss: Callable[[Tensor, Tensor], Tensor], seed: int) -> Callable[[View], Floats]:
        """Shares by a classifying head on the frozen encoder."""
        truth = torch.tensor(self.train_targets)
        said = self._head(lambda logits, rows: loss(logits, truth[rows]), truth.shape[1], seed)
        return lambda view: softmax(said(view).numpy())

    def head_point(
        self, kind: Loss, seed: int, taus: tuple[float, float] = (1.0, 1.0)
    ) -> Callable[[View], Said]:
        """A point by a regressing head on the frozen encoder."""
        truth, frame = torch.tensor(self.train_targets), Frame()
        clouds = Clouds.of(self.atlas, frame)
        said = self._head(lambda out, rows: clouds.loss(kind, out.tanh(), truth[rows], taus), 3, seed)
        return lambda view: Said(frame.out_of(said(view).tanh()))

    def _head(
        self, loss: Callable[[Tensor, Tensor], Tensor], outputs: int, seed: int
    ) -> Callable[[View], Tensor]:
        masked, plain = self.train_vectors
        head = train_head(loss, [plain, masked], outputs, seed=seed)
        return lambda view: head_output(head, self.embed(view.texts))

    # --- the model ---

    def probabilities(self, predictor: OrganPredictor, texts: tuple[str, ...]) -> Floats:
        """(n, organs + 1) of the model; each text is asked once."""
        if (predictor, texts) not in self._probabilities:
            self._probabilities[predictor, texts] = predictor.probabilities(texts)
        return self._probabilities[predictor, texts]

    def model_shares(self, predictor: OrganPredictor) -> Callable[[View], Floats]:
        """The model's shares of the atlas's organs."""
        return lambda view: onto(
            predictor.organs, self.probabilities(predictor, view.texts)[:, :-1], self.atlas
        )

    def placed(self, predictor: PointPredictor) -> Callable[[View], Said]:
        """Where a regression puts the texts."""
        return lambda view: Said(predictor.points_mm(view.texts))

    def weighed(self, predictor: OrganPredictor) -> Callable[[View], Floats]:
        """The same with what other sentences of the document name, in place of those before."""
        alone, contexts = self.model_shares(predictor), self.contexts[: len(self.anatomy)]

        def shares(view: View) -> Floats:
            said = np.hstack([alone(view), np.zeros((len(contexts), 1))])
            return in_context(said, self.atlas.organs, contexts)[:, :-1]

        return shares

    def collections(self, shares: Sequence[Callable[[View], Floats]]) -> list[Collection]:
        """How often a right organ is among the first of the masked view, over all and by where the documents
        come from; mean over predictors."""
        found = []
        for one in shares:
            order = np.argsort(-one(self.views[0]), axis=1, kind="stable")[:, :DEEPEST]
            found.append(np.take_along_axis(self.named, order, axis=1).cumsum(axis=1) > 0)
        right = np.mean(found, axis=0)
        names = np.array([doc.split(":")[0] for doc in self.docs])
        groups = {"all": np.ones(len(names), dtype=bool)} | {name: names == name for name in np.unique(names)}
        return [
            Collection(name, int(chosen.sum()), tuple(100.0 * right[chosen].mean(axis=0)))
            for name, chosen in groups.items()
        ]

    def reliability(self, predictor: OrganPredictor) -> list[ReliabilityBin]:
        """Of sentences with and without an organ, masked."""
        shares = self.probabilities(predictor, tuple(row.masked for row in self.rows))
        return reliability(shares.max(axis=1), hits(shares, self._targets(predictor)))

    def calibration(self, predictor: OrganPredictor, weighed: bool = False) -> Figures:
        """Abstention, calibration error and the gate's loss, over sentences with and without an organ; and
        how many are placed with the names left out."""
        docs, targets = [row.doc for row in self.rows], self._targets(predictor)
        none, limits = targets[:, -1], predictor.thresholds
        figures: Figures = {}
        for form, show in FORMS.items():
            texts = tuple(map(show, self.rows))
            shares = self.probabilities(predictor, texts)
            if weighed:
                shares = in_context(shares, predictor.organs, self.contexts)
            passed = predictor.gate.passes(self.embed(texts))
            ece = expected_calibration_error(shares.max(axis=1), hits(shares, targets))
            rows = {
                **abstention_figures(shares[:, -1] >= limits.none, none, docs),
                "ece": Figure(ece, float("nan")),
                "gate_keeps_anatomy": share_of(passed, ~none, docs),
                "gate_drops_none": share_of(~passed, none, docs),
            }
            if form == "unnamed":
                least = limits.organ_in_context if weighed else limits.organ
                rows |= _placed(shares, targets, limits.none, least, docs)
            figures |= {f"{name}_{form}": figure for name, figure in rows.items()}
        return figures

    def _targets(self, predictor: OrganPredictor) -> Bools:
        return class_targets(self.rows, predictor.organs).numpy()


def _placed(shares: Floats, targets: Bools, none: float, least: float, docs: Sequence[str]) -> Figures:
    """In %: of sentences that are about an organ the placed ones and of all placed the rightly placed ones;
    of sentences without anatomy the placed ones. The gate is left out."""
    organs = shares[:, :-1]
    placed = (shares[:, -1] < none) & (organs.max(axis=1) >= least)
    return {
        "placed": share_of(placed, ~targets[:, -1], docs),
        "placed_rightly": share_of(hits(organs, targets), placed, docs),
        "placed_of_none": share_of(placed, targets[:, -1], docs),
    }
