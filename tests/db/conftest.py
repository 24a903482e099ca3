"""A migrated database for every test, and rows to put into it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine

from midspan.db.record_store import READING, Commit, RunResult, TextChunk
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.records import (
    ActionEvent,
    AtlasGrounding,
    Embedding,
    Fact,
    FactSlot,
    Location,
    Provenance,
    Run,
    SceneArrangement,
    SceneObject,
    SceneRelation,
    Segment,
    Source,
    digest,
    record_id,
)
from services.postgres import Postgres

ENGINES = ("sqlite", "postgres")


@contextmanager
def postgres_database(server: Postgres, template: str = "template1") -> Iterator[str]:
    """The URL of a database of its own; gone afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with server.connect() as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[call-overload]
    yield server.database_url(name)
    with server.connect() as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    with postgres_database(postgres, postgres_template) as url:
        yield url


@pytest.fixture(params=ENGINES)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with nothing in it at all."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    with postgres_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    """A migrated and empty database, of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = make_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def store(engine: Engine) -> SqlRecordStore:
    return SqlRecordStore(engine)


class Made:
    """Rows by hand: a document called ``name`` is cut into one segment a sentence."""

    reading = Run(READING, 1)
    reading2 = Run(READING, 2)
    facts = Run("facts", 1, "facts.small", "aa")
    facts2 = Run("facts", 1, "facts.small", "bb")
    encoder = Run("encode", 1, "minilm")
    encoder2 = Run("encode", 1, "other")
    stages = Run("all", 1)

    @property
    def runs(self) -> list[Run]:
        return [
            *(self.reading, self.reading2, self.facts, self.facts2),
            *(self.encoder, self.encoder2, self.stages),
        ]

    def id(self, name: str) -> str:
        return digest(name)

    def source(self, name: str, **changes: Any) -> Source:
        values = {"kind": "document", "media_type": "text/plain", "title": name, "byte_count": 7}
        return Source(**{"id": self.id(name), "added_at": 1000.0, **values, **changes})

    def location(self, uri: str, name: str, seen_at: float = 1.0) -> Location:
        return Location(uri, self.id(name), 7, 1_700_000_000_123_456_789, seen_at)

    def segments(self, name: str, *sentences: str, run: Run | None = None) -> list[Segment]:
        run = run or self.reading
        made = []
        start = 0
        for ordinal, text in enumerate(sentences):
            made.append(
                Segment(
                    id=record_id("seg", self.id(name), run.id, ordinal),
                    source_id=self.id(name),
                    ordinal=ordinal,
                    kind="sentence",
                    unit="char",
                    start=start,
                    end=start + len(text),
                    text=text,
                    run_id=run.id,
                )
            )
            start += len(text) + 1
        return made

    def windows(self, name: str, count: int) -> list[Segment]:
        return [
            Segment(
                id=record_id("seg", self.id(name), self.reading.id, ordinal),
                source_id=self.id(name),
                ordinal=ordinal,
                kind="window",
                unit="s",
                start=2.0 * ordinal,
                end=2.0 * ordinal + 2.0,
                run_id=self.reading.id,
            )
            for ordinal in range(count)
        ]

    def place(self, segment: Segment, run: Run) -> Provenance:
        return Provenance(segment.source_id, run.id, segment.id, segment.unit, segment.start, segment.end)

    def fact(self, segment: Segment, run: Run | None = None, uid: str | None = "wd:Q1") -> Fact:
        """Its id depends on the place, not on the segment's id, as the stages do it."""
        run = run or self.facts
        return Fact(
            id=record_id("fact", segment.source_id, run.id, segment.start, segment.end),
            provenance=self.place(segment, run),
            text=segment.text,
            subject=FactSlot("She", 0, 3, uid, "Marie Curie", 0.75),
            predicate=FactSlot("born in", 8, 15, "wd:P19", "place of birth", 0.5),
            object=FactSlot("1867", 16, 20, None, "1867", 0.25, "date"),
            polarity="affirmed",
            status="partial",
            score=0.5,
        )

    def atlas(self, segment: Segment, organ: str | None = "liver") -> AtlasGrounding:
        return AtlasGrounding(
            id=record_id("atlas", segment.source_id, self.stages.id, segment.start),
            provenance=self.place(segment, self.stages),
            text=segment.text,
            atlas="stylised-adult",
            status="grounded" if organ else "abstained",
            reason="named",
            x_mm=-60.5 if organ else None,
            y_mm=-20.25 if organ else None,
            z_mm=400.0 if organ else None,
            organ=organ,
            organs={organ: 0.75, "stomach": 0.125} if organ else {},
            laterality="right",
            named=True,
            negated=False,
            score=0.75,
        )

    def scene(self, segment: Segment) -> SceneArrangement:
        return SceneArrangement(
            id=record_id("scene", segment.source_id, self.stages.id, segment.start),
            provenance=self.place(segment, self.stages),
            text=segment.text,
            objects=(
                SceneObject("cat", 4, 7, "cat", "lexicon", 0.25, 0.5, 0, "left", noun="cat"),
                SceneObject("tree", 20, 24, "tree", "open", 0.75, 0.5, 1, "right", noun="tree"),
            ),
            relations=(SceneRelation(0, "left_of", 1, "left of", True, False),),
            score=0.0,
        )

    def event(self, segment: Segment, text: str = "take cup") -> ActionEvent:
        return ActionEvent(
            id=record_id("event", segment.source_id, self.stages.id, segment.start),
            provenance=self.place(segment, self.stages),
            text=text,
            verb="take",
            nouns=("cup", "table"),
            score=0.5,
        )

    def embedding(
        self, segment: Segment, run: Run | None = None, space: str = "text", dim: int = 4
    ) -> Embedding:
        vector = np.zeros(dim, dtype=np.float32)
        vector[segment.ordinal % dim] = 1.0
        run = run or self.encoder
        return Embedding(
            segment.id,
            segment.source_id,
            run.id,
            space,
            vector,
            digest(segment.text),  # type: ignore[arg-type]
        )

    def document(self, name: str, *sentences: str, path: str | None = None, **source: Any) -> Commit:
        """Everything of a document: text, segments, a fact and a vector each, all runs complete."""
        segments = self.segments(name, *sentences)
        done = (self.reading, self.facts, self.encoder)
        return Commit(
            runs=self.runs,
            sources=[self.source(name, **source)],
            chunks=[TextChunk(self.id(name), self.reading.id, 0, " ".join(sentences))],
            segments=segments,
            products=[
                *(self.fact(segment) for segment in segments),
                *(self.embedding(segment) for segment in segments),
            ],
            results=[RunResult(self.id(name), run.id, True) for run in done],
            locations=[self.location(path or f"/data/{name}", name)],
        )


@pytest.fixture(scope="session")
def made() -> Made:
    return Made()
