"""Workspace folders' stores over one record store, as on several machines, and documents for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import (
    LOCAL,
    READING,
    SHARED,
    SHARED_VECTORS,
    Commit,
    RunResult,
    Target,
    TextChunk,
    pair_of,
)
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vector_index import VectorIndex
from midspan.db.vectors_faiss import FaissIndex
from midspan.platform.projector import Projector
from midspan.records import Embedding, Fact, FactSlot, Location, Provenance, Run, Segment, Source, digest

DIM = 4
READ, SAY, ENCODE = Run(READING, 1), Run("facts", 1, "facts.small", "aa"), Run("encode", 1, "minilm")


def document(name: str, sentences: int = 3) -> Commit:
    """A source with a fact and a vector a sentence."""
    source_id = digest(name)
    commit = Commit(runs=[READ, SAY, ENCODE])
    commit.sources.append(Source(source_id, "document", "text/plain", name, 7, 1000.0))
    commit.chunks.append(TextChunk(source_id, READ.id, 0, "x" * 10 * sentences))
    commit.locations.append(Location(f"/data/{name}", source_id, 7, 1, 1.0))
    for ordinal in range(sentences):
        start, end = 10 * ordinal, 10 * ordinal + 9
        segment_id = digest("segment", name, ordinal)
        commit.segments.append(
            Segment(
                segment_id,
                source_id,
                ordinal,
                "sentence",
                "char",
                start,
                end,
                f"{name} {ordinal}.",
                run_id=READ.id,
            )
        )
        vector = np.random.default_rng(int(digest(name, ordinal)[:8], 16)).normal(size=DIM).astype(np.float32)
        vector /= np.linalg.norm(vector)
        commit.products.append(
            Embedding(segment_id, source_id, ENCODE.id, "text", vector, digest(name, ordinal))
        )
        commit.products.append(
            Fact(
                id=digest("fact", name, ordinal),
                provenance=Provenance(source_id, SAY.id, segment_id, "char", start, end),
                text=f"{name} {ordinal}.",
                subject=FactSlot(name, 0, 3, None, name, 0.5),
                predicate=FactSlot("knows", 4, 6, None, "knows", 0.5),
                object=FactSlot(str(ordinal), 7, 8, None, str(ordinal), 0.5),
                polarity="affirmed",
                status="partial",
                score=0.5,
            )
        )
    commit.results += [RunResult(source_id, run.id, True) for run in (READ, SAY, ENCODE)]
    return commit


class Machine:
    """A workspace folder's stores and projector."""

    def __init__(
        self,
        folder: Path,
        url: str,
        name: str = LOCAL,
        graph: GraphStore | None = None,
        vectors: Callable[[str], VectorIndex] | None = None,
    ) -> None:
        """``vectors`` makes an index on a server for the record store's identity."""
        self.folder = folder
        self.name = name
        self.store = SqlRecordStore(make_engine(url))
        self.graph = graph or EmbeddedGraph(folder / "graph", self.store, name)
        self.index: VectorIndex = (
            FaissIndex(folder / "vectors", self.store, "vectors.text", DIM, ENCODE.id, replica=name)
            if vectors is None
            else vectors(self.store.identity())
        )
        self.projector = Projector(
            self.store,
            self.graph,
            {"vectors.text": self.index},
            replica=name,
            name=str(folder),
            shared={
                **({} if graph is None else {"graph": SHARED}),
                **({} if vectors is None else {"vectors.text": SHARED_VECTORS}),
            },
        )

    def is_equal(self) -> bool:
        """Whether vectors and graph hold what the record store holds, by every single id."""
        keys, vectors = self.store.vectors(
            "text", [int(key) for ids in self.all("vectors.text") for key in ids]
        )
        found = [
            self.index.search(vector, 1, allowed=np.array([key]))
            for key, vector in zip(keys, vectors, strict=True)
        ]
        right = all(len(hits) == 1 and hits[0][1] > 0.999 for hits in found)
        said = {
            row[0] for row in self.graph.query("MATCH (m:Mention) RETURN m.uid AS uid", limit=10_000).rows
        }
        wanted = {item_id for ids in self.all("graph") for item_id in ids if pair_of(item_id) is None}
        return right and self.index.count() == len(keys) and said == wanted

    def all(self, target: Target) -> list[list[str]]:
        return list(self.store.all_ids(target))

    def close(self) -> None:
        self.projector.close()
        self.index.close()
        self.graph.close()
        self.store.close()


Boot = Callable[..., Machine]
