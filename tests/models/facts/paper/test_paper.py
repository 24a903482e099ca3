"""``facts.paper`` on a graph of 400 people and places, with a network of two narrow layers."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import tokenizers
import torch

from midspan.errors import WrongUse
from midspan.models.bert import BertEncoder
from midspan.models.bert_config import BertConfig
from midspan.models.facts.chapter import CHAPTER
from midspan.models.facts.evaluation import linking
from midspan.models.facts.evaluation.linking import View, worlds
from midspan.models.facts.evaluation.nearest import Nearest
from midspan.models.facts.evaluation.thesis import paper_rows, re_ranked
from midspan.models.facts.kg.source import NewEntity, NewPredicate
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.question import SIDES, Mention, Question
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.training.examples import Example
from midspan.models.facts.link.training.world import World
from midspan.models.facts.paper import training
from midspan.models.facts.paper.config import DISTILROBERTA, PaperConfig
from midspan.models.facts.paper.inference import item_vectors, slot_vectors
from midspan.models.facts.paper.model import PaperModel
from midspan.models.facts.paper.network import PreRanker, ReRanker, start
from midspan.models.facts.paper.pre_ranking import Catalogue, PreRankTask
from midspan.models.facts.paper.re_ranking import Hard, ReRankTask
from midspan.models.facts.paper.texts import MARKERS, Texts
from midspan.models.kit.card import read_card
from midspan.models.kit.chapter import train
from midspan.models.kit.descent import descend
from midspan.models.kit.recipe import Recipe

MakeGraph = Callable[..., StoredGraph]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{one}" for one in LETTERS)]
TINY = BertConfig(
    vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
    max_position_embeddings=256, hidden_dropout_prob=0.0,
)  # fmt: skip
CONFIG = PaperConfig(BertConfig(**{**vars(TINY), "vocab_size": TINY.vocab_size + len(MARKERS)}), dim=16)
ASKED = Question(Mention("Marie Curie"), "was born in", Mention("Warsaw"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder as hubs publish it."""
    place = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(0)
    safetensors.torch.save_file(BertEncoder(TINY).state_dict(), place / "model.safetensors")
    (place / "config.json").write_text(json.dumps({**vars(TINY), "model_type": "bert"}))
    (place / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    return place


@pytest.fixture(scope="module")
def texts(folder: Path) -> Texts:
    made = tokenizers.BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)._tokenizer
    return Texts(made, TINY.vocab_size)


@pytest.fixture(scope="module")
def cases(towns: StoredGraph) -> list[falb.Case]:
    return falb.cases(towns, falb.facts(towns), "train", 200, 0)


@pytest.fixture(scope="module")
def catalogue(towns: StoredGraph) -> Catalogue:
    return Catalogue(list(towns), towns.predicates())


def test_markers_stand_where_they_are_said_to_and_cannot_be_written(texts: Texts) -> None:
    long = Question(Mention("x" * 999), "[SUBJ] [OBJ] " * 99, Mention("y" * 999))
    for asked in (ASKED, long):
        triple = texts.triple(asked)
        marked = [place for place, token in enumerate(triple.tokens) if token >= TINY.vocab_size]
        assert tuple(marked) == triple.places and len(triple.tokens) <= 128
    assert len(set(np.array(triple.tokens)[marked])) == 3


def test_an_item_is_its_label_and_description_without_aliases(texts: Texts, towns: StoredGraph) -> None:
    entity = towns.entity("local:h3")
    assert entity is not None and entity.aliases
    row = texts.item(entity)
    marker = TINY.vocab_size + MARKERS.index("entity")
    assert row.count(marker) == 1 and len(row) <= 32
    assert "".join(WORDS[token].removeprefix("##") for token in row[1 : row.index(marker)]).startswith(
        entity.name.replace(" ", "").lower()[:10]
    )
    predicate = towns.predicate("wd:P19")
    assert predicate is not None and TINY.vocab_size + MARKERS.index("relation") in texts.item(predicate)


def test_a_tokenizer_that_marks_no_ends_is_refused() -> None:
    with pytest.raises(WrongUse, match="BERT or RoBERTa"):
        Texts(tokenizers.Tokenizer(tokenizers.models.WordLevel({"x": 0}, "x")), 1)


def test_a_slot_is_normalised_by_itself_and_no_batch_changes_it(texts: Texts) -> None:
    torch.manual_seed(0)
    network = PreRanker(CONFIG).eval()
    other = Question(Mention("Paris"), "is", Mention("a"))
    together = slot_vectors(network, texts, [ASKED, other, ASKED])
    assert together.shape == (3, 3, CONFIG.dim)
    np.testing.assert_allclose(np.linalg.norm(together, axis=2), 1, atol=1e-5)
    np.testing.assert_allclose(together[[0, 2]], slot_vectors(network, texts, [ASKED] * 2), atol=1e-5)


