"""The parts of a workspace and how they fit: its stores, models, projector, searcher, queue and loop.

The only place that chooses adapters. Everything is made on first use, so that a verb pays for what it
needs and no more.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.db import marks
from midspan.db.graph_store import GraphStore
from midspan.db.jobs.store import JobStore
from midspan.db.jobs.workers import WorkerStore
from midspan.db.looks import Looks
from midspan.db.migrate import upgrade
from midspan.db.record_store import LOCAL, SHARED, SHARED_VECTORS, SPACE_OF, TARGETS, Target
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vector_index import VectorIndex
from midspan.db.vectors_url import kind_of
from midspan.db.word_index import WordIndex
from midspan.errors import NotFound, ProjectionAhead, ReadOnlyWorkspace, UnknownName
from midspan.pipelines.batch_run import needed_stages
from midspan.pipelines.passages import passage_run
from midspan.platform import logs
from midspan.platform.atlases import Atlases
from midspan.platform.knowledge import KnowledgeGraphs
from midspan.platform.models import Models
from midspan.platform.projector import Projector, holder_name
from midspan.platform.replica import place, replica_id
from midspan.platform.settings import Settings
from midspan.platform.stages import STAGES, all_stages, verify_all
from midspan.platform.warming import Warming
from midspan.records import Run

if TYPE_CHECKING:
    from midspan.pipelines.confined.confined import Confined
    from midspan.pipelines.crew.crew import Crew
    from midspan.pipelines.ingest import Ingest
    from midspan.pipelines.stage import Stage
    from midspan.platform.background import Background
    from midspan.platform.runner import JobRunner
    from midspan.platform.search import Searcher

NO_STAGE = "none"
"""The name that asks for reading and full text alone."""


class Parts:
    """Safe to use from several threads."""

    def __init__(self, settings: Settings, *, read_only: bool = False) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.read_only = read_only
        self._in_step = False

    @classmethod
    def at(cls, settings: Settings, *, create: bool) -> Parts:
        """Those of a folder, which is made (and its schema brought up) where that is needed.

        A folder that cannot be written is opened for reading. Raises ``NotFound``, ``NewerSchema``,
        ``ReadOnlyWorkspace``, and ``ProjectionAhead`` where there are projections of a record store that
        is gone.
        """
        path = settings.folder
        parts = cls(settings)
        parts.refuse_orphans()
        database = parts.database_file
        if settings.database_url is None and not database.exists() and not create:
            raise NotFound(f"no workspace in {path}; make one with `midspan --workspace {path} ingest PATH`")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir(mode=0o700, exist_ok=True)  # what is in it is its owner's
        except OSError as error:
            raise ReadOnlyWorkspace(
                f"cannot make the workspace folder {path} ({error.strerror}); choose another with --workspace"
            ) from error
        parts.read_only = not os.access(path, os.W_OK)
        if parts.read_only and not database.exists() and settings.database_url is None:
            raise ReadOnlyWorkspace(
                f"{path} cannot be written and holds no workspace; choose another folder with --workspace"
            )
        upgrade(parts.database_url, read_only=parts.read_only)
        return parts

    def close(self) -> None:
        for name in ("projector", "graph", "words", "store", "searcher", "confined"):
            part = self.__dict__.pop(name, None)
            if part is not None and hasattr(part, "close"):
                part.close()
        for index in self.__dict__.pop("indexes", {}).values():
            index.close()

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the record store."""
        if self.settings.database_url is not None:
            return self.settings.database_url.get_secret_value()
        return f"sqlite:///{self.database_file}"

    @property
    def database_file(self) -> Path:
        """The record store of a workspace without servers."""
        return self.folder / "midspan.db"

    @cached_property
    def _engine(self) -> Any:
        return make_engine(self.database_url, read_only=self.read_only)

    @cached_property
    def store(self) -> SqlRecordStore:
        return SqlRecordStore(self._engine)

    @cached_property
    def jobs(self) -> JobStore:
        return JobStore(self._engine)

    @cached_property
    def workers(self) -> WorkerStore:
        return WorkerStore(self._engine)

    @cached_property
    def holder(self) -> str:
        """Who this process is in leases of job items; a worker sets it to its own name."""
        return holder_name()

    @cached_property
    def replica(self) -> str:
        """Whose projection files lie in this folder; with a record store of its own it is the only one."""
        if self.settings.database_url is None:
            return LOCAL
        return replica_id(self.folder, read_only=self.read_only)

    @property
    def projected_in_files(self) -> tuple[Target, ...]:
        """Those that this machine keeps as generation files; servers keep their own."""
        return tuple(target for target in TARGETS if target not in self.shared)

    @property
    def shared(self) -> dict[Target, str]:
        """Those that a server keeps for all machines, each with the name of that one replica."""
        servers = dict.fromkeys(SPACE_OF, (self.settings.vectors_url, SHARED_VECTORS))
        servers["graph"] = (self.settings.graph_url, SHARED)
        return {target: replica for target, (url, replica) in servers.items() if url is not None}

    def folder_of(self, target: Target) -> Path:
        """Where this machine keeps a projection."""
        return self.folder / target.partition(".")[0]

    @property
    def uploads(self) -> Path:
        """Where files from the browser lie, by their hash."""
        return self.folder / "uploads"

    @cached_property
    def graph(self) -> GraphStore:
        if self.settings.graph_url is not None:
            from midspan.db.graph.neo4j import Neo4jGraph  # loads the driver

            url = self.settings.graph_url.get_secret_value()
            return Neo4jGraph.at(url, self.store.identity())
        from midspan.db.graph.embedded import EmbeddedGraph  # loads the engine

        return EmbeddedGraph(self.folder_of("graph"), self.store, self.replica)

    @cached_property
    def looks(self) -> Looks:
        """At the generations of this folder."""
        return Looks(self.store, self.replica)

    @cached_property
    def indexes(self) -> dict[Target, VectorIndex]:
        spaces: list[tuple[Target, int, Run]] = [
            ("vectors.text", self.models.text_dim, self.models.text_run),
            ("vectors.passage", self.models.text_dim, passage_run(self.models.text_run)),
            ("vectors.visual", self.models.visual_dim, self.models.visual_run),
            ("vectors.event", self.models.text_dim, self.models.text_run),
        ]
        return {target: self._index(target, dim, run.id) for target, dim, run in spaces}

    def _index(self, target: Target, dim: int, model: str) -> VectorIndex:
        if self.settings.vectors_url is None:
            from midspan.db.vectors_faiss import FaissIndex  # loads FAISS

            folder, of = self.folder_of(target), self.replica
            return FaissIndex(folder, self.store, target, dim, model, replica=of, looks=self.looks)
        url = self.settings.vectors_url.get_secret_value()
        if kind_of(url) == "milvus":
            from midspan.db.vectors_milvus import MilvusIndex  # loads its client

            return MilvusIndex(url, self.store.identity(), target, dim, model)
        from midspan.db.vectors_pgvector import PgvectorIndex

        return PgvectorIndex(url, self.store.identity(), target, dim, model)

    @cached_property
    def words(self) -> WordIndex:
        from midspan.db.words.tantivy_index import TantivyIndex  # loads tantivy

        return TantivyIndex(self.folder_of("words"), self.store, replica=self.replica, looks=self.looks)

    @cached_property
    def confined(self) -> Confined:
        """Processes in which files are read."""
        from midspan.pipelines.confined.confined import Confined
        from midspan.pipelines.confined.limits import Limits

        return Confined(Limits(self.settings.read_seconds, self.settings.read_memory_mb))

    @cached_property
    def models(self) -> Models:
        return Models(self.settings, self.store, self.atlases, self.graphs)

    @cached_property
    def atlases(self) -> Atlases:
        return Atlases(self.store)

    @cached_property
    def graphs(self) -> KnowledgeGraphs:
        return KnowledgeGraphs(self.folder / "kg", self.settings.cache)

    @cached_property
    def projector(self) -> Projector:
        return Projector(
            self.store,
            self.graph,
            self.indexes,
            words=self.words,
            replica=self.replica,
            name=place(self.folder),
            shared=self.shared,
        )

    @cached_property
    def searcher(self) -> Searcher:
        from midspan.platform.search import Searcher
        from midspan.platform.word_search import WordSearch

        return Searcher(
            self.store,
            WordSearch(self.words, self.store),
            self.indexes["vectors.text"],
            self.indexes["vectors.passage"],
            self.indexes["vectors.visual"],
            self.indexes["vectors.event"],
            self.models.encode,
            self.models.encoder,
        )

    @cached_property
    def warming(self) -> Warming:
        """Loads what a search by meaning takes."""
        assert self.models  # made here and not in the thread, so that nothing is loaded twice
        return Warming(lambda: self.searcher.prepare())

    @cached_property
    def background(self) -> Background:
        from midspan.platform.background import Background  # loads Celery

        return Background(self.settings, self.jobs, self.store, self.runner, lambda: self.projector)

    @property
    def stages(self) -> list[Stage]:
        return all_stages(self.models)

    def refuse_orphans(self) -> None:
        """Raise ``ProjectionAhead`` where projections lie in the folder beside no database of its own."""
        if self.settings.database_url is not None or self.database_file.exists():
            return
        if orphans := [
            target for target in TARGETS if marks.read(self.folder_of(target), target) is not None
        ]:
            raise ProjectionAhead(
                f"{self.folder} holds {', '.join(orphans)} of a record store, and no midspan.db. Put that "
                "file back, or restore a backup elsewhere (`midspan --workspace NEW restore BACKUP`); "
                "to begin with nothing choose another folder with --workspace"
            )

    def check_in_step(self) -> None:
        """Raise ``ProjectionAhead`` when projections know more than the record store does. Looks once."""
        if not self._in_step:
            for target in self.projected_in_files:
                marks.check(self.folder_of(target), target, self.store)
            self._in_step = True

    def verify_models(self) -> list[str]:
        """Read every model; one line each. Raises ``ModelFilesMissing`` or ``ModelHashMismatch``."""
        return verify_all(self.models)

    def ingest_loop(self, stages: Sequence[str] = ()) -> Ingest:
        """The loop over the named stages (all without names) and what they need."""
        from midspan.pipelines.ingest import Ingest

        return Ingest(self.store, self._chosen_stages(stages), confined=self.confined)

    def crew(self, workers: int | None = None) -> AbstractContextManager[Crew | None]:
        """Processes that run the stages, so many or as many as the settings say; none for one."""
        from midspan.pipelines.crew.crew import Crew
        from midspan.platform import cores  # loads psutil

        size = workers or cores.workers(self.settings)
        if size == 1:
            return nullcontext()
        threads = cores.threads(self.settings, size)
        settings = self.settings.model_copy(update={"threads": threads})
        return Crew(partial(stages_of, settings), size, threads=threads)

    def runner(self, stages: Sequence[str] = ()) -> JobRunner:
        from midspan.platform.runner import JobRunner

        self.check_in_step()
        return JobRunner(self.jobs, self.ingest_loop(stages), self.projector, self.holder)

    def _chosen_stages(self, names: Sequence[str]) -> list[Stage]:
        for name in names:
            if name not in (*STAGES, NO_STAGE):
                raise UnknownName("stage", name, [*STAGES, NO_STAGE])
        chosen = set(names or STAGES) - {NO_STAGE}
        if not chosen:
            return []
        stages = self.stages
        runs = {stage.run.id for stage in stages if stage.run is not None and stage.name in chosen}
        return needed_stages(stages, frozenset(runs))


def stages_of(settings: Settings) -> list[Stage]:
    """The stages of a workspace for a process of their own, which only reads its stores."""
    logs.set_up(settings.log_level)
    return Parts(settings, read_only=True).stages
