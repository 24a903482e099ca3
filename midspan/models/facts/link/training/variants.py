"""The linker's training from the command: the space, then the ranker on what the space was not shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.near import near_in
from midspan.models.facts.link.question import SIDES
from midspan.models.facts.link.ranker import Ranker
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.training.examples import Examples
from midspan.models.facts.link.training.network import DIM, SpaceNetwork
from midspan.models.facts.link.training.pieces import first_vectors, rareness
from midspan.models.facts.link.training.ranking import tensors_of, train_rankers
from midspan.models.facts.link.training.sentences import sentences
from midspan.models.facts.link.training.space_task import Entities, Rows, SpaceTask
from midspan.models.facts.link.training.worlds import Worlds
from midspan.models.facts.link.words import word_pieces
from midspan.models.facts.shipped import LINKER_NAME
from midspan.models.kit.folder import save_model
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Progress, Trainer

EPOCHS = 4
FACTS, HELD_OUT = 60_000, 1500
SHOWN_TEXT = 2
"""Times that an epoch sees each sentence."""
LICENCE = (
    "Apache-2.0 (weights); CC0-1.0, MIT and CC-BY-2.5 (the graph's facts), MIT (FewRel), WordNet licence "
    "(meanings)"
)
TRAINED_ON = (
    "60,000 facts of the bundled knowledge graph in other words and 4,500 sentences of FewRel's validation "
    "part, on word pieces of all-MiniLM-L6-v2; its ranker on 7,500 other facts in reduced graphs, 4,000 "
    "sentences of FewRel on other properties, 6,500 meanings of WordNet (silver) and 1,500 sentences of our "
    "own on places"
)


def recipe_of(seed: int, epochs: int | None) -> Recipe:
    return Recipe(
        epochs=epochs or EPOCHS,
        rates={"": 1e-3, "pieces.": 3e-3, "logs": 3e-3},
        weight_decay=0.0,
        seed=seed,
    )


def train_linker(
    out: Path,
    work: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    graph: KnowledgeGraph | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Train the linker and write it to ``out``, going on from what lies in ``work``. Returns the card."""
    started = time.monotonic()
    known = graph or bundled_kg()
    recipe = recipe_of(seed, epochs)
    space, curve = train_space(known, recipe, work, report)
    ranker = fit_ranker(known, Space.of(space), seed)
    tensors = {f"space.{name}": value for name, value in space.items()}
    tensors |= {f"ranker.{name}": value for name, value in tensors_of(ranker).items()}
    card = {
        "name": LINKER_NAME,
        "trained_on": TRAINED_ON if graph is None else f"facts of {known.name}",
        "licence": LICENCE,
        "retrain": f"midspan train facts --seed {seed}",
        "recipe": asdict(recipe),
        "curve": curve,
        "validation": {key: curve[-1][key] for key in ("recall", "fit")},
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    config = {"features": list(FEATURES), "temperature": ranker.temperature}
    return save_model(out, config, tensors, card)


def train_space(
    graph: KnowledgeGraph, recipe: Recipe, work: Path, report: Callable[[Progress], None]
) -> tuple[dict[str, Floats], list[dict[str, Any]]]:
    """Its tensors, by the names that ``Space.of`` knows, and the curve of its training."""
    bags = word_pieces()
    entities, facts = Entities.of(graph, bags), falb.facts(graph)
    cases = falb.cases(graph, facts, "train", FACTS, recipe.seed)
    cases += SHOWN_TEXT * sentences("fewrel", "train")
    held_out = falb.cases(graph, facts, "validation", HELD_OUT, recipe.seed)
    train, validation = (Rows.of(some, entities, bags) for some in (cases, held_out))
    pieces = _pieces(work)
    torch.manual_seed(recipe.seed)
    seen = [*entities.said, *(bag for side in SIDES for bag in train.contexts[side])]
    network = SpaceNetwork(pieces, rareness(seen, len(pieces)))
    task = SpaceTask(network, entities, train, validation, recipe.seed)
    curve = Trainer(task, recipe, work, every=200).run(report)
    return {name: value.detach().numpy() for name, value in network.state_dict().items()}, curve


def fit_ranker(graph: KnowledgeGraph, space: Space, seed: int) -> Ranker:
    bags = word_pieces()
    near = near_in(graph, space, bags, "")
    worlds = Worlds(graph, Examples(graph, space, bags, near))
    return train_rankers(worlds.train(seed), worlds.held_out(seed), seed)


def _pieces(work: Path) -> Floats:
    path = work / "pieces.npy"
    if not path.is_file():
        work.mkdir(parents=True, exist_ok=True)
        np.save(path, first_vectors(DIM))
    vectors: Floats = np.load(path)
    return vectors


def train_variant(
    variant: str,
    out: Path,
    work: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
    encoder: Path | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Train the linker; ``data`` is the folder of a knowledge graph that was built (``midspan kg build``)."""
    graph = None if data is None else StoredGraph(data)
    return train_linker(out, work, seed=seed, epochs=epochs, graph=graph, report=report)