def test_it_starts_as_the_encoder_that_it_is_given() -> None:
    torch.manual_seed(1)
    encoder, network = BertEncoder(TINY), ReRanker(CONFIG)
    start(network, encoder)
    tokens = torch.tensor([[2, 7, 8, 3]])
    torch.testing.assert_close(
        network.bert.eval()(tokens, tokens > 0), encoder.eval()(tokens, tokens > 0), rtol=0, atol=0
    )


def steps(network: torch.nn.Module, task: PreRankTask | ReRankTask, epochs: int) -> list[float]:
    """Their losses."""
    optimiser = Recipe(epochs=1, rates={"": 2e-3}).optimiser(network)
    batches = (batch for epoch in range(epochs) for batch in task.batches(epoch))
    return list(descend(task.loss, batches, optimiser))  # type: ignore[arg-type]


def test_the_pre_ranker_learns_which_entity_is_meant(
    texts: Texts, catalogue: Catalogue, cases: list[falb.Case]
) -> None:
    torch.manual_seed(0)
    network = PreRanker(CONFIG)
    task = PreRankTask(network, texts, catalogue, cases[:64], cases[:64], seed=0)
    before = task.validate()
    network.train()
    steps(network, task, 8)
    after = task.validate()
    assert after["recall@10"] > before["recall@10"] + 10
    assert after["recall@1"] <= after["recall@5"] <= after["recall@100"]
    assert after["score"] == pytest.approx(sum(after[f"recall@{k}"] for k in (1, 5, 10, 100)))


