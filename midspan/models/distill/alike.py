"""A student learns to tell what looks like what it knows from other video; kept in its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.film import make_film
from midspan.models.action.data.film_windows import tell
from midspan.models.action.data.other_videos import KINDS, other_windows
from midspan.models.action.data.splits import STYLES, Split
from midspan.models.action.evaluation.films import RATE, film_frames, film_windows
from midspan.models.action.inputs import frames_input
from midspan.models.action.likeness import fit_likeness
from midspan.models.action.networks.network import NetworkConfig, load_network, network_graph
from midspan.models.action.predictor import ActionPredictor
from midspan.models.kit.engine import Floats
from midspan.models.kit.folder import add_to_model, load_model
from midspan.models.kit.parity import parity

KEPT = 0.98
"""Share of the windows with an action, of films of the selection split, that pass."""
OTHERS = 150
"""Windows of each kind of other video that was learned from."""
Image = npt.NDArray[np.uint8]


def keep_likeness(folder: Path, seed: int, *, films: int) -> dict[str, Any]:
    """Fit it to windows with an action, of as many films of the training split a camera, and to windows of
    the other videos that were learned from; returns the card. A network that is not the small one stays as
    it is.
    """
    model = load_model(folder)
    if model.config["network"]["sizes"].get("trunk") != "cnn3d":
        return model.card
    show_looks(folder)
    predictor = ActionPredictor.load(folder)
    known, held_out = (
        np.concatenate([_looks(predictor, one) for one in windows_with_actions(split, films, seed)])
        for split in ("train", "unseen_selection")
    )
    found = fit_likeness(known, _looks(predictor, windows_of_others(seed)), held_out, KEPT)
    return add_to_model(folder, found.config, found.tensors)


def show_looks(folder: Path) -> None:
    """Give a model folder the graph that says looks too. Raises ``EnginesDiffer``."""
    model = load_model(folder)
    network = model.config["network"]
    shown = {**network, "sizes": {**network["sizes"], "looks": True}}
    config = NetworkConfig.from_json(shown)
    clip = frames_input(other_windows(len(KINDS), np.random.default_rng(0)))
    graph = network_graph(load_network(config, model.part("network")), config, (clip,))

    def agree(made: Any) -> dict[str, Any]:
        one, other = (
            ActionPredictor.from_folder(made, engine=name).said((clip,)) for name in ("torch", "onnxruntime")
        )
        return {"engines_with_looks": parity(one, other, classes=False).to_json()}

    add_to_model(folder, {"network": shown}, graph=graph, check=agree)


def windows_with_actions(split: Split, films: int, seed: int) -> Iterator[Image]:
    """(n, 8, 64, 64, 3) of each of as many films a camera: its windows that show one."""
    for style in STYLES:
        for index in range(films):
            film = make_film(split, style=style, q=0.6, seed=(seed, index, 19))
            frames = film_frames(film)
            starts, windows = film_windows(frames)
            told = tell(film.events(), len(frames)).events
            places = np.rint(starts * RATE).astype(int)
            whole = places < len(told)
            yield windows[whole][told[places[whole]] >= 0]


def windows_of_others(seed: int) -> Image:
    """(n, 8, 64, 64, 3) of the kinds of other video that were learned from."""
    return other_windows(OTHERS * len(KINDS), np.random.default_rng((seed, 23)))


def _looks(predictor: ActionPredictor, windows: Image) -> Floats:
    return predictor.said((frames_input(windows),))[:, predictor.classes.total :]
