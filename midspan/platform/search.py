"""Hybrid search: full text and vectors, fused by rank, every hit with its reason and place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore, SegmentFilter
from midspan.db.vector_index import VectorIndex
from midspan.db.words.parser import parse
from midspan.errors import NotFound
from midspan.platform.answers import Answer, Hit
from midspan.platform.fusion import fuse
from midspan.platform.word_search import Words, WordSearch
from midspan.records import RECORDS, Record, Segment

DEPTH = 200
"""How far down each list is read before fusing, whatever the limit: so a page is the same at every limit."""
FILTER_MAX = 200_000
"""More allowed segments than this are filtered after the vector search instead of inside it."""
NEAR_DUPLICATE = 0.95
"""Cosine of visual signatures from which on two moments are called near-duplicates."""
MIN_COSINE = 0.2
"""Sentences less like the query than this are not called hits, whatever their rank."""


class Searcher:
    """Answers queries over one workspace's stores."""

    def __init__(
        self,
        store: RecordStore,
        words: WordSearch,
        text_index: VectorIndex,
        visual_index: VectorIndex,
        encode: Callable[[Sequence[str]], npt.NDArray[np.float32]],
        load: Callable[[], object] = lambda: None,
    ) -> None:
        """``encode`` makes (n, d) normalised vectors of n texts, at once when ``load`` was called before."""
        self._store = store
        self._words = words
        self._text_index = text_index
        self._visual_index = visual_index
        self._encode = encode
        self._load = load

    def prepare(self) -> None:
        """Load what searching by meaning takes, if anything can be found so; else the first search does."""
        if self._text_index.count():
            self._load()

    def search(self, query: str, where: SegmentFilter, kinds: frozenset[str], limit: int) -> Answer:
        """The best ``limit`` places for a query; ``kinds`` restricts what a hit may be.

        With record kinds in ``kinds`` the hits are those records of the found segments; otherwise they
        are segments and, by their own words, records. Loading the encoder is no part of the answer's time.
        """
        asked = parse(query)
        self.prepare()
        clock = _Clock()
        depth = DEPTH
        lists: dict[str, list[str]] = {}
        cosines: dict[str, float] = {}
        with clock("full_text"):
            words = self._words.asked(asked, where)
            found = self._words.segments(words, depth)
            lists["words"] = [hit.segment.id for hit in found]
            for kind, records in self._words.records(words, depth).items():
                lists[f"{kind} words"] = [record_id for record_id, _ in records]
        segments = {hit.segment.id: hit.segment for hit in found}
        for segment, cosine in self._by_meaning(words, depth, clock):
            lists.setdefault("meaning", []).append(segment.id)
            segments[segment.id] = segment
            cosines[segment.id] = cosine
        with clock("rows"):
            ranked = [(key, score, _why(ranks, cosines.get(key))) for key, score, ranks in fuse(lists)]
            hits = self._hits(ranked, segments, kinds, limit)
        return Answer(tuple(hits), clock.total(), clock.shares)

    def similar(self, segment_id: str, limit: int) -> Answer:
        """Segments nearest to this one: sentences by meaning, video moments by their look."""
        clock = _Clock()
        segment = self._store.segments_by_id([segment_id]).get(segment_id)
        if segment is None or segment.key is None:
            raise NotFound(f"no segment {segment_id!r}; `midspan search` prints the ids of its hits")
        space, index = ("visual", self._visual_index) if segment.unit == "s" else ("text", self._text_index)
        _, vectors = self._store.vectors(space, [segment.key])  # type: ignore[arg-type]
        if not len(vectors):
            raise NotFound(f"segment {segment_id!r} has no {space} vector; ingest its source again")
        with clock("vectors"):
            near = [
                (key, cosine) for key, cosine in index.search(vectors[0], limit + 1) if key != segment.key
            ]
        with clock("rows"):
            found = self._store.segments_by_key([key for key, _ in near])
            ranked = [
                (found[key].id, cosine, _similar_why(cosine, segment.unit == "s"))
                for key, cosine in near
                if key in found
            ]
            by_id = {segment.id: segment for segment in found.values()}
            hits = self._hits(ranked, by_id, frozenset(), limit)
        return Answer(tuple(hits), clock.total(), clock.shares)

    def _by_meaning(self, words: Words, depth: int, clock: _Clock) -> list[tuple[Segment, float]]:
        if self._text_index.count() == 0 or not words.wording:
            return []
        with clock("encode"):
            vector = self._encode([words.wording])[0]
        with clock("vectors"):
            allowed = self._words.allowed(words)
            if allowed is not None and len(allowed) == 0:
                return []
            inside = allowed is not None and len(allowed) <= FILTER_MAX
            near = self._text_index.search(vector, depth, allowed if inside else None)
            if allowed is not None and not inside:
                ok = np.isin([key for key, _ in near], allowed)
                near = [pair for pair, keep in zip(near, ok, strict=True) if keep]
            near = self._words.without_excluded(words, near)
        with clock("rows"):
            found = self._store.segments_by_key([key for key, _ in near])
        return [(found[key], cosine) for key, cosine in near if key in found and cosine >= MIN_COSINE]

    def _hits(
        self,
        ranked: Sequence[tuple[str, float, str]],
        segments: dict[str, Segment],
        kinds: frozenset[str],
        limit: int,
    ) -> list[Hit]:
        record_kinds = [kind for kind in RECORDS if kind in kinds]
        hits: list[Hit] = []
        for start in range(0, len(ranked), 50):
            part = ranked[start : start + 50]
            ids = [key for key, _, _ in part if key in segments]
            carried = self._store.records_of(ids, record_kinds) if record_kinds else {}
            for key, score, why in part:
                hits += self._expand(key, score, why, segments, kinds, carried)
            if len(hits) >= limit:
                break
        return self._named(hits[:limit])

    def _named(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits with the title and path of their source."""
        names = self._store.names(sorted({hit.source for hit in hits}))
        return [
            replace(hit, title=names[hit.source].title, path=names[hit.source].path)
            if hit.source in names
            else hit
            for hit in hits
        ]

    def _expand(
        self,
        key: str,
        score: float,
        why: str,
        segments: dict[str, Segment],
        kinds: frozenset[str],
        carried: dict[str, list[Record]],
    ) -> Iterator[Hit]:
        segment = segments.get(key)
        if segment is None:
            record = self._store.record(key)
            if record is not None and (not kinds or record.kind in kinds):
                yield _record_hit(record, score, why, None)
            return
        if not kinds or segment.kind in kinds:
            yield _segment_hit(segment, score, why)
        for record in carried.get(key, []):
            yield _record_hit(record, score, why, segment)


def _segment_hit(segment: Segment, score: float, why: str) -> Hit:
    return Hit(
        record=segment.id,
        kind=segment.kind,
        score=score,
        source=segment.source_id,
        path="",
        title="",
        text=segment.text,
        start=segment.start,
        end=segment.end,
        unit=segment.unit,
        page=segment.page,
        why=why,
    )


def _record_hit(record: Record, score: float, why: str, segment: Segment | None) -> Hit:
    place = record.provenance
    return Hit(
        record=record.id,
        kind=record.kind,
        score=score,
        source=place.source_id,
        path="",
        title="",
        text=record.line,
        start=place.start,
        end=place.end,
        unit=place.unit,
        page=segment.page if segment else None,
        why=why,
    )


def _why(ranks: dict[str, int], cosine: float | None) -> str:
    parts = []
    for name, rank in ranks.items():
        detail = f", cosine {cosine:.2f}" if name == "meaning" and cosine is not None else ""
        parts.append(f"{name} (rank {rank}{detail})")
    return " + ".join(parts)


def _similar_why(cosine: float, visual: bool) -> str:
    if not visual:
        return f"similar meaning (cosine {cosine:.2f})"
    near = "near-duplicate moment" if cosine >= NEAR_DUPLICATE else "similar look"
    return f"{near} (cosine {cosine:.2f})"


class _Clock:
    """Milliseconds by part of the work."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self.shares: dict[str, float] = {}

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - start) * 1000
            self.shares[part] = self.shares.get(part, 0.0) + spent

    def total(self) -> float:
        return (time.perf_counter() - self._start) * 1000
