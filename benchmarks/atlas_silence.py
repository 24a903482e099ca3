"""How much of ordinary text the atlas places, with the judge of documents and without.

    python -m benchmarks.atlas_silence [--judge FOLDER ...] [--carb dev.txt] [--captions train_captions.jsonl]
        [--knowledgenet facts.json] [--fewrel val_wiki.json] [--cisi cisi.json] [--med med.json]

Every document is read in order, as an ingestion reads it. Licences, package pages, code, manual pages and
notes are those of this machine; the files are collections for studies, not part of this product.
``--judge`` names trained judges, one a seed (default: the shipped one). Some kinds were looked at while
the judge was made; manual pages, notes, FewRel and CISI were measured once, at the end. MED is medical:
what is placed there should stay.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import ordinary_text
from benchmarks.common import write
from benchmarks.ordinary_text import Documents
from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.language.context import Context, Document
from midspan.models.atlas.language.grounding import Grounding
from midspan.models.atlas.learned.judge import Judge
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.atlas.placing import Placer, Subjects
from midspan.models.encoder import TextEncoder

HERE: dict[str, tuple[bool, Callable[[], Documents]]] = {
    "licences": (True, ordinary_text.licences),
    "package pages": (True, ordinary_text.package_pages),
    "code": (True, ordinary_text.code),
    "manual pages": (False, ordinary_text.manual),
    "notes of the system": (False, ordinary_text.notes),
}
FILES: dict[str, tuple[str, bool, Callable[[Path], Documents]]] = {
    "carb": ("news (CaRB)", True, ordinary_text.carb),
    "captions": ("captions (VSR)", True, ordinary_text.captions),
    "knowledgenet": ("people and firms (KnowledgeNet)", True, ordinary_text.knowledgenet),
    "fewrel": ("encyclopedia (FewRel)", False, ordinary_text.fewrel),
    "cisi": ("library science (CISI)", False, ordinary_text.abstracts),
    "med": ("medicine (MED)", True, ordinary_text.abstracts),
}
"""Option, kind, whether it was looked at while the judge was made, and how it is read."""


@dataclass(frozen=True)
class Read:
    """A document as the judge and the model are shown it."""

    texts: list[str]
    vectors: np.ndarray
    contexts: list[Context]


BEFORE = {"organ": 0.542549018194159, "organ_in_context": 0.47347472274723973, "none": 0.42251624705537405}
"""Thresholds before there was a judge."""


def with_thresholds(predictor: OrganPredictor, limits: Mapping[str, float]) -> OrganPredictor:
    changed = copy(predictor)
    changed.thresholds = replace(predictor.thresholds, **limits)
    return changed


def read(documents: Documents, encoder: TextEncoder) -> list[Read]:
    found = []
    for texts in documents:
        document = Document()
        for ordinal, text in enumerate(texts):
            document.read(ordinal, text)
        contexts = [document.before(ordinal) for ordinal in range(len(texts))]
        found.append(Read(texts, encoder.encode(texts), contexts))
    return found


def placed(placer: Placer, documents: list[Read], encoder: TextEncoder | None) -> list[Grounding]:
    """What is placed; judged where there is an encoder for the judge."""
    found = []
    for one in documents:
        subjects = None
        if encoder is not None:
            document, evidence = Document(), placer.evidence(one.vectors)
            odds = [document.judge(ordinal, said) for ordinal, said in enumerate(evidence)]
            subjects = Subjects(odds, lambda texts, check: encoder.encode(texts))
        found += placer.place(one.texts, one.vectors, one.contexts, subjects=subjects)
    return [grounding for grounding in found if grounding.status == "grounded"]


def said(found: list[Grounding], sentences: int) -> str:
    named = sum(grounding.named for grounding in found)
    return f"{1000 * len(found) / sentences:.2f} ({named} named, {len(found) - named} inferred)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--judge", type=Path, nargs="+", default=[])
    for name in FILES:
        parser.add_argument(f"--{name}", type=Path)
    given = vars(parser.parse_args())
    judges = [Judge.load(folder) for folder in given["judge"]] or [Judge.load()]
    encoder, predictor = TextEncoder(), OrganPredictor.load()
    old = Placer(phantom_atlas, lambda: with_thresholds(predictor, BEFORE))
    placers = [Placer(phantom_atlas, lambda: predictor, judge=lambda judge=judge: judge) for judge in judges]
    kinds = {name: (seen, make()) for name, (seen, make) in HERE.items()}
    for option, (name, seen, make) in FILES.items():
        if given[option] is not None:
            kinds[name] = seen, make(given[option])
    rows, totals = [], {True: [0] * (2 + len(placers)), False: [0] * (2 + len(placers))}
    for name, (seen, documents) in kinds.items():
        known = read(documents, encoder)
        sentences = sum(len(one.texts) for one in known)
        answers = [placed(old, known, None), *(placed(placer, known, encoder) for placer in placers)]
        rows.append(
            [name, "yes" if seen else "no", len(known), sentences, *(said(a, sentences) for a in answers)]
        )
        print(rows[-1], flush=True)
        if name != FILES["med"][0]:
            counts = [sentences, *map(len, answers)]
            totals[seen] = [a + b for a, b in zip(totals[seen], counts, strict=True)]
    for seen, (sentences, *counts) in totals.items():
        shares = [f"{1000 * count / max(sentences, 1):.2f}" for count in counts]
        rows.append(["all ordinary", "yes" if seen else "no", "", sentences, *shares])
    write(
        "atlas_silence",
        "Ordinary text and the atlas",
        ["kind of text", "looked at before", "documents", "sentences", "placed in 1,000: before"]
        + [f"judge {number}" for number in range(len(placers))],
        rows,
        [
            "every placed sentence counts, also those that name an organ rightly (a death of a heart attack)",
            "before: no document is judged, and the thresholds are those of then",
            "judges in the order of --judge, a seed each",
        ],
    )


if __name__ == "__main__":
    main()
