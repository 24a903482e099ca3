"""A whole chapter, small: it trains, is killed and goes on, writes its folder, and makes its table, by the
functions that ``midspan train`` and ``midspan evaluate`` call.

It tells from four letters whether there are more a's than b's; letters are two numbers each, so that a
network of a few weights can learn it.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from midspan.errors import UnknownName, WrongUse
from midspan.models.kit.batching import LazyBatches
from midspan.models.kit.calibration import expected_calibration_error, reliability, softmax
from midspan.models.kit.chapter import Chapter, Variant, evaluate, train
from midspan.models.kit.engine import choose
from midspan.models.kit.evaluation import Evaluation, reliability_extra
from midspan.models.kit.folder import load_model, save_model
from midspan.models.kit.frozen import PartlyFrozen, load_trained, start_from, trained_state
from midspan.models.kit.graph import export_graph
from midspan.models.kit.losses import shared_cross_entropy
from midspan.models.kit.measuring import Figure, clustered, measured
from midspan.models.kit.metric import Metric
from midspan.models.kit.onnx_engine import OnnxEngine
from midspan.models.kit.parity import parity
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.splitting import split_of
from midspan.models.kit.torch_engine import TorchEngine
from midspan.models.kit.training import Trainer

RECIPE = Recipe(epochs=3, rates={"": 1e-2, "head.": 5e-2, "head.2.": 2e-2})
MADE, KILL_AFTER = [], []


@dataclass(frozen=True)
class Word:
    doc: str
    text: str

    @property
    def more_a(self):
        return self.text.count("a") > self.text.count("b")


def words(split):
    letters = np.random.default_rng(0).choice(list("abc"), size=(600, 4))
    rows = [Word(f"book {number // 3}", "".join(row)) for number, row in enumerate(letters)]
    return [row for row in rows if split_of(row.doc) == split]


def numbers(rows):
    return torch.tensor([[[float(c == "a"), float(c == "b")] for c in row.text] for row in rows]).flatten(1)


def truth(rows):
    return torch.tensor([[row.more_a, not row.more_a] for row in rows])


class Network(PartlyFrozen):
    """The statistics of ``scale`` stay those it started from; the head has some of its own."""

    def __init__(self, start):
        super().__init__()
        self.scale, self.body = nn.BatchNorm1d(8), nn.Linear(8, 12)
        self.head = nn.Sequential(nn.BatchNorm1d(12), nn.Dropout(0.2), nn.Linear(12, 2))
        start_from(self.scale, start)
        self.freeze(self.scale)

    def forward(self, x):
        return self.head(torch.relu(self.body(self.scale(x))))


def seen_scale():
    scale = nn.BatchNorm1d(8)
    scale(numbers(words("train")))
    return scale


class Task:
    def __init__(self, network, seed):
        self.network, self._seed = network, seed

    def batches(self, epoch):
        rows = words("train")
        order = np.random.default_rng((self._seed, epoch)).permutation(len(rows))
        plans = [order[start : start + 16] for start in range(0, len(order), 16)]
        return LazyBatches(plans, lambda plan: self._made(epoch, [rows[place] for place in plan]))

    def _made(self, epoch, rows):
        """As a clip is decoded and shown a little otherwise each time."""
        MADE.append(epoch)
        return numbers(rows) + 0.1 * torch.randn(len(rows), 8), truth(rows)

    def loss(self, batch):
        if KILL_AFTER and len(MADE) > KILL_AFTER[0]:
            raise KeyboardInterrupt
        return shared_cross_entropy(self.network(batch[0]), batch[1])

    def validate(self):
        rows = words("validation")
        with torch.inference_mode():
            best = self.network(numbers(rows)).argmax(1)
        return {"score": float((best == truth(rows).int().argmax(1)).float().mean())}


class Predictor:
    """What is not trained, ``scale``, comes from where the network started."""

    def __init__(self, folder, engine="torch"):
        model = load_model(folder) if isinstance(folder, Path) else folder
        start = {f"scale.{name}": value.numpy() for name, value in seen_scale().state_dict().items()}
        self._engine = choose(
            engine,
            lambda: OnnxEngine(model.graph, {**start, **model.part("network")}),
            lambda: TorchEngine(load_trained(Network(seen_scale()), model.part("network"))),
        )

    def logits(self, rows):
        return self._engine(numbers(rows).numpy())

    def probabilities(self, rows):
        return softmax(self.logits(rows))


def engines_agree(model):
    one, other = (Predictor(model, engine).logits(words("validation")) for engine in ("torch", "onnxruntime"))
    return {"engines": parity(one, other).to_json()}


def train_toy(variant, out, work, *, seed, epochs, data, encoder, report):
    recipe = replace(RECIPE, seed=seed, epochs=epochs or RECIPE.epochs)
    torch.manual_seed(seed)
    network = Network(seen_scale())
    curve = Trainer(Task(network, seed), recipe, work / f"{variant}-{seed}", every=5).run(report)
    weights = {f"network.{name}": value for name, value in trained_state(network).items()}
    said = {"name": f"toy.{variant}", "licence": "none", "trained_on": "made words", "retrain": "this test"}
    graph = export_graph(network, (torch.zeros(2, 8),), ("letters",), ({0: "batch"},))
    card = {**said, "recipe": asdict(recipe), "curve": curve}
    return save_model(out, {}, weights, card, graph=graph, check=engines_agree)


def figures(shares, rows):
    docs = [row.doc for row in rows]
    right = truth(rows).numpy()[np.arange(len(rows)), shares.argmax(axis=1)]
    ece = expected_calibration_error(shares.max(axis=1), right)
    return {"accuracy": clustered(100.0 * right, docs), "ece": Figure(ece, float("nan"))}


def evaluate_toy(models, seeds, work, *, report, least=None):
    rows = words("test")
    guess = [np.random.default_rng(seed).dirichlet((1, 1), size=len(rows)) for seed in seeds]
    shares = [Predictor(folder).probabilities(rows) for folder in models]
    table = [
        measured("guess", lambda: [figures(one, rows) for one in guess]),
        measured("toy.small", lambda: [figures(one, rows) for one in shares]),
    ]
    for row in table:
        report(row)
    right = truth(rows).numpy()[np.arange(len(rows)), shares[0].argmax(axis=1)]
    bins = [one for one in reliability(shares[0].max(axis=1), right) if one.count >= (least or 0)]
    return Evaluation(f"{len(rows)} made words", table, [reliability_extra(bins, "all")])


CHAPTER = Chapter(
    name="toy",
    number=3,
    data="words.jsonl.gz",
    variants=(Variant("small", "tells a from b"), Variant("large", "the same", from_encoder=True)),
    metrics=(Metric("accuracy", "%", True), Metric("ece", "", False)),
    train=train_toy,
    evaluate=evaluate_toy,
    predictor=Predictor,
)


@pytest.fixture(autouse=True)
def nothing_made():
    MADE.clear()
    KILL_AFTER.clear()


def test_it_trains_is_killed_and_goes_on_to_the_same_weights(tmp_path):
    whole = train(CHAPTER, tmp_path / "whole", tmp_path / "a", seed=1)
    steps, an_epoch = len(MADE), len(MADE) // 3
    assert [epoch for epoch in range(3) for _ in range(an_epoch)] == MADE
    MADE.clear()
    KILL_AFTER.append(an_epoch + 12)
    with pytest.raises(KeyboardInterrupt):
        train(CHAPTER, tmp_path / "cut", tmp_path / "b", seed=1)
    MADE.clear()
    KILL_AFTER.clear()
    cut = train(CHAPTER, tmp_path / "cut", tmp_path / "b", seed=1)
    assert len(MADE) == steps - an_epoch - 10  # a checkpoint every five steps: no batch before is made again
    assert cut == whole and cut["weights_sha256"] == load_model(tmp_path / "cut").sha256
    assert [row["epoch"] for row in cut["curve"]] == [0, 1, 2] and cut["curve"][-1]["score"] > 0.8


def test_what_is_frozen_is_neither_changed_nor_saved(tmp_path):
    train(CHAPTER, tmp_path / "model", tmp_path / "work")
    saved = load_model(tmp_path / "model").part("network")
    assert "head.0.running_mean" in saved and not any(name.startswith("scale.") for name in saved)
    network = Network(seen_scale()).train()
    network(numbers(words("train")) + 5)
    assert all(
        torch.equal(one, seen_scale().state_dict()[name]) for name, one in network.scale.state_dict().items()
    )


def test_onnx_runtime_answers_as_torch_does_with_the_same_weights(tmp_path):
    card = train(CHAPTER, tmp_path / "model", tmp_path / "work")
    assert card["engines"]["answers"] == len(words("validation"))
    assert card["engines"]["largest_difference"] < 1e-4
    one, other = (Predictor(tmp_path / "model", engine) for engine in ("torch", "onnxruntime"))
    np.testing.assert_allclose(one.logits(words("test")), other.logits(words("test")), atol=1e-4)


def test_its_table_joins_the_seeds(tmp_path):
    folders = [tmp_path / f"model-{seed}" for seed in (0, 1)]
    for seed, folder in enumerate(folders):
        train(CHAPTER, folder, tmp_path / "work", seed=seed)
    seen = []
    options = {"models": folders, "seeds": (0, 1), "report": lambda row: seen.append(row.model)}
    data = evaluate(CHAPTER, tmp_path / "work", tmp_path / "results", **options, least=1)
    assert json.loads((tmp_path / "results/toy.json").read_text())["seeds"] == data["seeds"] == [0, 1]
    assert seen == [row["model"] for row in data["rows"]] == ["guess", "toy.small"]
    guess, model = (row["metrics"]["accuracy"]["mean"] for row in data["rows"])
    one_by_one = [
        figures(CHAPTER.predictor(folder).probabilities(words("test")), words("test")) for folder in folders
    ]
    assert model == pytest.approx(np.mean([one["accuracy"].mean for one in one_by_one]))
    assert model > guess + 20
    text = (tmp_path / "results/toy.md").read_text()
    assert "| model | accuracy | ece |" in text and "Reliability (all)" in text


def test_what_the_chapter_does_not_have_is_refused(tmp_path):
    with pytest.raises(UnknownName, match="toy model 'huge'; known: large, small"):
        train(CHAPTER, tmp_path, tmp_path, variant="huge")
    for variant, encoder in (("large", None), ("small", Path("somewhere"))):
        with pytest.raises(WrongUse, match="--encoder FOLDER goes with --model large"):
            train(CHAPTER, tmp_path, tmp_path, variant=variant, encoder=encoder)
