"""Job rows: claims, leases, ends and reports."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from midspan.db.jobs.store import JobStore
from midspan.db.record_store import Commit, ItemLease, ItemResult
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import LeaseLost, NotFound
from midspan.records import Failure
from tests.db.jobs.job_rows import begin, claim, end, states

BROKEN = Failure("/x", "reading", "CorruptSource", "cut off", False)


def test_a_new_job(jobs: JobStore) -> None:
    job_id = jobs.create(["/caf\udce9", "b"], ["facts"])
    job = jobs.job(job_id)
    assert job is not None
    assert (job.state, job.paths, job.stages) == ("queued", ("/caf\udce9", "b"), ("facts",))
    assert (job.total, job.done, job.failed, job.discovering) == (0, 0, 0, True)
    assert jobs.job("job-none") is None


def test_items_are_added_once(jobs: JobStore) -> None:
    job_id = jobs.create(["/data"])
    assert jobs.add_items(job_id, ["/a", "/b", "/a"]) == 2
    assert jobs.add_items(job_id, ["/b", "/c\udcff"]) == 1
    assert [(item.index, item.uri) for item in jobs.items(job_id)] == [(0, "/a"), (1, "/b"), (2, "/c\udcff")]
    assert jobs.job(job_id).total == 3


def test_adding_to_an_unknown_job(jobs: JobStore) -> None:
    with pytest.raises(NotFound, match="job-none"):
        jobs.add_items("job-none", ["/a"])


def test_a_path_that_failed_before_work(jobs: JobStore) -> None:
    job_id = jobs.create(["/x"])
    jobs.add_failed(job_id, BROKEN)
    jobs.add_failed(job_id, BROKEN)
    jobs.finish_discovery(job_id)
    (item,) = jobs.items(job_id)
    assert (item.state, item.outcome, item.failures) == ("failed", "failed", (BROKEN,))
    assert (jobs.job(job_id).total, jobs.job(job_id).failed) == (1, 1)
    assert jobs.settle(job_id) == "failed"


# --- claims ---


def test_a_claim_takes_items_in_order(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a", "/b", "/c")
    first = jobs.claim(job_id, "me", 2, 60)
    second = jobs.claim(job_id, "you", 2, 60)
    assert [(lease.index, uri, attempts) for lease, uri, attempts in first] == [(0, "/a", 1), (1, "/b", 1)]
    assert [(lease.index, lease.holder) for lease, _, _ in second] == [(2, "you")]
    assert jobs.claim(job_id, "me", 2, 60) == []
    job = jobs.job(job_id)
    assert job.state == "running"
    assert job.started_at is not None


def test_a_lapsed_lease_is_claimed_by_another(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a")
    (old,) = claim(jobs, job_id, "me", seconds=-1)
    ((new, _, attempts),) = jobs.claim(job_id, "you", 1, 60)
    assert new.token > old.token
    assert attempts == 2
    with pytest.raises(LeaseLost):
        end(store, old)
    end(store, new)
    assert states(jobs, job_id) == ["done"]


def test_heartbeats_keep_an_item(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a", "/b")
    first, second = claim(jobs, job_id, seconds=-1)
    jobs.heartbeat([first], 60)
    assert claim(jobs, job_id, "you") == [ItemLease(job_id, 1, "you", second.token + 1)]


def test_a_heartbeat_tells_of_lost_leases_and_prolongs_the_rest(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a", "/b")
    leases = claim(jobs, job_id, seconds=-1)
    jobs.claim(job_id, "you", 1, 60)
    with pytest.raises(LeaseLost, match=f"{job_id}/0 "):
        jobs.heartbeat(leases, 60)
    assert claim(jobs, job_id, "she") == []


def test_a_heartbeat_for_items_that_are_done_is_no_loss(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a", "/b")
    leases = claim(jobs, job_id)
    end(store, leases[0])
    jobs.heartbeat(leases, 60)


def test_released_items_are_queued_again_but_not_done_ones(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a", "/b")
    leases = claim(jobs, job_id)
    end(store, leases[0])
    jobs.release(leases)
    assert states(jobs, job_id) == ["done", "queued"]
    with pytest.raises(LeaseLost):
        end(store, leases[1])


def test_a_lease_that_passed_on_cannot_be_released(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a")
    old = claim(jobs, job_id, seconds=-1)
    claim(jobs, job_id, "you")
    jobs.release(old)
    assert states(jobs, job_id) == ["running"]


# --- ends ---


def test_a_commit_under_a_lost_lease_writes_nothing(jobs: JobStore, store: SqlRecordStore, made: Any) -> None:
    job_id = begin(jobs, "/a", "/b")
    kept, lost = claim(jobs, job_id, seconds=-1)
    jobs.heartbeat([kept], 60)
    claim(jobs, job_id, "you")
    commit = made.document("a", "One.")
    commit.leases = [kept, lost]
    commit.items = [ItemResult(kept, "done", "new", made.id("a"))]
    commit.failures = [(kept, None, None, BROKEN)]
    with pytest.raises(LeaseLost, match=f"{job_id}/1 "):
        store.commit(commit)
    assert set(store.counts().values()) == {0}
    assert store.run(made.reading.id) is None
    assert store.failures() == []
    assert store.outbox_end("graph") == 0
    assert states(jobs, job_id) == ["running", "running"]
    assert jobs.job(job_id).done == 0


def test_an_end_is_counted_once(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a", "/b", "/c")
    leases = claim(jobs, job_id)
    end(store, *leases[:2])
    end(store, leases[2], state="failed", outcome="failed")
    with pytest.raises(LeaseLost):
        end(store, leases[0])
    job = jobs.job(job_id)
    assert (job.total, job.done, job.failed) == (3, 2, 1)


def test_an_item_that_fails_before_any_commit(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/x")
    (lease,) = claim(jobs, job_id)
    jobs.fail(lease, BROKEN)
    (item,) = jobs.items(job_id)
    assert (item.state, item.outcome, item.failures) == ("failed", "failed", (BROKEN,))
    assert store.failures(job_id) == [BROKEN]
    with pytest.raises(LeaseLost):
        jobs.fail(lease, BROKEN)
    assert jobs.job(job_id).failed == 1


@pytest.mark.parametrize(("outcome", "state"), [("done", "done"), ("failed", "failed")])
def test_settle_when_nothing_is_left(jobs: JobStore, store: SqlRecordStore, outcome: str, state: str) -> None:
    job_id = begin(jobs, "/a", "/b")
    first, second = claim(jobs, job_id)
    end(store, first)
    assert jobs.settle(job_id) == "running"
    end(store, second, state=outcome, outcome="new" if outcome == "done" else "failed")
    assert jobs.settle(job_id) == state
    assert jobs.job(job_id).finished_at is not None


def test_settle_waits_for_discovery(jobs: JobStore) -> None:
    job_id = jobs.create(["/data"])
    assert jobs.settle(job_id) == "queued"
    jobs.finish_discovery(job_id)
    assert jobs.settle(job_id) == "done"


def test_tally(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a", "/b", "/c", "/d")
    first, second, third, _ = claim(jobs, job_id)
    store.commit(
        Commit(
            items=[
                ItemResult(first, "done", "new", "s1", 5, {"fact": 2, "atlas": 1}),
                ItemResult(second, "done", "new", "s2", 3, {"fact": 1}),
                ItemResult(third, "done", "unchanged", "s3"),
            ]
        )
    )
    tally = jobs.tally(job_id)
    assert dict(tally.outcomes) == {"new": 2, "unchanged": 1}
    assert tally.segments == 8
    assert dict(tally.records) == {"fact": 3, "atlas": 1}
    item = jobs.items(job_id)[0]
    assert (item.source_id, item.segments, item.records) == ("s1", 5, {"fact": 2, "atlas": 1})


def test_a_job_keeps_whether_links_are_followed(jobs: JobStore) -> None:
    rows = [jobs.job(jobs.create(["/data"], follow_links=follow)) for follow in (False, True)]
    assert [row.follow_links for row in rows] == [False, True]


# --- steering ---


def test_cancelling_takes_out_what_is_queued(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a", "/b", "/c")
    (done, running) = (lease for lease, _, _ in jobs.claim(job_id, "me", 2, 60))
    end(store, done)
    jobs.request_cancel(job_id)
    assert jobs.cancel_requested(job_id)
    assert states(jobs, job_id) == ["done", "running", "cancelled"]
    assert jobs.claim(job_id, "you", 5, 60) == []
    assert jobs.settle(job_id) == "running"
    jobs.release([running])
    assert states(jobs, job_id) == ["done", "cancelled", "cancelled"]
    assert jobs.settle(job_id) == "cancelled"


def test_cancelling_a_job_whose_worker_is_gone(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a")
    (lease,) = claim(jobs, job_id, seconds=-1)
    jobs.request_cancel(job_id)
    assert jobs.job(job_id).state == "cancelled"
    with pytest.raises(LeaseLost):
        end(store, lease)


def test_cancelling_while_files_are_discovered(jobs: JobStore) -> None:
    job_id = jobs.create(["/data"])
    assert jobs.request_cancel(job_id) is True
    jobs.add_items(job_id, ["/late"])
    assert states(jobs, job_id) == ["cancelled"]
    assert jobs.job(job_id).state == "cancelled"


def test_a_finished_job_stays_as_it_is(jobs: JobStore) -> None:
    job_id = begin(jobs)
    jobs.settle(job_id)
    assert jobs.request_cancel(job_id) is False
    jobs.interrupt(job_id, "late")
    job = jobs.job(job_id)
    assert (job.state, job.cancel_requested, job.message) == ("done", False, "")


def test_retry_queues_what_failed_or_was_cancelled(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a", "/b", "/c")
    done, failed = (lease for lease, _, _ in jobs.claim(job_id, "me", 2, 60))
    end(store, done)
    jobs.fail(failed, BROKEN)
    jobs.request_cancel(job_id)
    jobs.settle(job_id)
    assert jobs.retry(job_id) == 2
    job = jobs.job(job_id)
    assert (job.state, job.done, job.failed, job.cancel_requested) == ("queued", 1, 0, False)
    assert store.failures(job_id) == []
    assert dict(jobs.tally(job_id).outcomes) == {"new": 1}
    assert [(item.state, item.attempts) for item in jobs.items(job_id)] == [
        ("done", 1),
        ("queued", 1),
        ("queued", 0),
    ]
    end(store, *claim(jobs, job_id))
    assert jobs.settle(job_id) == "done"


def test_retry_of_a_good_job_does_nothing(jobs: JobStore) -> None:
    job_id = begin(jobs)
    jobs.settle(job_id)
    assert jobs.retry(job_id) == 0
    assert jobs.job(job_id).state == "done"


def test_the_same_failure_after_a_retry_is_told_again(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/x")
    for _ in range(2):
        (lease,) = claim(jobs, job_id)
        jobs.fail(lease, BROKEN)
        assert store.failures(job_id) == [BROKEN]
        jobs.retry(job_id)


def test_an_interrupted_job_is_open_and_goes_on(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a")
    jobs.release(claim(jobs, job_id))
    jobs.interrupt(job_id, "stopped")
    assert [(job.id, job.state, job.message) for job in jobs.open_jobs()] == [
        (job_id, "interrupted", "stopped")
    ]
    end(store, *claim(jobs, job_id))
    assert jobs.job(job_id).state == "running"
    assert jobs.settle(job_id) == "done"
    assert jobs.open_jobs() == []


# --- looking ---


def test_jobs_newest_first(jobs: JobStore) -> None:
    ids = [jobs.create([name]) for name in "abc"]
    assert [job.id for job in jobs.jobs(2)] == [ids[2], ids[1]]


def test_items_by_state_and_page(jobs: JobStore) -> None:
    job_id = begin(jobs, "/a", "/b", "/c")
    jobs.claim(job_id, "me", 1, 60)
    assert [item.uri for item in jobs.items(job_id, "queued")] == ["/b", "/c"]
    assert [item.uri for item in jobs.items(job_id, limit=1, offset=1)] == ["/b"]


def test_prune_keeps_the_newest_and_all_open_ones(jobs: JobStore, store: SqlRecordStore) -> None:
    old_open = begin(jobs, "/a")
    finished = []
    for _ in range(3):
        job_id = jobs.create(["/x"])
        jobs.add_failed(job_id, BROKEN)
        jobs.finish_discovery(job_id)
        jobs.settle(job_id)
        finished.append(job_id)
    jobs.prune(keep=1)
    assert {job.id for job in jobs.jobs()} == {old_open, finished[-1]}
    assert jobs.items(finished[0]) == []
    assert store.failures() == [BROKEN]


WORKER = """
import sys
from midspan.db.records.engine import make_engine
from midspan.db.jobs.store import JobStore
from midspan.db.records.relational import SqlRecordStore
from midspan.db.record_store import Commit, ItemResult
url, job_id, holder = sys.argv[1:]
engine = make_engine(url)
jobs, store = JobStore(engine), SqlRecordStore(engine)
while claimed := jobs.claim(job_id, holder, 3, 60):
    for lease, uri, _ in claimed:
        store.commit(Commit(items=[ItemResult(lease, "done", "new", uri)]))
        print(uri)
