"""Workers that die: their items are queued again."""

from __future__ import annotations

import time

from sqlalchemy import Engine, update

from midspan.db.jobs.reaping import LONGEST_LEASE, MOST_DEATHS
from midspan.db.jobs.store import JobStore
from midspan.db.records.engine import writing
from midspan.db.records.relational import SqlRecordStore
from midspan.db.records.tables import job_item
from tests.db.jobs.job_rows import begin, claim, end, states


def test_items_of_a_dead_worker_are_queued_again(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a", "/b")
    claim(jobs, job_id, seconds=-1)
    assert jobs.reap() == {job_id}
    assert states(jobs, job_id) == ["queued", "queued"]
    assert jobs.reap() == set()


def test_living_leases_are_not_reaped(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a")
    (lease,) = claim(jobs, job_id)
    assert jobs.reap() == set()
    jobs.heartbeat([lease], 60)


def test_a_lease_from_a_clock_that_was_set_back_has_run_out(jobs: JobStore, engine: Engine) -> None:
    job_id = begin(jobs, "/a")
    (lease,) = claim(jobs, job_id)
    with writing(engine) as connection:
        connection.execute(update(job_item).values(lease_until=time.time() + 86_400))
    ((taken, _, _),) = jobs.claim(job_id, "you", 1, 60)
    assert taken.token > lease.token


def test_no_lease_is_longer_than_the_longest(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a")
    (lease,) = claim(jobs, job_id, seconds=86_400)
    jobs.heartbeat([lease], 86_400)
    assert jobs.held(job_id)[0].left <= LONGEST_LEASE
    assert jobs.reap() == set()


def test_what_a_supervisor_saw_die_is_taken_back_at_once(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a", "/b")
    jobs.claim(job_id, "me", 1, 60)
    jobs.claim(job_id, "you", 1, 60)
    assert jobs.abandon("me") == {job_id}
    assert states(jobs, job_id) == ["queued", "running"]


def test_an_item_that_kills_its_workers_fails_and_drags_no_other_along(
    jobs: JobStore, store: SqlRecordStore
) -> None:
    job_id = begin(jobs, *(f"/{name}" for name in "abcdef"))
    rounds = 0
    while claimed := jobs.claim(job_id, "me", 4, 60):
        rounds += 1
        assert rounds < 30
        if any(uri == "/c" for _, uri, _ in claimed):
            jobs.abandon("me")
        else:
            end(store, *(lease for lease, _, _ in claimed))
    assert states(jobs, job_id) == ["done", "done", "failed", "done", "done", "done"]
    [failure] = store.failures(job_id)
    assert (failure.path, failure.kind, failure.retryable) == ("/c", "WorkerDied", True)
    assert f"{MOST_DEATHS} times" in failure.message
    assert jobs.settle(job_id) == "failed"


def test_a_retry_forgives_deaths(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a")
    for _ in range(MOST_DEATHS):
        claim(jobs, job_id)
        jobs.abandon("me")
    assert states(jobs, job_id) == ["failed"]
    assert jobs.retry(job_id) == 1
    claim(jobs, job_id)
    jobs.abandon("me")
    assert states(jobs, job_id) == ["queued"]


def test_giving_back_in_good_order_is_no_death(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a")
    for _ in range(MOST_DEATHS + 1):
        jobs.release(claim(jobs, job_id))
    assert states(jobs, job_id) == ["queued"]


def test_a_dead_workers_items_of_a_cancelled_job_end(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a")
    claim(jobs, job_id)
    jobs.request_cancel(job_id)
    assert jobs.job(job_id).state == "running"
    jobs.abandon("me")
    assert (states(jobs, job_id), jobs.job(job_id).state) == (["cancelled"], "cancelled")
