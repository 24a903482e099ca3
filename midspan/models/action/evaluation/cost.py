"""What a network costs: parameters, multiplications and measured time of one clip, and of its inputs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from midspan.models.action.boxes.detector import shipped_detector
from midspan.models.action.boxes.frame_boxes import FrameBox, box_of
from midspan.models.action.boxes.timeline import RATE, Timeline, packed
from midspan.models.action.clips import Clips
from midspan.models.action.data.arrays import LAYOUT_FRAMES, SECONDS
from midspan.models.action.data.detector_noise import Detections
from midspan.models.action.data.flow import optical_flow
from midspan.models.action.data.mel import log_mel
from midspan.models.action.data.sound import RATE as SAMPLES
from midspan.models.action.evaluation.films import SIZE
from midspan.models.action.gliding import STEP
from midspan.models.action.inputs import Modality
from midspan.models.action.networks.network import NetworkConfig
from midspan.models.action.predictor import ActionPredictor, inputs_of
from midspan.models.kit.measuring import Figure, Figures

RUNS = 20


def network_cost(config: NetworkConfig, clips: Clips) -> Figures:
    """In thousands of parameters and millions of multiplications with an addition.

    Of the network alone, without what makes boxes or flow.
    """
    network = config.build().eval()
    shown = [torch.from_numpy(one) for one in inputs_of(config.modalities, clips.at([0]))]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(*shown)
    count = sum(one.numel() for one in network.parameters())
    return {
        "parameters": _figure(count / 1e3),
        "macs": _figure(counter.get_total_flops() / 2e6),
    }


def milliseconds(predictor: ActionPredictor, clips: Clips) -> Figures:
    """Median CPU times of one clip, asked alone: of the network, and with what makes its inputs of frames and
    sound, the detector that ships for boxes."""
    shown = inputs_of(predictor.modalities, clips.at([0]))
    alone = _median(lambda: predictor.logits(shown))
    inputs = sum(_median(_making(one, clips)) for one in predictor.modalities if one != "rgb")
    return {"ms": _figure(round(alone, 3)), "ms_all": _figure(round(alone + inputs, 3))}


def rate_with_boxes(predictor: ActionPredictor, boxes: Detections, seconds: float) -> Figures:
    """How many times as fast as a video plays its windows are answered by a network that sees boxes alone,
    where those are known, by CPU time: from boxes of every frame (``RATE`` a second) to tracks, layouts and
    answers."""
    frames = _by_frame(boxes)
    _told(predictor, frames, seconds)  # what loads on first use is loaded
    started = time.process_time()
    _told(predictor, frames, seconds)
    return {"rate": _figure(round(seconds / (time.process_time() - started), 1))}


def _told(predictor: ActionPredictor, frames: Sequence[tuple[FrameBox, ...]], seconds: float) -> None:
    timeline = Timeline([packed(np.arange(len(frames)) / RATE, frames)])
    assert timeline.tracks
    layouts = [timeline.layout(float(start)) for start in np.arange(0, seconds - SECONDS, STEP)]
    predictor.probabilities(
        predictor.logits(
            (
                np.stack([one.boxes for one in layouts]),
                np.stack([one.categories for one in layouts]).astype(np.int64),
                np.stack([one.scores for one in layouts]),
            )
        )
    )


def _by_frame(boxes: Detections) -> Sequence[tuple[FrameBox, ...]]:
    there = ~np.isnan(boxes.boxes[..., 0])
    return [
        tuple(
            FrameBox(
                "hand" if boxes.categories[row] == 2 else "object",
                box_of(boxes.boxes[row, frame]),
                float(boxes.scores[row, frame]),
            )
            for row in np.flatnonzero(there[:, frame])
        )
        for frame in range(there.shape[1])
    ]


def _making(modality: Modality, clips: Clips) -> Callable[[], object]:
    """What makes the input of a modality for one clip."""
    if modality == "flow":
        rgb = clips.at([0]).array("rgb")[0].astype(np.uint8)
        return lambda: optical_flow(rgb)
    if modality == "audio":
        wave = np.zeros(round(SECONDS * SAMPLES), np.float32)
        return lambda: log_mel(wave)
    detector = shipped_detector()
    frames = np.zeros((LAYOUT_FRAMES, SIZE[1], SIZE[0], 3), np.uint8)
    return lambda: detector(frames)


def _median(work: Callable[[], object]) -> float:
    """Milliseconds."""
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        times.append(1e3 * (time.process_time() - started))
    return statistics.median(times)


def _figure(value: float) -> Figure:
    """One that has no error of its own."""
    return Figure(value, float("nan"))
