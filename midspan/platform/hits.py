"""From what was ranked to the hits of one page: only what is shown is read from the record store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, Union

from midspan.db.record_store import RecordReader, Ref, SegmentFilter
from midspan.platform.answers import Hit, Snippet
from midspan.platform.ranking import Place, Ranked
from midspan.records import RECORDS, SEGMENT_KINDS, ActionEvent, Record, Segment

SNIPPETS = 3
"""Places of a document that are shown, its best one among them."""
AT_ONCE = 50
"""Ranked places or documents whose records are looked up together."""

Row = Union[Segment, Record]
T = TypeVar("T")


@dataclass(frozen=True)
class Pages:
    """Cuts a page out of what was ranked. ``kinds`` says what a hit may be; with kinds of records the hits
    are those records of the ranked segments."""

    store: RecordReader
    kinds: frozenset[str]
    where: SegmentFilter

    def documents(self, ranked: Sequence[Ranked], limit: int, offset: int) -> list[Hit]:
        """A hit a source that has a place of these kinds."""
        found: list[tuple[Ranked, list[_Shown]]] = []
        for part in _portions(ranked):
            carried = self._carried([place for one in part for place in one.places])
            for one in part:
                unlike = {shown.id: shown for place in one.places for shown in self._shown(place, carried)}
                if unlike:
                    found.append((one, list(unlike.values())[:SNIPPETS]))
            if len(found) >= offset + limit:
                break
        page = found[offset : offset + limit]
        rows = self._rows([shown for _, places in page for shown in places])
        grouped = [(one, [shown.hit(rows) for shown in places if shown.there(rows)]) for one, places in page]
        return named(self.store, [_grouped(one, places) for one, places in grouped if places])

    def places(self, ranked: Sequence[Place], limit: int, offset: int) -> list[Hit]:
        found: list[_Shown] = []
        for part in _portions(ranked):
            carried = self._carried(part)
            found += [shown for place in part for shown in self._shown(place, carried)]
            if len(found) >= offset + limit:
                break
        page = found[offset : offset + limit]
        rows = self._rows(page)
        return named(self.store, [shown.hit(rows) for shown in page if shown.there(rows)])

    def _shown(self, place: Place, carried: Mapping[str, Sequence[Record]]) -> Iterator[_Shown]:
        """A place as what may be a hit: itself, and the records that it carries."""
        if not self.kinds or place.of.kind in self.kinds:
            yield _Shown(place)
        for record in carried.get(place.of.id, ()):
            yield _Shown(place, record)

    def _carried(self, places: Sequence[Place]) -> dict[str, list[Record]]:
        """Records of the kinds by the segment they are about."""
        wanted = [kind for kind in RECORDS if kind in self.kinds]
        ids = [place.of.id for place in places if place.of.kind in SEGMENT_KINDS]
        found = self.store.records_of(ids, wanted) if wanted and ids else {}
        return {key: [one for one in records if fits(one, self.where)] for key, records in found.items()}

    def _rows(self, shown: Sequence[_Shown]) -> dict[str, Row]:
        return rows_of(self.store, [one.place.of for one in shown])


@dataclass(frozen=True)
class _Shown:
    """What is to be a hit: a place, or a record that the place, a segment, carries."""

    place: Place
    record: Record | None = None

    @property
    def id(self) -> str:
        return self.place.of.id if self.record is None else self.record.id

    def there(self, rows: Mapping[str, Row]) -> bool:
        """It may have been removed while the search went on."""
        return self.place.of.id in rows

    def hit(self, rows: Mapping[str, Row]) -> Hit:
        row, score, why = rows[self.place.of.id], self.place.score, self.place.why
        if isinstance(row, Segment):
            if self.record is None:
                return segment_hit(row, score, why)
            return replace(record_hit(self.record, score, why), page=row.page)
        return record_hit(row, score, why)


def rows_of(store: RecordReader, refs: Sequence[Ref]) -> dict[str, Row]:
    """Whole segments and records, by id."""
    ids: dict[str, list[str]] = {}
    for ref in refs:
        ids.setdefault("segment" if ref.kind in SEGMENT_KINDS else ref.kind, []).append(ref.id)
    found: dict[str, Row] = {}
    for kind, wanted in ids.items():
        found.update(store.segments_by_id(wanted) if kind == "segment" else store.records_by_id(kind, wanted))
    return found


def named(store: RecordReader, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the title and path of their source."""
    names = store.names(sorted({hit.source for hit in hits}))
    return [
        replace(hit, title=names[hit.source].title, path=names[hit.source].path)
        if hit.source in names
        else hit
        for hit in hits
    ]


def fits(record: Record, where: SegmentFilter) -> bool:
    """Whether an event is of the verb and has the thing that the filter asks for; other records fit."""
    if not isinstance(record, ActionEvent):
        return True
    of_verb = where.verb is None or record.verb == where.verb
    return of_verb and (where.noun is None or where.noun in record.nouns)


def segment_hit(segment: Segment, score: float, why: str) -> Hit:
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


def record_hit(record: Record, score: float, why: str) -> Hit:
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
        page=None,
        why=why,
    )


def _grouped(ranked: Ranked, places: Sequence[Hit]) -> Hit:
    """The best place, with the next different ones."""
    best, *further = places
    snippets = tuple(
        Snippet(hit.record, hit.kind, hit.text, hit.start, hit.end, hit.unit, hit.page, hit.why)
        for hit in further
    )
    return replace(best, score=ranked.score, why=ranked.why, snippets=snippets)


def _portions(ranked: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(ranked), AT_ONCE):
        yield ranked[start : start + AT_ONCE]
