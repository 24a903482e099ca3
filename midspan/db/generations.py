"""Immutable projection files: how one is published, found again, and swapped under running readers.

A projection (the embedded graph, a vector index) is a file that never changes. Each folder holds files of
its own, its *replica*: rows in the record store name them, and no machine reads another one's rows. A
new state is written to ``TARGET.gNNNNNN.tTTT.tmp`` (generation number, lease token), flushed, renamed, its
folder flushed, and only then does one row in the record store make it current. Whatever dies before that
row leaves the last generation as it was; what it left behind is swept away after a later publication. The
lease token in the name keeps a holder that lost its lease, and does not know it yet, from writing over its
successor's file.

A small change rewrites no file: it is kept as a batch behind the newest file, its *tail* (rows in the record
store, which go with their generation), and whoever holds the file's value applies it there.

Readers look at the row (one SQL look) and load the file when the row names another one. A newest file that is
missing or does not match the hash of its row is an alarm: the one before it would give an older answer. It
stays on disk for readers that looked at its row a moment ago.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from midspan.db import marks
from midspan.db.looks import Looks
from midspan.db.record_store import LOCAL, Generation, Lease, Outbox, TailBatch, TailSize, Target
from midspan.errors import DamagedGeneration, LeaseLost, ReadOnlyWorkspace, StoreUnavailable

Value = TypeVar("Value")

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Snapshot(Generic[Value]):
    """A generation with what was read from its file."""

    generation: Generation
    value: Value


class Generations(Generic[Value]):
    """The generation files of one target in one folder; any number of threads may share an instance."""

    def __init__(
        self,
        folder: Path,
        store: Outbox,
        target: Target,
        *,
        suffix: str,
        read: Callable[[Path], Value],
        model: str = "",
        dim: int = 0,
        replica: str = LOCAL,
        looks: Looks | None = None,
    ) -> None:
        """``read`` turns a file into a value and raises ``DamagedGeneration`` when it cannot.

        A generation of another ``model`` or ``dim`` is treated as if there were none.
        """
        self._folder = folder
        self._store = store
        self._target = target
        self._suffix = suffix
        self._read = read
        self._model = model
        self._dim = dim
        self._replica = replica
        self._looks = looks or Looks(store, replica)
        self._loading = threading.Lock()
        self._seen: Snapshot[Value] | None = None
        self._checked: Generation | None = None

    def current(self, *, fresh: bool = False) -> Snapshot[Value] | None:
        """The newest generation; None when nothing was published for this model and dimension.

        While one thread loads a new generation, the others go on with the one they have, but for those who
        want it ``fresh``. Raises ``DamagedGeneration`` when its file is not what was published.
        """
        row = self._looks.newest(self._target)
        if row is None or not self._fits(row):
            return None
        seen = self._seen
        if seen is not None and _same_file(seen.generation, row):
            return Snapshot(row, seen.value)
        if not self._loading.acquire(blocking=fresh or seen is None):
            assert seen is not None
            return seen
        try:
            return self._load()
        finally:
            self._loading.release()

    def newest(self) -> Generation | None:
        """What is said of the newest generation, without reading it; None as from :meth:`current`.

        Its file is checked the first time. Raises ``DamagedGeneration``.
        """
        row = self._store.generation(self._target, self._replica)
        while row is not None and self._fits(row):
            try:
                self._check(row)
                return row
            except DamagedGeneration as problem:
                row = self._newer(row, problem)
        return None

    def forget(self) -> None:
        """Let go of the value at hand; the next look reads its file again."""
        with self._loading:
            self._seen = self._checked = None

    def stem(self, lease: Lease) -> str:
        """Name of the next generation, without a suffix; what belongs to its file may be named after it."""
        return self._next(lease)[1]

    def publish(
        self,
        value: Value,
        write: Callable[[Path], None],
        *,
        applied: int,
        counts: Mapping[str, int],
        lease: Lease,
    ) -> None:
        """Write a file with ``write`` and make it the current generation.

        ``write`` is given the path of a file that is not there yet. Raises ``LeaseLost`` when another
        process publishes for this target by now; the generation before stays current then.
        """
        number, stem = self._next(lease)
        temporary, final = self._folder / f"{stem}.tmp", self._folder / f"{stem}{self._suffix}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            write(temporary)
            sha256 = _flush_and_hash(temporary)
            temporary.rename(final)
            _flush_folder(self._folder)
        except FileNotFoundError as error:
            raise LeaseLost(
                f"{temporary.name} was swept away while it was written: another process has published "
                f"a newer generation of {self._target}; acquire the lease again and start over"
            ) from error
        except OSError as error:
            _remove(temporary)
            raise _translated(error, self._folder) from error
        except StoreUnavailable:
            _remove(temporary)  # half a file must not keep the space that is missing
            raise
        generation = Generation(
            target=self._target,
            number=number,
            file=final.name,
            sha256=sha256,
            applied=applied,
            counts=dict(counts),
            model=self._model,
            dim=self._dim,
            replica=self._replica,
        )
        try:
            self._store.publish(generation, lease)
        except LeaseLost:
            _remove(final)
            raise
        with self._loading:
            self._seen = Snapshot(generation, value)
            self._checked = generation
        self._mark(applied)
        self._sweep()

    def extend(self, data: bytes, *, changes: int, applied: int, lease: Lease) -> TailSize:
        """Keep a batch behind the newest generation, of which there is one; the tail's size with it.

        The mark comes first: where the disk is full nothing is applied. Raises ``LeaseLost``,
        ``StoreUnavailable``.
        """
        row = self.newest()
        assert row is not None, "nothing was published yet"
        size = self._store.tail_size(row)
        self._mark(applied)
        self._store.append(row, TailBatch(size.batches + 1, applied, changes, data), lease)
        return TailSize(size.batches + 1, size.changes + changes)

    def _next(self, lease: Lease) -> tuple[int, str]:
        newest = self._store.generation(self._target, self._replica)
        number = newest.number + 1 if newest is not None else 1
        return number, f"{self._target}.g{number:06d}.t{lease.token}"

    def _fits(self, row: Generation) -> bool:
        return row.model == self._model and row.dim == self._dim

    def _load(self) -> Snapshot[Value] | None:
        """The newest one, read from its file; ``_loading`` is held."""
        row = self._store.generation(self._target, self._replica)
        while row is not None and self._fits(row):
            if self._seen is not None and _same_file(self._seen.generation, row):
                return Snapshot(row, self._seen.value)
            try:
                self._seen = Snapshot(row, self._read_checked(row))
                return self._seen
            except DamagedGeneration as problem:
                row = self._newer(row, problem)
        return None

    def _newer(self, row: Generation, problem: DamagedGeneration) -> Generation | None:
        """The row by now, when the file went because newer ones came. Raises ``DamagedGeneration``."""
        again = self._store.generation(self._target, self._replica)
        if again is not None and _same_file(again, row):
            raise DamagedGeneration(
                f"{self._target} in {self._folder} is damaged: {problem}. The records are not "
                "affected; run `midspan reindex` to build it again from them"
            ) from None
        return again

    def _check(self, row: Generation) -> None:
        """The file against its hash; one that was found whole need only be there still."""
        if self._checked is None or not _same_file(self._checked, row):
            check_file(self._folder, row)
            self._checked = row
        elif not (self._folder / row.file).exists():
            raise DamagedGeneration(f"{row.file} is missing")

    def _read_checked(self, row: Generation) -> Value:
        self._check(row)
        try:
            return self._read(self._folder / row.file)
        except FileNotFoundError:
            raise DamagedGeneration(f"{row.file} is missing") from None
        except OSError as error:
            raise _translated(error, self._folder) from error

    def _mark(self, applied: int) -> None:
        try:
            marks.write(self._folder, self._target, marks.Mark(self._store.identity(), applied))
        except OSError as error:
            raise _translated(error, self._folder) from error

    def _sweep(self) -> None:
        """Delete this target's files that no row names, except those younger than the current one."""
        rows = self._store.generations(self._target, self._replica)
        if not rows:
            return
        named = {row.file for row in rows}
        pattern = re.compile(re.escape(self._target) + r"\.g(\d+)\.")
        for path in self._folder.iterdir():
            match = pattern.match(path.name)
            if match and path.name not in named and int(match[1]) <= rows[0].number:
                _remove(path)


def _same_file(one: Generation, other: Generation) -> bool:
    return (one.number, one.file, one.sha256) == (other.number, other.file, other.sha256)


def check_file(folder: Path, row: Generation) -> None:
    """Raise ``DamagedGeneration`` unless the row's file is there and matches the row's hash."""
    try:
        found = file_sha256(folder / row.file)
    except FileNotFoundError:
        raise DamagedGeneration(f"{row.file} is missing") from None
    except OSError as error:
        raise _translated(error, folder) from error
    if found != row.sha256:
        raise DamagedGeneration(f"{row.file} should have SHA-256 {row.sha256} and has {found}")


def file_sha256(path: Path) -> str:
    """Raises ``OSError``."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha.update(block)
    return sha.hexdigest()


def _flush_and_hash(path: Path) -> str:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return file_sha256(path)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    """Delete a file that nobody needs; one that cannot be deleted now is swept away later."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _translated(error: OSError, folder: Path) -> StoreUnavailable | ReadOnlyWorkspace:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ReadOnlyWorkspace(f"cannot use the folder {folder}: {error.strerror}; check its permissions")
    return StoreUnavailable(
        f"cannot use the folder {folder}: {error.strerror or error}; free space and retry"
    )
