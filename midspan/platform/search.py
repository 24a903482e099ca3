"""Hybrid search: full text and vectors, fused by score, every hit with its reason and place."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore, SegmentFilter
from midspan.db.vector_index import VectorIndex
from midspan.db.words.parser import parse
from midspan.errors import NotFound
from midspan.platform.answers import Answer, Group, Hit, Snippet
from midspan.platform.event_search import EventSearch
from midspan.platform.ranking import Found, Named, Place, Ranked, is_close
from midspan.platform.word_search import Words, WordSearch
from midspan.records import RECORDS, ActionEvent, Record, Segment

DEPTH = 200
"""How far down each list is read, whatever the limit: so a page is the same however many hits are asked
for."""
SNIPPETS = 3
"""Places of a document that are shown, its best one among them."""
AT_ONCE = 50
"""Ranked places or documents whose records are looked up together."""
FILTER_MAX = 200_000
"""More allowed segments than this are filtered after the vector search instead of inside it."""
NEAR_DUPLICATE = 0.95
"""Cosine of visual signatures from which on two moments are called near-duplicates."""
MIN_COSINE = 0.2
"""Sentences less like the query than this are not called hits, whatever their rank."""

Vector = npt.NDArray[np.float32]
_MORE_THAN_WORDS = re.compile(r'["“”„«»*:()]|(?<!\S)-\S|\b(?:AND|OR|NOT)\b')
"""In a query that says itself what counts as found, as does one whose words were respelt to find any."""


class Searcher:
    """Answers queries over one workspace's stores."""

    def __init__(
        self,
        store: RecordStore,
        words: WordSearch,
        text_index: VectorIndex,
        passage_index: VectorIndex,
        visual_index: VectorIndex,
        events: EventSearch,
        encode: Callable[[Sequence[str]], npt.NDArray[np.float32]],
        load: Callable[[], object] = lambda: None,
    ) -> None:
        """``encode`` makes (n, d) normalised vectors of n texts, at once when ``load`` was called before."""
        self._store = store
        self._words = words
        self._text_index = text_index
        self._passage_index = passage_index
        self._visual_index = visual_index
        self._events = events
        self._encode = encode
        self._load = load

    def prepare(self) -> None:
        """Load what searching by meaning takes, if anything can be found so; else the first search does."""
        self._prepared()

    def _prepared(self) -> bool:
        """Whether anything can be found by meaning; what that takes is loaded then."""
        by_meaning = bool(self._text_index.count()) or not self._events.empty
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
        found = Found(DEPTH)
        with clock("full_text"):
            words = self._words.asked(asked, where)
            self._by_words(words, where, found)
        question = None
        passages: dict[str, int] = {}
        if by_meaning and words.wording:
            with clock("encode"):
                question = self._encode([words.wording])[0]
            passages = self._by_meaning(question, words, found, clock)
            found.by_meaning("event meaning", self._events_by_meaning(question, where, kinds, clock))
        with clock("rows"):
            vectors = self._passages(found, passages)
        with clock("ranking"):
            ranked = found.ranked_sources(vectors, question)
            says_itself = words.tree is not asked.tree or bool(_MORE_THAN_WORDS.search(query))
            named = bool(kinds) or where.verb is not None or where.noun is not None
            close = question is None or says_itself or named or is_close(words.wording, ranked)
        with clock("rows"):
            hits: list[Hit] = []
            if close and group == "document":
                hits = self._documents(ranked, kinds, where, limit, offset)
            elif close:
                hits = self._hits(found.ranked_places(), kinds, where, limit, offset)
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
                _segment_hit(found[key], cosine, _similar_why(cosine, segment.unit == "s"))
                for key, cosine in near
                if key in found
            ]
        return Answer(tuple(self._named(hits[:limit])), clock.total(), clock.shares)

    def like_actions(
        self, done: Sequence[tuple[str, npt.NDArray[np.float32]]], where: SegmentFilter, limit: int
    ) -> Answer:
        """Events nearest to any of these, each a text and a vector among sentences."""
        clock = _Clock()
        best: dict[str, tuple[ActionEvent, float, str]] = {}
        with clock("vectors"):
            for text, vector in done:
                for event, cosine in self._events.near(vector, where, limit):
                    if event.id not in best or cosine > best[event.id][1]:
                        best[event.id] = (event, cosine, f"like “{text}” in the clip (cosine {cosine:.2f})")
        ranked = sorted(best.values(), key=lambda one: -one[1])[:limit]
        hits = self._named([_record_hit(event, cosine, why, None) for event, cosine, why in ranked])
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
            hits = self._named(
                [
                    _segment_hit(found[key], best[key], _similar_why(best[key], True))
                    for key in keys
                    if key in found
                ]
            )
        return Answer(tuple(hits), clock.total(), clock.shares)

    # --- what is found ---

    def _by_words(self, words: Words, where: SegmentFilter, found: Found) -> None:
        """Note the best sentences, whole texts and records; a source that only its whole text names gets the
        places that have any of the words."""
        hits = self._words.segments(words, DEPTH)
        whole = dict(self._words.documents(words, DEPTH))
        placeless = whole.keys() - {hit.segment.source_id for hit in hits}
        if placeless:
            hits = sorted([*hits, *self._words.within(words, placeless, DEPTH)], key=lambda hit: -hit.score)
        found.by_words("words", [(hit.segment, hit.score) for hit in hits])
        found.sources_by_words(whole)
        for kind, records in self._words.records(words, DEPTH).items():
            found.by_words(f"{kind} words", [one for one in records if _fits(one[0], where)])

    def _by_meaning(self, question: Vector, words: Words, found: Found, clock: _Clock) -> dict[str, int]:
        """Note the nearest sentences; by source the key of the nearest passage, where all may be found."""
        with clock("vectors"):
            allowed = self._words.allowed(words)
            if allowed is not None and len(allowed) == 0:
                return {}
            inside = allowed is not None and len(allowed) <= FILTER_MAX
            near = self._text_index.search(question, DEPTH, allowed if inside else None)
            if allowed is not None and not inside:
                ok = np.isin([key for key, _ in near], allowed)
                near = [pair for pair, keep in zip(near, ok, strict=True) if keep]
            near = self._words.without_excluded(words, near)
            free = allowed is None and not self._words.excludes(words)
            passages = self._passage_index.search(question, DEPTH) if free else []
        with clock("rows"):
            segments = self._store.segments_by_key([key for key, _ in [*near, *passages]])
        found.by_meaning(
            "meaning",
            [(segments[key], cosine) for key, cosine in near if key in segments and cosine >= MIN_COSINE],
        )
        nearest: dict[str, int] = {}
        for key, cosine in passages:
            if key in segments and cosine >= MIN_COSINE and segments[key].source_id not in nearest:
                nearest[segments[key].source_id] = key
                found.by_passage(segments[key])
        return nearest

    def _events_by_meaning(
        self,
        question: Vector,
        where: SegmentFilter,
        kinds: frozenset[str],
        clock: _Clock,
    ) -> list[tuple[ActionEvent, float]]:
        if kinds and ActionEvent.kind not in kinds:
            return []
        with clock("vectors"):
            near = self._events.near(question, where, DEPTH)
        least = MIN_COSINE if where.verb is None and where.noun is None else -1.0  # then all that is named
        return [(event, cosine) for event, cosine in near if cosine >= least]

    def _passages(self, found: Found, nearest: Mapping[str, int]) -> dict[str, Vector]:
        """By source the vector of the passage that speaks for it: the nearest to the question, else that of
        its best place."""
        chosen = dict(nearest)
        best: dict[str, int] = {}
        for place in found.ranked_places():
            if place.source_id not in chosen and isinstance(place.of, Segment) and place.of.key is not None:
                best.setdefault(place.source_id, place.of.key)
        if best:
            around = self._store.passages_of(list(best.values()))
            chosen |= {source: around[key] for source, key in best.items() if key in around}
        if not chosen:
            return {}
        keys, vectors = self._store.vectors("passage", list(chosen.values()))
        by_key = dict(zip(keys.tolist(), vectors, strict=True))
        return {source: by_key[key] for source, key in chosen.items() if key in by_key}

    # --- hits ---

    def _documents(
        self,
        ranked: Sequence[Ranked],
        kinds: frozenset[str],
        where: SegmentFilter,
        limit: int,
        offset: int,
    ) -> list[Hit]:
        """A hit a source that has a place of these kinds."""
        hits: list[Hit] = []
        for start in range(0, len(ranked), AT_ONCE):
            part = ranked[start : start + AT_ONCE]
            carried = self._carried([place for one in part for place in one.places], kinds, where)
            for one in part:
                places = [hit for place in one.places for hit in _expanded(place, kinds, carried)]
                if places:
                    hits.append(_grouped(one, places))
            if len(hits) >= offset + limit:
                break
        return self._named(hits[offset : offset + limit])

    def _hits(
        self, ranked: Sequence[Place], kinds: frozenset[str], where: SegmentFilter, limit: int, offset: int
    ) -> list[Hit]:
        hits: list[Hit] = []
        for start in range(0, len(ranked), AT_ONCE):
            part = ranked[start : start + AT_ONCE]
            carried = self._carried(part, kinds, where)
            hits += [hit for place in part for hit in _expanded(place, kinds, carried)]
            if len(hits) >= offset + limit:
                break
        return self._named(hits[offset : offset + limit])

    def _carried(
        self, places: Sequence[Place], kinds: frozenset[str], where: SegmentFilter
    ) -> dict[str, list[Record]]:
        """Records of these kinds by the segment they are about."""
        wanted = [kind for kind in RECORDS if kind in kinds]
        ids = [place.of.id for place in places if isinstance(place.of, Segment)]
        found = self._store.records_of(ids, wanted) if wanted and ids else {}
        return {key: [one for one in records if _fits(one, where)] for key, records in found.items()}

    def _named(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits with the title and path of their source."""
        names = self._store.names(sorted({hit.source for hit in hits}))
        return [
            replace(hit, title=names[hit.source].title, path=names[hit.source].path)
            if hit.source in names
            else hit
            for hit in hits
        ]


def _fits(record: Record, where: SegmentFilter) -> bool:
    """Whether an event is of the verb and has the thing that the filter asks for; other records fit."""
    if not isinstance(record, ActionEvent):
        return True
    of_verb = where.verb is None or record.verb == where.verb
    return of_verb and (where.noun is None or where.noun in record.nouns)


def _expanded(place: Place, kinds: frozenset[str], carried: Mapping[str, Sequence[Record]]) -> Iterator[Hit]:
    """A place as what may be a hit: itself, and the records that it carries."""
    one = place.of
    if not kinds or one.kind in kinds:
        yield _hit(one, place.score, place.why)
    for record in carried.get(one.id, []):
        yield _record_hit(record, place.score, place.why, one if isinstance(one, Segment) else None)


def _grouped(ranked: Ranked, places: Sequence[Hit]) -> Hit:
    """The best place, with the next different ones."""
    unlike = {hit.record: hit for hit in places}
    best, *further = unlike.values()
    snippets = tuple(
        Snippet(hit.record, hit.kind, hit.text, hit.start, hit.end, hit.unit, hit.page, hit.why)
        for hit in further[: SNIPPETS - 1]
    )
    return replace(best, score=ranked.score, why=ranked.why, snippets=snippets)


def _hit(one: Named, score: float, why: str) -> Hit:
    return _segment_hit(one, score, why) if isinstance(one, Segment) else _record_hit(one, score, why, None)


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