def test_the_loss_is_the_mean_cross_entropy_of_the_slots(
    texts: Texts, catalogue: Catalogue, cases: list[falb.Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all items drawn, by the formula: -log of the gold's share of ``exp(scale <slot, item>)``."""
    monkeypatch.setattr("midspan.models.facts.paper.pre_ranking.DRAWN", 10_000)
    torch.manual_seed(0)
    network = PreRanker(CONFIG).eval()
    task = PreRankTask(network, texts, catalogue, cases[:8], cases[:1], seed=0, batch=8)
    (batch,) = task.batches(0)
    slots = slot_vectors(network, texts, [cases[row].question for row in batch]).astype(np.float64)
    keys = {
        "entity": item_vectors(network, texts, catalogue.entities),
        "predicate": item_vectors(network, texts, catalogue.predicates),
    }
    losses = []
    for place, kind in enumerate(("entity", "predicate", "entity")):
        logits = slots[:, place] @ keys[kind].T / 0.07
        golds = catalogue.golds([cases[row] for row in batch])[:, place]
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        losses.append(-np.log(shares[np.arange(8), golds]).mean())
    assert float(task.loss(batch).detach()) == pytest.approx(np.mean(losses), rel=1e-3)


def test_a_replacement_is_near_and_another() -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((40, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    hard = Hard(rows)
    nearest = np.argsort(-rows @ rows.T, axis=1)[:, 1:11]
    for place in range(40):
        drawn = {hard.draw(place, rng) for _ in range(30)}
        assert len(drawn) > 1 and drawn <= set(nearest[place].tolist())


def test_half_of_the_facts_stay_right_and_the_re_ranker_learns_which(
    texts: Texts, catalogue: Catalogue, cases: list[falb.Case]
) -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((len(catalogue.entities), 8)).astype(np.float32)
    hard = Hard(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    few = Hard(np.eye(len(catalogue.predicates), 8, dtype=np.float32))
    torch.manual_seed(0)
    network = ReRanker(CONFIG)
    task = ReRankTask(network, texts, catalogue, (hard, few), cases, cases, seed=0)
    _, right = task._held_out
    assert 0.4 < right.mean() < 0.62  # 0.8 to the third
    losses = steps(network, task, 6)
    assert np.mean(losses[-10:]) < np.mean(losses[:10])


@pytest.fixture(scope="module")
def trained(towns: StoredGraph, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of an epoch over 64 facts."""
    place = tmp_path_factory.mktemp("paper")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "FACTS", 64)
        patch.setattr(training, "HELD_OUT", 16)
        train(
            CHAPTER, place / "out", place / "work",
            variant="paper", epochs=1, data=towns.folder, encoder=folder,
        )  # fmt: skip
    return place / "out"


def test_it_is_trained_from_a_folder_by_one_call_and_read_again(towns: StoredGraph, trained: Path) -> None:
    card = read_card(trained)
    assert card["name"] == "facts.paper" and card["recipe"]["rates"] == {"": 5e-5}
    assert 0 <= card["re_ranker_curve"][-1]["score"] <= 1
    model = PaperModel.load(trained)
    people = [one for uid in ("local:h1", "local:h2") if (one := towns.entity(uid)) is not None]
    keys = model.keys(towns, people)
    np.testing.assert_allclose(np.linalg.norm(keys, axis=1), 1, atol=1e-3)
    queries = model.queries([(ASKED, "object"), (ASKED, "subject"), (ASKED, "object")])
    np.testing.assert_array_equal(queries[0], queries[2])
    assert not np.allclose(queries[0], queries[1], atol=1e-3)
    (properties,) = model.properties(towns.predicates(), [ASKED])
    assert len({one.uid for one in properties}) == 2
    ((subject, predicate, object_),) = model.facts([ASKED], [people], [properties], [people[:1]])
    assert subject in people and predicate in properties and object_ == people[0]


def test_a_graph_of_one_property_is_refused(folder: Path, tmp_path: Path, make_graph: MakeGraph) -> None:
    graph = make_graph(
        [NewEntity("local:a", "Alpha"), NewEntity("local:b", "Beta")],
        [NewPredicate("wd:P19", "born in")],
        [("local:a", "wd:P19", "local:b")],
    )
    with pytest.raises(WrongUse, match="one property"):
        training.train_paper(tmp_path / "out", tmp_path / "work", data=graph.folder, encoder=folder)


def test_it_is_measured_beside_the_linker(
    towns: StoredGraph, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("midspan.models.facts.evaluation.detectors.TRAIN", 40)
    facts = falb.facts(towns)
    asked = falb.cases(towns, facts, "test", 40, 0)
    made = {name: view_of(world, asked) for name, world in worlds(towns, towns, asked, set(), 7).items()}
    rows = paper_rows(towns, facts, [trained], [(0, linking.Tests(made, {}))])
    assert [row.model for row in rows] == [
        "facts.paper",
        "facts.paper, re-ranked",
        *(f"facts.paper, {name}" for name in ("confidence", "entropy", "attention")),
    ]
    assert all(0 <= row.metrics["r1_half"].mean <= 100 for row in rows[:2])
    assert all({"macro_half_gone", "auc_doubled"} <= row.metrics.keys() for row in rows[2:])


def view_of(world: World, cases: list[falb.Case]) -> View:
    """The same questions in a world, for a linker that looks at no features."""
    features = np.zeros((0, len(FEATURES)), dtype=np.float32)
    return View(
        world,
        [
            Example(
                *(features, (), (case.gold(side) or "") if world.entity(case.gold(side) or "") else ""),
                *(False, True, False, True, "x", case.group, case.question, side),
            )
            for case in cases
            for side in SIDES
        ],
    )


def test_the_re_ranker_chooses_among_the_nearest_of_each_part(
    towns: StoredGraph, texts: Texts, cases: list[falb.Case]
) -> None:
    torch.manual_seed(0)
    model = PaperModel(PreRanker(CONFIG).eval(), ReRanker(CONFIG).eval(), texts)
    nearest, world = Nearest(towns, model), World(towns)
    view = view_of(world, cases[:20])
    chosen = [uid for uid, _ in re_ranked(towns, model, nearest)(view)]
    found = nearest.in_view(view).uids
    assert all(uid in row[:2] for uid, row in zip(chosen, found, strict=True))
    assert {uid == row[0] for uid, row in zip(chosen, found, strict=True)} == {True, False}


def test_the_published_sizes_take_a_step() -> None:
    """DistilRoBERTa's 82 million weights, and a vector of the three slots."""
    config = PaperConfig(BertConfig(**{**vars(DISTILROBERTA), "vocab_size": 50_265 + len(MARKERS)}))
    torch.manual_seed(0)
    network = PreRanker(config)
    assert 80e6 < sum(one.numel() for one in network.parameters()) < 84e6
    tokens = torch.randint(4, 50_000, (2, 12))
    slots = network.slots(tokens, tokens > 0, torch.tensor([[1, 4, 7], [1, 3, 8]]))
    items = network.items(tokens, tokens > 0)
    assert slots.shape == (2, 3, 200) and items.shape == (2, 200)
    loss = torch.nn.functional.cross_entropy(network.scale * slots[:, 0] @ items.T, torch.tensor([0, 1]))
    loss.backward()
    with torch.no_grad():
        for one in network.parameters():
            if one.grad is not None:
                one -= 1e-3 * one.grad
    assert torch.isfinite(network.project.weight).all() and network.project.weight.grad.abs().sum() > 0
