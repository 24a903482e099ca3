"""Published video transformers as the appearance trunk: VideoMAE and TimeSformer, out of a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import Tensor, nn

from midspan.errors import ModelFilesMissing, UnknownName
from midspan.models.action.networks.resampling import resampled

KINDS: dict[str, Any] = {"videomae": transformers.VideoMAEModel, "timesformer": transformers.TimesformerModel}
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the colours that these models were trained on."""


class CheckpointTrunk(nn.Module):
    """Frames (batch, 3, frames, height, width) in -0.5..0.5 to a map of the model's last hidden states.

    Frames are repeated or left out, and scaled, to the model's own number and size.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, config: dict[str, Any], model: nn.Module | None = None) -> None:
        """``config`` as in the folder's ``config.json``; without a ``model`` one is made at random."""
        super().__init__()
        kind = config["model_type"]
        made = KINDS[kind].config_class.from_dict(config)
        self.model = model if model is not None else KINDS[kind](made)
        self.channels, self._kind, self._config = made.hidden_size, kind, made
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(3, 1, 1, 1), persistent=False)

    @classmethod
    def from_folder(cls, folder: Path) -> CheckpointTrunk:
        """Raises ``ModelFilesMissing``, and ``UnknownName`` for a model of another kind."""
        config = checkpoint_config(folder)
        model = KINDS[config["model_type"]].from_pretrained(
            folder, local_files_only=True, use_safetensors=True
        )
        return cls(config, model)

    def forward(self, clip: Tensor) -> Tensor:
        frames, size = self._config.num_frames, self._config.image_size
        shown = resampled(clip, frames, size)
        pixels = ((shown + 0.5 - self.mean) / self.std).transpose(1, 2)  # (batch, frames, 3, size, size)
        hidden: Tensor = self.model(pixel_values=pixels).last_hidden_state
        side = size // self._config.patch_size
        if self._kind == "timesformer":  # a token of the clip first, then a place's moments side by side
            return hidden[:, 1:].reshape(-1, side, side, frames, self.channels).permute(0, 4, 3, 1, 2)
        moments = frames // self._config.tubelet_size
        return hidden.reshape(-1, moments, side, side, self.channels).permute(0, 4, 1, 2, 3)


def checkpoint_config(folder: Path) -> dict[str, Any]:
    """Raises ``ModelFilesMissing`` and ``UnknownName``."""
    for name in ("config.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise ModelFilesMissing(
                f"{folder}: expected a video model with config.json and model.safetensors, found no {name}; "
                "give the folder of a downloaded checkpoint (pickled weights are not read)"
            )
    config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
    if config.get("model_type") not in KINDS:
        raise UnknownName("video model", str(config.get("model_type")), list(KINDS))
    return config


def checkpoint_map(config: dict[str, Any]) -> tuple[int, int, int]:
    """Moments, rows and columns of the trunk's map."""
    made = KINDS[config["model_type"]].config_class.from_dict(config)
    side = made.image_size // made.patch_size
    tubelet = getattr(made, "tubelet_size", 1)
    return made.num_frames // tubelet, side, side
