"""What a clip sounds like: touches, landings, slides and what things do; nothing tells the noun."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.scene import Sound, SoundKind

RATE = 16_000
"""Samples a second."""
Samples = npt.NDArray[np.float32]


def waveform(sounds: list[Sound], seconds: float, random: np.random.Generator) -> Samples:
    """(seconds * 16 000,) mono, -1 to 1. The times of ``sounds`` are shares of ``seconds``."""
    length = round(seconds * RATE)
    wave = _hum(length, random)
    for sound in sounds:
        begin = round(sound.start * length)
        samples = round((sound.end - sound.start) * seconds * RATE)
        part = _SOUNDS[sound.kind](max(samples, 1), random)[: max(0, length - begin)]
        wave[begin : begin + len(part)] += random.uniform(0.6, 1.4) * part
    return np.clip(wave, -1, 1)


def _hum(length: int, random: np.random.Generator) -> Samples:
    time = _time(length)
    noise = random.standard_normal(length, dtype=np.float32)
    mains = np.sin(2 * np.pi * (50.0 if random.random() < 0.5 else 60.0) * time)
    return np.asarray(random.uniform(0.002, 0.012) * noise + random.uniform(0, 0.02) * mains, np.float32)


def _time(samples: int) -> Samples:
    return np.asarray(np.arange(samples) / RATE, np.float32)


def _touch(samples: int, random: np.random.Generator) -> Samples:
    time = _time(samples)
    return 0.2 * random.standard_normal(samples, dtype=np.float32) * np.exp(-120 * time)


def _land(samples: int, random: np.random.Generator) -> Samples:
    time = _time(max(samples, RATE // 8))
    thud = np.sin(2 * np.pi * random.uniform(95, 145) * time)
    return np.asarray(0.5 * thud * np.exp(-28 * time), np.float32)


def _slide(samples: int, random: np.random.Generator) -> Samples:
    noise = random.standard_normal(samples + 8, dtype=np.float32)
    band = np.convolve(noise, np.ones(9, np.float32) / 9, "valid") - 0.3 * noise[8:]
    return np.asarray(0.07 * band * np.hanning(samples), np.float32)


def _beep(samples: int, random: np.random.Generator) -> Samples:
    return np.asarray(0.22 * np.sin(2 * np.pi * 880 * _time(max(samples, RATE * 3 // 20))), np.float32)


def _chirp(samples: int, random: np.random.Generator) -> Samples:
    time = _time(max(samples, RATE // 4))
    return np.asarray(0.2 * np.sin(2 * np.pi * (300 + 1400 * time) * time), np.float32)


def _tremolo(samples: int, random: np.random.Generator) -> Samples:
    time = _time(samples)
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * 30 * time)
    return np.asarray(0.14 * np.sin(2 * np.pi * 430 * time) * swell * np.exp(-1.2 * time), np.float32)


_SOUNDS: dict[SoundKind, Callable[[int, np.random.Generator], Samples]] = {
    "touch": _touch,
    "land": _land,
    "slide": _slide,
    "beep": _beep,
    "chirp": _chirp,
    "tremolo": _tremolo,
}
