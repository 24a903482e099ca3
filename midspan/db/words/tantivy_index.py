"""Full text on tantivy: three indexes (documents, segments, records), kept as generations of a folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from tantivy import IndexWriter, Occur, Searcher
from tantivy import Query as Found

from midspan.db.generations import Generations, Snapshot
from midspan.db.looks import Looks
from midspan.db.record_store import LOCAL, WORD_LEVELS, Lease, Outbox, WordItem, WordLevel, word_of
from midspan.db.word_index import EVERYTHING, WordFilter, WordIndex
from midspan.db.words.compile import Compiler, boolean, within
from midspan.db.words.folder import Listing, begun_from, listed, lockable
from midspan.db.words.query import Query
from midspan.db.words.schema import LAYOUT, LEVEL_FOLDERS, analysers, document, opened, schema
from midspan.errors import DamagedGeneration, LeaseLost, StoreUnavailable

HEAP_BYTES = 50_000_000
"""What a writer may hold in memory before it writes a file."""

MOST_SOURCES = 100_000
"""Sources that a title or a path may name."""


FEW_SOURCES = 500
"""So many are found faster one by one than as a set."""


@dataclass(frozen=True)
class _Words:
    listing: Listing
    searchers: Mapping[WordLevel, Searcher]


class _Writers(dict[WordLevel, IndexWriter]):
    """Each is opened when it is needed."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, level: WordLevel) -> IndexWriter:
        index = opened(self._folder / LEVEL_FOLDERS[level])
        self[level] = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        return self[level]


