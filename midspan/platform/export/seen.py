"""What was written already, kept on disk: SQLite's nameless database, which goes when it is closed."""

from __future__ import annotations

import sqlite3
from types import TracebackType


class Seen:
    """Raises ``OSError`` where the disk for temporary files is full."""

    def __enter__(self) -> Seen:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def new(self, name: str) -> bool:
        """Whether it was not asked for before."""
        try:
            return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,)).rowcount == 1
        except sqlite3.OperationalError as error:
            raise OSError(f"in the folder for temporary files: {error}") from error
