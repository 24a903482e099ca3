"""From what was asked for to files: names, folders and patterns."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Union

from midspan.pipelines.readers.detect import SUPPORTED_SUFFIXES, supported
from midspan.records import Failure


@dataclass(frozen=True)
class Found:
    """A file to read: absolute; bytes of its name that are no UTF-8 are ``\\udcXX`` escapes."""

    path: Path


def discover(paths: Iterable[str | Path], *, follow_links: bool = False) -> Iterator[Union[Found, Failure]]:
    """The files among these names, folders and patterns, in a stream.

    A file that is named is yielded whatever it is. A folder yields, sorted and with its subfolders, the
    files whose suffix is read; hidden ones are skipped, loops of links are survived. Links that lead out of
    the folder, or of the one before a pattern's first wildcard, are passed over unless ``follow_links``: who
    can write there could otherwise have anything read. What is not there
    becomes a ``Failure`` of kind ``NotFound``. Arguments that overlap yield a file more than once.
    """
    for asked in paths:
        path = _absolute(asked)
        if failure := absent(asked):
            yield failure
        elif _is_there(path):
            yield from _at(path, follow_links)
        elif "**" in path.parts:
            yield from _matching(path, _deep(path, follow_links))
        else:
            yield from _matching(path, _flat(path, follow_links))


def absent(asked: str | Path) -> Failure | None:
    """What is wrong with a name that is neither there nor a pattern; None for any other."""
    path = _absolute(asked)
    if glob.has_magic(str(path)) or _is_there(path):
        return None
    return _failure(path, "no such file or folder; check the name, or quote a pattern")


def _absolute(asked: str | Path) -> Path:
    return Path(os.fsdecode(asked)).expanduser().absolute()


def _is_there(path: Path) -> bool:
    """Also for a link that leads nowhere, and for what may not be looked at."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
    return True


def _at(path: Path, follow_links: bool) -> Iterator[Union[Found, Failure]]:
    try:
        absolute = path.resolve(strict=True)
        folder = absolute.is_dir()
    except PermissionError:
        yield Found(path)  # reading it says what is wrong
        return
    except (OSError, RuntimeError):  # RuntimeError: a loop of links, in Python up to 3.12
        yield _failure(path, "a symbolic link that leads nowhere; mend or remove it")
        return
    if not folder:
        yield Found(absolute)
        return
    empty = True
    for item in _Walk(absolute, follow_links):
        if isinstance(item, Found) and not _is_supported(item.path):
            continue
        empty = False
        yield item
    if empty:
        yield _failure(absolute, f"no readable file in this folder; suffixes that are read: {supported()}")


def _matching(pattern: Path, items: Iterator[Union[Found, Failure]]) -> Iterator[Union[Found, Failure]]:
    """A pattern that names no suffix, as ``notes/*``, means files whose suffix is read."""
    named = bool(Path(pattern.name).suffix)
    empty = True
    for item in items:
        if isinstance(item, Found) and not named and not _is_supported(item.path):
            continue
        empty = False
        yield item
    if empty:
        yield _failure(pattern, f"no file matches this pattern; suffixes that are read: {supported()}")


def _flat(pattern: Path, follow_links: bool) -> Iterator[Union[Found, Failure]]:
    base = _before_wildcard(pattern).resolve()
    for match in sorted(glob.iglob(str(pattern)), key=os.fsencode):  # noqa: PTH207 (Path.glob is relative)
        if follow_links or _within(Path(match), base):
            yield from _at(Path(match), follow_links)


def _deep(pattern: Path, follow_links: bool) -> Iterator[Union[Found, Failure]]:
    """Files below the folder before the first wildcard whose path fits; glob itself would run in loops."""
    given = _before_wildcard(pattern)
    if not given.is_dir():
        return
    base, rest = given.resolve(), pattern.parts[len(given.parts) :]
    for item in _Walk(base, follow_links, resolve=False):
        if isinstance(item, Failure):
            yield item
        elif _fits(item.path.relative_to(base).parts, rest):
            yield Found(item.path.resolve())


def _before_wildcard(pattern: Path) -> Path:
    fixed = next(index for index, part in enumerate(pattern.parts) if glob.has_magic(part))
    return Path(*pattern.parts[:fixed])


def _fits(names: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether the names of a path fit a pattern in which ``**`` stands for any number of folders."""
    if not pattern:
        return not names
    if pattern[0] == "**":
        return any(_fits(names[skipped:], pattern[1:] or ("*",)) for skipped in range(len(names)))
    return bool(names) and fnmatchcase(names[0], pattern[0]) and _fits(names[1:], pattern[1:])


def _is_supported(path: Path) -> bool:
    return path.suffix.lower() in SUPPORTED_SUFFIXES


class _Walk:
    """All files below a folder that are not hidden, depth first; in memory are the names of one folder a
    level."""

    def __init__(self, root: Path, follow_links: bool, *, resolve: bool = True) -> None:
        """``root`` is resolved; with ``resolve`` a link is given as what it leads to."""
        self._root, self._follow, self._resolve = root, follow_links, resolve

    def __iter__(self) -> Iterator[Union[Found, Failure]]:
        return self._below(self._root, frozenset())

    def _below(self, folder: Path, above: frozenset[tuple[int, int]]) -> Iterator[Union[Found, Failure]]:
        try:
            state = folder.stat()
            identity = (state.st_dev, state.st_ino)
            if identity in above:
                return
            entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            message = f"the folder cannot be listed ({error.strerror}); check the permissions"
            yield _failure(folder, message, "SourceVanished")
            return
        for entry in entries:
            if not entry.name.startswith("."):
                yield from self._at(entry, above | {identity})

    def _at(
        self, entry: os.DirEntry[str], above: frozenset[tuple[int, int]]
    ) -> Iterator[Union[Found, Failure]]:
        path = Path(entry.path)
        try:
            folder, file = entry.is_dir(), entry.is_file()
        except OSError:  # a link in a loop; like one that leads nowhere, it is no file
            return
        if entry.is_symlink() and not (self._follow or _within(path, self._root)):
            _passed_over(path)
        elif folder:
            yield from self._below(path, above)
        elif file:
            yield Found(path.resolve() if self._resolve and entry.is_symlink() else path)


def _passed_over(link: Path) -> None:
    import structlog  # costs a command that finds nothing to do half of its time

    message = "passed over a link that leads out of the folder; --follow-links reads it"
    structlog.get_logger(__name__).warning(message, path=str(link))


def _within(path: Path, folder: Path) -> bool:
    """Whether it leads to what lies in the folder, or nowhere."""
    try:
        return path.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):
        return True


def _failure(path: Path, message: str, kind: str = "NotFound") -> Failure:
    return Failure(str(path), "discovery", kind, message, retryable=kind != "NotFound")
