"""The process that runs typed-in queries on a Neo4j server (see ``child.py``).

``python -m midspan.db.graph.neo4j_reader``; the other end is ``Neo4jReaders`` in ``neo4j_readers.py``.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

if __name__ == "__main__":
    # The driver loads these for data frames where they are installed, which takes seconds.
    sys.modules.update(dict.fromkeys(("pandas", "numpy", "pyarrow")))  # type: ignore[arg-type]

import neo4j
import neo4j.exceptions
import neo4j.graph
import neo4j.time

from midspan.db.graph.child import AnswerTooLarge, deeper, limit_memory, serve, take_rows
from midspan.db.graph.neo4j_address import Neo4jAddress
from midspan.db.graph.neo4j_driver import open_driver, translated
from midspan.errors import StoreError, WrongUse


class Reader:
    def open(self, url: str, user: str, password: str, database: str | None) -> None:
        self._url = url
        self._database = database
        self._driver = open_driver(Neo4jAddress(url, user, password, database))
        limit_memory()

    def query(self, cypher: str, parameters: dict[str, Any], limit: int, seconds: float) -> dict[str, Any]:
        try:
            return self._again(cypher, parameters, limit, seconds)
        except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError, OSError) as error:
            raise translated(error, self._url, seconds) from error

    def _again(self, cypher: str, parameters: dict[str, Any], limit: int, seconds: float) -> dict[str, Any]:
        """Once more when the connection was one of before a restart of the server."""
        try:
            return self._read(cypher, parameters, limit, seconds)
        except (neo4j.exceptions.ServiceUnavailable, neo4j.exceptions.SessionExpired):
            return self._read(cypher, parameters, limit, seconds)

    def _read(self, cypher: str, parameters: dict[str, Any], limit: int, seconds: float) -> dict[str, Any]:
        with (
            self._driver.session(
                database=self._database, default_access_mode=neo4j.READ_ACCESS, fetch_size=100
            ) as session,
            session.begin_transaction(timeout=max(seconds, 0.001)) as transaction,
        ):
            found = transaction.run(cypher, parameters)
            columns = list(found.keys())
            rows = ([plain(value) for value in record.values()] for record in found)
            taken, truncated = take_rows(rows, limit)
            found.consume()
        return {"columns": columns, "rows": taken, "truncated": truncated}


def plain(value: Any, level: int = 0) -> Any:
    """A JSON value for what the driver answers; shapes and errors are those of ``engine.plain``."""
    if isinstance(value, neo4j.graph.Node):
        return {"id": value.element_id, "labels": sorted(value.labels), "properties": plain(dict(value))}
    if isinstance(value, neo4j.graph.Relationship):
        start, end = (node.element_id if node is not None else "" for node in value.nodes)
        named = {"id": value.element_id, "type": value.type, "start": start, "end": end}
        return {**named, "properties": plain(dict(value))}
    if isinstance(value, neo4j.graph.Path):
        parts = {"nodes": value.nodes, "relationships": value.relationships}
        return {name: [plain(part) for part in items] for name, items in parts.items()}
    if isinstance(value, Mapping):
        inner = deeper(level)
        return {str(key): plain(item, inner) for key, item in value.items()}
    if isinstance(value, (neo4j.time.DateTime, neo4j.time.Date, neo4j.time.Time, neo4j.time.Duration)):
        return value.iso_format()
    if isinstance(value, (list, tuple)):
        inner = deeper(level)
        return [plain(item, inner) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float)) or value is None else str(value)


def failed(error: BaseException) -> dict[str, Any]:
    """What is answered for an error."""
    if isinstance(error, AnswerTooLarge):
        return {"error": "large", "message": str(error)}
    if isinstance(error, (StoreError, WrongUse)):
        return {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, (ValueError, TypeError, OverflowError)):  # a parameter that Bolt does not know
        return {"error": "WrongUse", "message": f"the query cannot be run: {error}"}
    if isinstance(error, RecursionError):
        return {"error": "large", "message": "a value nests too deep"}
    return {"error": "StoreError", "message": f"the driver failed at the query: {error!r}"}


def main() -> None:
    reader = Reader()
    serve({"open": reader.open, "query": reader.query}, failed)


if __name__ == "__main__":
    main()
