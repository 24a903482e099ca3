"""The database's errors in our words. The one place that reads what an engine says."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError

from midspan.errors import ReadOnlyWorkspace, StoreError, StoreUnavailable

LOST_TO_ANOTHER = frozenset({"40001", "40P01", "23505"})
"""SQLSTATEs of transactions that two writers got in each other's way with: could not serialize, deadlock,
and a row that another one has just written. Rolled back as a whole, and likely to work the next time."""

DAMAGED = frozenset({"XX001", "XX002"})
"""SQLSTATEs of data and of an index that are not what they should be."""

RESTORE = (
    "leave it as it is, restore the last backup into a new folder (`midspan --workspace NEW restore BACKUP`) "
    "and ingest there again what came after it; without a backup start a new workspace and ingest again"
)
"""What to do about a damaged record store: what is whole in it stays where it is."""


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five characters, where it gave any."""
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def translate(error: SQLAlchemyError, url: URL) -> StoreError:
    where = url.set(query={}).render_as_string(hide_password=True)
    text = said(error)
    low = text.lower()
    if "readonly database" in low or "read-only transaction" in low or _folder_sealed(low, url):
        return ReadOnlyWorkspace(
            f"the record store {where} cannot be written ({text}); make its folder and file writable for "
            "this user, or choose another workspace with --workspace"
        )
    if 'extension "' in low:
        return StoreError(
            f"the record store {where} lacks an extension of PostgreSQL's contrib package ({text}); install "
            "that package on the server (Debian: postgresql-contrib), let a superuser say CREATE EXTENSION "
            "cube in this database, then try again"
        )
    if "disk is full" in low or "no space left" in low or "disk full" in low:
        return StoreUnavailable(
            f"no space left for the record store {where} ({text}); free some, then do the same again: "
            "what was committed is kept"
        )
    if "disk i/o error" in low:
        return StoreUnavailable(
            f"the disk under the record store {where} failed a read or a write ({text}); look at its health "
            "and free space, then do the same again: what was committed is kept"
        )
    if is_damage(error):
        return StoreError(f"the record store {where} is damaged ({text}); {RESTORE}")
    return _busy(error, where, text) or _lost(error, where, text) or _refused(where, text)


def is_damage(error: SQLAlchemyError) -> bool:
    """Whether the database says that its own files are not what they should be."""
    low = said(error).lower()
    words = (
        "malformed",
        "not a database",
        "could not decode",
        "unsupported file format",
        "vtable constructor failed",
    )
    return any(word in low for word in words) or sqlstate(error) in DAMAGED


def said(error: SQLAlchemyError) -> str:
    """Its first line; libpq explains itself at length in those that follow."""
    cause = getattr(error, "orig", None) or error
    return next(iter(str(cause).strip().splitlines()), "") or type(cause).__name__


def _busy(error: SQLAlchemyError, where: str, text: str) -> StoreError | None:
    if "is locked" in text.lower() or sqlstate(error) == "55P03":
        return StoreUnavailable(
            f"the record store {where} stayed locked ({text}); another process is writing: let it finish or "
            "end it, then try again"
        )
    if sqlstate(error) in LOST_TO_ANOTHER:
        return StoreUnavailable(
            f"another process wrote the same at the same time into the record store {where} ({text}); "
            "nothing was written: try again"
        )
    if sqlstate(error) == "57014":
        return StoreUnavailable(
            f"the record store {where} took too long for a statement ({text}); nothing was written: look at "
            "the server's load, then try again"
        )
    if isinstance(error, TimeoutError):
        return StoreUnavailable(
            f"no connection to the record store {where} became free ({text}); let other work finish, then "
            "try again"
        )
    return None


def _lost(error: SQLAlchemyError, where: str, text: str) -> StoreError | None:
    if not isinstance(error, DBAPIError):
        return None
    kinds = {kind.__name__ for kind in type(error.orig).__mro__}
    if error.connection_invalidated or error.orig is None or kinds & {"OperationalError", "InterfaceError"}:
        return StoreUnavailable(
            f"the record store {where} is not reachable ({text}); check that it is there and that the "
            "URL is right, then try again"
        )
    return None


def _refused(where: str, text: str) -> StoreError:
    return StoreError(f"the record store {where} refused a statement ({text})")


def _folder_sealed(low: str, url: URL) -> bool:
    if "unable to open database file" not in low or url.database is None:
        return False
    folder = Path(url.database.removeprefix("file:")).absolute().parent
    return folder.is_dir() and not os.access(folder, os.W_OK, effective_ids=True)
