"""The exception tree. Messages say what was expected, what came, and what to do.

MidspanError
├── WrongUse                  the request itself is wrong (exit code 2)
│   ├── UnknownName           a name that is not in a table; lists the known ones
│   ├── CypherRefused         a typed-in query that is not a plain read
│   └── NotFound              no record, source or job with this id
├── UnreadableSource          this item cannot be read; the rest goes on
│   ├── EmptySource           no bytes, or nothing in them to read
│   ├── UnsupportedSource     no reader for this kind of file, or not what its name says
│   ├── CorruptSource         the bytes are damaged or cut off
│   ├── EncryptedDocument     needs a password
│   ├── UnsafeArchive         unpacks to far more than it should
│   ├── ReadingLimit          takes more time or memory to read than it may
│   ├── ReaderCrashed         a library that reads such files broke over it
│   └── SourceVanished        gone, changed or not permitted while it was read (retryable)
├── StoreError                a store cannot do its work
│   ├── StoreUnavailable      not reachable, locked or out of space (retryable)
│   ├── ReadOnlyWorkspace     the folder cannot be written
│   ├── NewerSchema           the workspace was made by a newer midspan
│   ├── DamagedGeneration     a projection file does not match its hash
│   ├── DamagedStore          the record store is not what was written into it
│   ├── ProjectionAhead       a projection was made from a newer or another record store
│   ├── OutboxPruned          a projection lies too far behind to catch up; it has to be rebuilt
│   └── QueryTimeout          a query took more time or memory than it may
├── LeaseLost                 another worker has taken over this piece of work (retryable)
├── MissingExtra              this needs packages that are installed only with one of midspan's extras
├── ProcessLost               a process ended or hung while it worked on a piece of work (retryable)
└── ModelError
    ├── BadAtlas              a label volume or its table cannot be an atlas
    ├── EnginesDiffer         a trained model answers otherwise by ONNX Runtime than by torch
    ├── ModelFilesMissing     a weights file is not where it should be
    └── ModelHashMismatch     a weights file is not the one the code was tested with
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class MidspanError(Exception):
    """Root of all errors that midspan raises on purpose."""

    retryable = False


class WrongUse(MidspanError):
    pass


class UnknownName(WrongUse):
    def __init__(self, what: str, name: str, known: list[str]) -> None:
        super().__init__(f"unknown {what} {name!r}; known: {', '.join(sorted(known)) or 'none'}")


class CypherRefused(WrongUse):
    pass


class NotFound(WrongUse):
    pass


class UnreadableSource(MidspanError):
    """Says on which page (1-based) or at which second reading broke off, where the reader knows it."""

    def __init__(self, message: str, *, page: int | None = None, second: float | None = None) -> None:
        super().__init__(message)
        self.page, self.second = page, second


class EmptySource(UnreadableSource):
    pass


class UnsupportedSource(UnreadableSource):
    pass


class CorruptSource(UnreadableSource):
    pass


class EncryptedDocument(UnreadableSource):
    pass


class UnsafeArchive(UnreadableSource):
    pass


class ReadingLimit(UnreadableSource):
    pass


class ReaderCrashed(UnreadableSource):
    pass


class SourceVanished(UnreadableSource):
    retryable = True


class StoreError(MidspanError):
    pass


class StoreUnavailable(StoreError):
    retryable = True


class ReadOnlyWorkspace(StoreError):
    pass


class NewerSchema(StoreError):
    pass


class DamagedGeneration(StoreError):
    pass


class DamagedStore(StoreError):
    pass


class ProjectionAhead(StoreError):
    pass


class OutboxPruned(StoreError):
    pass


class QueryTimeout(StoreError):
    pass


class LeaseLost(MidspanError):
    retryable = True


class MissingExtra(MidspanError):
    """``what`` cannot be done without the packages of ``extra``."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed; install them with: pip install 'midspan[{extra}]'"
        )


@contextmanager
def needs_extra(what: str, extra: str) -> Iterator[None]:
    """Around imports of packages that stand in an extra. Raises ``MissingExtra`` where one is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "midspan").partition(".")[0] == "midspan":
            raise
        raise MissingExtra(what, extra) from error


class ProcessLost(MidspanError):
    retryable = True


class ModelError(MidspanError):
    pass


class BadAtlas(ModelError):
    pass


class EnginesDiffer(ModelError):
    pass


class ModelFilesMissing(ModelError):
    pass


class ModelHashMismatch(ModelError):
    pass
