"""Training the models of chapter 6, by the name that ``midspan train action --model`` knows them by."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import torch

from midspan.errors import WrongUse
from midspan.models.action.clips import Clips, Data, read_data
from midspan.models.action.inputs import MODALITIES
from midspan.models.action.networks.appearance import AppearanceConfig, AppearanceNetwork
from midspan.models.action.networks.fusion import Fusion
from midspan.models.action.networks.network import NetworkConfig
from midspan.models.action.training.branches import (
    PAPER_RECIPE,
    Trained,
    fit,
    name_of,
    train_branch,
)
from midspan.models.action.training.fusion import train_fusion
from midspan.models.action.training.saving import save_trained
from midspan.models.kit.training import Progress

CLIPS, WINDOW_FILMS = 12_000, 400
"""Of each camera style, all splits together: what ships was trained on them."""
Report = Callable[[Progress], None]


def train_variant(
    variant: str,
    out: Path,
    work: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
    encoder: Path | None = None,
    report: Report = lambda _: None,
) -> dict[str, Any]:
    """Train a model and write it to ``out``, going on from what lies in ``work``; returns the card.

    Without ``data`` the clips of the shipped models are drawn in ``work``. Raises ``WrongUse`` for a
    folder that holds none, or clips that have nothing of what the model sees.
    """
    return train_on(
        variant,
        clips_for(data, work, seed),
        out,
        work,
        seed=seed,
        epochs=epochs,
        encoder=encoder,
        report=report,
        options=given(data),
    )


def train_on(
    variant: str,
    clips: Data,
    out: Path,
    work: Path,
    *,
    seed: int,
    epochs: int | None = None,
    encoder: Path | None = None,
    report: Report = lambda _: None,
    options: str = "",
) -> dict[str, Any]:
    """The same with these clips, which the command's ``options`` name."""
    started = time.monotonic()
    lacking = lacking_of(variant, clips)
    if lacking:
        raise WrongUse(f"action.{variant} sees {lacking[0]}, and too few of the clips have any")
    if encoder is not None:
        trained = _from_checkpoint(encoder, clips, work, seed, epochs, report)
    else:
        trained = _trained(variant, clips, work, seed, epochs, report)
    said = {
        "name": f"action.{variant}",
        "trained_on": told(clips.train),
        "retrain": f"midspan train action --model {variant}{options} --seed {seed}",
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    return save_trained(out, trained, clips.selection, said, graph=encoder is None)


def clips_for(data: Path | None, work: Path, seed: int) -> Data:
    """The clips of a folder; without one those that what ships was trained on, drawn in ``work`` at first."""
    return read_data(data or drawn_clips(work), seed)


def lacking_of(variant: str, clips: Data) -> tuple[str, ...]:
    """Modalities that a variant sees and too few of the clips have."""
    lacks = clips.train.parts[0].meta.lacks
    name = variant.partition("-")[0]
    sees = ("layout", "rgb") if name in get_args(Fusion) else (name,)
    return tuple(one for one in sees if one in lacks)


def drawn_clips(work: Path) -> Path:
    """The folder of the shipped models' clips; an interrupted drawing goes on where it was."""
    from midspan.models.action.data.data_set import Settings, write_data_set  # loads OpenCV

    folder = work / "tabletop"
    settings = Settings(clips=CLIPS, windows=WINDOW_FILMS, noise="matched")
    write_data_set(folder, settings, videos=False, flow=False, arrays=True, report=lambda _: None)
    return folder


def given(data: Path | None) -> str:
    """The option that names one's own clips."""
    return "" if data is None else " --data FOLDER"


def told(clips: Clips) -> str:
    """What clips are, for a card."""
    meta = clips.parts[0].meta
    if meta.videos:
        return f"{len(clips)} clips of {len(meta.verbs)} verbs, cut with others from {meta.videos} videos"
    styles = " and ".join(sorted(set(clips.styles.tolist())))
    noises = " and ".join(dict.fromkeys(part.meta.noise for part in clips.parts))
    return (
        f"{len(clips)} clips ({styles}) of {len(meta.verbs)} verbs and {len(meta.nouns)} nouns, boxes with "
        f"noise {noises}, colour bias {meta.q}, seed {meta.seed}"
    )


def _trained(variant: str, clips: Data, work: Path, seed: int, epochs: int | None, report: Report) -> Trained:
    if variant == "rgb-strong":
        shown = {"seed": seed, "epochs": epochs, "strong": True, "report": report}
        return train_branch("rgb", clips.train, clips.selection, work, **shown)  # type: ignore[arg-type]
    name, _, size = variant.partition("-")
    options: dict[str, Any] = {"seed": seed, "epochs": epochs, "size": size or "small", "report": report}
    for modality in MODALITIES:
        if name == modality:
            return train_branch(modality, clips.train, clips.selection, work, **options)
    fusion: Fusion = next(one for one in get_args(Fusion) if one == name)
    return train_fusion(fusion, clips.train, clips.selection, work, **options)


def _from_checkpoint(
    folder: Path, clips: Data, work: Path, seed: int, epochs: int | None, report: Report
) -> Trained:
    """The RGB branch on a published video transformer, all of which is trained."""
    from midspan.models.action.networks.checkpoint import (  # loads transformers
        CheckpointTrunk,
        checkpoint_config,
        checkpoint_map,
    )

    published = checkpoint_config(folder)
    sizes = AppearanceConfig("checkpoint", 3, checkpoint_map(published), checkpoint=published)
    config = NetworkConfig("appearance", ("rgb",), sizes, clips.train.classes)
    recipe = replace(PAPER_RECIPE, seed=seed, epochs=epochs or PAPER_RECIPE.epochs)
    torch.manual_seed(seed)
    network = config.build()
    assert isinstance(network, AppearanceNetwork)
    network.trunk = CheckpointTrunk.from_folder(folder)
    mine = work / f"checkpoint-{folder.name}-{name_of(clips.train, recipe)}"
    return fit(network, config, recipe, clips.train, clips.selection, mine, report=report)
