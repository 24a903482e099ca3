"""The linker's training on a graph of 400 people and places that a test makes."""

import json
from pathlib import Path

import numpy as np
import pytest

from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.link.question import Mention, Question, in_text
from midspan.models.facts.link.training import falb, pieces, variants
from midspan.models.facts.link.training.examples import Example
from midspan.models.facts.link.training.qualified import qualified
from midspan.models.facts.link.training.ranking import mean_of, train_ranker
from midspan.models.facts.link.training.sentences import sentences
from midspan.models.facts.shipped import LINKER
from midspan.models.kit.folder import load_model


def test_facts_are_split_once_and_for_all(towns: StoredGraph) -> None:
    facts = falb.facts(towns)
    splits = {
        split: [one for one in facts if falb.split_of(one) == split]
        for split in ("train", "validation", "test")
    }
    assert sum(map(len, splits.values())) == len(facts) == len(set(facts))
    assert 0.6 < len(splits["train"]) / len(facts) < 0.95
    cases = falb.cases(towns, facts, "train", 10_000, 0)
    assert cases and not any(
        falb.is_inductive(case.subject) or falb.is_inductive(case.object) for case in cases
    )
    assert {(case.subject, case.predicate, case.object) for case in cases} <= {
        (one.subject, one.predicate, one.object) for one in splits["train"]
    }


def test_a_sentence_of_the_test_is_about_nothing_that_training_is_about() -> None:
    train, test = sentences("fewrel", "train"), sentences("fewrel", "test")
    assert {case.subject for case in train}.isdisjoint(case.subject for case in test)
    properties = {case.predicate for case in train}
    assert properties.isdisjoint(case.predicate for case in sentences("fewrel", "validation"))


def test_what_is_said_around_a_mention_leaves_its_name_out() -> None:
    mention = in_text("Bohr met Bohr.", 9, 13, "person")
    assert (mention.name, mention.context, mention.before) == ("Bohr", "Bohr met someone.", "Bohr met ")


def test_names_places_and_wordings_of_the_test_are_in_no_training() -> None:
    for name in ("namesakes", "strangers", "passing"):
        parts = [
            {case.question.subject.name for case in sentences(name, split)}
            for split in ("train", "validation", "test")
        ]
        assert all(parts) and sum(map(len, parts)) == len(set.union(*parts))
    graph = bundled_kg()
    train, test = (qualified(graph, split, 400, 0) for split in ("train", "test"))
    assert len(train) == 400 and len(test) > 100
    names, others = ({case.question.object.name for case in cases} for cases in (train, test))
    assert names.isdisjoint(others)
    assert {case.question.predicate for case in train}.isdisjoint(case.question.predicate for case in test)


def example(rng: np.random.Generator) -> Example:
    """The gold is where two figures are high together; where none is, it is not there."""
    rows = rng.standard_normal((4, len(FEATURES))).astype(np.float32)
    there = rng.random() < 0.6
    rows[:, 0] = rng.uniform(-1, 0, 4)
    if there:
        rows[2, 0] = 1
    uids = ("a", "b", "c", "d")
    asked = Question(Mention("x"), "is", Mention("y"))
    return Example(rows, uids, "c" if there else "", False, True, False, True, "x", "x", asked, "subject")


def test_the_ranker_learns_what_decides_and_when_nobody_is_meant() -> None:
    rng = np.random.default_rng(0)
    train, held_out, test = ([example(rng) for _ in range(count)] for count in (1500, 300, 300))
    ranker = train_ranker(train, held_out, 0)
    answers = [ranker.probabilities(one.features) for one in test]
    assert all(answer.sum() == pytest.approx(1, abs=1e-5) for answer in answers)
    right = [
        int(answer.argmax()) == (2 if one.gold else 4) for answer, one in zip(answers, test, strict=True)
    ]
    assert np.mean(right) > 0.95
    again = train_ranker(train, held_out, 0)
    np.testing.assert_array_equal(again.scores(test[0].features), ranker.scores(test[0].features))


def test_the_mean_of_rankers_is_one_ranker_with_the_mean_of_their_scores() -> None:
    rng = np.random.default_rng(1)
    train, held_out = ([example(rng) for _ in range(count)] for count in (600, 200))
    several = [train_ranker(train, held_out, seed) for seed in (0, 1)]
    rows = held_out[0].features
    scores = [one.scores(rows) / one.temperature for one in several]
    assert not np.allclose(*scores)
    joined = mean_of(several)
    np.testing.assert_allclose(joined.scores(rows) / joined.temperature, np.mean(scores, axis=0), atol=1e-4)


def test_a_linker_is_trained_by_one_call_and_read_again(
    towns: StoredGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def random(dim: int) -> np.ndarray:
        rows = np.random.default_rng(0).standard_normal((30_522, dim)).astype(np.float32)
        return rows / np.float32(np.sqrt(dim))

    monkeypatch.setattr(variants, "first_vectors", random)
    monkeypatch.setattr(variants, "DIM", 16)
    monkeypatch.setattr(variants, "sentences", lambda *_: [])
    monkeypatch.setattr("midspan.models.facts.link.training.space_task.BATCH", 64)
    monkeypatch.setattr("midspan.models.facts.link.training.worlds.TEXTS", ())
    monkeypatch.setattr("midspan.models.facts.link.training.worlds.A_PART", 20)
    steps = []
    card = variants.train_linker(
        tmp_path / "out", tmp_path / "work", graph=towns, epochs=4, report=steps.append
    )
    first, *_, last = card["curve"]
    assert last["loss"] < first["loss"] and steps[-1].step == steps[-1].steps
    assert card["retrain"] == "midspan train facts --seed 0" and "towns" not in card["trained_on"]
    model = LinkModel.load(tmp_path / "out")
    assert model.sha256 == card["weights_sha256"] and model.space.dim == 16
    kept = json.loads((tmp_path / "out" / "config.json").read_text())
    assert kept["features"] == list(FEATURES) and kept["temperature"] == model.ranker.temperature


def test_a_model_of_other_features_is_refused() -> None:
    model = load_model(LINKER)
    model.config["features"] = model.config["features"][1:]
    with pytest.raises(ValueError, match="train it again"):
        LinkModel.from_folder(model)


def test_vectors_of_word_pieces_keep_what_the_encoder_says_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Encoder:
        def encode(self, texts: list[str]) -> np.ndarray:
            seen.extend(texts)
            lengths = np.array([[len(text), text.count("e"), 1.0, 0.5] for text in texts])
            return (lengths / np.linalg.norm(lengths, axis=1, keepdims=True)).astype(np.float32)

    monkeypatch.setattr(pieces, "TextEncoder", Encoder)
    rows = pieces.first_vectors(2)
    assert rows.shape == (len(seen), 2) and not any(text.startswith("##") for text in seen if len(text) > 2)
    assert np.linalg.norm(rows, axis=1).mean() == pytest.approx(1, abs=1e-4)


def test_what_is_everywhere_weighs_less() -> None:
    weights = pieces.rareness([(1, 2), (1, 3), (1, 2)] * 10, 5)
    assert weights[1] < weights[2] < weights[3] < weights[4] == 1
