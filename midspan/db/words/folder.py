"""A generation of the index of words: a folder of tantivy's files, which never change, and their list.

tantivy adds files for what is new and takes out what it has merged, so two generations share most of theirs:
the next one begins as a folder of hard links to the files of the one before. Its list (names, sizes, SHA-256)
is the file that is published.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from midspan.db.generations import file_sha256
from midspan.errors import DamagedGeneration

CHANGING = ("meta.json", ".managed.json")
"""The only files of tantivy that are replaced; everything else is written once, under a new name."""


@dataclass(frozen=True)
class Listing:
    """The files of a folder by their path in it, each with its size in bytes and its SHA-256."""

    folder: str
    files: Mapping[str, tuple[int, str]]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({"folder": self.folder, "files": self.files}))

    @classmethod
    def read(cls, path: Path) -> Listing:
        """Raises ``DamagedGeneration`` for a file that holds no list."""
        try:
            said = json.loads(path.read_text())
            files = {str(name): (int(size), str(sha256)) for name, (size, sha256) in said["files"].items()}
            return cls(str(said["folder"]), files)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise DamagedGeneration(f"{path.name} is no list of files: {error}") from None

    def check(self, parent: Path, known: Mapping[str, tuple[int, str]]) -> None:
        """Raise ``DamagedGeneration`` unless all files are there as listed; those of ``known`` were read
        before and are only looked for."""
        for name, (size, sha256) in self.files.items():
            path = parent / self.folder / name
            try:
                found = path.stat().st_size
                same = found == size and (known.get(name) == (size, sha256) or file_sha256(path) == sha256)
            except FileNotFoundError:
                raise DamagedGeneration(f"{self.folder}/{name} is missing") from None
            if not same:
                raise DamagedGeneration(f"{self.folder}/{name} is not the file that was written")


def begun_from(before: Path, folder: Path) -> None:
    """Make ``folder`` with what ``before`` holds. Raises ``OSError``."""
    for path in before.rglob("*"):
        target = folder / path.relative_to(before)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif path.name in CHANGING:
            shutil.copyfile(path, target)
        elif path.suffix != ".lock":
            _link(path, target)


def listed(folder: Path, before: Listing | None) -> Listing:
    """What a folder holds, flushed to the disk; files of ``before`` are not read again.

    Raises ``OSError``.
    """
    known = {} if before is None else before.files
    files: dict[str, tuple[int, str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.suffix == ".lock":
            continue
        name = str(path.relative_to(folder))
        if name in known and path.name not in CHANGING:
            files[name] = known[name]
        else:
            _flush(path)
            files[name] = (path.stat().st_size, file_sha256(path))
    for path in (folder, *(child for child in folder.iterdir() if child.is_dir())):
        _flush(path)
    return Listing(folder.name, files)


def lockable(folder: Path) -> Path:
    """The folder, or where it cannot be written one of links to its files: tantivy takes a lock to read."""
    if os.access(folder, os.W_OK):
        return folder
    elsewhere = Path(tempfile.mkdtemp(prefix="midspan-words-"))
    atexit.register(shutil.rmtree, elsewhere, ignore_errors=True)
    for path in folder.rglob("*"):
        target = elsewhere / path.relative_to(folder)
        if path.is_dir():
            target.mkdir()
        elif path.suffix != ".lock":
            target.symlink_to(path.resolve())
    return elsewhere


def _link(path: Path, target: Path) -> None:
    """A second name for the file; a copy on file systems that have none."""
    try:
        os.link(path, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(path, target)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
