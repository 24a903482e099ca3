"""Stage: parse sentences once, for all stages that read the parse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from midspan.pipelines.stage import Batch, Stage
from midspan.records import Product, Run, Unit


class DocParser(Protocol):
    """What :class:`midspan.models.parser.Parser` offers."""

    def parse(self, texts: Sequence[str]) -> list[Any]: ...


class ParseStage(Stage):
    """Leaves ``parse`` in ``Batch.shared``: one spaCy Doc a sentence, None for other segments."""

    name = "parse"
    unit: Unit = "char"
    requires = ("sentence",)
    produces = ("parse",)

    def __init__(self, parser: Callable[[], DocParser]) -> None:
        """``parser`` is called when there is something to parse."""
        self._parser = parser

    @property
    def run(self) -> Run | None:
        return None

    def __call__(self, batch: Batch) -> list[Product]:
        texts = [segment.text for segment in batch.segments if segment.kind == "sentence"]
        docs = iter(self._parser().parse(texts) if texts else [])
        batch.shared["parse"] = [
            next(docs) if segment.kind == "sentence" else None for segment in batch.segments
        ]
        return []
