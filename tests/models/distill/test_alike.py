"""A student says how windows look to it, and is silent of those that look like nothing it learned."""

from __future__ import annotations

import shutil

import numpy as np

from midspan.models.action.inputs import frames_input
from midspan.models.action.likeness import Likeness
from midspan.models.action.predictor import ActionPredictor
from midspan.models.action.recogniser import Recogniser
from midspan.models.action.shipped import STUDENT
from midspan.models.distill.alike import show_looks
from midspan.models.kit.folder import add_to_model

LOOKS = 2 * (16 + 32 + 64 + 64 + 96)
"""Mean and spread of every channel."""


def test_what_looks_like_nothing_learned_shows_no_action(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (3, 8, 64, 64, 3), dtype=np.uint8)
    folder = tmp_path / "student"
    shutil.copytree(STUDENT, folder)
    show_looks(folder)
    shown, before = (frames_input(frames),), ActionPredictor.load(STUDENT)
    said = ActionPredictor.load(folder).said(shown)
    assert said.shape == (3, before.classes.total + LOOKS)
    assert np.allclose(said[:, : before.classes.total], before.logits(shown), atol=1e-4)
    mean = said[:, before.classes.total]
    first = np.eye(LOOKS, dtype=np.float32)[0]
    between = Likeness(first, float(np.sort(mean)[:2].mean()))
    add_to_model(folder, between.config, between.tensors)
    recogniser = Recogniser.load(folder)
    verbs = recogniser.of_frames(frames).verbs
    silent = (verbs == np.eye(verbs.shape[1])[-1]).all(1)
    assert np.array_equal(silent, mean == mean.min())
    assert recogniser.of_frames(frames[:0]).verbs.shape == (0, verbs.shape[1])
