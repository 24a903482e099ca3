"""The whole server profile, with three URLs set and no more: PostgreSQL, Neo4j, Redis, worker processes."""

import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager

import neo4j
import psutil
import pytest
from sqlalchemy import update

from midspan import Workspace
from midspan.db.records import tables
from midspan.db.records.engine import writing
from midspan.errors import StoreUnavailable
from services.redis import Redis
from tests.conftest import started

pytestmark = pytest.mark.slow

PATIENCE = 600.0
QUICK = ("atlas", "scene")
"""Stages that load no model."""


def wait_for(what, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not (value := what()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return value


def ended(workspace, job_id):
    return wait_for(lambda: workspace.job(job_id).state in ("done", "failed", "cancelled"))


@pytest.fixture
def own_redis(tmp_path):
    """A Redis that a test may kill and hang."""
    server = started(Redis(tmp_path / "redis"))
    yield server
    server.kill()


@pytest.fixture
def queue_only(monkeypatch, own_redis, tmp_path):
    """A workspace in a folder whose jobs go over a Redis of its own."""
    monkeypatch.setenv("MIDSPAN_BROKER_URL", own_redis.url)
    with Workspace.open(tmp_path / "workspace") as workspace:
        yield workspace


@pytest.fixture
def servers(monkeypatch, postgres, neo4j_server, own_redis, tmp_path):
    """A workspace on three servers, each empty."""
    name = f"servers_{uuid.uuid4().hex[:8]}"
    with postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")
    with neo4j.GraphDatabase.driver(
        f"bolt://{neo4j_server.url.rpartition('@')[2]}", auth=(neo4j_server.user, neo4j_server.password)
    ) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
    monkeypatch.setenv("MIDSPAN_DATABASE_URL", postgres.database_url(name))
    monkeypatch.setenv("MIDSPAN_GRAPH_URL", neo4j_server.url)
    monkeypatch.setenv("MIDSPAN_BROKER_URL", own_redis.url)
    with Workspace.open(tmp_path / "workspace") as workspace:
        yield workspace


@contextmanager
def running(workspace, *options, log="worker"):
    """A worker process; asked to end afterwards."""
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(workspace.folder), "worker"]
    with (workspace.folder / f"{log}.log").open("ab") as output:
        process = subprocess.Popen([*command, *options], stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            raise


def ready(workspace, count=1):
    """The rows of so many workers that have reached their broker."""

    def alive():
        found = [w for w in workspace.worker_list() if w.alive and w.doing != "connecting to the broker"]
        return found if len(found) >= count else None

    found = wait_for(alive)
    assert found, (workspace.folder / "worker.log").read_text()[-2000:]
    return found


def notes(folder, count=24, sentences=20):
    folder.mkdir(exist_ok=True)
    for number in range(count):
        text = f"The cup of person {number} stands to the left of the lamp. The liver hurts. " * sentences
        (folder / f"note-{number:03}.txt").write_text(text)
    return folder


def long_note(folder):
    """One document that takes minutes with the atlas and scene stages."""
    folder.mkdir(exist_ok=True)
    line = "The cup stands to the left of the lamp, and the liver of patient {} hurts.\n\n"
    (folder / "long.txt").write_text("".join(line.format(number) for number in range(100_000)))
    return folder


def let_delivery_lapse(workspace, job_id):
    """Stand in for the two minutes within which an idle worker does not call for a job's files again."""
    with writing(workspace.parts._engine) as connection:
        connection.execute(update(tables.job).where(tables.job.c.id == job_id).values(delivered_at=0.0))


def assert_whole(workspace, sources):
    assert workspace.counts()["source"] == sources
    wrong = [check for check in workspace.doctor().checks if not check.ok]
    assert wrong == []


# --- the whole profile ---


def test_two_workers_ingest_into_the_servers(servers, documents):
    count = len(list(notes(documents).iterdir()))
    with running(servers, log="worker"), running(servers, "--name", "second", log="second"):
        ready(servers, 2)
        job_id = servers.submit([documents], stages=QUICK)
        assert ended(servers, job_id)
        job = servers.job(job_id)
        assert (job.state, job.done, job.failed) == ("done", count, 0)
        assert {item.attempts for item in servers.job_items(job_id, "done")} == {1}
        assert_whole(servers, count)
        assert servers.search("kidney stone").hits
        assert servers.search("liver", kinds=["atlas"]).hits


def test_all_stages_on_the_servers(servers, documents):
    with running(servers):
        job_id = servers.submit([documents])
        assert ended(servers, job_id)
        assert servers.job(job_id).state == "done", servers.why(job_id)
        assert_whole(servers, len(list(documents.iterdir())))
        assert servers.cypher("MATCH (s:Entity)-[f:FACT]->(o:Entity) RETURN s.name, f.name, o.name").rows
        [hit, *_] = servers.search("who found radium").hits
        assert "radium" in hit.text


# --- workers that come and go ---


def test_a_killed_process_is_replaced_and_its_items_go_on(queue_only, tmp_path):
    folder = long_note(tmp_path / "notes")
    notes(folder, 8)
    with running(queue_only) as supervisor:
        job_id = queue_only.submit([folder], stages=QUICK)
        held = wait_for(lambda: queue_only.parts.jobs.held(job_id))
        [child] = psutil.Process(supervisor.pid).children()
        os.kill(child.pid, signal.SIGKILL)
        first = held[0].holder
        assert wait_for(lambda: [h for h in queue_only.parts.jobs.held(job_id) if h.holder != first])
        assert supervisor.poll() is None
        queue_only.cancel(job_id)
        assert ended(queue_only, job_id)
        assert queue_only.job(job_id).state == "cancelled"


def test_a_process_above_its_memory_is_replaced_after_its_task(queue_only, tmp_path):
    folder = notes(tmp_path / "notes", 3)
    with running(queue_only, "--max-memory-mb", "1"):
        job_id = queue_only.submit([folder], stages=QUICK)
        assert ended(queue_only, job_id)
        assert queue_only.job(job_id).state == "done"
        items = queue_only.job_items(job_id, "done")
        assert {item.attempts for item in items} == {1}
        assert_whole_sqlite(queue_only, 3)
    log = (queue_only.folder / "worker.log").read_text()
    assert log.count("replacing the serving process") >= 2  # discovery and a slice at least


def assert_whole_sqlite(workspace, sources):
    assert workspace.counts()["source"] == sources
    wrong = [check for check in workspace.doctor().checks if not check.ok and check.name != "jobs"]
    assert wrong == []


def test_a_worker_that_is_asked_to_end_gives_its_items_back(queue_only, tmp_path):
    folder = long_note(tmp_path / "notes")
    with running(queue_only) as supervisor:
        job_id = queue_only.submit([folder], stages=QUICK)
        assert wait_for(lambda: queue_only.parts.jobs.held(job_id))
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(60) == 0
    assert [item.state for item in queue_only.job_items(job_id)] == ["queued"]
    assert queue_only.parts.jobs.held(job_id) == []
    assert queue_only.worker_list() == []
    assert "no worker serves" in " ".join(queue_only.why(job_id).reasons)


def test_a_serving_process_ends_with_its_supervisor(queue_only):
    with running(queue_only) as supervisor:
        ready(queue_only)
        [child] = psutil.Process(supervisor.pid).children()
        supervisor.kill()
        child.wait(60)


def test_a_job_in_mid_item_is_cancelled_and_can_be_gone_on_with(queue_only, tmp_path):
    folder = long_note(tmp_path / "notes")
    with running(queue_only):
        job_id = queue_only.submit([folder], stages=QUICK)
        assert wait_for(lambda: queue_only.counts().get("segment", 0) > 500)
        queue_only.cancel(job_id)
        assert ended(queue_only, job_id)
        assert queue_only.job(job_id).state == "cancelled"
        assert [item.state for item in queue_only.job_items(job_id, "cancelled")] == ["cancelled"]
        wait_for(lambda: not any(queue_only.parts.projector.lag().values()))
        assert_whole_sqlite(queue_only, 1)
        text = (folder / "long.txt").read_text()
        (folder / "long.txt").write_text(text[:50_000])  # what is begun gives way to what is there now
        assert queue_only.retry(job_id) == 1
        assert ended(queue_only, job_id)
        assert queue_only.job(job_id).state == "done"
        assert_whole_sqlite(queue_only, 1)


# --- queues ---


def test_a_worker_takes_the_items_of_its_queues_only(queue_only, tmp_path):
    from midspan.corpus import folder as corpus

    folder = notes(tmp_path / "notes", 3)
    film = corpus() / "videos" / "big-buck-bunny.mp4"
    with running(queue_only, "--queues", "documents,projection"):
        job_id = queue_only.submit([folder, film], stages=["none"])
        assert wait_for(lambda: queue_only.job(job_id).done == 3)
        why = queue_only.why(job_id)
        assert "no worker serves the queue 'videos'" in why.reasons
        assert any("midspan worker --queues videos" in step for step in why.advice)
        with running(queue_only, "--queues", "videos", log="videos"):
            assert ended(queue_only, job_id)
        assert queue_only.job(job_id).state == "done"


# --- the broker ---


def test_a_job_given_while_the_broker_is_down_is_done_later(queue_only, own_redis, tmp_path):
    folder = notes(tmp_path / "notes", 3)
    own_redis.stop()
    with pytest.raises(StoreUnavailable, match="the broker does not answer") as caught:
        queue_only.submit([folder], stages=["none"])
    assert own_redis.password not in str(caught.value)
    [job] = queue_only.jobs()
    assert "broker does not answer" in " ".join(queue_only.why(job.id).reasons)
    own_redis.start()
    let_delivery_lapse(queue_only, job.id)
    with running(queue_only):
        assert ended(queue_only, job.id)
    assert queue_only.job(job.id).state == "done"


def test_a_broker_that_loses_everything_loses_no_job(queue_only, own_redis, tmp_path):
    folder = notes(tmp_path / "notes", 24)
    with running(queue_only) as supervisor:
        ready(queue_only)
        own_redis.kill()
        (own_redis.folder / "appendonly.aof").unlink()
        own_redis.start()
        with running(queue_only, "--queues", "videos", log="videos"):
            job_id = queue_only.submit([folder], stages=["none"])
            assert ended(queue_only, job_id)
        assert queue_only.job(job_id).state == "done"
        assert supervisor.poll() is None


def test_a_broker_that_hangs_and_comes_back_is_survived(queue_only, own_redis, tmp_path):
    folder = notes(tmp_path / "notes", 3)
    with running(queue_only) as supervisor:
        ready(queue_only)
        own_redis.hang()
        with pytest.raises(StoreUnavailable, match="does not answer"):
            queue_only.submit([folder], stages=["none"])
        own_redis.resume()
        [job] = queue_only.jobs()
        let_delivery_lapse(queue_only, job.id)
        assert ended(queue_only, job.id)
        assert queue_only.job(job.id).state == "done"
        assert supervisor.poll() is None