class TantivyIndex(WordIndex):
    """Words of everything, in ``folder``; safe to share between threads."""

    def __init__(
        self, folder: Path, store: Outbox, *, replica: str = LOCAL, looks: Looks | None = None
    ) -> None:
        self._folder = folder
        self._generations = Generations(
            folder,
            store,
            "words",
            suffix=".json",
            read=self._read,
            model=LAYOUT,
            replica=replica,
            looks=looks,
        )
        self._known: dict[str, tuple[int, str]] = {}
        self._schema = schema()
        self._analysers = analysers()

    def apply(self, items: Iterable[WordItem], removed: Sequence[str], through: int, lease: Lease) -> None:
        snapshot = self._generations.current()
        with self._next(snapshot, lease) as folder, _writing(folder) as writers:
            for level, item_id in map(word_of, removed):
                writers[level].delete_documents_by_term("id", item_id)
            for item in items:
                writers[item.level].delete_documents_by_term("id", item.id)
                writers[item.level].add_document(document(item))
        applied = 0 if snapshot is None else snapshot.generation.applied
        self._publish(folder, snapshot, max(through, applied), lease)

    def search(
        self,
        query: Query,
        level: WordLevel,
        limit: int,
        offset: int = 0,
        where: WordFilter = EVERYTHING,
    ) -> list[tuple[str, float]]:
        found = self._best(query, level, limit, offset, where)
        if found is None:
            return []
        searcher, hits = found
        return [(searcher.doc(address)["id"][0], score) for score, address in hits]

    def places(self, query: Query, limit: int, where: WordFilter = EVERYTHING) -> list[tuple[int, float]]:
        found = self._best(query, "segment", limit, 0, where)
        if found is None:
            return []
        searcher, hits = found
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return [(cast(int, key), score) for key, (score, _) in zip(keys, hits, strict=True)]

    def keys(self, query: Query, limit: int, where: WordFilter = EVERYTHING) -> npt.NDArray[np.int64]:
        snapshot = self._generations.current()
        if snapshot is None or limit < 1:
            return np.empty(0, dtype=np.int64)
        searcher = snapshot.value.searchers["segment"]
        wanted = Found.const_score_query(self._wanted(query, "segment", where, snapshot.value), 1.0)
        addresses = [address for _, address in searcher.search(wanted, limit, count=False).hits]
        return np.array(searcher.fast_field_values("key", addresses), dtype=np.int64)

    def applied(self) -> int:
        snapshot = self._generations.current()
        return 0 if snapshot is None else snapshot.generation.applied

    def count(self, level: WordLevel) -> int:
        snapshot = self._generations.current()
        return 0 if snapshot is None else int(snapshot.value.searchers[level].num_docs)

    def clear(self, lease: Lease) -> None:
        with self._next(None, lease) as folder:
            pass
        self._publish(folder, None, 0, lease)

    def rebuild(
        self, batches: Iterable[Iterable[WordItem]], through: int, prolong: Callable[[], Lease]
    ) -> None:
        with self._next(None, prolong()) as folder, _writing(folder) as writers:
            for batch in batches:
                prolong()
                for item in batch:
                    writers[item.level].add_document(document(item))
        self._publish(folder, None, through, prolong())

    def close(self) -> None:
        """Files that are mapped into memory go with the searchers."""
        self._generations.forget()

    # --- reading ---

    def _read(self, path: Path) -> _Words:
        """Raises ``DamagedGeneration``. A file that was read once is not read again for the next list."""
        listing = Listing.read(path)
        listing.check(self._folder, self._known)
        self._known = dict(listing.files)
        return self._opened(listing)

    def _opened(self, listing: Listing) -> _Words:
        try:
            folder = lockable(self._folder / listing.folder)
            indexes = {level: opened(folder / name) for level, name in LEVEL_FOLDERS.items()}
            return _Words(listing, {level: index.searcher() for level, index in indexes.items()})
        except ValueError as error:
            raise DamagedGeneration(f"{listing.folder} is whole, but tantivy says: {error}") from error

    def _best(
        self, query: Query, level: WordLevel, limit: int, offset: int, where: WordFilter
    ) -> tuple[Searcher, list[tuple[float, Any]]] | None:
        """A searcher and its hits, (score, address); None where there is nothing to search."""
        snapshot = self._generations.current()
        if snapshot is None or limit < 1:
            return None
        searcher = snapshot.value.searchers[level]
        wanted = self._wanted(query, level, where, snapshot.value)
        return searcher, searcher.search(wanted, limit, count=False, offset=offset).hits

    def _wanted(self, query: Query, level: WordLevel, where: WordFilter, words: _Words) -> Found:
        def of_sources(found: Found) -> Found:
            searcher = words.searchers["document"]
            hits = searcher.search(Found.const_score_query(found, 1.0), MOST_SOURCES, count=False).hits
            return self._in_sources([searcher.doc(address)["id"][0] for _, address in hits])

        compiled = Compiler(self._schema, self._analysers["stems"], self._analysers["plain"], of_sources)
        conditions = []
        if where.sources is not None:
            conditions.append(self._in_sources(sorted(where.sources)))
        if where.keys is not None and level != "document":
            conditions.append(Found.term_set_query(self._schema, "key", where.keys.tolist()))
        if where.kinds is not None:
            conditions.append(Found.term_set_query(self._schema, "kind", sorted(where.kinds)))
        return within(compiled(query), conditions)

    def _in_sources(self, ids: list[str]) -> Found:
        if len(ids) > FEW_SOURCES:
            return Found.term_set_query(self._schema, "source", ids)
        return boolean([(Occur.Should, Found.term_query(self._schema, "source", one)) for one in ids])

    # --- writing ---

    @contextmanager
    def _next(self, before: Snapshot[_Words] | None, lease: Lease) -> Iterator[Path]:
        """The folder of the next generation, begun from the one before, for writing in it.

        Raises ``LeaseLost`` when it was swept away, ``StoreUnavailable`` when it cannot be written.
        """
        folder = self._folder / self._generations.stem(lease)
        try:
            shutil.rmtree(folder, ignore_errors=True)
            for name in LEVEL_FOLDERS.values():
                (folder / name).mkdir(parents=True)
            if before is not None:
                begun_from(self._folder / before.value.listing.folder, folder)
            for name in LEVEL_FOLDERS.values():
                opened(folder / name)
            yield folder
        except (OSError, ValueError) as error:
            if not folder.exists():
                raise LeaseLost(
                    f"{folder.name} was swept away while it was written: another process has published a "
                    "newer generation of words; acquire the lease again and start over"
                ) from error
            shutil.rmtree(folder, ignore_errors=True)
            raise StoreUnavailable(f"cannot write the words in {self._folder}: {error}") from error

    def _publish(self, folder: Path, before: Snapshot[_Words] | None, applied: int, lease: Lease) -> None:
        listing = listed(folder, None if before is None else before.value.listing)
        words = self._opened(listing)
        self._generations.publish(
            words,
            listing.write,
            applied=applied,
            counts={level: int(words.searchers[level].num_docs) for level in WORD_LEVELS},
            lease=lease,
        )
        self._sweep()

    def _sweep(self) -> None:
        """Delete the folders whose list is gone, except those younger than the newest list."""
        pattern = re.compile(r"words\.g(\d+)\.t\d+")
        newest = max(
            (int(m[1]) for p in self._folder.glob("*.json") if (m := pattern.match(p.name))), default=0
        )
        for folder in self._folder.iterdir():
            match = pattern.fullmatch(folder.name)
            if match and int(match[1]) <= newest and not folder.with_name(f"{folder.name}.json").exists():
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _writing(folder: Path) -> Iterator[_Writers]:
    """A writer a level. What they were told is committed at the end, and merged."""
    writers = _Writers(folder)
    yield writers
    for writer in writers.values():
        writer.commit()
        writer.wait_merging_threads()
