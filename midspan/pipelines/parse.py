"""Stage: parse sentences once, for all stages that read the parse."""

from __future__ import annotations

from collections.abc import Sequence
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

    def __init__(self, parser: DocParser) -> None:
        self._parser = parser

    @property
    def run(self) -> Run | None:
        return None

    def __call__(self, batch: Batch) -> list[Product]:
        docs = iter(
            self._parser.parse([segment.text for segment in batch.segments if segment.kind == "sentence"])
        )
        batch.shared["parse"] = [
            next(docs) if segment.kind == "sentence" else None for segment in batch.segments
        ]
        return []
