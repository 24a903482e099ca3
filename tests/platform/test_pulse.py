"""Signs of life: they come from a thread of their own, and only while the work moves."""

import threading
from pathlib import Path

import pytest

from midspan.db.jobs.store import JobStore
from midspan.db.migrate import upgrade
from midspan.db.records.engine import make_engine
from midspan.platform.pulse import Pulse


@pytest.fixture
def jobs(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'midspan.db'}"
    upgrade(url)
    engine = make_engine(url)
    yield JobStore(engine)
    engine.dispose()


def claimed(jobs, seconds):
    job_id = jobs.create(["/data"], background=True)
    jobs.add_items(job_id, ["/a"])
    return job_id, [lease for lease, _, _ in jobs.claim(job_id, "me", 1, seconds)]


def beaten(jobs, job_id, leases, **timing):
    """How long the lease still runs when the pulse has ended, having beaten or hung."""
    over = threading.Event()

    class Watched(JobStore):
        def heartbeat(self, leases, seconds):
            super().heartbeat(leases, seconds)
            over.set()

    with Pulse(Watched(jobs._engine), leases, on_hang=over.set, beat_seconds=0.01, **timing) as pulse:
        assert over.wait(60)
    return pulse


def test_a_long_stage_keeps_its_lease_without_a_commit(jobs):
    job_id, leases = claimed(jobs, -1)
    beaten(jobs, job_id, leases, hang_seconds=60)
    assert jobs.reap() == set()
    assert jobs.held(job_id)[0].left > 60


def test_a_pulse_does_not_beat_for_work_that_hangs(jobs):
    job_id, leases = claimed(jobs, -1)
    beaten(jobs, job_id, leases, hang_seconds=-1)
    assert jobs.reap() == {job_id}


def test_a_lost_lease_is_told_to_the_work(jobs):
    job_id, leases = claimed(jobs, -1)
    jobs.claim(job_id, "you", 1, 60)
    with Pulse(jobs, leases, beat_seconds=0.01) as pulse:
        pulse._thread.join(60)
    assert pulse.lost
