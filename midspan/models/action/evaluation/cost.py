"""What a network costs: parameters, multiplications and measured time of one clip."""

from __future__ import annotations

import statistics
import time

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from midspan.models.action.clips import Clips
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
        "parameters": Figure(count / 1e3, float("nan")),
        "macs": Figure(counter.get_total_flops() / 2e6, float("nan")),
    }


def milliseconds(predictor: ActionPredictor, clips: Clips) -> Figures:
    """Median time of one clip, asked alone."""
    shown = inputs_of(predictor.modalities, clips.at([0]))
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        predictor.logits(shown)
        times.append(1e3 * (time.perf_counter() - started))
    return {"ms": Figure(float(np.round(statistics.median(times), 3)), float("nan"))}
