"""What holds for all tests: hypothesis without a clock, and real servers for those that ask for them.

``make test`` shares the files of tests among a process a core. Each process starts the servers that its own
files ask for, so that no test meets another process's rows.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pymilvus import MilvusClient

from midspan.db import migrate
from midspan.db.vectors_url import MilvusAddress
from services.milvus import Milvus
from services.neo4j import Neo4j
from services.postgres import Postgres
from services.redis import Redis
from services.server import Missing, Server

# The files of tests share the cores already; a test that is about a crew asks for one.
os.environ["MIDSPAN_WORKERS"] = "1"

# No test asserts on time, and a busy machine is no failure.
settings.register_profile("midspan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("midspan")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: the last file to be taken is what another process waits for."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def started(server: Server) -> Server:
    """A server that runs. What is not on this machine is a skip that says so, in CI a failure."""
    try:
        server.start()
    except Missing as problem:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"SERVER MISSING: {problem}")
    return server


class Scratch(Postgres):
    """Goes with the tests, so nothing waits for a disk; a process that is killed loses nothing by that."""

    settings: Mapping[str, str] = {"fsync": "off"}


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL for all tests; each makes databases of its own in it."""
    server = Scratch(tmp_path_factory.mktemp("postgres"))
    started(server)
    yield server
    server.kill()


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    """A Neo4j for all tests; whoever uses it clears it first."""
    server = Neo4j(tmp_path_factory.mktemp("neo4j"))
    started(server)
    yield server
    server.kill()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis for all tests; each uses a database number or key names of its own."""
    server = Redis(tmp_path_factory.mktemp("redis"))
    started(server)
    yield server
    server.kill()


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Milvus]:
    """A Milvus for all tests; whoever uses it drops what is there first."""
    server = Milvus(tmp_path_factory.mktemp("milvus"))
    started(server)
    yield server
    server.kill()


@pytest.fixture
def pgvector_url(postgres: Postgres) -> str:
    """A PostgreSQL with pgvector, and nothing of an index in it. Searches go by HNSW, as they do among many:
    few rows PostgreSQL would read one by one."""
    with postgres.connect() as connection:
        connection.execute("DROP SCHEMA IF EXISTS midspan_vectors CASCADE")
    return f"{postgres.url.replace('+psycopg', '')}?options=-c%20enable_seqscan%3Doff"


@pytest.fixture
def milvus_url(request: pytest.FixtureRequest) -> str:
    """A Milvus with nothing in it: milvus-lite, or a server that MIDSPAN_TEST_MILVUS names."""
    url = os.environ.get("MIDSPAN_TEST_MILVUS")
    if url is None:
        url = str(request.getfixturevalue("milvus_server").url)
    client = MilvusClient(MilvusAddress.of(url).uri, timeout=10)
    for collection in client.list_collections():
        client.drop_collection(collection)
    client.close()
    return url


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """Name of a database with all migrations and nothing in it, to be copied."""
    with postgres.connect() as connection:
        connection.execute("CREATE DATABASE migrated")
    migrate.upgrade(postgres.database_url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all migrations and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("database") / "migrated.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """An empty record store with all migrations."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'midspan.db')}"


@pytest.fixture(params=["sqlite", "postgres"])
def record_store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty record store of each kind, with all migrations."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: Postgres = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template")
    name = f"store_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[call-overload]
        yield server.database_url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]
