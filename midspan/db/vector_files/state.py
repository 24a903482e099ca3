"""What the newest generation of a vector index says, read from its files and kept up with its log."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from midspan.db.generations import _translated, check_file
from midspan.db.looks import Looks
from midspan.db.record_store import Generation, Outbox, Target
from midspan.db.vector_files import log
from midspan.db.vector_files.manifest import SUFFIX, LogEntry, Manifest, SegmentEntry
from midspan.db.vector_files.segment import Segment
from midspan.db.vector_files.view import Masks, View, shadowed
from midspan.errors import DamagedGeneration

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class State:
    """Never changes."""

    row: Generation
    manifest: Manifest
    view: View
    logs: tuple[LogEntry, ...]
    """As far as they were read."""
    base: Masks
    """What of the segments does not count, without the logs."""
    whole: bool = True
    """Whether the logs were true up to where the row says; if not, the view ends at the last true record."""


class States:
    """The newest state of one replica; any number of threads may ask."""

    def __init__(
        self,
        folder: Path,
        store: Outbox,
        target: Target,
        replica: str,
        model: str,
        dim: int,
        looks: Looks | None = None,
    ) -> None:
        self._folder = folder
        self._store = store
        self._target = target
        self._replica = replica
        self._model = model
        self._dim = dim
        self._looks = looks or Looks(store, replica)
        self._opening = threading.Lock()
        self._state: State | None = None
        self._known: dict[tuple[str, ...], Segment] = {}

    def current(self) -> State | None:
        """None where nothing was published for this model and dimension.

        While one thread reads, others go on with the state before. Raises ``DamagedGeneration`` when a
        file is not what was published. A log that is damaged within is true up to there, and the index is
        behind: what is missing is applied again.
        """
        row = self._usable(self._looks.newest(self._target))
        if row is None:
            return None
        state = self._state
        if state is not None and state.row == row:
            return state
        if not self._opening.acquire(blocking=state is None):
            return state
        try:
            return self._newest()
        finally:
            self._opening.release()

    def newest(self) -> State | None:
        """As ``current``, and never the state before: for who writes."""
        with self._opening:
            return self._newest()

    def know(self, entry: SegmentEntry, segment: Segment) -> None:
        """A segment that its writer has opened; it need not be read again when a manifest names it."""
        with self._opening:
            self._known[_identity(entry)] = segment

    def open(self, entry: SegmentEntry) -> Segment:
        """Raises ``DamagedGeneration`` and ``OSError``."""
        return self._known.get(_identity(entry)) or Segment(self._folder, entry, self._dim)

    def _row(self) -> Generation | None:
        return self._usable(self._store.generation(self._target, self._replica))

    def _usable(self, row: Generation | None) -> Generation | None:
        """Of this model; a file with another ending was written by an earlier midspan."""
        if row is None or (row.model, row.dim) != (self._model, self._dim):
            return None
        return row if row.file.endswith(SUFFIX) else None

    def _newest(self) -> State | None:
        row = self._row()
        while row is not None:
            before = self._state
            if before is not None and before.row == row:
                return before
            try:
                self._state = self._read(before, row)
                return self._state
            except OSError as error:
                raise _translated(error, self._folder) from error
            except DamagedGeneration as problem:
                again = self._row()
                if again == row:
                    raise DamagedGeneration(
                        f"{self._target} in {self._folder} is damaged: {problem}. The records are not "
                        "affected; run `midspan reindex` to build it again from them"
                    ) from None
                row = again  # the files went because newer ones came
        return None

    def _manifest(self, before: State | None, row: Generation) -> Manifest:
        """A file never changes: that of a row that only reaches further by now is known."""
        if before is not None and (before.row.file, before.row.sha256) == (row.file, row.sha256):
            return before.manifest
        check_file(self._folder, row)
        return Manifest.read(self._folder / row.file)

    def _read(self, before: State | None, row: Generation) -> State:
        manifest = self._manifest(before, row)
        ends = manifest.ends(row)
        if before is not None and _same_segments(before.manifest, manifest):
            if before.whole and _goes_on(before.logs, ends):
                return self._with_logs(row, manifest, before.view, before.base, before.logs, ends)
            base, segments = before.base, before.view.segments
        else:
            segments = tuple(self.open(entry) for entry in manifest.segments)
            base = shadowed(segments)
            self._known = dict(zip(map(_identity, manifest.segments), segments, strict=True))
        view = View.of(manifest.applied, segments, base, self._dim)
        return self._with_logs(row, manifest, view, base, (), ends)

    def _with_logs(
        self,
        row: Generation,
        manifest: Manifest,
        view: View,
        base: Masks,
        read: Sequence[LogEntry],
        ends: Sequence[LogEntry],
    ) -> State:
        """The view with what stands in the logs behind what was ``read``."""
        done = list(read)
        for place, entry in enumerate(ends):
            start = read[place].end if place < len(read) else entry.start
            reached, view = self._follow(entry, start, view)
            done[place : place + 1] = [LogEntry(entry.file, entry.start, reached)]
            if reached < entry.end:
                logger.warning(
                    "the end of a log is damaged and is cut off; what it said is applied again",
                    file=entry.file,
                    true_up_to=reached,
                    expected=entry.end,
                )
                return State(row, manifest, view, tuple(done), base, whole=False)
        return State(row, manifest, view, tuple(done), base)

    def _follow(self, entry: LogEntry, start: int, view: View) -> tuple[int, View]:
        if start == entry.end:
            return start, view
        try:
            records, reached = log.read(self._folder / entry.file, start, entry.end, self._dim)
        except FileNotFoundError:
            raise DamagedGeneration(f"{entry.file} is missing") from None
        return reached, view.after(log.joined(records)) if records else view


def _identity(entry: SegmentEntry) -> tuple[str, ...]:
    """Segments of the same content are the same, whatever they are called."""
    return tuple(entry.sha256.values())


def _same_segments(one: Manifest, other: Manifest) -> bool:
    return (one.applied, one.segments) == (other.applied, other.segments)


def _goes_on(read: Sequence[LogEntry], ends: Sequence[LogEntry]) -> bool:
    """Whether what was read is the beginning of what there is now."""
    if len(read) > len(ends):
        return False
    pairs = list(zip(read, ends, strict=False))
    same = all((one.file, one.start) == (now.file, now.start) for one, now in pairs)
    return (
        same
        and all(one.end == now.end for one, now in pairs[:-1])
        and (not pairs or pairs[-1][0].end <= pairs[-1][1].end)
    )
