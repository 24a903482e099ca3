"""A workspace: one folder (or one set of servers), and all that can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, get_args

from midspan.db.graph_store import Rows
from midspan.db.record_store import (
    TARGETS,
    EventFilter,
    EventTerm,
    FactEdges,
    FactFilter,
    FactTerm,
    SceneTerm,
    SegmentFilter,
    SourceSummary,
    Target,
    Video,
)
from midspan.errors import NotFound, ReadOnlyWorkspace, StoreUnavailable, UnknownName, WrongUse
from midspan.platform import facts, merging, near, places, scenes, views
from midspan.platform.answers import (
    KINDS,
    Answer,
    AtlasView,
    BodyView,
    Diagnosis,
    Explanation,
    FactView,
    Group,
    IngestReport,
    JobItemView,
    JobView,
    KgStats,
    KgView,
    NearPlace,
    Place,
    PlacedSentence,
    SceneView,
    Shown,
    WorkerView,
)
from midspan.platform.atlases import PHANTOM, stem, structures_from
from midspan.platform.parts import Parts
from midspan.platform.projector import Projected
from midspan.platform.settings import Settings
from midspan.platform.stages import atlas as atlas_stages
from midspan.records import RECORDS, ActionEvent, Decision, DoubtKind, SourceKind

if TYPE_CHECKING:
    from midspan.models.atlas.anatomy.atlas import Atlas
    from midspan.models.facts.kg.building import Report
    from midspan.models.facts.kg.source import Source
    from midspan.models.scene.asking import Label
    from midspan.platform.backup import Backup
    from midspan.platform.export import Exported
    from midspan.platform.export.events import ExportedEvents
    from midspan.platform.export.neo4j_admin import ExportedGraph
    from midspan.platform.runner import Progress


BELIEVED_FACTS = FactFilter()
ALL_EVENTS = EventFilter()


def _ignore(_: object) -> None:
    return None


def _never() -> bool:
    return False


class Workspace:
    """The product's verbs over one workspace. Reading is safe from several threads."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    @classmethod
    def open(cls, folder: str | Path | None = None, *, create: bool = True) -> Workspace:
        """Open a workspace, making it (and bringing its schema up) where that is needed.

        ``folder`` defaults to ``MIDSPAN_WORKSPACE``, else ``./workspace``. A folder that cannot be written
        is opened for reading. Raises ``NotFound``, ``NewerSchema``, ``ReadOnlyWorkspace``.
        """
        settings = Settings() if folder is None else Settings(workspace=Path(folder))
        return cls(Parts.at(settings, create=create))

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
        self.parts.close()

    @property
    def folder(self) -> Path:
        """Where what this machine keeps of the workspace lies."""
        return self.parts.folder

    @property
    def read_only(self) -> bool:
        return self.parts.read_only

    def _writable(self) -> None:
        if self.read_only:
            raise ReadOnlyWorkspace(
                f"{self.parts.folder} cannot be written; make it writable or choose another with --workspace"
            )

    def _freshen(self, *targets: Target) -> None:
        self.parts.check_in_step()
        if not self.read_only:
            self.parts.projector.freshen(targets)

    # --- ingesting ---

    def ingest(
        self,
        paths: Iterable[str | Path],
        *,
        stages: Sequence[str] = (),
        rehash: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
        workers: int | None = None,
        follow_links: bool = False,
    ) -> IngestReport:
        """Ingest files, folders and globs here and now, with so many processes (1: this one alone; None: as
        the settings say); see ``platform/foreground.py``. Links that lead out of a named folder are read with
        ``follow_links`` only."""
        self._writable()
        from midspan.platform.foreground import ingest_now

        return ingest_now(
            self.parts,
            [str(path) for path in paths],
            stages,
            rehash,
            progress or _ignore,
            stop or _never,
            workers,
            follow_links,
        )

    def submit(
        self, paths: Iterable[str | Path], *, stages: Sequence[str] = (), follow_links: bool = False
    ) -> str:
        """Hand paths to a worker, started on demand; returns the job's id."""
        self._writable()
        self.parts.check_in_step()
        absolute = [str(Path(path).absolute()) for path in paths]
        return self.parts.background.submit(absolute, stages, follow_links=follow_links)

    def nameable(self, path: Path) -> Path:
        """A path that somebody named in a browser, links followed.

        Raises ``WrongUse`` where it lies outside the folders of the setting ``ui_roots``.
        """
        from midspan.platform.roots import within

        return within(path, self.parts.settings.ui_roots)

    def upload(self, name: str, data: BinaryIO) -> Path:
        """Keep an uploaded file under its hash, whatever its name says; returns where."""
        self._writable()
        from midspan.platform.uploads import keep

        return keep(self.parts.uploads, name, data)

    # --- searching and looking ---

    def warm_up(self) -> None:
        """Load in the background what a search by meaning takes, so that the first one need not.

        For a process that answers for long: what it holds by then Python's collector does not look through
        again.
        """
        self.parts.warming.begin()

    @property
    def warming_up(self) -> bool:
        """A search would wait for what is being loaded."""
        return self.parts.warming.going_on

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
        verb: str | None = None,
        noun: str | None = None,
        limit: int = 10,
        offset: int = 0,
        group: Group | None = None,
    ) -> Answer:
        """Hybrid search over sentences, fragments and video windows, or the records of ``kinds``; events
        alone where a ``verb`` is named, or the ``noun`` of a thing that is in them.

        A hit is a document or video with its best places (``group="document"``), or each place by itself
        (``"sentence"``); where it is not said, the first without ``kinds`` and the second with some.
        ``offset`` hits are passed over. To a question that nothing is close to there is no hit, and the
        answer says so.
        """
        of_events = verb is not None or noun is not None
        chosen = frozenset(kinds) or frozenset({ActionEvent.kind} if of_events else ())
        if group is not None and group not in get_args(Group):
            raise UnknownName("group", group, list(get_args(Group)))
        if offset < 0:
            raise WrongUse(f"the offset must be at least 0, not {offset}")
        for kind in chosen.difference(KINDS):
            raise UnknownName("kind", kind, list(KINDS))
        if limit < 1:
            raise WrongUse(f"the limit must be at least 1, not {limit}")
        if of_events and chosen != {ActionEvent.kind}:
            raise WrongUse("verbs and nouns are those of events: leave the other kinds out")
        sources = frozenset(source_ids)
        only_records = bool(chosen) and chosen <= set(RECORDS)
        where = SegmentFilter(
            source_ids=sources or None,
            source_kind=source_kind,
            record_kinds=chosen if only_records else None,
            added_from=added_from,
            added_until=added_until,
            start=start,
            end=end,
            verb=verb,
            noun=noun,
        )
        self._freshen("words", "vectors.text", "vectors.passage", "vectors.event")
        grouped = group or ("sentence" if chosen else "document")
        with self.parts.looks.once():
            return self.parts.searcher.search(query, where, chosen, limit, group=grouped, offset=offset)

    def similar(self, segment_id: str, limit: int = 8) -> Answer:
        """Sentences of like meaning, or video moments of like look."""
        self._freshen("vectors.text", "vectors.visual")
        return self.parts.searcher.similar(segment_id, limit)

    def like_clip(self, path: str | Path, limit: int = 8) -> Answer:
        """Events like what is done in a video file, which need not be ingested; where nothing known is done
        in it, moments that look like it. Raises what reading the file does, and ``UnsupportedSource`` for a
        document."""
        self._freshen("vectors.visual", "vectors.event")
        from midspan.platform.example import like_clip

        return like_clip(self.parts, Path(path).expanduser(), limit)

    def show(self, record_id: str, context: int = 400) -> Shown:
        """A record or segment with its provenance and ``context`` code points on either side."""
        return views.show(self.parts.store, record_id, context)

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
        return self.parts.graph.query(text, parameters, limit=limit, seconds=seconds)

    # --- facts; those alone that are believed, where the filter does not say `everything` ---

    def facts(self, where: FactFilter = BELIEVED_FACTS, limit: int = 200, offset: int = 0) -> list[FactView]:
        """Facts with where to read them, the best first: `workspace.facts(FactFilter("wd:Q7186"))`."""
        return views.facts(self.parts.store, where, limit, offset)

    def count_facts(self, where: FactFilter = BELIEVED_FACTS) -> int:
        return self.parts.store.count_facts(where)

    def fact_edges(self, where: FactFilter = BELIEVED_FACTS, limit: int = 200) -> FactEdges:
        """Facts that say the same as one, those with most support first, and how many there are."""
        return self.parts.store.fact_edges(where, limit)

    def fact_entities(
        self, where: FactFilter = BELIEVED_FACTS, limit: int = 200, contains: str = ""
    ) -> list[FactTerm]:
        """Entities of these facts, those of most facts first; ``contains`` matches a part of the name."""
        return self.parts.store.fact_entities(where, limit, contains)

    def fact_predicates(
        self, where: FactFilter = BELIEVED_FACTS, limit: int = 200, contains: str = ""
    ) -> list[FactTerm]:
        """Predicates of these facts, likewise."""
        return self.parts.store.fact_predicates(where, limit, contains)

    def fact_entity(self, name: str) -> str:
        """The key of the entity that has this key or name. Raises ``NotFound``."""
        return facts.entity_key(self.parts.store, name)

    def fact_predicate(self, name: str) -> str:
        """The key of the predicate that has this key or name. Raises ``NotFound``."""
        return facts.predicate_key(self.parts.store, name)

    def export_facts(self, to: str | Path, format: str, where: FactFilter = BELIEVED_FACTS) -> Exported:
        """Write facts into a file: `ntriples`, `jsonld`, `graphml` or `parquet`. The file is there whole, or
        as it was. Raises ``UnknownName``, ``WrongUse``, ``MissingExtra``, ``StoreUnavailable``."""
        from midspan.platform.export import export  # loads lxml

        return export(self.parts.store, Path(to).expanduser(), format, where)

    def export_graph(self, to: str | Path) -> ExportedGraph:
        """Write the whole graph into a folder that is not there yet, as files for `neo4j-admin database
        import full`. Raises ``WrongUse``, ``ReadOnlyWorkspace``, ``StoreUnavailable``."""
        from midspan.platform.export.neo4j_admin import export_graph

        self._writable()
        return export_graph(self.parts.store, Path(to).expanduser())

    # --- events ---

    def events(self, where: EventFilter = ALL_EVENTS, limit: int = 200, offset: int = 0) -> list[ActionEvent]:
        """What happens in videos, video by video, in order of time."""
        return self.parts.store.find_events(where, limit, offset)

    def count_events(self, where: EventFilter = ALL_EVENTS) -> int:
        return self.parts.store.count_events(where)

    def event_verbs(self, where: EventFilter = ALL_EVENTS, limit: int = 200) -> list[EventTerm]:
        """Verbs of these events, the most frequent first."""
        return self.parts.store.event_verbs(where, limit)

    def event_nouns(self, where: EventFilter = ALL_EVENTS, limit: int = 200) -> list[EventTerm]:
        """Nouns of these events, likewise."""
        return self.parts.store.event_nouns(where, limit)

    def videos(self, where: EventFilter = ALL_EVENTS, limit: int = 500) -> list[Video]:
        """Videos by title, each with how many of these events it has."""
        return self.parts.store.videos(where, limit)

    def export_events(self, to: str | Path, format: str, where: EventFilter = ALL_EVENTS) -> ExportedEvents:
        """Write events into a file: `webvtt` (of one video) or `activitynet`. The file is there whole, or as
        it was. Raises ``UnknownName``, ``WrongUse``, ``StoreUnavailable``."""
        from midspan.platform.export.events import export_events  # loads lxml

        return export_events(self.parts.store, Path(to).expanduser(), format, where)

    # --- knowledge graphs ---

    def graphs(self) -> list[KgView]:
        """The one in the package and those that were built."""
        return self.parts.graphs.views()

    def build_graph(
        self,
        name: str,
        source: Source,
        *,
        report: Report = _ignore,
    ) -> KgView:
        """Build a knowledge graph of a source of :mod:`midspan.models.facts.kg.sources`, in the place of one
        of this name; a build that was killed is gone on with. Raises ``WrongUse``, ``CorruptSource``."""
        self._writable()
        return self.parts.graphs.build(name, source, report)

    def use_graphs(self, names: Sequence[str]) -> tuple[str, ...]:
        """Link names against these knowledge graphs from now on. Raises ``UnknownName``, ``WrongUse``."""
        self._writable()
        return self.parts.graphs.use(names)

    def graph_stats(self, name: str | None = None) -> list[KgStats]:
        """Of one, or of those in use. Raises ``UnknownName``."""
        known = self.parts.graphs
        return [known.stats(one) for one in ([name] if name else known.used())]

    # --- what is the same in the facts; uids are those of the graph, ``by`` is who runs this by default ---

    def merge(self, one: str, other: str, *, why: str = "", by: str = "") -> Decision:
        """Say that two entities are the same, one of which is in no knowledge graph; the same again changes
        nothing. Facts stay where they are; the graph joins the two by SAME_AS.

        Raises ``NotFound`` for an unknown uid, and ``WrongUse`` where it would contradict: two entities of
        knowledge graphs, two that were said to be different, or a second way between the same two.
        """
        self._writable()
        return merging.decide(self.parts, "same", one, other, by, why)

    def split(self, one: str, other: str, *, why: str = "", by: str = "") -> Decision:
        """Say that two entities are not the same: a merge of the two is overruled, and another refused until
        this is undone. Raises ``NotFound``, ``WrongUse``."""
        self._writable()
        return merging.decide(self.parts, "different", one, other, by, why)

    def undo_decision(self, number: int, *, why: str = "", by: str = "") -> Decision:
        """Take a merge or split back: the decision before it on the same two, if any, holds again.
        Raises ``NotFound``, ``WrongUse``."""
        self._writable()
        return merging.undo(self.parts, number, by, why)

    def merges(self, uid: str | None = None) -> list[Decision]:
        """All that was decided, or what is about an entity, the newest first."""
        return self.parts.store.decisions(uid)

    # --- atlases; without a name the phantom is meant. Points are LPS, millimetres ---

    def atlases(self) -> list[AtlasView]:
        """The phantom and the imported atlases."""
        return self.parts.atlases.views()

    def atlas(self, name: str | None = None) -> Atlas:
        """Structures, voxels, distances and surfaces of an atlas. Raises ``UnknownName``."""
        return self.parts.atlases.atlas(name)

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
        return self.parts.atlases.add(path, structures, name or stem(path), licence, citation)

    def remove_atlas(self, name: str) -> int:
        """Take an imported atlas out with all that was placed in it; the documents stay. Returns how many
        sentences were placed. Raises ``UnknownName``, and ``WrongUse`` while a job may still place some."""
        self._writable()
        if busy := [job.id for job in self.parts.jobs.open_jobs() if job.state != "interrupted"]:
            raise WrongUse(f"job {busy[0]} may still place sentences; wait for it, or cancel it")
        return self.parts.atlases.remove(name)

    def place(self, sentence: str, atlas: str | None = None) -> PlacedSentence:
        """Where a sentence belongs in an atlas, or that it belongs nowhere. Raises ``UnknownName``."""
        placer = atlas_stages.placer(self.parts.models, *self.parts.atlases.known(atlas))
        return places.placed(placer(), sentence, atlas or PHANTOM)

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
            found = near.near_point(
                self.parts.store, self.parts.atlases.known(atlas)[0], point, radius_mm, limit
            )
        elif organ is not None:
            found = near.near_organ(self.parts.store, self.atlas(atlas), organ, side, radius_mm, limit)
        else:
            found = near.inside_organ(self.parts.store, self.atlas(atlas), str(inside), side, limit)
        named = places.with_mentions(self.parts.store, [one.place for one in found])
        return [replace(one, place=where) for one, where in zip(found, named, strict=True)]

    def body(self, atlas: str | None = None) -> BodyView:
        """An atlas's surfaces and how many sentences stand at each organ."""
        return views.body(self.parts.store, self.atlas(atlas), self.parts.folder / "atlases")

    def places(self, organ: str | None = None, limit: int = 200, atlas: str | None = None) -> list[Place]:
        """Grounded sentences, of one organ or all."""
        return places.places(self.parts.store, atlas or PHANTOM, organ, limit)

    def abstentions(
        self, limit: int = 50, atlas: str | None = None, doubt: DoubtKind | None = None
    ) -> list[Place]:
        """Sentences with anatomical words that the atlas model would not place, with its reasons; with a
        doubt those alone that are negated, hypothetical or of a relative. Raises ``WrongUse``."""
        return places.abstentions(self.parts.store, atlas or PHANTOM, limit, doubt)

    def organ_points(self, organ: str, atlas: str | None = None) -> tuple[tuple[float, float, float], ...]:
        """Centres of an organ: right and left of one that has both, else one."""
        return places.organ_points(self.parts.atlases.anatomy(atlas), organ)

    # --- scenes ---

    def find_scenes(
        self,
        text: str = "",
        *,
        like: str | None = None,
        drawn: Sequence[Label] = (),
        source_ids: Iterable[str] = (),
        limit: int = 10,
    ) -> Answer:
        """Scenes with what is asked for where it should be, the best first: as a text says ("dog left of
        tree"), like a scene, or as labels were placed on the canvas. Kinds of a thing count as the thing;
        what matched, and how, is in each hit's ``why``. Raises ``WrongUse``, ``NotFound``."""
        if [bool(text.strip()), like is not None, bool(drawn)].count(True) != 1:
            raise WrongUse("say one of a text, a scene that is meant, and things that are drawn")
        if limit < 1:
            raise WrongUse(f"the limit must be at least 1, not {limit}")
        from midspan.models.scene import asking

        if like is not None:
            query = asking.of_scene(views.scene(self.parts.store, like))
        elif drawn:
            query = asking.of_drawing(drawn)
        else:
            query = asking.of_text(self.parts.models.parser().parse([text])[0])
        sources = frozenset(source_ids)
        query = replace(query, source_ids=sources or None)
        return scenes.find(self.parts.store, query, limit, self.parts.models.encode)

    def scenes(
        self,
        thing: str | None = None,
        predicate: str | None = None,
        *,
        source_ids: Iterable[str] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> list[SceneView]:
        """Scenes with such a thing, and that state such a relation (of it), by source and place."""
        where = scenes.filter_of(thing, predicate, frozenset(source_ids) or None)
        return scenes.listed(self.parts.store, where, limit, offset)

    def count_scenes(
        self, thing: str | None = None, predicate: str | None = None, *, source_ids: Iterable[str] = ()
    ) -> int:
        where = scenes.filter_of(thing, predicate, frozenset(source_ids) or None)
        return self.parts.store.count_scenes(where)

    def scene_nouns(self, limit: int = 200, contains: str = "") -> list[SceneTerm]:
        """What the things of scenes are called, those of most scenes first."""
        return self.parts.store.scene_nouns(limit, contains)

    def scene_predicates(self) -> list[SceneTerm]:
        """Which relations scenes state, those of most scenes first."""
        return self.parts.store.scene_predicates()

    def scene_picture(self, record_id: str) -> str:
        """A scene arrangement as SVG."""
        return views.scene_picture(self.parts.store, record_id)

    def scene_heat(self, record_id: str, thing: int) -> str:
        """SVG of a scene with how probable each place is for one of its things, given where the others are.
        Raises ``NotFound``, ``WrongUse``, ``ModelFilesMissing``."""
        return views.scene_heat(self.parts.store, record_id, thing)

    def thing_picture(self, label: str) -> str:
        """SVG of what a label names; empty for what has no picture."""
        from midspan.models.scene.render import picture_of

        return picture_of(label)

    def scene_pictures(self, segment_ids: Sequence[str]) -> dict[str, str]:
        """SVG of the first scene of each of these segments that has one."""
        return views.scene_pictures(self.parts.store, segment_ids)

    # --- pages, pictures, sources ---

    def page_picture(self, source_id: str, number: int, start: float, end: float, width: int = 900) -> bytes:
        """A page as PNG with the code points [start, end) highlighted."""
        parts = self.parts
        return views.page_picture(parts.store, parts.confined, source_id, number, int(start), int(end), width)

    def thumbnail(self, segment_id: str) -> bytes | None:
        """JPEG bytes of a video window."""
        return self.parts.store.thumbnail(segment_id)

    def media_path(self, source_id: str) -> Path | None:
        """Where the source's file lies now; None when it is gone or has changed."""
        return views.media_path(self.parts.store, source_id)

    def sources(self, limit: int = 100, offset: int = 0, contains: str = "") -> list[SourceSummary]:
        return self.parts.store.sources(limit, offset, contains)

    def source(self, source_id: str) -> SourceSummary | None:
        return self.parts.store.summary(source_id)

    def find_sources(self, names: Iterable[str]) -> list[str]:
        """Ids of the sources whose id begins with, or whose title or path contains, one of these.

        Raises ``NotFound`` for a name that fits none.
        """
        return [source_id for name in names for source_id in views.find_sources(self.parts.store, name)]

    def counts(self) -> dict[str, int]:
        return self.parts.store.counts()

    # --- jobs ---

    def jobs(self, limit: int = 20) -> list[JobView]:
        return [views.job(row) for row in self.parts.jobs.jobs(limit)]

    def job(self, job_id: str) -> JobView:
        """Raises ``NotFound``."""
        row = self.parts.jobs.job(job_id)
        if row is None:
            raise NotFound(f"no job {job_id!r}; `midspan jobs ls` lists them")
        return views.job(row)

    def job_items(
        self, job_id: str, state: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[JobItemView]:
        self.job(job_id)
        return [views.job_item(row) for row in self.parts.jobs.items(job_id, state, limit, offset)]

    def why(self, job_id: str) -> Explanation:
        """Why a job is where it is, and what to do. Raises ``NotFound``."""
        from midspan.platform.why import explain  # loads Celery

        return explain(self.parts, job_id)

    def worker_list(self) -> list[WorkerView]:
        """The workers of the last day, those that are gone too."""
        return [views.worker(row) for row in self.parts.workers.all()]

    def retry(self, job_id: str) -> int:
        """Put a job's failed and cancelled items back in the queue; returns how many.

        A foreground job whose process is gone goes to a worker with what is left of it.
        """
        self._writable()
        self.job(job_id)
        count = self.parts.jobs.retry(job_id)
        if self.job(job_id).state == "queued" or self.parts.jobs.is_orphan(job_id):
            self.parts.background.deliver(job_id)
        return count

    def cancel(self, job_id: str) -> bool:
        """Ask a job to stop; items that are done stay done. False where it had ended already."""
        self._writable()
        self.job(job_id)
        return self.parts.jobs.request_cancel(job_id)

    # --- upkeep ---

    def doctor(self) -> Diagnosis:
        """Versions, model files, stores compared, lag; and what to do about each finding."""
        from midspan.platform.doctor import diagnose

        return diagnose(self.parts)

    def backup(self, to: str | Path, *, note: Callable[[str], None] = _ignore) -> Backup:
        """Copy the records and uploads as they are at this moment into a new folder, and check the copy.

        Raises ``WrongUse`` where ``to`` is there already, ``DamagedStore``, ``StoreUnavailable``.
        """
        from midspan.platform.backup import back_up

        return back_up(self.parts, Path(to).expanduser(), note=note)

    @classmethod
    def restore(cls, backup: str | Path, folder: str | Path | None = None) -> Workspace:
        """Make a workspace of a backup, in a folder (or database) without one, and build its projections.

        Raises ``NotFound``, ``WrongUse``, ``DamagedStore`` before anything is written, ``StoreError``.
        """
        from midspan.platform.backup import put_back

        settings = Settings() if folder is None else Settings(workspace=Path(folder))
        put_back(Parts(settings), Path(backup).expanduser())
        workspace = cls.open(folder)
        workspace.reindex(accept_records=True)
        return workspace

    def project(self, wait_seconds: float = 300.0) -> Projected:
        """Bring the graph and this machine's vector indexes up to the record store.

        Waits at most ``wait_seconds`` for other projectors. What could not be brought up is in the answer;
        any later call goes on from there.
        """
        self._writable()
        self.parts.check_in_step()
        return self.parts.projector.project(wait_seconds)

    def projected(self) -> dict[str, dict[str, int]]:
        """What the graph and the vector indexes hold, by ``graph`` and ``vectors``."""
        vectors = {
            target.removeprefix("vectors."): index.count() for target, index in self.parts.indexes.items()
        }
        return {"graph": self.parts.graph.counts(), "vectors": vectors}

    def reindex(self, targets: Iterable[Target] = TARGETS, *, accept_records: bool = False) -> None:
        """Make the graph and this machine's vector indexes anew from the record store.

        One that cannot be made stays as it was. Raises ``StoreUnavailable`` for those, after the others,
        and ``ProjectionAhead``, unless ``accept_records``, where they know more than the record store does.
        """
        self._writable()
        if not accept_records:
            self.parts.check_in_step()
        done = self.parts.projector.rebuild(targets, accept_records=accept_records)
        for target in done.waiting:
            raise StoreUnavailable(f"another process works on {target}; try again when it has ended")
        for target, problem in done.problems.items():
            raise StoreUnavailable(f"{target} could not be built and stays as it was: {problem}")
