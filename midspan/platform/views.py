"""Records as a person wants to see them: with source, text around, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from midspan.db.record_store import AtlasStore, FactFilter, RecordReader, RecordStore
from midspan.errors import NotFound, SourceVanished, WrongUse
from midspan.pipelines.intake import sha256_of
from midspan.pipelines.readers.drawing import draw_page
from midspan.platform.answers import (
    BodyView,
    FactView,
    JobItemView,
    JobView,
    OrganMesh,
    Shown,
    WorkerView,
)
from midspan.records import SceneArrangement

if TYPE_CHECKING:
    from midspan.db.jobs.store import ItemRow, JobRow
    from midspan.db.jobs.workers import WorkerRow
    from midspan.models.atlas.anatomy.atlas import Atlas
    from midspan.pipelines.confined.confined import Confined

MISSING = "`midspan search` prints the ids of its hits"


def show(store: RecordReader, record_id: str, context: int) -> Shown:
    """A record or segment with its provenance. Raises ``NotFound``."""
    record = store.record(record_id)
    segment_id = record.provenance.segment_id if record is not None else record_id
    segment = store.segments_by_id([segment_id]).get(segment_id)
    source = store.source(segment.source_id) if segment is not None else None
    if segment is None or source is None:
        raise NotFound(f"no record or segment {record_id!r}; {MISSING}")
    named = store.names([source.id]).get(source.id)
    before = text = after = ""
    if segment.unit == "char":
        start, end = int(segment.start), int(segment.end)
        before = store.text(source.id, max(0, start - context), start)
        text = store.text(source.id, start, end)
        after = store.text(source.id, end, end + context)
    run_id = record.provenance.run_id if record is not None else segment.run_id
    siblings = store.records_of([segment.id]).get(segment.id, [])
    return Shown(
        id=record_id,
        kind=record.kind if record is not None else segment.kind,
        record=record,
        segment=segment,
        source=source,
        paths=named.paths if named is not None else (),
        run=store.run(run_id),
        before=before,
        text=text or segment.text,
        after=after,
        siblings=tuple(other for other in siblings if other.id != record_id),
    )


def facts(store: RecordStore, where: FactFilter, limit: int, offset: int) -> list[FactView]:
    """Facts with their sources, the best first."""
    found = store.find_facts(where, limit, offset)
    names = store.names(sorted({fact.provenance.source_id for fact in found}))
    return [
        FactView(fact, names[fact.provenance.source_id].title, names[fact.provenance.source_id].path)
        for fact in found
        if fact.provenance.source_id in names
    ]


def body(store: AtlasStore, atlas: Atlas, folder: Path | None) -> BodyView:
    """An atlas's surfaces, kept in ``folder``, with the counts of this workspace."""
    from midspan.models.atlas.anatomy.kept_surfaces import surfaces_of

    surfaces = tuple(OrganMesh(*surface) for surface in surfaces_of(atlas, folder))
    return BodyView(atlas.name, surfaces, store.organ_counts(atlas.name))


def scene_picture(store: RecordReader, record_id: str) -> str:
    """SVG of a scene. Raises ``NotFound``."""
    from midspan.models.scene.render import render

    return render(scene(store, record_id))


def scene_heat(store: RecordReader, record_id: str, thing: int) -> str:
    """SVG of a scene under the probabilities of a thing's place. Raises ``NotFound``, ``WrongUse``."""
    from midspan.models.scene.heat import heat  # loads ONNX Runtime
    from midspan.models.scene.heat_map import heat_map

    found = scene(store, record_id)
    try:
        where = heat(found, thing)
    except IndexError as error:
        raise WrongUse(f"{error}, counted from 0") from error
    return heat_map(found, thing, where.x, where.y)


def scene_pictures(store: RecordReader, segment_ids: Sequence[str]) -> dict[str, str]:
    """SVG by segment, of the first scene of those that have one."""
    from midspan.models.scene.render import render

    found = store.records_of(segment_ids, ["scene"])
    scenes = {one: records[0] for one, records in found.items() if records}
    return {one: render(scene) for one, scene in scenes.items() if isinstance(scene, SceneArrangement)}


def scene(store: RecordReader, record_id: str) -> SceneArrangement:
    """Raises ``NotFound``."""
    record = store.record(record_id)
    if not isinstance(record, SceneArrangement):
        raise NotFound(f"no scene {record_id!r}; {MISSING} with --kind scene")
    return record


def find_sources(store: RecordReader, name: str) -> list[str]:
    """Ids of the sources that a person may mean by a name. Raises ``NotFound``."""
    if store.source(name) is not None:
        return [name]
    found = [summary.source.id for summary in store.sources(limit=10_000, contains=name)]
    if not found:
        raise NotFound(f"no source with id, title or path {name!r}; `midspan jobs ls` or the UI list sources")
    return found


def media_path(store: RecordReader, source_id: str) -> Path | None:
    """A path whose file still has the source's size, and its hash if its time stamp moved."""
    named = store.names([source_id]).get(source_id)
    if named is None:
        return None
    known = store.locations(named.paths)
    for uri in named.paths:
        path, location = Path(uri), known.get(uri)
        try:
            stat = path.stat()
            if location is None or stat.st_size != location.byte_count:
                continue
            if stat.st_mtime_ns == location.modified_ns or sha256_of(path) == source_id:
                return path
        except OSError:
            continue
    return None


def page_picture(
    store: RecordReader, confined: Confined, source_id: str, number: int, start: int, end: int, width: int
) -> bytes:
    """PNG of a page with a span highlighted. Raises ``NotFound``, ``UnreadableSource``."""
    page = store.page(source_id, number)
    if page is None:
        raise NotFound(f"source {source_id[:12]} has no page {number}")
    path = media_path(store, source_id)
    if path is None:
        raise SourceVanished("the file has moved or changed; ingest it again where it is now")
    first, last = max(start, page.start) - page.start, min(end, page.end) - page.start
    boxes = [tuple(float(side) for side in box) for box in page.boxes[first:last] if box.any()]
    size = path.stat().st_size
    picture: bytes
    [picture] = confined.run(draw_page, path, number, width, boxes, byte_count=size)
    return picture


def job(row: JobRow) -> JobView:
    return JobView(
        id=row.id,
        state=row.state,
        paths=row.paths,
        total=row.total,
        done=row.done,
        failed=row.failed,
        discovering=row.discovering,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        message=row.message,
        partial=row.partial,
    )


def worker(row: WorkerRow) -> WorkerView:
    return WorkerView(
        name=row.name,
        host=row.host,
        pid=row.pid,
        queues=row.queues,
        alive=row.alive,
        silent=row.silent,
        doing=row.doing,
        rss_mb=row.rss_bytes / 1e6,
    )


def job_item(row: ItemRow) -> JobItemView:
    return JobItemView(
        index=row.index,
        path=row.uri,
        state=row.state,
        outcome=row.outcome,
        attempts=row.attempts,
        source_id=row.source_id,
        failures=row.failures,
    )
