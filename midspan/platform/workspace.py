"""A workspace: one folder (or one set of servers) with its stores, models and verbs.

The only place that chooses adapters. Everything is made on first use, so that a verb pays for what it
needs and no more.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

from midspan.db.graph_store import GraphStore, Rows
from midspan.db.jobs.store import JobStore
from midspan.db.jobs.workers import WorkerStore
from midspan.db.migrate import upgrade
from midspan.db.record_store import LOCAL, TARGETS, SegmentFilter, SourceSummary, Target
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vector_index import VectorIndex
from midspan.errors import NotFound, ReadOnlyWorkspace, StoreUnavailable, UnknownName, WrongUse
from midspan.pipelines.batch_run import needed_stages
from midspan.platform import groundings, near, views
from midspan.platform.answers import (
    Answer,
    AtlasView,
    BodyView,
    Diagnosis,
    Explanation,
    FactView,
    IngestReport,
    JobItemView,
    JobView,
    NearPlace,
    Place,
    PlacedSentence,
    Shown,
    WorkerView,
)
from midspan.platform.atlases import PHANTOM, Atlases, stem, structures_from
from midspan.platform.models import STAGES, Models
from midspan.platform.projector import Projected, Projector, holder_name
from midspan.platform.replica import place, replica_id
from midspan.platform.settings import Settings
from midspan.records import DoubtKind, Run, SourceKind

if TYPE_CHECKING:
    from midspan.models.atlas.anatomy.atlas import Atlas
    from midspan.pipelines.ingest import Ingest
    from midspan.pipelines.stage import Stage
    from midspan.platform.background import Background
    from midspan.platform.runner import JobRunner, Progress
    from midspan.platform.search import Searcher

KINDS = ("sentence", "fragment", "window", "scene", "atlas", "fact", "event")
RECORD_KINDS = ("scene", "atlas", "fact", "event")
NO_STAGE = "none"
"""The name that asks for reading and full text alone."""


class Workspace:
    """The product's verbs over one workspace. Reading is safe from several threads."""

    def __init__(self, settings: Settings, *, read_only: bool = False) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.read_only = read_only
        self._lock = threading.RLock()

    @classmethod
    def open(cls, folder: str | Path | None = None, *, create: bool = True) -> Workspace:
        """Open a workspace, making it (and bringing its schema up) where that is needed.

        ``folder`` defaults to ``MIDSPAN_WORKSPACE``, else ``./workspace``. A folder that cannot be written
        is opened for reading. Raises ``NotFound``, ``NewerSchema``, ``ReadOnlyWorkspace``.
        """
        settings = Settings() if folder is None else Settings(workspace=Path(folder))
        path = settings.folder
        database = path / "midspan.db"
        if settings.database_url is None and not database.exists() and not create:
            raise NotFound(f"no workspace in {path}; make one with `midspan --workspace {path} ingest PATH`")
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ReadOnlyWorkspace(
                f"cannot make the workspace folder {path} ({error.strerror}); choose another with --workspace"
            ) from error
        workspace = cls(settings, read_only=not os.access(path, os.W_OK))
        if workspace.read_only and not database.exists() and settings.database_url is None:
            raise ReadOnlyWorkspace(
                f"{path} cannot be written and holds no workspace; choose another folder with --workspace"
            )
        workspace._check_schema()
        return workspace

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        for name in ("projector", "graph", "store", "searcher"):
            part = self.__dict__.pop(name, None)
            if part is not None and hasattr(part, "close"):
                part.close()
        for index in self.__dict__.pop("indexes", {}).values():
            index.close()

    # --- composition ---

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the record store."""
        if self.settings.database_url is not None:
            return self.settings.database_url.get_secret_value()
        return f"sqlite:///{self.folder / 'midspan.db'}"

    def _check_schema(self) -> None:
        upgrade(self.database_url, read_only=self.read_only)

    @cached_property
    def _engine(self) -> Any:
        return make_engine(self.database_url, read_only=self.read_only)

    @cached_property
    def store(self) -> SqlRecordStore:
        return SqlRecordStore(self._engine)

    @cached_property
    def jobs_store(self) -> JobStore:
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

    @cached_property
    def graph(self) -> GraphStore:
        if self.settings.graph_url is not None:
            from midspan.db.graph.neo4j import Neo4jGraph  # loads the driver

            url = self.settings.graph_url.get_secret_value()
            return Neo4jGraph.at(url, self.store.identity())
        from midspan.db.graph.embedded import EmbeddedGraph  # loads the engine

        return EmbeddedGraph(self.folder / "graph", self.store, self.replica)

    @cached_property
    def indexes(self) -> dict[Target, VectorIndex]:
        from midspan.db.vectors_faiss import FaissIndex  # loads FAISS

        spaces: list[tuple[Target, int, Run]] = [
            ("vectors.text", self.models.text_dim, self.models.text_run),
            ("vectors.visual", self.models.visual_dim, self.models.visual_run),
        ]
        folder = self.folder / "vectors"
        return {
            target: FaissIndex(folder, self.store, target, dim, run.id, replica=self.replica)
            for target, dim, run in spaces
        }

    @cached_property
    def models(self) -> Models:
        return Models(self.settings, self.store, self._atlases)

    @cached_property
    def _atlases(self) -> Atlases:
        return Atlases(self.store)

    @cached_property
    def projector(self) -> Projector:
        return Projector(
            self.store,
            self.graph,
            self.indexes,
            replica=self.replica,
            name=place(self.folder),
            graph_is_shared=self.settings.graph_url is not None,
        )

    @cached_property
    def searcher(self) -> Searcher:
        from midspan.platform.search import Searcher

        return Searcher(
            self.store,
            self.indexes["vectors.text"],
            self.indexes["vectors.visual"],
            self.models.encode,
        )

    @cached_property
    def background(self) -> Background:
        from midspan.platform.background import Background  # loads Celery

        return Background(self.settings, self.jobs_store, self.store, self.runner, lambda: self.projector)

    def ingest_loop(self, stages: Sequence[str] = ()) -> Ingest:
        """The loop over the named stages (all without names) and what they need."""
        from midspan.pipelines.ingest import Ingest  # loads the readers

        return Ingest(self.store, self._chosen_stages(stages))

    def runner(self, stages: Sequence[str] = ()) -> JobRunner:
        from midspan.platform.runner import JobRunner

        return JobRunner(self.jobs_store, self.ingest_loop(stages), self.projector, self.holder)

    def _chosen_stages(self, names: Sequence[str]) -> list[Stage]:
        for name in names:
            if name not in (*STAGES, NO_STAGE):
                raise UnknownName("stage", name, [*STAGES, NO_STAGE])
        chosen = set(names or STAGES) - {NO_STAGE}
        if not chosen:
            return []
        stages = self.models.stages
        runs = {stage.run.id for stage in stages if stage.run is not None and stage.name in chosen}
        return needed_stages(stages, frozenset(runs))

    def _writable(self) -> None:
        if self.read_only:
            raise ReadOnlyWorkspace(
                f"{self.folder} cannot be written; make it writable or choose another with --workspace"
            )

    def _freshen(self, *targets: Target) -> None:
        if not self.read_only:
            self.projector.freshen(targets)

    # --- ingesting ---

    def ingest(
        self,
        paths: Iterable[str | Path],
        *,
        stages: Sequence[str] = (),
        rehash: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> IngestReport:
        """Ingest files, folders and globs here and now; see ``platform/foreground.py``."""
        self._writable()
        from midspan.platform.foreground import ingest_now

        return ingest_now(
            self, [str(path) for path in paths], stages, rehash, progress or _ignore, stop or _never
        )

    def submit(self, paths: Iterable[str | Path], *, stages: Sequence[str] = ()) -> str:
        """Hand paths to a worker, started on demand; returns the job's id."""
        self._writable()
        return self.background.submit([str(Path(path).absolute()) for path in paths], stages)

    def upload(self, name: str, data: BinaryIO) -> Path:
        """Keep an uploaded file under its hash, whatever its name says; returns where."""
        self._writable()
        from midspan.platform.uploads import keep

        return keep(self.folder / "uploads", name, data)

    # --- searching and looking ---

    def search(
        self,
        query: str,
        *,
        kinds: Iterable[str] = (),
        source_ids: Iterable[str] = (),
        source_kind: SourceKind | None = None,
        added_from: float | None = None,
        added_until: float | None = None,
        start: float | None = None,
        end: float | None = None,
        limit: int = 10,
    ) -> Answer:
        """Hybrid search over sentences, fragments and video windows, or the records of ``kinds``."""
        chosen = frozenset(kinds)
        for kind in chosen.difference(KINDS):
            raise UnknownName("kind", kind, list(KINDS))
        if limit < 1:
            raise WrongUse(f"the limit must be at least 1, not {limit}")
        sources = frozenset(source_ids)
        only_records = bool(chosen) and chosen <= set(RECORD_KINDS)
        where = SegmentFilter(
            source_ids=sources or None,
            source_kind=source_kind,
            record_kinds=chosen if only_records else None,  # type: ignore[arg-type]
            added_from=added_from,
            added_until=added_until,
            start=start,
            end=end,
        )
        self._freshen("vectors.text")
        return self.searcher.search(query, where, chosen, limit)

    def similar(self, segment_id: str, limit: int = 8) -> Answer:
        """Sentences of like meaning, or video moments of like look."""
        self._freshen("vectors.text", "vectors.visual")
        return self.searcher.similar(segment_id, limit)

    def show(self, record_id: str, context: int = 400) -> Shown:
        """A record or segment with its provenance and ``context`` code points on either side."""
        return views.show(self.store, record_id, context)

    def cypher(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        seconds: float = 10.0,
    ) -> Rows:
        """Ask the graph; reads only. Raises ``CypherRefused``, ``QueryTimeout``."""
        self._freshen("graph")
        return self.graph.query(text, parameters, limit=limit, seconds=seconds)

    def facts(self, entity_uid: str | None = None, limit: int = 200) -> list[FactView]:
        """Facts, all or those with this entity as subject or object, best first."""
        return views.facts(self.store, entity_uid, limit)

    # --- atlases; without a name the phantom is meant. Points are LPS, millimetres ---

    def atlases(self) -> list[AtlasView]:
        """The phantom and the imported atlases."""
        return self._atlases.views()

    def atlas(self, name: str | None = None) -> Atlas:
        """Structures, voxels, distances and surfaces of an atlas. Raises ``UnknownName``."""
        return self._atlases.atlas(name)

    def import_atlas(
        self,
        labels: str | Path,
        table: str | Path | None = None,
        *,
        preset: str | None = None,
        aliases: str | Path | None = None,
        name: str | None = None,
        licence: str = "",
        citation: str = "",
    ) -> tuple[AtlasView, tuple[str, ...]]:
        """Add an atlas from a NIfTI label volume and a table (CSV, or a preset); returns it with warnings.

        Named after the file without ``name``. Texts that are ingested from now on are placed in it too,
        and those that are there already when they are ingested again. Raises ``BadAtlas``, ``WrongUse``.
        """
        self._writable()
        path = Path(labels)
        structures = structures_from(table, preset, aliases)
        return self._atlases.add(path, structures, name or stem(path), licence, citation)

    def remove_atlas(self, name: str) -> int:
        """Take an imported atlas out with all that was placed in it; the documents stay. Returns how many
        sentences were placed. Raises ``UnknownName``, and ``WrongUse`` while a job may still place some."""
        self._writable()
        if busy := [job.id for job in self.jobs_store.open_jobs() if job.state != "interrupted"]:
            raise WrongUse(f"job {busy[0]} may still place sentences; wait for it, or cancel it")
        return self._atlases.remove(name)

    def place(self, sentence: str, atlas: str | None = None) -> PlacedSentence:
        """Where a sentence belongs in an atlas, or that it belongs nowhere. Raises ``UnknownName``."""
        return groundings.placed(self.models.placer(*self._atlases.known(atlas)), sentence, atlas or PHANTOM)

    def near(
        self,
        *,
        organ: str | None = None,
        point: Sequence[float] | None = None,
        inside: str | None = None,
        side: near.Side = "",
        radius_mm: float | None = None,
        atlas: str | None = None,
        limit: int = 50,
    ) -> list[NearPlace]:
        """Grounded sentences near an organ (within 30 mm without ``radius_mm``), near a point (the nearest
        ones without), or inside an organ; the nearest first. Raises ``UnknownName``, ``WrongUse``."""
        if [organ, point, inside].count(None) != 2:
            raise WrongUse("say one of organ, point and inside")
        if inside is not None and radius_mm is not None:
            raise WrongUse("a radius goes with an organ or a point, not with inside")
        if point is not None:
            found = near.near_point(self.store, self._atlases.known(atlas)[0], point, radius_mm, limit)
        elif organ is not None:
            found = near.near_organ(self.store, self.atlas(atlas), organ, side, radius_mm, limit)
        else:
            found = near.inside_organ(self.store, self.atlas(atlas), str(inside), side, limit)
        placed = groundings.with_mentions(self.store, [one.place for one in found])
        return [replace(one, place=where) for one, where in zip(found, placed, strict=True)]

    def body(self, atlas: str | None = None) -> BodyView:
        """An atlas's surfaces and how many sentences stand at each organ."""
        return views.body(self.store, self.atlas(atlas), self.folder / "atlases")

    def places(self, organ: str | None = None, limit: int = 200, atlas: str | None = None) -> list[Place]:
        """Grounded sentences, of one organ or all."""
        return groundings.places(self.store, atlas or PHANTOM, organ, limit)

    def abstentions(
        self, limit: int = 50, atlas: str | None = None, doubt: DoubtKind | None = None
    ) -> list[Place]:
        """Sentences with anatomical words that the atlas model would not place, with its reasons; with a
        doubt those alone that are negated, hypothetical or of a relative. Raises ``WrongUse``."""
        return groundings.abstentions(self.store, atlas or PHANTOM, limit, doubt)

    def organ_points(self, organ: str, atlas: str | None = None) -> tuple[tuple[float, float, float], ...]:
        """Centres of an organ: right and left of one that has both, else one."""
        return groundings.organ_points(self._atlases.anatomy(atlas), organ)

    def scene_picture(self, record_id: str) -> str:
        """A scene arrangement as SVG."""
        return views.scene_picture(self.store, record_id)

    def page_picture(self, source_id: str, number: int, start: float, end: float, width: int = 900) -> bytes:
        """A page as PNG with the code points [start, end) highlighted."""
        return views.page_picture(self.store, source_id, number, int(start), int(end), width)

    def thumbnail(self, segment_id: str) -> bytes | None:
        """JPEG bytes of a video window."""
        return self.store.thumbnail(segment_id)

    def media_path(self, source_id: str) -> Path | None:
        """Where the source's file lies now; None when it is gone or has changed."""
        return views.media_path(self.store, source_id)

    def sources(self, limit: int = 100, offset: int = 0, contains: str = "") -> list[SourceSummary]:
        return self.store.sources(limit, offset, contains)

    def source(self, source_id: str) -> SourceSummary | None:
        return self.store.summary(source_id)

    def find_sources(self, names: Iterable[str]) -> list[str]:
        """Ids of the sources whose id begins with, or whose title or path contains, one of these.

        Raises ``NotFound`` for a name that fits none.
        """
        return [source_id for name in names for source_id in views.find_sources(self.store, name)]

    def counts(self) -> dict[str, int]:
        return self.store.counts()

    # --- jobs ---

    def jobs(self, limit: int = 20) -> list[JobView]:
        return [views.job(row) for row in self.jobs_store.jobs(limit)]

    def job(self, job_id: str) -> JobView:
        """Raises ``NotFound``."""
        row = self.jobs_store.job(job_id)
        if row is None:
            raise NotFound(f"no job {job_id!r}; `midspan jobs ls` lists them")
        return views.job(row)

    def job_items(
        self, job_id: str, state: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[JobItemView]:
        self.job(job_id)
        failures = self.store.failures(job_id)
        return [views.job_item(row, failures) for row in self.jobs_store.items(job_id, state, limit, offset)]

    def why(self, job_id: str) -> Explanation:
        """Why a job is where it is, and what to do. Raises ``NotFound``."""
        from midspan.platform.why import explain  # loads Celery

        return explain(self, job_id)

    def worker_list(self) -> list[WorkerView]:
        """The workers of the last day, those that are gone too."""
        return [views.worker(row) for row in self.workers.all()]

    def retry(self, job_id: str) -> int:
        """Put a job's failed and cancelled items back in the queue; returns how many.

        A foreground job whose process is gone goes to a worker with what is left of it.
        """
        self._writable()
        self.job(job_id)
        count = self.jobs_store.retry(job_id)
        if self.job(job_id).state == "queued" or self.jobs_store.is_orphan(job_id):
            self.background.deliver(job_id)
        return count

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop; items that are done stay done."""
        self._writable()
        self.job(job_id)
        self.jobs_store.request_cancel(job_id)

    # --- upkeep ---

    def doctor(self) -> Diagnosis:
        """Versions, model files, stores compared, lag; and what to do about each finding."""
        from midspan.platform.doctor import diagnose

        return diagnose(self)

    def project(self, wait_seconds: float = 300.0) -> Projected:
        """Bring the graph and this machine's vector indexes up to the record store.

        Waits at most ``wait_seconds`` for other projectors. What could not be brought up is in the answer;
        any later call goes on from there.
        """
        self._writable()
        return self.projector.project(wait_seconds)

    def reindex(self, targets: Iterable[Target] = TARGETS) -> None:
        """Make the graph and this machine's vector indexes anew from the record store.

        Raises ``StoreUnavailable`` for those that could not be made, after the others.
        """
        self._writable()
        done = self.projector.rebuild(targets)
        for target in done.waiting:
            raise StoreUnavailable(f"another process works on {target}; try again when it has ended")
        for target, problem in done.problems.items():
            raise StoreUnavailable(f"{target} could not be built: {problem}")


def _ignore(_: object) -> None:
    return None


def _never() -> bool:
    return False
