"""Any other encoder of sentences, by the library sentence-transformers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from midspan.errors import ModelFilesMissing, needs_extra
from midspan.models.kit.engine import TOKENS, TOKENS_CUDA, Floats
from midspan.models.kit.token_batches import asked

CHARACTERS_A_TOKEN = 4
"""About, in English; only the size of batches hangs on it."""

Encode = Callable[[Sequence[str], Callable[[], None]], Floats]


def load_sentence_transformer(name: str, *, download: bool) -> tuple[Encode, str, int]:
    """A model's function from texts to vectors, the hash of its weights and the vectors' dimension.

    Raises ``ModelFilesMissing`` and ``MissingExtra``.
    """
    with needs_extra(f"The text encoder {name!r}", "train"):
        import torch
        from sentence_transformers import SentenceTransformer  # takes many seconds to import
        from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    cuda = torch.cuda.is_available()
    try:
        model = SentenceTransformer(
            name,
            device="cuda" if cuda else "cpu",
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
    budget = TOKENS_CUDA if cuda else TOKENS

    def encode(texts: Sequence[str], check: Callable[[], None]) -> Floats:
        def ask(group: Sequence[int]) -> Floats:
            chosen = [texts[place] for place in group]
            said = model.encode(chosen, batch_size=len(chosen), show_progress_bar=False)
            return np.asarray(said, dtype=np.float32)

        return asked(ask, [len(text) // CHARACTERS_A_TOKEN + 2 for text in texts], budget, check)

    return encode, _state_sha256(model.state_dict()), int(encode([""], lambda: None).shape[1])


def _state_sha256(tensors: dict[str, Any]) -> str:
    """SHA-256 over the tensors by name; not over poolers, which are random where a checkpoint lacks them."""
    import torch

    sha = hashlib.sha256()
    for name in sorted(name for name in tensors if ".pooler." not in name):
        tensor = tensors[name].detach().cpu().contiguous()
        sha.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        sha.update(tensor.flatten().view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
    return sha.hexdigest()
