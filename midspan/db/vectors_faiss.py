"""Nearest neighbours on FAISS: one index a space, kept as segments and a log (``db/vector_files``).

A small batch is appended to the log. ``upkeep`` makes a segment of a log that has grown, and one of several
segments of like size, beside readers and a writer. A search is exact in spaces that are small or of few
dimensions, and among ``allowed`` keys; in others the codes of all vectors are compared, and the best
candidates by their whole vectors (``vector_files/view.py``). Vectors are kept in 16-bit floats, as the record
store keeps them.
"""

from __future__ import annotations

import os
import re
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import distributions
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.db import marks
from midspan.db.generations import Generations, _flush_folder, _remove, _translated
from midspan.db.looks import Looks
from midspan.db.record_store import LOCAL, Lease, Outbox, Target
from midspan.db.vector_checks import checked, checked_query
from midspan.db.vector_files import log, merging
from midspan.db.vector_files.log import Record
from midspan.db.vector_files.manifest import LOG_COUNT, SUFFIX, LogEntry, Manifest, SegmentEntry
from midspan.db.vector_files.segment import Halves, Keys, Segment, write_segment
from midspan.db.vector_files.state import State, States
from midspan.db.vector_files.tiers import Tiers
from midspan.db.vector_files.view import EXACT_NUMBERS, View, shadowed
from midspan.db.vector_index import VectorIndex
from midspan.errors import DamagedGeneration, LeaseLost, StoreError, WrongUse

LOGS = 8
"""Each holder of the lease appends to a log of its own; so many are read one after the other."""
LAG = 4
"""A log of so many times the size that makes a segment is not appended to before it is one."""


