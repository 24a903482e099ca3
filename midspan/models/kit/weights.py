"""Is this the weights file that the code was tested with? SHA-256 against a pinned value."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from midspan.errors import ModelFilesMissing, ModelHashMismatch


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file; hashed once a process while size and time of change stay the same."""
    if not path.is_file():
        raise ModelFilesMissing(f"{path}: expected a weights file, found none; install midspan again")
    stat = path.stat()
    return _hash(path, stat.st_size, stat.st_mtime_ns)


def folder_sha256(folder: Path) -> str:
    """SHA-256 (hex) over the files of a folder: one line ``hash  relative/path`` each, ordered by path.

    The same as ``find . -type f | sort | xargs sha256sum | sha256sum`` with ``./`` taken off the names.
    """
    if not folder.is_dir():
        raise ModelFilesMissing(f"{folder}: expected a model folder, found none; install midspan again")
    files = sorted(
        (path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()
    )
    lines = "".join(f"{file_sha256(path)}  {name}\n" for name, path in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def check_hash(what: str, found: str, expected: str, remedy: str) -> None:
    """Refuse weights whose hash is not the pinned one."""
    if found != expected:
        raise ModelHashMismatch(f"{what}: expected SHA-256 {expected}, found {found}; {remedy}")


def check_file(path: Path, expected: str, remedy: str = "install midspan again") -> None:
    """Refuse a weights file that is missing or not the pinned one; ``remedy`` says what to do."""
    if not path.is_file():
        raise ModelFilesMissing(f"{path}: expected a weights file, found none; {remedy}")
    check_hash(str(path), file_sha256(path), expected, remedy)


@functools.lru_cache(maxsize=256)
def _hash(path: Path, _size: int, _modified_ns: int) -> str:
    with path.open("rb") as file:
        sha = hashlib.sha256()
        while block := file.read(1 << 20):
            sha.update(block)
    return sha.hexdigest()
