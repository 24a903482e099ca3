"""Where runs take place: fresh copies of one workspace, on the embedded stores or on real servers."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from psycopg import sql

from faults import child, processes
from faults.child import Order, Site
from faults.points import Profile
from faults.workload import AFTER, BEFORE, write_documents
from services.neo4j import Neo4j
from services.postgres import Postgres
from services.server import Server


@dataclass(frozen=True)
class Reference:
    """A run that nothing broke."""

    contents: dict[str, Any]
    hits: dict[str, int]
    """How often each point was reached."""


class HarnessError(Exception):
    """A run that nothing broke did not come to a good end: no case would mean anything."""


class Arena(ABC):
    """One after another, runs on copies of the same workspace; ``scratch`` is the arena's own folder."""

    profile: Profile

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.documents = scratch / "documents"
        self._number = 0

    @abstractmethod
    def fresh(self) -> Site:
        """A workspace that holds ``BEFORE``, while the documents' folder holds ``AFTER``."""

    @abstractmethod
    def drop(self, site: Site) -> None:
        """Remove what a run left behind."""

    @property
    def servers(self) -> dict[str, Server]:
        return {}

    @cached_property
    def reference(self) -> Reference:
        """Raises ``HarnessError``."""
        site = self.fresh()
        made = good(processes.run(child.ingest, site, Order()))
        seen = good(processes.run(child.look, site))
        self.drop(site)
        wrong = [problem for problem in seen["contents"]["doctor"].values() if problem]
        wrong += [*seen["contents"]["jobs"], *made["failures"]]
        if wrong:
            raise HarnessError(f"a run that nothing broke ended badly: {'; '.join(wrong)}")
        return Reference(seen["contents"], made["counts"])

    def _fill(self, site: Site) -> None:
        write_documents(self.documents, BEFORE)
        good(processes.run(child.ingest, site, Order()))
        write_documents(self.documents, AFTER)

    def _folder(self) -> Path:
        self._number += 1
        return self.scratch / f"run-{self._number:05}"


class EmbeddedArena(Arena):
    """SQLite, kglite and FAISS in a folder."""

    profile: Profile = "embedded"

    @cached_property
    def _template(self) -> Path:
        folder = self.scratch / "template"
        self._fill(self._site(folder))
        return folder

    def fresh(self) -> Site:
        folder = self._folder()
        shutil.copytree(self._template, folder)
        return self._site(folder)

    def drop(self, site: Site) -> None:
        shutil.rmtree(site.folder)

    def _site(self, folder: Path) -> Site:
        return Site(self.profile, str(folder), str(self.documents))


class ServerArena(Arena):
    """PostgreSQL and Neo4j, FAISS in a folder. Redis, which only delivers, has tests with real workers."""

    profile: Profile = "servers"

    def __init__(self, scratch: Path, postgres: Postgres, graph: Neo4j) -> None:
        super().__init__(scratch)
        self.postgres, self.graph = postgres, graph

    @property
    def servers(self) -> dict[str, Server]:
        return {"PostgreSQL": self.postgres, "Neo4j": self.graph}

    @cached_property
    def _template(self) -> Path:
        folder = self.scratch / "template"
        self._new_database("template", "template0")
        self.graph.wipe()  # Community has one database, so every run has it to itself
        self._fill(self._site(folder))
        return folder

    def fresh(self) -> Site:
        template = self._template
        folder = self._folder()
        shutil.copytree(template, folder)
        self._new_database(folder.name, self._database("template"))
        self.graph.wipe()  # Community has one database, so every run has it to itself
        return self._site(folder)

    def drop(self, site: Site) -> None:
        self._drop_database(self._database(Path(site.folder).name))
        shutil.rmtree(site.folder)

    def _site(self, folder: Path) -> Site:
        url = self.postgres.database_url(self._database(folder.name))
        return Site(self.profile, str(folder), str(self.documents), url, self.graph.url)

    def _database(self, name: str) -> str:
        return f"faults_{self.scratch.name}_{name}".replace("-", "_").lower()

    def _new_database(self, name: str, template: str) -> None:
        database = self._database(name)
        self._drop_database(database)
        with self.postgres.connect() as connection:
            # The other strategy copies sequences without the room that their WAL holds for them: after a
            # crash of the server they would count from where the template stood.
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(statement.format(sql.Identifier(database), sql.Identifier(template)))

    def _drop_database(self, database: str) -> None:
        with self.postgres.connect() as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(database)))


def good(end: processes.End) -> dict[str, Any]:
    """What a child told that should have come to a good end; raises ``HarnessError``."""
    if end.how != "done":
        raise HarnessError(f"{end.how}: {end.message}")
    return end.told
