"""How much of what belongs to an organ without naming one is placed, and how rightly: before and now.

    python -m benchmarks.atlas_decision

Test sentences of the atlas model (MedQuAD, by document) with the organs' names left out, alone as
somebody types them and in their document; then the bundled documents, read as an ingestion reads them:
which of the places that were inferred before there was a judge stay.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchmarks.atlas_silence import BEFORE, with_thresholds
from benchmarks.common import write
from benchmarks.ordinary_text import Documents
from midspan.corpus import folder
from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.language.context import Document, in_context
from midspan.models.atlas.language.grounding import Grounding, ground_mentions
from midspan.models.atlas.language.implied import implied_mentions
from midspan.models.atlas.learned.evaluation import PER_ORGAN
from midspan.models.atlas.learned.examples import capped, contexts_of, of_split
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.atlas.learned.training import class_targets, hits
from midspan.models.atlas.placing import Placer, Subjects
from midspan.models.encoder import TextEncoder
from midspan.models.kit.measuring import share_of
from midspan.pipelines.readers.detect import detect
from midspan.pipelines.segmenting import reading_run, segment_document
from midspan.records import Segment

Bools = npt.NDArray[np.bool_]


class TestSentences:
    """With the names left out; those that are about an organ, and those without anatomy."""

    def __init__(self, predictor: OrganPredictor) -> None:
        self.rows = capped(of_split("test"), PER_ORGAN, seed=3)
        self.docs = [row.doc for row in self.rows]
        self.contexts = contexts_of(self.rows, of_split("test"))
        self.targets = class_targets(self.rows, predictor.organs).numpy()
        self.texts = [row.unnamed for row in self.rows]
        self.shares = predictor.probabilities(self.texts)
        self.implied = [ground_mentions(text, implied_mentions(text)) for text in self.texts]

    def figures(self, predictor: OrganPredictor, *, weighed: bool, words: bool) -> list[str]:
        """Placed of those about an organ; right of those placed; placed of those without anatomy."""
        limits, organs = predictor.thresholds, predictor.organs
        contexts = self.contexts if weighed else [()] * len(self.rows)
        shares = in_context(self.shares, organs, contexts)
        least = limits.organ_in_context if weighed else limits.organ
        placed = (shares[:, -1] < limits.none) & (shares[:, :-1].max(axis=1) >= least)
        right = hits(shares[:, :-1], self.targets)
        for index, one in enumerate(self.implied if words else ()):
            if one is not None:
                placed[index] = one.status == "grounded"
                right[index] = one.organ is not None and self.targets[index, organs.index(one.organ)]
        about = ~self.targets[:, -1]
        return [self._share(placed, about), self._share(right, placed & about), self._share(placed, ~about)]

    def _share(self, what: Bools, among: Bools) -> str:
        figure = share_of(what, among, self.docs)
        return f"{figure.mean:.1f} ± {figure.se:.1f}"


def corpus() -> Documents:
    found = []
    for path in sorted((folder() / "documents").iterdir()):
        parts = segment_document("x", reading_run(), detect(path).reader(path))
        found.append([part.text for part in parts if isinstance(part, Segment) and part.kind == "sentence"])
    return found


def inferred(documents: Documents, placer: Placer, encoder: TextEncoder, judged: bool) -> list[Grounding]:
    """An answer a sentence."""
    answers = []
    for texts in documents:
        document, vectors = Document(), encoder.encode(texts)
        for ordinal, text in enumerate(texts):
            document.read(ordinal, text)
        contexts = [document.before(ordinal) for ordinal in range(len(texts))]
        odds = [document.judge(ordinal, one) for ordinal, one in enumerate(placer.evidence(vectors))]
        subjects = Subjects(odds, lambda shown, check: encoder.encode(shown)) if judged else None
        answers += placer.place(texts, vectors, contexts, subjects=subjects)
    return answers


def main() -> None:
    predictor = OrganPredictor.load()
    old = with_thresholds(predictor, BEFORE)
    known = TestSentences(predictor)
    rows = [
        [f"{name} {where}", *known.figures(model, weighed=weighed, words=words)]
        for where, weighed in (("alone", False), ("in its document", True))
        for name, model, words in (("before", old, False), ("now", predictor, True))
    ]
    encoder, documents = TextEncoder(), corpus()
    answers = [
        inferred(documents, Placer(phantom_atlas, lambda model=model: model), encoder, judged)
        for model, judged in ((old, False), (predictor, True))
    ]
    then, stay = 0, 0
    for before, after in zip(*answers, strict=True):
        if before.status == "grounded" and not before.named:
            then += 1
            stay += after.organ == before.organ
    write(
        "atlas_decision",
        "Sentences that name no organ: placed, and rightly",
        ["", "placed of those about an organ, %", "right of these, %", "placed of those without anatomy, %"],
        rows,
        [
            f"MedQuAD's test split, names left out, {len(known.rows)} sentences; labels are silver: a "
            "sentence counts as about the organs that it named",
            "the network was not trained on them, nor were its thresholds set on them",
            f"bundled documents: of {then} places inferred before, {stay} stay at their organ",
            "± is one standard error, with each document as one draw",
        ],
    )


if __name__ == "__main__":
    main()
