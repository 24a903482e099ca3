"""Hybrid search: full text and vectors, fused by score, every hit with its reason and place."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore, Ref, SegmentFilter
from midspan.db.vector_index import VectorIndex
from midspan.db.words.parser import parse
from midspan.errors import NotFound
from midspan.platform.answers import Answer, Group
from midspan.platform.hits import Pages, fits, named, record_hit, rows_of, segment_hit
from midspan.platform.nearest import nearest
from midspan.platform.ranking import Found, is_close
from midspan.platform.word_search import Hits, Lists, Places, Words, WordSearch
from midspan.records import RECORDS, ActionEvent, Segment

DEPTH = 200
"""How far down each list is read, whatever the limit: so a page is the same however many hits are asked
for."""
NEAR_DUPLICATE = 0.95
"""Cosine of visual signatures from which on two moments are called near-duplicates."""
MIN_COSINE = 0.2
"""Sentences less like the query than this are not called hits, whatever their rank."""

Vector = npt.NDArray[np.float32]
_MORE_THAN_WORDS = re.compile(r'["“”„«»*:()]|(?<!\S)-\S|\b(?:AND|OR|NOT)\b')
"""In a query that says itself what counts as found, as does one whose words were respelt to find any."""


@dataclass(frozen=True)
class _Near:
    """(key, cosine) of what is near the question, nearest first."""

    segments: Places = field(default_factory=list)
    passages: Places = field(default_factory=list)
    events: Places = field(default_factory=list)


class Searcher:
    """Answers queries over one workspace's stores."""

    def __init__(
        self,
        store: RecordStore,
        words: WordSearch,
        text_index: VectorIndex,
        passage_index: VectorIndex,
        visual_index: VectorIndex,
        event_index: VectorIndex,
        encode: Callable[[Sequence[str]], npt.NDArray[np.float32]],
        load: Callable[[], object] = lambda: None,
    ) -> None:
        """``encode`` makes (n, d) normalised vectors of n texts, at once when ``load`` was called before."""
        self._store = store
        self._words = words
        self._text_index = text_index
        self._passage_index = passage_index
        self._visual_index = visual_index
        self._event_index = event_index
        self._encode = encode
        self._load = load

    def prepare(self) -> None:
        """Load what searching by meaning takes, if anything can be found so; else the first search does."""
        self._prepared()

    def _prepared(self) -> bool:
        """Whether anything can be found by meaning; what that takes is loaded then."""
        by_meaning = bool(self._text_index.count() or self._event_index.count())
        if by_meaning:
            self._load()
        return by_meaning

    def search(
        self,
        query: str,
        where: SegmentFilter,
        kinds: frozenset[str],
        limit: int,
        *,
        group: Group = "document",
        offset: int = 0,
    ) -> Answer:
        """The best ``limit`` documents or places for a query, behind the first ``offset``; ``kinds``
        restricts what a hit may be.

        With record kinds in ``kinds`` the hits are those records of the found segments; otherwise they are
        segments and, by their own words, records. Grouped by document a hit is its best place, with the next
        ones as snippets. A question of plain words to which nothing is close has no hits. Loading the encoder
        is no part of the answer's time.
        """
        asked = parse(query)
        by_meaning = self._prepared()
        clock = _Clock()
        with clock("full_text"):
            words, lists = self._words.find(asked, where, DEPTH)
        places, refs = self._by_words(words, lists, clock)
        question, near = None, _Near()
        if by_meaning and words.wording:
            with clock("encode"):
                question = self._encode([words.wording])[0]
            with clock("vectors"):
                near = self._near(question, words, kinds)
        with self._store.moment():
            with clock("rows"):
                found = self._found(words, lists, places, near, refs)
                vectors = self._passages(found)
            with clock("ranking"):
                ranked = found.ranked_sources(vectors, question)
                says_itself = words.tree is not asked.tree or bool(_MORE_THAN_WORDS.search(query))
                of_kind = bool(kinds) or where.verb is not None or where.noun is not None
                close = (
                    question is None or says_itself or of_kind or is_close(words.wording, ranked, self._lines)
                )
            with clock("rows"):
                hits, pages = [], Pages(self._store, kinds, where)
                if close and group == "document":
                    hits = pages.documents(ranked, limit, offset)
                elif close:
                    hits = pages.places(found.ranked_places(), limit, offset)
        return Answer(tuple(hits), clock.total(), clock.shares, close or not ranked)

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
            hits = [
                segment_hit(found[key], cosine, _similar_why(cosine, segment.unit == "s"))
                for key, cosine in near
                if key in found
            ]
        return Answer(tuple(named(self._store, hits[:limit])), clock.total(), clock.shares)

    def like_actions(
        self, done: Sequence[tuple[str, npt.NDArray[np.float32]]], where: SegmentFilter, limit: int
    ) -> Answer:
        """Events nearest to any of these, each a text and a vector among sentences."""
        clock = _Clock()
        best: dict[int, tuple[float, str]] = {}
        with clock("vectors"):
            for text, vector in done:
                for key, cosine in self._near_events(vector, where, limit):
                    if key not in best or cosine > best[key][0]:
                        best[key] = (cosine, f"like “{text}” in the clip (cosine {cosine:.2f})")
        with clock("rows"):
            events = self._store.events_by_key(list(best))
            ranked = sorted((key for key in best if key in events), key=lambda key: -best[key][0])
            hits = named(self._store, [record_hit(events[key], *best[key]) for key in ranked[:limit]])
        return Answer(tuple(hits), clock.total(), clock.shares)

    def like_looks(self, looks: Sequence[npt.NDArray[np.float32]], limit: int) -> Answer:
        """Moments of videos nearest to any of these looks."""
        clock = _Clock()
        best: dict[int, float] = {}
        with clock("vectors"):
            for vector in looks:
                for key, cosine in self._visual_index.search(vector, limit):
                    best[key] = max(cosine, best.get(key, -1.0))
        with clock("rows"):
            keys = sorted(best, key=lambda key: -best[key])[:limit]
            found = self._store.segments_by_key(keys)
            hits = named(
                self._store,
                [
                    segment_hit(found[key], best[key], _similar_why(best[key], True))
                    for key in keys
                    if key in found
                ],
            )
        return Answer(tuple(hits), clock.total(), clock.shares)

    # --- what is found ---

    def _by_words(self, words: Words, lists: Lists, clock: _Clock) -> tuple[Places, dict[int, Ref]]:
        """The best sentences, and what was read of them; a source that only its whole text names gets the
        places that have any of the words."""
        with clock("rows"):
            refs = self._store.segment_refs([key for key, _ in lists.segments])
        placeless = {source for source, _ in lists.documents} - {ref.source_id for ref in refs.values()}
        if not placeless:
            return lists.segments, refs
        with clock("full_text"):
            within = self._words.within(words, placeless, DEPTH)
        return sorted([*lists.segments, *within], key=lambda hit: -hit[1]), refs

    def _near(self, question: Vector, words: Words, kinds: frozenset[str]) -> _Near:
        allowed = self._words.allowed(words)
        segments = self._words.without_excluded(words, nearest(self._text_index, question, DEPTH, allowed))
        free = allowed is None and not self._words.excludes(words)
        passages = self._passage_index.search(question, DEPTH) if free else []
        of_events = not kinds or ActionEvent.kind in kinds
        events = self._near_events(question, words.where, DEPTH) if of_events else []
        terms = words.where.verb is not None or words.where.noun is not None
        return _Near(
            _alike(segments),
            _alike(passages),
            events if terms else _alike(events),  # all that is named
        )

    def _near_events(self, vector: Vector, where: SegmentFilter, limit: int) -> list[tuple[int, float]]:
        allowed = None if where.open else self._store.event_keys(where)
        return nearest(self._event_index, vector, limit, allowed)

    def _found(
        self, words: Words, lists: Lists, places: Places, near: _Near, known: Mapping[int, Ref]
    ) -> Found:
        """What is there of all lists; ``known`` are those that were read before."""
        found = Found(DEPTH)
        keys = {key for key, _ in [*places, *near.segments, *near.passages]}
        refs = {**known, **self._store.segment_refs(sorted(keys - known.keys()))}
        found.by_words("words", [(refs[key], score) for key, score in places if key in refs])
        found.sources_by_words(dict(lists.documents))
        said = self._records(lists.records, words.where)
        for kind in RECORDS:
            of_kind = [
                (said[key], score) for key, score in lists.records if key in said and said[key].kind == kind
            ]
            found.by_words(f"{kind} words", of_kind)
        found.by_meaning("meaning", [(refs[key], cosine) for key, cosine in near.segments if key in refs])
        for key, _ in near.passages:
            if key in refs:
                found.by_passage(refs[key])
        events = self._store.event_refs([key for key, _ in near.events])
        found.by_meaning(
            "event meaning", [(events[key], cosine) for key, cosine in near.events if key in events]
        )
        return found

    def _records(self, hits: Hits, where: SegmentFilter) -> dict[str, Ref]:
        """Those that are there, and of the verb and the thing that the filter asks for."""
        refs = self._store.record_refs([key for key, _ in hits])
        if where.verb is not None or where.noun is not None:
            events = self._store.records_by_id(ActionEvent.kind, [ref.id for ref in refs])
            gone = {key for key, event in events.items() if not fits(event, where)}
            refs = [ref for ref in refs if ref.id not in gone]
        return {ref.id: ref for ref in refs}

    def _passages(self, found: Found) -> dict[str, Vector]:
        """By source the vector of the passage that speaks for it: the nearest to the question, else that of
        its best place."""
        chosen = {source: ref.key for source, ref in found.passages.items() if ref.key is not None}
        best: dict[str, int] = {}
        for place in found.ranked_places():
            if place.of.source_id not in chosen and place.of.key is not None:
                best.setdefault(place.of.source_id, place.of.key)
        if best:
            chosen |= self._store.passages_of(best)
        if not chosen:
            return {}
        keys, vectors = self._passage_index.vectors(np.array(list(chosen.values()), dtype=np.int64))
        by_key = dict(zip(keys.tolist(), vectors, strict=True))
        return {source: by_key[key] for source, key in chosen.items() if key in by_key}

    def _lines(self, refs: Sequence[Ref]) -> dict[str, str]:
        """What is said there, by id."""
        rows = rows_of(self._store, refs)
        return {key: row.text if isinstance(row, Segment) else row.line for key, row in rows.items()}


def _alike(near: Places) -> Places:
    return [pair for pair in near if pair[1] >= MIN_COSINE]


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
