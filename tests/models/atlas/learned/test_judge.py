"""The shipped judge on real text of several kinds, none of which it was trained on."""

import inspect
import logging
import subprocess
from importlib.metadata import distribution

import numpy as np
import pytest

from midspan.corpus import folder
from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.identity import JUDGE, JUDGE_NAME
from midspan.models.atlas.language.context import Document
from midspan.models.atlas.language.organs import mentions
from midspan.models.atlas.learned.judge import Judge, around
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.atlas.placing import Placer, Subjects
from midspan.models.encoder import TextEncoder
from midspan.models.kit.folder import model_sha256
from midspan.models.registry import model_entry
from midspan.pipelines.readers.detect import detect
from midspan.pipelines.readers.extract import Extract
from midspan.pipelines.segmenting import reading_run, segment_document
from midspan.records import Segment

FIGURATIVE = [
    "He was the brain of the operation, the police said.",
    "The liver pâté was served with figs.",
    "The station stands in the heart of the old city.",
    "The spine of this codex has been repaired twice.",
    "Ribs of steel carry the roof of the hall.",
    "A colon introduces the list.",
    "Her heart leapt at the news of his return.",
    "Bishop of the diocese of the Immaculate Heart of Mary",
    "It is the backbone of the Internet.",
    "He lacked the stomach for politics.",
    "Slice the ox heart thinly and season it.",
    "The lungs of the planet are its forests.",
    "two atria light the shopping centre",
    "The neural network mimics the brain.",
    "The bladder of the football leaked.",
]
BODILY = [
    "The singer died of lung cancer in Berlin.",
    "The general was shot through the lung at the battle.",
    "He donated his kidney to a stranger.",
    "She underwent open heart surgery in 1987.",
    "The boxer suffered brain damage.",
    "The king's liver was enlarged, the embalmers wrote.",
    "The goalkeeper ruptured his spleen.",
    "The pilot broke two ribs and his spine.",
    "An ulcer in the stomach kept him from travelling.",
    "The killer cut out the victim's heart.",
    "Doctors found cancer in her ovaries.",
    "The senator was treated for bladder stones.",
]


@pytest.fixture(scope="module")
def encoder():
    return TextEncoder()


@pytest.fixture(scope="module")
def placer():
    predictor = OrganPredictor.load()
    return Placer(phantom_atlas, lambda: predictor)


def sentences(extracts):
    parts = segment_document("x", reading_run(), extracts)
    return [part.text for part in parts if isinstance(part, Segment) and part.kind == "sentence"]


def placed(placer, encoder, texts, judged):
    """What an ingestion would place of a document."""
    document, vectors = Document(), encoder.encode(texts)
    for ordinal, text in enumerate(texts):
        document.read(ordinal, text)
    contexts = [document.before(ordinal) for ordinal in range(len(texts))]
    odds = [document.judge(ordinal, one) for ordinal, one in enumerate(placer.evidence(vectors))]
    known = Subjects(odds, lambda shown, check: encoder.encode(shown)) if judged else None
    found = placer.place(texts, vectors, contexts, subjects=known)
    return [one for one in found if one.status == "grounded"]


def said_by(package, name):
    text = distribution(package).read_text(name)
    assert text is not None
    return text


def documentation(of):
    return "\n\n".join(filter(None, map(of, [*vars(logging).values(), *vars(subprocess).values()])))


ORDINARY = {
    "a licence": lambda: said_by("numpy", "licenses/LICENSE.txt"),
    "documentation": lambda: documentation(inspect.getdoc),
    "a source's comments": lambda: documentation(inspect.getcomments),
    **{
        f"what {package} says of itself": lambda package=package: said_by(package, "METADATA")
        for package in ("typer", "structlog", "pydantic")
    },
}


def test_the_table_names_the_shipped_judge():
    assert model_entry(JUDGE_NAME).weights_sha256 == model_sha256(JUDGE)
    assert model_entry(JUDGE_NAME).bytes < 10_000


def test_of_ordinary_text_nothing_is_placed(placer, encoder):
    texts = {kind: sentences([Extract(read())])[:80] for kind, read in ORDINARY.items()}
    assert sum(map(len, texts.values())) > 150
    assert [kind for kind, said in texts.items() if placed(placer, encoder, said, True)] == []
    assert [kind for kind, said in texts.items() if placed(placer, encoder, said, False)] != []


def test_of_a_health_article_the_inferred_places_stay(placer, encoder):
    for name in ("asthma.txt", "gallstones.md", "gastritis.txt"):
        path = folder() / "documents" / name
        texts = sentences(detect(path).reader(path))
        before, after = (placed(placer, encoder, texts, judged) for judged in (False, True))
        assert len(after) >= 0.9 * len(before) > 5


@pytest.mark.parametrize("texts, meant", [(FIGURATIVE, False), (BODILY, True)])
def test_nine_of_ten_senses_are_told(encoder, texts, meant):
    judge = Judge.load()
    shown = [around(text, named[0].start, named[0].end) for text in texts if (named := mentions(text))]
    assert len(shown) == len(texts)
    said = judge.bodily(encoder.encode(shown)) >= judge.sense_odds
    assert np.mean(said == meant) >= 0.86


def test_the_words_around_a_mention():
    text = "one two three four five six seven eight nine heart one two three"
    start = text.index("heart")
    assert around(text, start, start + 5) == "two three four five six seven eight nine heart one two three"
    assert around("heart", 0, 5) == "heart"
