"""Background jobs: a real worker process on a real redis-server, killed, cancelled, retried."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from reportlab.pdfgen.canvas import Canvas

from benchmarks import bombs
from midspan import Workspace
from midspan.errors import NotFound, StoreUnavailable, WrongUse
from midspan.platform import broker
from midspan.platform.background import ensure_worker, worker_pid

pytestmark = pytest.mark.slow

PATIENCE = 90.0


def wait_for(what, seconds=PATIENCE):
    """Wait until ``what()`` is true; the last value of it."""
    deadline = time.monotonic() + seconds
    while not (value := what()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return value


def ended(workspace, job_id):
    return wait_for(lambda: workspace.job(job_id).state in ("done", "failed", "cancelled"))


@pytest.fixture
def served(fresh):
    """A workspace whose worker and broker are gone after the test."""
    yield fresh
    pid = worker_pid(fresh.folder)
    if pid is not None:
        tree = psutil.Process(pid).children(recursive=True)
        os.kill(pid, signal.SIGTERM)
        psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=15)
        for process in tree:
            if process.is_running():
                process.kill()


@pytest.fixture
def notes(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(24):
        (folder / f"note-{number:02}.txt").write_text(f"Note {number} speaks of the Danube. " * 40)
    return folder


def test_a_submitted_job_is_done_by_a_worker_started_on_demand(served, documents):
    job_id = served.submit([documents], stages=["none"])
    assert ended(served, job_id)
    job = served.job(job_id)
    assert (job.state, job.done, job.failed, job.total) == ("done", 4, 0, 4)
    assert served.search("polonium").hits
    assert all(check.ok for check in served.doctor().checks if check.name in ("stores", "outbox"))


def test_a_killed_worker_loses_nothing(served, notes):
    job_id = served.submit([notes], stages=["none"])
    assert wait_for(lambda: served.job(job_id).done > 0 or served.job(job_id).state == "done")
    pid = worker_pid(served.folder)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: worker_pid(served.folder) is None, 10)
    expire_leases(served, job_id)
    ensure_worker(served.folder)
    assert ended(served, job_id)
    job = served.job(job_id)
    assert (job.state, job.done, job.total) == ("done", 24, 24)
    assert served.counts()["source"] == 24


def test_a_broker_that_a_killed_worker_left_ends_with_the_next_worker(served):
    ensure_worker(served.folder)
    os.kill(wait_for(lambda: worker_pid(served.folder)), signal.SIGKILL)
    wait_for(lambda: worker_pid(served.folder) is None, 10)
    assert broker.is_up(served.folder)
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(served.folder)]
    done = subprocess.run([*command, "worker", "--until-idle", "1"], timeout=PATIENCE, check=False)
    assert done.returncode == 0
    assert not broker.is_up(served.folder)


def expire_leases(workspace, job_id):
    """Stand in for the minutes after which a dead worker's leases run out."""
    from sqlalchemy import update

    from midspan.db.records.engine import writing
    from midspan.db.records.tables import job_item

    with writing(workspace.parts._engine) as connection:
        connection.execute(
            update(job_item)
            .where(job_item.c.job_id == job_id, job_item.c.state == "running")
            .values(lease_until=0.0)
        )


def test_a_cancelled_job_stops_and_can_be_retried(served, notes):
    job_id = served.parts.jobs.create([str(notes)], ["none"])
    served.cancel(job_id)
    assert served.job(job_id).state == "cancelled"
    assert served.counts()["source"] == 0
    served.retry(job_id)
    assert ended(served, job_id)
    assert served.job(job_id).state == "done"
    assert served.counts()["source"] == 24


def test_a_failed_item_tells_why_and_is_retried_after_mending(served, notes):
    (notes / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    job_id = served.submit([notes], stages=["none"])
    assert ended(served, job_id)
    assert (served.job(job_id).state, served.job(job_id).failed) == ("failed", 1)
    [item] = served.job_items(job_id, "failed")
    assert item.path.endswith("broken.pdf")
    assert item.failures[0].message
    canvas = Canvas(str(notes / "broken.pdf"))
    canvas.drawString(72, 720, "Now it is a page about the Rhine.")
    canvas.save()
    assert served.retry(job_id) == 1
    assert ended(served, job_id)
    assert (served.job(job_id).state, served.job(job_id).done) == ("done", 25)
    assert served.search("Rhine").hits


def test_a_file_that_takes_all_memory_fails_alone_and_its_worker_goes_on(served, notes, monkeypatch):
    monkeypatch.setenv("MIDSPAN_READ_MEMORY_MB", "128")
    (notes / "bomb.pdf").write_bytes(bombs.one_page(bombs.packed(160, b" ")))
    job_id = served.submit([notes], stages=["none"])
    pid = worker_pid(served.folder)
    assert ended(served, job_id)
    assert (served.job(job_id).done, served.job(job_id).failed) == (24, 1)
    [item] = served.job_items(job_id, "failed")
    assert item.path.endswith("bomb.pdf")
    [failure] = item.failures
    assert (failure.kind, failure.retryable) == ("ReadingLimit", False)
    assert "128 MB" in failure.message
    assert "MIDSPAN_READ_MEMORY_MB" in failure.message
    assert worker_pid(served.folder) == pid


def test_an_idle_worker_ends_and_takes_its_broker_along(fresh):
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(fresh.folder)]
    worker = subprocess.Popen([*command, "worker", "--until-idle", "1"], stderr=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: broker.is_up(fresh.folder))
        assert worker.wait(PATIENCE) == 0
        assert not broker.is_up(fresh.folder)
    finally:
        worker.kill()


def test_a_second_worker_of_an_embedded_workspace_is_refused(served):
    ensure_worker(served.folder)
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(served.folder), "worker"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert "runs already" in done.stderr


def test_a_broker_that_does_not_answer_is_said_and_the_job_kept(tmp_path, monkeypatch, documents):
    monkeypatch.setenv("MIDSPAN_BROKER_URL", "redis://127.0.0.1:9/0")
    with Workspace.open(tmp_path / "w") as workspace:
        with pytest.raises(StoreUnavailable, match="broker does not answer"):
            workspace.submit([documents])
        [job] = workspace.jobs()
        assert job.state == "queued"


def test_an_unknown_job_is_not_found(fresh):
    with pytest.raises(NotFound, match="jobs ls"):
        fresh.job("nonsense")
    with pytest.raises(NotFound):
        fresh.retry("nonsense")


def test_an_empty_query_is_wrong_use(fresh):
    with pytest.raises(WrongUse, match="empty"):
        fresh.search("  ")
