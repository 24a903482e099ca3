"""``midspan train facts --model paper``: both networks, one after the other, from an encoder's folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from midspan.errors import WrongUse
from midspan.models.checkpoint_folder import load_bert_folder
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.training import falb
from midspan.models.facts.paper.config import PAPER_NAME, PaperConfig
from midspan.models.facts.paper.inference import item_vectors
from midspan.models.facts.paper.network import PreRanker, ReRanker, start
from midspan.models.facts.paper.pre_ranking import Catalogue, PreRankTask
from midspan.models.facts.paper.re_ranking import Hard, ReRankTask
from midspan.models.facts.paper.texts import MARKERS, Texts
from midspan.models.kit.folder import save_model
from midspan.models.kit.frozen import trained_arrays
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Progress, Trainer

PAPER_RECIPE = Recipe(epochs=10, rates={"": 5e-5}, warmup=0.0, weight_decay=1e-3, schedule="constant")
"""As published; of both networks."""
FACTS, HELD_OUT = 30_000, 1500
LICENCE = "that of the encoder (weights); CC0-1.0, MIT and CC-BY-2.5 (the graph's facts)"


def train_paper(
    out: Path,
    work: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
    encoder: Path,
    report: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Train both networks on facts of a graph in other words and write them to ``out``, with the tokenizer;
    goes on from what lies in ``work``. Returns the card. Raises ``ModelFilesMissing``, and ``WrongUse`` for
    an encoder or a graph that will not do."""
    began = time.monotonic()
    recipe = replace(PAPER_RECIPE, seed=seed, epochs=epochs or PAPER_RECIPE.epochs)
    graph = bundled_kg() if data is None else StoredGraph(data)
    facts = falb.facts(graph)
    train = falb.cases(graph, facts, "train", FACTS, seed)
    held_out = falb.cases(graph, facts, "validation", HELD_OUT, seed)
    given, tokenizer = load_bert_folder(encoder)
    texts = Texts(tokenizer, given.config.vocab_size)
    sizes = replace(given.config, vocab_size=given.config.vocab_size + len(MARKERS))
    config = PaperConfig(sizes)
    catalogue = Catalogue(list(graph), graph.predicates())
    if len(catalogue.predicates) < 2:
        raise WrongUse(f"{graph.name} has one property or none; facts.paper learns to tell two apart")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def begun(network: PreRanker | ReRanker) -> Any:
        start(network, given)
        return network.to(device)

    torch.manual_seed(seed)
    pre_ranker = begun(PreRanker(config))
    sentences = texts, catalogue, train, held_out
    curve = Trainer(PreRankTask(pre_ranker, *sentences, seed=seed), recipe, work / f"pre-{seed}").run(report)
    hard = tuple(
        Hard(item_vectors(pre_ranker, texts, some)) for some in (catalogue.entities, catalogue.predicates)
    )
    re_ranker = begun(ReRanker(config))
    judging = ReRankTask(re_ranker, texts, catalogue, (hard[0], hard[1]), train, held_out, seed=seed)
    judged = Trainer(judging, recipe, work / f"re-{seed}").run(report)
    card = {
        "name": PAPER_NAME,
        "trained_on": f"{len(train):,} facts of {graph.name} in other words; starts from {encoder.name}",
        "licence": LICENCE,
        "retrain": f"midspan train facts --model paper --encoder FOLDER --seed {seed}",
        "recipe": asdict(recipe),
        "curve": curve,
        "re_ranker_curve": judged,
        "minutes_of_last_run": round((time.monotonic() - began) / 60, 1),
    }
    kept = {"network": config.to_json(), "tokenizer": tokenizer.to_str()}
    return save_model(out, kept, {**_named("pre", pre_ranker), **_named("re", re_ranker)}, card)


def _named(part: str, network: nn.Module) -> dict[str, Any]:
    return {f"{part}.{name}": value for name, value in trained_arrays(network).items()}
