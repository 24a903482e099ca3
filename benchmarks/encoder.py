"""The text encoder alone: sentences a CPU second on one thread, and how much of its work is padding.

    python -m benchmarks.encoder [--sentences 1000] [--runs 3]

The same sentences of about 31 tokens three ways, in alternating rounds: all of them in one call, in the
portions that an ingest hands over (only the calls of the encoder are counted, within an ingest), and all in
one call of torch. Slots are what the network computes for: tokens and the padding of their batch.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", MIDSPAN_THREADS="1", MIDSPAN_WORKERS="1")

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.common import spread, write
from benchmarks.sentences import sentences_of, write_documents
from midspan import Workspace
from midspan.models.encoder import TextEncoder
from midspan.models.kit import token_batches

WARM = 20


@dataclass
class Work:
    """What calls of an encoder came to."""

    calls: int = 0
    sentences: int = 0
    seconds: float = 0.0
    tokens: int = 0
    slots: int = 0


@contextmanager
def watched() -> Iterator[Work]:
    """Every encoder's work in the block."""
    work = Work()
    encode, pad = TextEncoder.encode, token_batches.pad

    def timed(encoder: TextEncoder, texts: Sequence[str], *rest: Any) -> Any:
        start = time.process_time()
        vectors = encode(encoder, texts, *rest)
        work.seconds += time.process_time() - start
        work.calls += 1
        work.sentences += len(texts)
        return vectors

    def counted(rows: token_batches.Rows) -> tuple[token_batches.Tokens, token_batches.Mask]:
        tokens, mask = pad(rows)
        work.tokens += int(mask.sum())
        work.slots += mask.size
        return tokens, mask

    with mock.patch.object(TextEncoder, "encode", timed), mock.patch.object(token_batches, "pad", counted):
        yield work


def in_one_call(encoder: TextEncoder, documents: Path) -> None:
    encoder.encode(sentences_of(documents))


def by_ingest(documents: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch, Workspace.open(Path(scratch) / "workspace") as workspace:
        workspace.ingest([documents], stages=["embedding"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    onnx, torch = TextEncoder(engine="onnxruntime"), TextEncoder(engine="torch")
    ways = {
        "all in one call": partial(in_one_call, onnx),
        "as an ingest hands them over": by_ingest,
        "all in one call, by torch": partial(in_one_call, torch),
    }
    found: dict[str, list[Work]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as scratch:
        for turn, count in enumerate([WARM] + [options.sentences] * options.runs):
            documents = Path(scratch) / str(turn)
            documents.mkdir()
            write_documents(documents, count)
            for name in list(ways)[:: -1 if turn % 2 else 1]:
                with watched() as work:
                    ways[name](documents)
                found[name].append(work)
    rows = []
    for name, (_, *works) in found.items():
        rate = spread([work.sentences / work.seconds for work in works])
        last = works[-1]
        rows.append(
            [
                *(name, last.calls, f"{rate['median']:.1f}", f"{rate['min']:.1f}-{rate['max']:.1f}"),
                *(f"{last.tokens / last.sentences:.1f}", f"{last.slots / last.tokens:.2f}"),
            ]
        )
    write(
        "encoder",
        "The text encoder on one thread",
        ["way", "calls", "sentences a CPU s (median)", "range", "tokens a sentence", "slots a token"],
        rows,
        [f"{found['all in one call'][-1].sentences} sentences, {options.runs} alternating rounds"],
    )


if __name__ == "__main__":
    main()
