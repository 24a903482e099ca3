"""The table of chapter 3, as far as its language goes: what is read in captions, and in prose that has no
scene."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from midspan.models.kit.evaluation import Evaluation, Extra
from midspan.models.kit.jsonl import read_rows
from midspan.models.kit.measuring import Figure, Figures, Row, clustered
from midspan.models.kit.results import Table
from midspan.models.parser import load_parser
from midspan.models.scene.arrangement import arranged
from midspan.models.scene.data.real import real_scenes
from midspan.models.scene.describe import described
from midspan.models.scene.evaluation import clip_arts
from midspan.models.scene.evaluation.captions import read_captions
from midspan.models.scene.evaluation.closed_lists import describe_by_lists
from midspan.models.scene.evaluation.models import placing_rows
from midspan.models.scene.evaluation.nlvr import nlvr_extras
from midspan.models.scene.evaluation.plain import plain_sentences
from midspan.models.scene.evaluation.scoring import Gold, Labelled, is_found, is_right, read_labelled
from midspan.models.scene.relations import Description
from midspan.models.scene.window import Window

if TYPE_CHECKING:
    from spacy.tokens import Doc

FOLDER = Path(__file__).parent

DATA = (
    "sentences of our own with their relations, and prose without scenes: sentences of CaRB, FewRel, MedQuAD,"
    " Python's help, and figures of speech (NOTICE); made scenes, and CoDraw's test part where it is given"
)


@dataclass(frozen=True)
class NamedFigure:
    name: str
    percent: float


HALVES = ("tuned", "untouched")
"""The sentences that were looked at while the rules were written, and those that were not."""

Read = Callable[[Sequence["Doc"]], list[Description | None]]
"""The sentences of one text in order; what is said in each."""


def evaluate(
    models: Sequence[Path],
    seeds: Sequence[int],
    work: Path,
    *,
    report: Callable[[Row], None],
    captions: Path | None = None,
    codraw: Path | None = None,
    nlvr: Path | None = None,
) -> Evaluation:
    """What is read, by rules without weights or seeds; how things are placed, on made scenes of each of the
    seeds. ``models`` are placed beside the shipped one; ``work`` is not used."""
    rows = language_rows(captions, report)
    placed, extras = placing_rows(models, seeds, codraw, report)
    extras += clip_art_extras(codraw)
    extras += nlvr_extras(nlvr)
    return Evaluation(DATA, [*rows, *placed], extras)


def language_rows(captions: Path | None, report: Callable[[Row], None]) -> list[Row]:
    views: dict[str, list[Labelled]] = {half: list(read_labelled(FOLDER / f"{half}.tsv")) for half in HALVES}
    if captions is not None:
        given = list(read_captions(captions))
        views |= {f"given_{half}": [one for one in given if half_of(one.text) == half] for half in HALVES}
    rows = []
    for name, read in (("wordings and WordNet", by_wordings), ("closed lists", by_lists)):
        started = time.monotonic()
        found: Figures = {}
        for view, labelled in views.items():
            found |= _labelled_figures(view, labelled, read)
        for view, sentences in plain_sentences().items():
            found |= _plain_figures(view, sentences, read)
        found |= _rate(read)
        rows.append(Row(name, found, round(time.monotonic() - started, 1)))
        report(rows[-1])
    return rows


def clip_art_extras(codraw: Path | None) -> list[Extra]:
    """How well a logistic regression on the words of a text says which clip-arts are in the scene."""
    if codraw is None:
        return []
    model = clip_arts.train_clip_arts(list(real_scenes(codraw, "train")))
    figures = clip_arts.figures_of(model, list(real_scenes(codraw, "test")))
    cells = [[name, f"{value:.1f}"] for name, value in figures.items()]
    rows = [NamedFigure(name, value) for name, value in figures.items()]
    caption = "Clip-arts of CoDraw's test scenes by the text alone, logistic regression on 1-2-grams, in %."
    return [Extra("clip_arts", rows, Table(("figure", "%"), cells, caption))]


def half_of(sentence: str) -> str:
    return HALVES[int(hashlib.sha256(sentence.encode()).hexdigest(), 16) % 2]


def by_wordings(docs: Sequence[Doc]) -> list[Description | None]:
    window = Window()
    starts = [sum(len(doc.text) + 1 for doc in docs[:k]) for k in range(len(docs))]
    return [
        described(window.read(k, start, doc)) for k, (start, doc) in enumerate(zip(starts, docs, strict=True))
    ]


def by_lists(docs: Sequence[Doc]) -> list[Description | None]:
    return [describe_by_lists(doc) for doc in docs]


# --- labelled sentences ---


def _labelled_figures(view: str, labelled: Sequence[Labelled], read: Read) -> Figures:
    texts = [_sentences(one) for one in labelled]
    docs = iter(load_parser().parse([sentence for text in texts for sentence in text]))
    readings = [read([next(docs) for _ in text]) for text in texts]
    golds = [
        (one, gold, said) for one, said in zip(labelled, readings, strict=True) for gold in one.relations
    ]
    groups: dict[str, Callable[[Labelled, Gold], bool]] = {
        "relation_right": lambda one, gold: True,
        "left_right": lambda one, gold: "left_of" in gold.predicates,
        "right_right": lambda one, gold: "right_of" in gold.predicates,
        "stated_right": lambda one, gold: one.kind != "implied",
        "implied_right": lambda one, gold: one.kind == "implied",
    }
    found = {
        f"scene_{view}": _share(
            [(one.text, any(said)) for one, said in zip(labelled, readings, strict=True)]
        ),
        f"things_found_{view}": _share([(one.text, _any(is_found, gold, said)) for one, gold, said in golds]),
        f"satisfied_{view}": _share(list(_satisfied(labelled, readings))),
    }
    for name, belongs in groups.items():
        chosen = [(one, gold, said) for one, gold, said in golds if belongs(one, gold)]
        if chosen:
            found[f"{name}_{view}"] = _share(
                [(one.text, _any(is_right, gold, said)) for one, gold, said in chosen]
            )
    made = [(one, gold, said) for one, gold, said in golds if one.kind == "implied" and any(said)]
    if made:
        found[f"implied_right_of_made_{view}"] = _share(
            [(one.text, _any(is_right, gold, said)) for one, gold, said in made]
        )
    return found


def _sentences(labelled: Labelled) -> list[str]:
    """A chain is a text of sentences without abbreviations."""
    if labelled.kind != "chain":
        return [labelled.text]
    return [f"{sentence.rstrip('.')}." for sentence in labelled.text.split(". ")]


def _any(
    test: Callable[[Gold, Description | None], bool], gold: Gold, said: Sequence[Description | None]
) -> bool:
    return any(test(gold, one) for one in said)


def _satisfied(
    labelled: Sequence[Labelled], readings: Sequence[Sequence[Description | None]]
) -> Iterator[tuple[str, bool]]:
    for one, said in zip(labelled, readings, strict=True):
        for description in said:
            if description is not None:
                for stated in arranged(description).stated:
                    yield one.text, stated.satisfied


# --- prose ---


def _plain_figures(view: str, sentences: Sequence[str], read: Read) -> Figures:
    docs = load_parser().parse(list(sentences))
    made = [any(read([doc])) for doc in docs]
    return {f"false_scenes_{view}": _share(list(zip(sentences, made, strict=True)))}


def _rate(read: Read) -> Figures:
    """Sentences a second on one core, without the parse, on the sentences of CaRB."""
    docs = load_parser().parse(
        [row["sentence"] for row in read_rows(FOLDER.parents[1] / "facts/evaluation/carb.jsonl.gz")]
    )
    started = time.perf_counter()
    for doc in docs:
        read([doc])
    return {"sentences_per_second": Figure(len(docs) / (time.perf_counter() - started), float("nan"))}


def _share(answers: Sequence[tuple[str, bool]]) -> Figure:
    return clustered([100.0 * answer for _, answer in answers], [text for text, _ in answers])
