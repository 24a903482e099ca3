"""Clips that a network can learn in seconds: a bright square goes right above or left below, its
colour is the noun."""

from pathlib import Path

import numpy as np
import pytest

from midspan.models.action.data.arrays import ArrayClip, ArrayMeta, ArrayWriter, Layout

VERBS, NOUNS = ("go_right", "go_left", "stay"), ("red", "blue")
HALF = 0.1


def toy_clip(verb, noun, rng):
    """A square that goes across, and the box, flow and sound that go with it."""
    start, height = rng.uniform(0.15, 0.35), rng.uniform(0.2, 0.4) + (0, 0.4, 0.2)[verb]
    along = np.linspace(0, 0.45, 16) + start
    x = (along, 1 - along, np.full(16, 0.5))[verb]
    boxes = np.zeros((16, 6, 4), np.float32)
    boxes[:, 0] = np.stack([x - HALF, np.full(16, height - HALF), x + HALF, np.full(16, height + HALF)], 1)
    filled = (np.arange(6) == 0) * np.ones((16, 1))
    layout = Layout(boxes, filled.astype(np.int8), filled.astype(np.float32))
    rgb = rng.integers(0, 60, (8, 64, 64, 3), dtype=np.uint8)
    flow = np.zeros((7, 64, 64, 2), np.float16)
    for frame, box in enumerate(np.round(boxes[::2, 0] * 64).astype(int)):
        left, top, right, bottom = box
        rgb[frame, top:bottom, left:right, 2 * noun] = 220
        if frame < 7:
            flow[frame, top:bottom, left:right, 0] = (4, -4, 0)[verb]
    mel = rng.normal(size=(64, 32)).astype(np.float16)
    mel[:32, :16] += 3 * (1 - verb)
    nouns = np.array([noun, -1], np.int16)
    return ArrayClip(rgb, flow, mel, layout, layout, np.array(verb, np.int16), nouns)


def write_toy(folder: Path, count: int, seed: int, verbs: int = 2) -> None:
    rng = np.random.default_rng(seed)
    meta = ArrayMeta(VERBS[:verbs], NOUNS, ("table",) * count, seed=seed, q=0.0, noise="none")
    with ArrayWriter(folder, meta) as writer:
        for index in range(count):
            writer.add(toy_clip(index % verbs, (index // verbs) % 2, rng))


@pytest.fixture(scope="session")
def toy_data(tmp_path_factory):
    """A folder of data as the generator writes them."""
    folder = tmp_path_factory.mktemp("toy")
    splits = {"train": 96, "seen": 24, "unseen_selection": 24, "unseen_test": 24}
    for seed, (name, count) in enumerate(splits.items()):
        write_toy(folder / name, count, seed)
    return folder


@pytest.fixture(scope="session")
def toy_writer():
    """Writes one split: folder, clips, seed, and how many of the three verbs."""
    return write_toy
