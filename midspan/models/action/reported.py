"""What is reported of models of clips, chapter 6's and chapter 7's, and on which clips."""

from __future__ import annotations

from pathlib import Path

from midspan.models.kit.chapter import Option
from midspan.models.kit.metric import Metric

VIEWS = ("seen", "unseen", "table", "close-up")
"""Clips of combinations of verb and noun that were learned, and of the others; and these by the camera."""
METRICS = (
    *(Metric(name, "%", True, VIEWS, "clips") for name in ("top1", "top5", "map")),
    Metric("ece", "%", False, VIEWS, "clips"),
    *(Metric(name, "%", True, VIEWS, "verb and noun") for name in ("noun", "both")),
    Metric("parameters", "thousands", False, (), "cost"),
    Metric("macs", "millions a clip", False, (), "cost"),
    Metric("ms", "of CPU a clip, one thread", False, (), "cost"),
    Metric("ms_all", "the same, with the detector, the flow or the spectrogram", False, (), "cost"),
    Metric("rate", "times real time by CPU time, of a video whose boxes are known", True, (), "cost"),
)
DATA = "clips (`midspan data tabletop` makes some) or labelled videos"
EVALUATE = (
    Option("data", Path, "Clips (`midspan data tabletop` makes some) or labelled videos."),
    Option("epochs", int, "Of all that is trained, other than the recipes'."),
)


def trained_option(*names: str) -> Option:
    """Which models to train and measure, of those that ``--trained`` knows."""
    return Option(
        "trained",
        list[str],
        f"Models to train and measure (repeatable; default: all): {', '.join(names)}.",
    )