"""


def test_processes_share_a_job_without_doing_an_item_twice(jobs: JobStore, url: str) -> None:
    uris = [f"/{i}" for i in range(24)]
    job_id = begin(jobs, *uris)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, url, job_id, holder], stdout=subprocess.PIPE, text=True
        )
        for holder in ("me", "you")
    ]
    done = Counter(line for worker in workers for line in worker.communicate()[0].split())
    assert [worker.returncode for worker in workers] == [0, 0]
    assert done == Counter(uris)
    assert jobs.job(job_id).done == 24
    assert {item.attempts for item in jobs.items(job_id)} == {1}


# --- kinds and delivery ---


def test_a_claim_by_kind(jobs: JobStore) -> None:
    job_id = jobs.create(["/data"], background=True)
    jobs.add_items(job_id, ["/a.txt", "/b.mp4", "/c.txt"], {"/b.mp4": "video"})
    assert jobs.queued(job_id) == {"document": 2, "video": 1}
    assert [uri for _, uri, _ in jobs.claim(job_id, "me", 9, 60, ["video"])] == ["/b.mp4"]
    assert jobs.claim(job_id, "me", 9, 60, ["video"]) == []
    assert [uri for _, uri, _ in jobs.claim(job_id, "me", 9, 60, ["document"])] == ["/a.txt", "/c.txt"]


def test_jobs_that_wait_for_a_worker(jobs: JobStore, store: SqlRecordStore) -> None:
    begin(jobs, "/foreground")
    finding = jobs.create(["/data"], background=True)
    films = jobs.create(["/films"], background=True)
    jobs.add_items(films, ["/x.mp4"], {"/x.mp4": "video"})
    jobs.finish_discovery(films)
    assert [job.id for job in jobs.waiting(["document"])] == [finding]
    assert [job.id for job in jobs.waiting(["video"])] == [finding, films]
    end(store, *claim(jobs, films))
    assert [job.id for job in jobs.waiting(["video"])] == [finding]
    assert jobs.spent() == [films]


def test_a_job_is_not_delivered_twice_at_once(jobs: JobStore) -> None:
    job_id = jobs.create(["/data"], background=True)
    assert jobs.note_delivery(job_id, unless_within=60)
    assert not jobs.note_delivery(job_id, unless_within=60)
    assert jobs.note_delivery(job_id)


# --- done in part ---


def test_a_job_with_items_that_are_done_in_part_is_done(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a", "/b", "/c")
    whole, *parts = claim(jobs, job_id)
    end(store, whole)
    end(store, *parts, outcome="partial")
    assert jobs.settle(job_id) == "done"
    job = jobs.job(job_id)
    assert job is not None
    assert (job.done, job.partial, job.failed) == (3, 2, 0)
    assert [item.uri for item in jobs.items(job_id, "partial")] == ["/b", "/c"]
    assert jobs.items(job_id, "failed") == []


def test_retry_queues_what_is_done_in_part(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/a", "/b")
    whole, part = claim(jobs, job_id)
    end(store, whole)
    failed = [(part, None, None, BROKEN)]
    store.commit(Commit(failures=failed, items=[ItemResult(part, "done", "partial", "s1", 5, {"fact": 2})]))
    jobs.settle(job_id)
    assert jobs.retry(job_id) == 1
    job = jobs.job(job_id)
    assert job is not None
    assert (job.state, job.done, job.partial, job.failed) == ("queued", 1, 0, 0)
    assert states(jobs, job_id) == ["done", "queued"]
    assert store.failures(job_id) == []
    end(store, *claim(jobs, job_id))
    assert jobs.settle(job_id) == "done"
    job = jobs.job(job_id)
    assert job is not None
    assert (job.done, job.partial) == (2, 0)


def test_failures_keep_their_place(jobs: JobStore, store: SqlRecordStore) -> None:
    job_id = begin(jobs, "/x", "/y")
    leases = claim(jobs, job_id)
    placed = [replace(BROKEN, page=7), replace(BROKEN, path="/y", second=12.5)]
    for lease, failure in zip(leases, placed, strict=True):
        jobs.fail(lease, failure)
    assert store.failures(job_id) == placed
    assert [item.failures for item in jobs.items(job_id)] == [(failure,) for failure in placed]
