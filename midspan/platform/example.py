"""Search by an example: a video file is looked at as if it were ingested, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from midspan.db.record_store import SegmentFilter
from midspan.errors import NotFound, UnsupportedSource
from midspan.pipelines.readers.opening import Opened, read_file
from midspan.pipelines.segmenting import reading_run, segment_video
from midspan.pipelines.stage import Batch
from midspan.platform.answers import Answer
from midspan.records import ActionEvent, Embedding, Product, Source

if TYPE_CHECKING:
    from midspan.platform.parts import Parts

MOST_MOMENTS = 8
"""Moments of the example whose look is searched for, spread over it."""
_SOURCE = Source("example", "video", "", "", 0, 0.0)


def like_clip(parts: Parts, path: Path, limit: int) -> Answer:
    """See ``Workspace.like_clip``."""
    if not path.is_file():
        raise NotFound(f"there is no file {path}")
    products = list(_looked_at(parts, path))
    actions = {one.id: one for one in products if isinstance(one, ActionEvent) and one.answers}
    vectors = [one for one in products if isinstance(one, Embedding)]
    done = [(actions[one.record_id].text, one.vector) for one in vectors if one.record_id in actions]
    if done and parts.indexes["vectors.event"].count():
        return parts.searcher.like_actions(done, SegmentFilter(), limit)
    looks = [one.vector for one in vectors if one.space == "visual"]
    step = max(1, -(-len(looks) // MOST_MOMENTS))
    return parts.searcher.like_looks(looks[::step], limit)


def _looked_at(parts: Parts, path: Path) -> Iterator[Product]:
    """What the stage of actions says of a file, which is read in a confined process."""
    stage = next(one for one in parts.stages if one.name == "action")
    memory = stage.open(_SOURCE)
    items = parts.confined.run(read_file, path, byte_count=path.stat().st_size)
    opened: Opened = next(items)
    if opened.kind != "video":
        raise UnsupportedSource(f"{path} is no video ({opened.media_type}); an example is a video file")
    for segment, window in segment_video(_SOURCE.id, reading_run(), items):
        batch = Batch([segment], {segment.id: window.frames}, memories={_SOURCE.id: memory})
        yield from stage(batch)
    yield from stage.finish(memory)
