"""Low-rank adapters on the shared encoder (LoRA, by peft) beside ``atlas.small``, whose layers are tuned.

    python -m benchmarks.atlas_lora [--rank 16] [--seed 0 ...] [--work training/atlas] [--model FOLDER ...]

Same sentences, seeds, epochs and head; only the adapters and the head are trained. Both are measured on the
test split as ``midspan evaluate atlas`` does. ``--model`` names the tuned models (default: the shipped one).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model

from benchmarks.common import write
from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.identity import SHIPPED
from midspan.models.atlas.learned.config import small_config
from midspan.models.atlas.learned.evaluation import Benchmark, Floats, View
from midspan.models.atlas.learned.examples import of_split
from midspan.models.atlas.learned.network import AtlasNetwork, load_network
from midspan.models.atlas.learned.training import SMALL_RECIPE, OrganTask
from midspan.models.encoder import TextEncoder
from midspan.models.kit.calibration import softmax
from midspan.models.kit.folder import load_model
from midspan.models.kit.frozen import trained_state
from midspan.models.kit.measuring import Figures, over_seeds
from midspan.models.kit.text_network import answers
from midspan.models.kit.training import Progress, Trainer
from midspan.models.minilm.network import bundled_network

RATE = 1e-3
"""Peak learning rate of the adapters, which start at zero; chosen before the run, not tuned."""
COLUMNS = ["top_organ_masked", "nvd_cm_masked", "top_organ_plain"]


def adapted(rank: int, seed: int, work: Path) -> tuple[AtlasNetwork, Any]:
    """Train adapters on every linear layer of the encoder, and the head."""
    torch.manual_seed(seed)
    encoder, tokenizer = bundled_network()
    network = AtlasNetwork(small_config(phantom_atlas().organs), encoder)
    tokenizer.enable_truncation(network.config.max_tokens)
    layers = ["query", "key", "value", "dense"]
    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.05, target_modules=layers)
    inject_adapter_in_model(config, network.bert)
    task = OrganTask(network, tokenizer, of_split("train"), of_split("validation"), seed=seed)
    recipe = replace(SMALL_RECIPE, seed=seed, rates={**SMALL_RECIPE.rates, "": RATE})
    Trainer(task, recipe, work / f"lora{rank}-{seed}").run(_say)
    return network.eval(), tokenizer


def _say(progress: Progress) -> None:
    if progress.step % 50 == 0:
        print(f"step {progress.step} of {progress.steps}, loss {progress.loss:.3f}", flush=True)


def megabytes(network: AtlasNetwork) -> float:
    """What is trained, in half precision."""
    return sum(2 * value.numel() for value in trained_state(network).values()) / 1e6


def figures(benchmark: Benchmark, network: AtlasNetwork, tokenizer: Any) -> Figures:
    """Places by least expected distance."""

    def shares(view: View) -> Floats:
        organs: Floats = softmax(answers(network, tokenizer, view.texts), 1.0)[:, :-1]
        return organs

    return benchmark.score(lambda view: benchmark.by_distance(shares(view)))


def row(name: str, size: float, runs: Sequence[Figures]) -> list[Any]:
    joined = over_seeds(runs)
    cells = [f"{joined[column].mean:.2f} ± {joined[column].se:.2f}" for column in COLUMNS]
    return [name, len(runs), f"{size:.1f}", *cells]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--seed", type=int, nargs="+", default=[0])
    parser.add_argument("--work", type=Path, default=Path("training/atlas"))
    parser.add_argument("--model", type=Path, nargs="+", default=[])
    options = parser.parse_args()
    trained = [adapted(options.rank, seed, options.work) for seed in options.seed]
    encoder, tokenizer = bundled_network()
    tuned = [load_network(load_model(folder), encoder) for folder in options.model or [SHIPPED]]
    benchmark = Benchmark(phantom_atlas(), TextEncoder().encode)
    tokenizer.enable_truncation(tuned[0].config.max_tokens)
    rows = [
        row(
            f"adapters of rank {options.rank}",
            megabytes(trained[0][0]),
            [figures(benchmark, *one) for one in trained],
        ),
        row(
            "atlas.small (layers tuned)",
            megabytes(tuned[0]),
            [figures(benchmark, one, tokenizer) for one in tuned],
        ),
    ]
    write(
        "atlas_lora",
        "Adapters or tuned layers for the atlas",
        ["what is trained", "seeds", "MB in half precision", *COLUMNS],
        rows,
        [
            f"{SMALL_RECIPE.epochs} epochs each; peak rate of the adapters {RATE:g}, of the layers "
            f"{SMALL_RECIPE.rates['']:g}; neither was tuned on any split",
            "MedQuAD by document, test split; ± one standard error, documents and seeds",
        ],
    )


if __name__ == "__main__":
    main()
