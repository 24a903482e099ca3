"""A BERT or RoBERTa encoder from a local folder: what the published models start from."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import safetensors.torch
import tokenizers
from tokenizers import BertWordPieceTokenizer, ByteLevelBPETokenizer
from tokenizers.processors import RobertaProcessing
from torch import Tensor

from midspan.errors import ModelFilesMissing
from midspan.models.bert import BertEncoder, build_bert
from midspan.models.bert_config import BertConfig

HEADS = ("cls.", "classifier.", "lm_head.")
"""Of pre-training tasks; left out."""
POSITIONS = "embeddings.position_embeddings.weight"


def load_bert_folder(folder: Path) -> tuple[BertEncoder, tokenizers.Tokenizer]:
    """Encoder and tokenizer of a folder as bert-base-uncased, roberta-base and their kin are published.

    It holds ``config.json``, ``model.safetensors`` and ``tokenizer.json``, or ``vocab.txt``, or
    ``vocab.json`` and ``merges.txt``. RoBERTa counts positions from behind its padding; the rows before are
    left out.

    Raises ``ModelFilesMissing``; pickled weights are not read.
    """
    for name in ("config.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise ModelFilesMissing(
                f"{folder}: expected a BERT model with config.json and model.safetensors, found no {name}; "
                "give the folder of a downloaded checkpoint (pickled weights are not read)"
            )
    config = json.loads((folder / "config.json").read_text("utf-8"))
    sizes = {field.name: config[field.name] for field in fields(BertConfig) if field.name in config}
    tensors = safetensors.torch.load_file(folder / "model.safetensors")
    named = _encoder_names(tensors)
    if config.get("model_type") == "roberta":
        first = config["pad_token_id"] + 1
        named[POSITIONS] = named[POSITIONS][first:].clone()
        sizes["max_position_embeddings"] -= first
    return build_bert(BertConfig(**sizes), named), _tokenizer(folder)


def _encoder_names(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Names without the prefix of a whole model, and with today's names of the norms' parameters."""
    named = {}
    for name, tensor in tensors.items():
        if not name.startswith(HEADS):
            plain = name.removeprefix("bert.").removeprefix("roberta.")
            plain = plain.replace("LayerNorm.gamma", "LayerNorm.weight").replace(
                "LayerNorm.beta", "LayerNorm.bias"
            )
            named[plain] = tensor
    return named


def _tokenizer(folder: Path) -> tokenizers.Tokenizer:
    if (folder / "tokenizer.json").is_file():
        made = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    elif (folder / "vocab.txt").is_file():
        made = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)._tokenizer
    elif (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
        made = _byte_pairs(folder)
    else:
        raise ModelFilesMissing(
            f"{folder}: expected tokenizer.json, or vocab.txt, or vocab.json with merges.txt, found none"
        )
    made.no_padding()
    made.no_truncation()
    return made


def _byte_pairs(folder: Path) -> tokenizers.Tokenizer:
    made: tokenizers.Tokenizer = ByteLevelBPETokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt")
    )._tokenizer
    made.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    end, start = ((name, int(made.token_to_id(name) or 0)) for name in ("</s>", "<s>"))
    made.post_processor = RobertaProcessing(end, start)
    return made