class FaissIndex(VectorIndex):
    """Vectors of one space in ``folder``; safe to share between threads.

    ``model`` is the run id of the encoder: vectors of another model or dimension are not used, the index
    counts as empty then. So it does where an earlier midspan has left one file for all.
    """

    def __init__(
        self,
        folder: Path,
        store: Outbox,
        target: Target,
        dim: int,
        model: str,
        *,
        replica: str = LOCAL,
        tiers: Tiers | None = None,
        exact_numbers: int = EXACT_NUMBERS,
        looks: Looks | None = None,
    ) -> None:
        """Raises ``StoreError`` where faiss-cpu and faiss-gpu are both installed."""
        _check_that_one_is_installed()
        self._folder = folder
        self._store = store
        self._target = target
        self._dim = dim
        self._replica = replica
        self._tiers = tiers or Tiers()
        self._exact_numbers = exact_numbers
        self._generations = Generations(
            folder, store, target, suffix=SUFFIX, read=Manifest.read, model=model, dim=dim, replica=replica
        )
        self._states = States(folder, store, target, replica, model, dim, looks)
        self._writing = threading.RLock()
        self._apart = f"{target}.tmp{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._preparing = threading.Lock()
        self._prepared_times = 0

    def apply(
        self,
        keys: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32],
        removed: npt.NDArray[np.int64],
        through: int,
        lease: Lease,
    ) -> None:
        """A key that is set and removed in one call is held. Raises ``WrongUse`` for vectors that are
        not finite or not of the index's dimension; nothing is changed then."""
        keys, vectors = checked(keys, vectors, self._dim)
        gone = np.setdiff1d(np.asarray(removed, dtype=np.int64).reshape(-1), keys)
        halves = _halved(vectors)
        with self._writing, self._translating():
            state = self._states.newest() or self._published(Manifest(0), 0, lease)
            record = Record(max(through, state.view.applied), gone, keys, halves)
            waiting = len(state.view.delta.keys) + len(keys)
            if len(keys) >= self._tiers.delta_rows or waiting > LAG * self._tiers.delta_rows:
                self._fold(state, record, lease)
            else:
                self._append(state, record, lease)

    def search(
        self, query: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        question = checked_query(query, self._dim)[0]
        state = self._states.current()
        if state is None or k < 1 or (allowed is not None and not len(allowed)):
            return []
        among = None if allowed is None else np.unique(np.asarray(allowed, dtype=np.int64))
        return state.view.search(question, k, among, self._exact_numbers)

    def vectors(self, keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        state = self._states.current()
        wanted = np.unique(np.asarray(keys, dtype=np.int64))
        if state is None:
            return wanted[:0], np.empty((0, self._dim), dtype=np.float32)
        return state.view.vectors(wanted)

    def applied(self) -> int:
        state = self._states.current()
        return 0 if state is None else state.view.applied

    def count(self) -> int:
        state = self._states.current()
        return 0 if state is None else state.view.count

    def clear(self, lease: Lease) -> None:
        with self._writing, self._translating():
            self._published(Manifest(0), 0, lease)

    def rebuild(
        self,
        batches: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
        through: int,
        prolong: Callable[[], Lease],
    ) -> None:
        with self._writing, self._translating():
            made: list[SegmentEntry] = []
            try:
                for keys, halves in self._portions(batches, prolong):
                    name = f"{self._stem('s', prolong())}.{len(made)}"
                    made.append(self._written(name, keys, halves))
                opened = tuple(self._opened(entry) for entry in made)
                count = View.of(through, opened, shadowed(opened), self._dim).count
                self._published(Manifest(through, tuple(made)), count, prolong())
            except BaseException:
                self._take_back(name for entry in made for name in entry.files)
                raise

    def upkeep(self) -> Callable[[Lease], None] | None:
        if not self._preparing.acquire(blocking=False):
            return None
        try:
            with self._translating():
                return self._prepared()
        finally:
            self._preparing.release()

    def close(self) -> None:
        """Nothing is held open but maps of files, which go with their segments."""

    # --- writing ---

    def _prepared(self) -> Callable[[Lease], None] | None:
        state = self._states.newest()
        if state is None or not state.whole:  # one that was cut is written anew by what is applied next
            return None
        view = state.view
        run: range | None = range(0)
        if len(view.delta.keys) < self._tiers.delta_rows:
            run = self._tiers.run([segment.rows for segment in view.segments], view.counts)
        if run is None:
            return None
        name = self._new_name()
        if run:
            entry = merging.merge(self._folder, name, view, run, self._dim)
        else:
            entry = merging.seal(self._folder, name, view, self._dim)
        self._opened(entry)
        return partial(self._install, state, run, entry)

    def _append(self, state: State, record: Record, lease: Lease) -> None:
        """Behind the log that this holder of the lease has begun, or in a new one: no other writes there."""
        data = log.pack(record)
        counts = {"vectors": state.view.count_after(record)}
        own = f".t{lease.token}.log"
        if state.whole and state.logs and state.logs[-1].file.endswith(own):
            last = state.logs[-1]
            self._extend(last, data)
            counts[LOG_COUNT] = last.end + len(data)
            row = replace(state.row, applied=record.through, counts=counts)
            self._store.publish(row, lease)
            marks.write(self._folder, self._target, marks.Mark(self._store.identity(), record.through))
            return
        logs = state.logs
        if len(logs) >= LOGS:
            logs, data = (), log.pack(merging.carried(state.view)) + data
        file = f"{self._stem('l', lease)}.log"
        self._begin(file, data)
        manifest = replace(state.manifest, logs=(*logs, LogEntry(file, 0, len(data))))
        try:
            self._published(manifest, counts["vectors"], lease, record.through)
        except BaseException:
            self._take_back([file])
            raise

    def _extend(self, last: LogEntry, data: bytes) -> None:
        """Write behind the end that the row says: what a failed attempt has left there goes."""
        try:
            log.write(data, self._folder / last.file, last.end)
        except FileNotFoundError as error:
            raise LeaseLost(
                f"{last.file} was swept away: another process has published a newer generation of "
                f"{self._target}; acquire the lease again and start over"
            ) from error

    def _begin(self, name: str, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            log.write(data, self._folder / name, 0)
            _flush_folder(self._folder)
        except OSError:
            _remove(self._folder / name)
            raise

    def _fold(self, state: State, record: Record, lease: Lease) -> None:
        """Make a segment of the log and this record, and begin without a log."""
        view = replace(state.view, delta=state.view.delta.apart()).after(record)
        self._folder.mkdir(parents=True, exist_ok=True)
        entry = merging.seal(self._folder, f"{self._stem('s', lease)}.0", view, self._dim)
        try:
            self._opened(entry)
            manifest = Manifest(view.applied, (*state.manifest.segments, entry))
            self._published(manifest, view.count, lease)
        except BaseException:
            self._take_back(entry.files)
            raise

    def _install(self, made_from: State, run: range, entry: SegmentEntry, lease: Lease) -> None:
        """Put a segment that ``upkeep`` has written in the place of what it was made from."""
        with self._writing, self._translating():
            state = self._states.newest()
            manifest = None if state is None else _with(state, made_from, run, entry)
            if state is None or manifest is None:
                self._take_back(entry.files)
                return
            named = self._named(entry, f"{self._stem('s', lease)}.0")
            segments = tuple(named if one is entry else one for one in manifest.segments)
            try:
                self._published(
                    replace(manifest, segments=segments), state.view.count, lease, state.view.applied
                )
            except BaseException:
                self._take_back(named.files)
                raise

    def _published(self, manifest: Manifest, count: int, lease: Lease, applied: int | None = None) -> State:
        """Make a manifest the current generation; ``applied`` where its logs reach beyond its segments."""
        counts = {"vectors": count}
        if manifest.logs:
            counts[LOG_COUNT] = manifest.logs[-1].end
        self._generations.publish(
            manifest,
            manifest.write,
            applied=manifest.applied if applied is None else applied,
            counts=counts,
            lease=lease,
        )
        self._sweep()
        state = self._states.newest()
        assert state is not None
        return state

    # --- files ---

    def _stem(self, kind: str, lease: Lease) -> str:
        """Of a name that no other holder of the lease gives: with the number of the generation to come."""
        rows = self._store.generations(self._target, self._replica)
        return f"{self._target}.{kind}{rows[0].number + 1 if rows else 1:06d}.t{lease.token}"

    def _new_name(self) -> str:
        """For what is prepared; what was prepared before and not used goes."""
        for path in self._folder.glob(f"{self._apart}.*"):
            _remove(path)
        self._prepared_times += 1
        return f"{self._apart}.{self._prepared_times}"

    def _written(self, name: str, keys: Keys, halves: Halves) -> SegmentEntry:
        self._folder.mkdir(parents=True, exist_ok=True)
        return write_segment(self._folder, name, keys, [halves], keys[:0], self._dim)

    def _opened(self, entry: SegmentEntry) -> Segment:
        segment = Segment(self._folder, entry, self._dim)
        self._states.know(entry, segment)
        return segment

    def _named(self, entry: SegmentEntry, name: str) -> SegmentEntry:
        """The same files under a name that stays. Raises ``LeaseLost`` when they were swept away."""
        named = replace(entry, name=name)
        try:
            for old, new in zip(entry.files, named.files, strict=True):
                (self._folder / old).rename(self._folder / new)
        except FileNotFoundError as error:
            self._take_back([*entry.files, *named.files])
            raise LeaseLost(f"{entry.name} was swept away before it was used") from error
        _flush_folder(self._folder)
        return named

    def _take_back(self, names: Iterable[str]) -> None:
        """Delete files that were made for a generation, unless it was published all the same."""
        try:
            named = self._files_in_use()
        except (StoreError, OSError):
            return  # it cannot be told now; what is not used is swept later
        for name in names:
            if name not in named:
                _remove(self._folder / name)

    def _files_in_use(self) -> set[str]:
        """Those that the kept generations name. Raises ``DamagedGeneration`` and ``OSError``."""
        rows = self._store.generations(self._target, self._replica)
        manifests = [Manifest.read(self._folder / row.file) for row in rows if row.file.endswith(SUFFIX)]
        return {name for manifest in manifests for name in manifest.files}

    def _sweep(self) -> None:
        """Delete this target's files that no kept generation names, except those that are yet to be named."""
        rows = self._store.generations(self._target, self._replica)
        try:
            named = self._files_in_use()
        except (DamagedGeneration, FileNotFoundError):
            return  # a later sweep can tell
        ours = re.compile(re.escape(self._target) + r"\.(?:[sl](\d+)\.|tmp(\d+)-)")
        for path in self._folder.iterdir():
            match = ours.match(path.name)
            if match is None or path.name in named:
                continue
            number, process = match.groups()
            if int(number) <= rows[0].number if number else not _runs(int(process)):
                _remove(path)

    def _portions(
        self,
        batches: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
        prolong: Callable[[], Lease],
    ) -> Iterator[tuple[Keys, Halves]]:
        """(keys (n,) in rising order, vectors (n, d)) of as many batches as make a segment."""
        waiting: list[Record] = []
        for batch in batches:
            prolong()
            keys, vectors = checked(*batch, self._dim)
            waiting.append(Record(0, keys[:0], keys, _halved(vectors)))
            if sum(len(one.keys) for one in waiting) >= self._tiers.most_rows:
                said = log.joined(waiting)
                yield said.keys, said.vectors
                waiting = []
        if waiting:
            said = log.joined(waiting)
            yield said.keys, said.vectors

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _translated(error, self._folder) from error


def _with(state: State, made_from: State, run: range, entry: SegmentEntry) -> Manifest | None:
    """The manifest of ``state`` with ``entry`` for what it was made from; None where that has changed.

    An empty run stands for the log: what was written to it since stays in it.
    """
    replaced = made_from.manifest.segments[run.start : run.stop]
    segments = state.manifest.segments
    if run:
        starts = [place for place, one in enumerate(segments) if one == replaced[0]]
        if not starts or segments[starts[0] : starts[0] + len(run)] != replaced:
            return None
        made = (entry,) if entry.rows or entry.gone else ()
        segments = (*segments[: starts[0]], *made, *segments[starts[0] + len(run) :])
        return replace(state.manifest, segments=segments, logs=state.logs)
    if segments != made_from.manifest.segments or not state.whole:
        return None
    logs = _behind(state.logs, made_from.logs)
    if logs is None:
        return None
    return Manifest(made_from.view.applied, (*segments, entry), logs)


def _behind(logs: Sequence[LogEntry], sealed: Sequence[LogEntry]) -> tuple[LogEntry, ...] | None:
    """What of the logs lies behind those that are sealed; None where they were written anew."""
    last = sealed[-1]
    for place, one in enumerate(logs):
        if one.file == last.file:
            rest = LogEntry(one.file, last.end, one.end)
            return (rest, *logs[place + 1 :]) if rest.end > rest.start else tuple(logs[place + 1 :])
    return None


def _halved(vectors: npt.NDArray[np.float32]) -> Halves:
    with np.errstate(over="ignore"):
        halves = vectors.astype(np.float16)
    if not np.isfinite(halves).all():
        raise WrongUse("vectors hold numbers beyond 65504; they are expected to be of length 1")
    return halves


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _check_that_one_is_installed() -> None:
    """Both have the same files: whichever was installed last has overwritten the other's."""
    if all(any(distributions(name=name)) for name in ("faiss-cpu", "faiss-gpu")):
        raise StoreError(
            "faiss-cpu and faiss-gpu are both installed, over each other's files; keep one: "
            "pip uninstall --yes faiss-cpu faiss-gpu, then pip install faiss-gpu"
        )
