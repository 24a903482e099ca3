"""The servers for development and tests: known by their process, their data kept, what is missing named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

import services.__main__ as command
from services.neo4j import Neo4j
from services.postgres import Postgres
from services.redis import Redis
from services.server import HOST, Missing, Server


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


def client(server: Redis) -> redis.Redis:
    asked_once = Retry(NoBackoff(), 0)
    return redis.Redis(
        host=HOST, port=server.port, password=server.password, socket_timeout=2, retry=asked_once
    )


def test_what_was_written_is_there_after_a_kill_and_a_start(own_redis: Redis) -> None:
    before = own_redis.pid
    with client(own_redis) as connection:
        connection.set("name", "value")
    own_redis.kill()
    assert own_redis.pid is None
    assert not psutil.pid_exists(before) or psutil.Process(before).status() == psutil.STATUS_ZOMBIE
    own_redis.start()
    assert own_redis.pid != before
    with client(own_redis) as connection:
        assert connection.get("name") == b"value"


def test_a_second_object_over_the_folder_takes_the_server_up(own_redis: Redis) -> None:
    again = Redis(own_redis.folder)
    assert (again.pid, again.url) == (own_redis.pid, own_redis.url)
    again.start()
    assert again.pid == own_redis.pid


def test_a_hanging_server_does_not_answer_until_it_goes_on(own_redis: Redis) -> None:
    own_redis.hang()
    with client(own_redis) as connection, pytest.raises(redis.TimeoutError):
        connection.ping()
    own_redis.resume()
    assert own_redis.answers()


def test_nobody_comes_in_without_the_password(own_redis: Redis, postgres: Postgres) -> None:
    with redis.Redis(host=HOST, port=own_redis.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=HOST, port=postgres.port, user=postgres.user, dbname="midspan", password="no")


def test_secrets_are_readable_by_their_user_alone(own_redis: Redis) -> None:
    holding = [
        path
        for path in own_redis.folder.iterdir()
        if own_redis.password in path.read_bytes().decode("latin1")
    ]
    assert holding
    assert all(path.stat().st_mode & 0o077 == 0 for path in holding)


def test_a_missing_jdk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="JDK 17 or 21"):
        Neo4j(tmp_path / "neo4j").start()


@pytest.mark.usefixtures("postgres")  # where it cannot run this test is skipped with its reason
def test_up_prints_the_urls_and_down_ends_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over two of the three: Neo4j's start is what the tests of the graph wait for already."""

    def two(folder: Path) -> dict[str, Server]:
        return {
            "MIDSPAN_DATABASE_URL": Postgres(folder / "postgres"),
            "MIDSPAN_BROKER_URL": Redis(folder / "redis"),
        }

    monkeypatch.setattr(command.docker, "engine_runs", lambda: False)
    monkeypatch.setattr(command, "servers", two)
    assert command.up(tmp_path) == 0
    printed = capsys.readouterr().out.splitlines()
    started = two(tmp_path)
    assert printed == [f"export {name}='{server.url}'" for name, server in started.items()]
    assert all(server.pid for server in started.values())
    assert command.down(tmp_path) == 0
    assert not any(server.pid for server in two(tmp_path).values())
