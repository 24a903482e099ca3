"""The generation file of a vector index: which segments and logs it is made of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from midspan.db.generations import check_file, file_sha256
from midspan.db.record_store import Generation
from midspan.db.vector_files import log
from midspan.errors import DamagedGeneration

SUFFIX = ".manifest"
LOG_COUNT = "log"
"""Among a generation's counts: where its last log ends by now."""


@dataclass(frozen=True)
class SegmentEntry:
    name: str
    rows: int
    gone: int
    """Keys that it takes out of older segments."""
    sha256: dict[str, str]
    """By the ending of the file's name."""

    @property
    def files(self) -> list[str]:
        return [self.name + ending for ending in self.sha256]


@dataclass(frozen=True)
class LogEntry:
    file: str
    start: int
    """What comes before is in a segment by now."""
    end: int
    """Of the last log: where it ended when the manifest was written."""


@dataclass(frozen=True)
class Manifest:
    applied: int
    """Outbox entry up to which the segments are true."""
    segments: tuple[SegmentEntry, ...] = ()
    """The oldest first."""
    logs: tuple[LogEntry, ...] = ()
    """In the order in which they were written."""

    @property
    def files(self) -> set[str]:
        return {name for entry in self.segments for name in entry.files} | {one.file for one in self.logs}

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Raises ``DamagedGeneration`` and ``OSError``."""
        try:
            said = json.loads(path.read_bytes())
            return cls(
                said["applied"],
                tuple(SegmentEntry(**entry) for entry in said["segments"]),
                tuple(LogEntry(**entry) for entry in said["logs"]),
            )
        except (ValueError, LookupError, TypeError) as error:
            raise DamagedGeneration(f"{path.name} is no manifest of a vector index ({error})") from error

    def ends(self, row: Generation) -> tuple[LogEntry, ...]:
        """The logs with the end of the last one as the row says it."""
        if not self.logs:
            return ()
        *before, last = self.logs
        return (*before, LogEntry(last.file, last.start, row.counts.get(LOG_COUNT, last.end)))


def check_all(folder: Path, row: Generation) -> None:
    """Raise ``DamagedGeneration`` unless every file of a generation is what was written.

    A generation of an earlier midspan is one file.
    """
    check_file(folder, row)
    if not row.file.endswith(SUFFIX):
        return
    manifest = Manifest.read(folder / row.file)
    for entry in manifest.segments:
        check_segment(folder, entry)
    for one in manifest.ends(row):
        try:
            reached = log.read(folder / one.file, one.start, one.end, row.dim)[1]
        except FileNotFoundError:
            raise DamagedGeneration(f"{one.file} is missing") from None
        if reached < one.end:
            raise DamagedGeneration(f"{one.file} is true up to byte {reached} and should be up to {one.end}")


def check_segment(folder: Path, entry: SegmentEntry) -> None:
    """Raise ``DamagedGeneration`` unless a segment's files match their hashes."""
    for ending, sha256 in entry.sha256.items():
        name = entry.name + ending
        try:
            found = file_sha256(folder / name)
        except FileNotFoundError:
            raise DamagedGeneration(f"{name} is missing") from None
        if found != sha256:
            raise DamagedGeneration(f"{name} should have SHA-256 {sha256} and has {found}")
