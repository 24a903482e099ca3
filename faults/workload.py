"""What every run ingests, and deterministic models that say something about it at once."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore
from midspan.models.identity import encoder_run
from midspan.pipelines import stopping
from midspan.pipelines.embedding import EmbeddingStage, SentenceVectors
from midspan.pipelines.stage import Batch, Stage
from midspan.platform.workspace import Workspace
from midspan.records import Fact, FactSlot, Product, Provenance, Run, Segment, Unit, record_id

DIM = 16
STAGE_SECONDS = 0.15
"""What a batch takes at least, so that signs of life fall into it on a fast machine too."""
NAMES = ("Ada", "Basel", "Chopin", "Dublin", "Euler", "Fes", "Ghent", "Hume", "Ivrea", "Jena")


def _sentences(name: str, count: int) -> str:
    """Paragraphs of sentences about two names each; no two documents say quite the same."""
    told = [
        f"In {name} number {n}, {NAMES[n % 10]} went to {NAMES[(n * 3 + len(name)) % 10]} by train."
        for n in range(count)
    ]
    return "\n\n".join(" ".join(told[start : start + 3]) for start in range(0, count, 3))


BEFORE = {
    "kept.txt": _sentences("kept", 4),
    "changed.txt": _sentences("old", 7),
    "moved.txt": _sentences("moved", 3),
}
"""In the workspace already when a run begins."""

AFTER = {
    "kept.txt": BEFORE["kept.txt"],
    "changed.txt": _sentences("changed", 8),
    "elsewhere.txt": BEFORE["moved.txt"],
    "copy.txt": BEFORE["kept.txt"],
    "long.txt": _sentences("long", 20),
    "new.md": "# News\n\n" + _sentences("new", 5),
    "short.txt": _sentences("short", 1),
}
"""What the run finds: a file as it was, one changed, one moved, a copy, and new ones."""


DECISIONS = (("same", "Ada", "Basel"), ("different", "Chopin", "Dublin"), ("same", "Basel", "Euler"))
"""What somebody says of the names when the run's documents are there; the same again changes nothing."""


def decide(workspace: Workspace) -> None:
    asked = "MATCH (e:Entity) WHERE e.mentioned RETURN e.name, e.uid"
    workspace.project()
    uids = dict(workspace.cypher(asked).rows)
    for verdict, one, other in DECISIONS:
        act = workspace.merge if verdict == "same" else workspace.split
        act(uids[one], uids[other], why="in the fault campaign", by="campaign")


def write_documents(folder: Path, texts: dict[str, str]) -> None:
    """Make the folder hold exactly these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


ENCODER_RUN = encoder_run("stand-in.hash", "0" * 64, DIM)


def hash_vectors(texts: Sequence[str], check: Callable[[], None] = stopping.go_on) -> npt.NDArray[np.float32]:
    """A unit vector made of each text's hash, (n, DIM); equal texts have equal vectors."""
    rows = np.array(
        [np.frombuffer(hashlib.sha256(text.encode()).digest()[:DIM], dtype=np.uint8) for text in texts],
        dtype=np.float32,
    ).reshape(-1, DIM)
    rows -= 127.5
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


class NameStage(Stage):
    """A fact for each sentence that names two of ``NAMES``."""

    name = "facts"
    unit: Unit = "char"
    requires = ("sentence",)
    produces = ("fact",)
    run = Run("facts", 1, "stand-in.names", "0" * 64)

    def __call__(self, batch: Batch) -> list[Product]:
        time.sleep(STAGE_SECONDS)
        return [fact for segment in batch.segments for fact in self._facts(segment)]

    def _facts(self, segment: Segment) -> list[Fact]:
        found = [m for m in re.finditer(r"\b[A-Z]\w+", segment.text) if m[0] in NAMES]
        if len(found) < 2:
            return []
        verb = re.search("went to", segment.text)
        assert verb is not None
        slots = [_slot(match, int(segment.start)) for match in (found[0], verb, found[1])]
        place = Provenance(
            segment.source_id, self.run.id, segment.id, segment.unit, segment.start, segment.end
        )
        spans = [number for slot in slots for number in (slot.start, slot.end)]
        made = record_id("fact", segment.source_id, self.run.id, segment.id, *spans)
        subject, predicate, object_ = slots
        return [Fact(made, place, segment.text, subject, predicate, object_, "affirmed", "out_of_kg", 0.5)]


def _slot(match: re.Match[str], offset: int) -> FactSlot:
    return FactSlot(match[0], match.start() + offset, match.end() + offset, None, match[0], 0.5)


class StandInModels:
    """What ``Parts.models`` offers, without weights."""

    text_dim = DIM
    visual_dim = DIM
    visual_run = Run("signature", 1, "stand-in.none", "0" * 64)

    def __init__(self, store: RecordStore) -> None:
        self._embedding = EmbeddingStage(SentenceVectors(ENCODER_RUN, hash_vectors, store.cached_vectors))
        self.stages: list[Stage] = [self._embedding, NameStage()]

    @property
    def text_run(self) -> Run:
        return self._embedding.run

    def encoder(self) -> None:
        """Nothing to load."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return hash_vectors(texts)
