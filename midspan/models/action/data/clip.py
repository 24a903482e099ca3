"""One clip of the benchmark: a hand does one thing, and everything is known of it.

    clip = make_clip(verb=4, noun=10, other=7, style="egocentric", q=0.6, seed=(1, 2))
    clip.frames(times, (64, 64)), clip.tracks(times), clip.wave(2.0)

The same seed gives the same bytes, at whatever times and sizes the clip is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.acts import make_scene
from midspan.models.action.data.arrays import SECONDS, Style
from midspan.models.action.data.camera import Camera, make_camera
from midspan.models.action.data.painting import Look, paint, random_look
from midspan.models.action.data.scene import Floats, Scene
from midspan.models.action.data.sound import Samples, waveform
from midspan.models.action.data.tracks import Staged, TrueTrack, stage, true_tracks


@dataclass(frozen=True)
class Clip:
    verb: int
    noun: int
    other: int
    """The second thing's noun; whether the verb names it, its template tells."""
    style: Style
    scene: Scene
    camera: Camera
    look: Look
    seed: tuple[int, ...]

    def frames(self, times: Floats, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
        """(times, height, width, 3) RGB; ``size`` is (width, height), ``times`` are shares of the clip."""
        return paint(self.staged(times), self.look, size)

    def tracks(self, times: Floats) -> list[TrueTrack]:
        return true_tracks(self.staged(times))

    def wave(self, seconds: float = SECONDS) -> Samples:
        return waveform(self.scene.sounds, seconds, np.random.default_rng((*self.seed, 1)))

    def staged(self, times: Floats) -> Staged:
        things, hands = stage(self.scene, times)
        return Staged(things, hands, self.camera.poses(times).views(self.camera.aspect))


def make_clip(*, verb: int, noun: int, other: int, style: Style, q: float, seed: Sequence[int]) -> Clip:
    """``verb`` and nouns are indices; ``q`` is the strength of the bias of colour by noun group."""
    random = np.random.default_rng((*seed, 0))
    scene = make_scene(verb, noun, other, style=style, q=q, random=random)
    camera = make_camera(style, scene, random)
    return Clip(verb, noun, other, style, scene, camera, random_look(style, random), tuple(seed))


def even_times(frames: int) -> Floats:
    """Middles of ``frames`` equal parts of the clip."""
    return (np.arange(frames) + 0.5) / frames
