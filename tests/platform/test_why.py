"""Why a job is where it is: each state of things is told, with what to do."""

import dataclasses
import functools
import json

import pytest

from midspan.db.record_store import Commit, ItemResult
from midspan.errors import NotFound
from midspan.platform.background import note_worker as note_local_worker
from midspan.platform.why import failure_groups
from midspan.records import Failure


def job_of(workspace, *uris, background=True, kinds=None):
    job_id = workspace.parts.jobs.create(["/data"], background=background)
    workspace.parts.jobs.add_items(job_id, uris, kinds)
    workspace.parts.jobs.finish_discovery(job_id)
    return job_id


def claim(workspace, job_id, seconds=60):
    return [lease for lease, _, _ in workspace.parts.jobs.claim(job_id, "host@1", 10, seconds)]


def told(workspace, job_id):
    explanation = workspace.why(job_id)
    return " | ".join(explanation.reasons), " | ".join(explanation.advice)


def note_worker(workspace, *queues, doing=""):
    workspace.parts.workers.note("host@1", host="host", pid=1, queues=queues, doing=doing, rss_bytes=1)


def test_no_worker_and_no_broker(fresh):
    reasons, advice = told(fresh, job_of(fresh, "/a.txt", "/b.txt"))
    assert "2 items wait in the queue 'documents'" in reasons
    assert "no worker serves the queue 'documents'" in reasons
    assert "broker does not answer" in reasons
    assert "midspan worker" in advice


def test_no_worker_for_this_queue(fresh):
    note_worker(fresh, "documents")
    reasons, _ = told(fresh, job_of(fresh, "/a.txt", "/b.mp4", kinds={"/b.mp4": "video"}))
    assert "no worker serves the queue 'videos'" in reasons
    assert "no worker serves the queue 'documents'" not in reasons


def test_all_workers_are_busy(fresh):
    note_worker(fresh, "documents", doing="ingest job-other document")
    reasons, _ = told(fresh, job_of(fresh, "/a.txt"))
    assert "host@1: ingest job-other document" in reasons


def test_leased(fresh):
    job_id = job_of(fresh, "/a.txt")
    claim(fresh, job_id)
    reasons, _ = told(fresh, job_id)
    assert "1 items are being worked on: 1 by host@1" in reasons
    assert "/a.txt" in reasons


def test_a_lease_that_has_run_out(fresh):
    job_id = job_of(fresh, "/a.txt")
    claim(fresh, job_id, seconds=-5)
    reasons, _ = told(fresh, job_id)
    assert "leases have run out" in reasons and "whose lease ran out 5 s ago" in reasons


def test_a_job_just_handed_over_to_a_worker_that_is_starting(fresh):
    """The workspace's own worker lives, and has said nothing of itself yet: nobody need start another."""
    job_id = job_of(fresh, "/a.txt")
    note_local_worker(fresh.folder)
    reasons, advice = told(fresh, job_id)
    assert "the workspace's worker is starting" in reasons
    assert "no worker serves" not in reasons and "midspan worker --queues" not in advice
    note_worker(fresh, "videos")
    assert "no worker serves the queue 'documents'" in told(fresh, job_id)[0]


def test_being_cancelled(fresh):
    job_id = job_of(fresh, "/a.txt")
    claim(fresh, job_id)
    fresh.cancel(job_id)
    assert "is to be cancelled" in told(fresh, job_id)[0]


def test_cancelled(fresh):
    job_id = job_of(fresh, "/a.txt", "/b.txt")
    fresh.cancel(job_id)
    reasons, advice = told(fresh, job_id)
    assert "cancelled it after 0 of 2 items" in reasons
    assert f"midspan jobs retry {job_id}" in advice


def test_waiting_for_the_projection(fresh):
    job_id = job_of(fresh, "/a.txt")
    fresh.parts.store.commit(
        Commit(items=[ItemResult(lease, "done", "new") for lease in claim(fresh, job_id)])
    )
    reasons, _ = told(fresh, job_id)
    assert "the graph and the indexes are being brought up" in reasons
    assert "no worker serves the queue 'projection'" in reasons


def test_failures_by_kind(fresh, documents):
    (documents / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (documents / "worse.pdf").write_bytes(b"%PDF-1.4 nothing at all")
    (documents / "empty.txt").touch()
    job_id = fresh.ingest([documents], stages=["none"]).job_id
    explanation = fresh.why(job_id)
    assert [(group.kind, group.count, group.retryable) for group in explanation.failures] == [
        ("CorruptSource", 2, False),
        ("EmptySource", 1, False),
    ]
    assert "3 of 7 items failed, 4 are done" in explanation.reasons[0]
    assert "mend or remove" in explanation.advice[0]


def test_done_in_part(fresh, run):
    job_id = job_of(fresh, "/a.txt", "/b.txt")
    whole, part = claim(fresh, job_id)
    failures = [
        (part, None, None, Failure("/b.txt", "facts", "ValueError", "no good", True, f"seg-{page}", page))
        for page in range(3, 10)
    ]
    items = [ItemResult(whole, "done", "new"), ItemResult(part, "done", "partial")]
    fresh.parts.store.commit(Commit(failures=failures, items=items))
    assert fresh.parts.jobs.settle(job_id) == "done"
    reasons, advice = told(fresh, job_id)
    assert "0 of 2 items failed, 2 are done, 1 of them in part" in reasons
    assert f"midspan jobs retry {job_id}" in advice
    shown = run("jobs", "show", job_id)[1]
    assert "done, 2 done (1 in part), 0 failed of 2" in shown
    assert "partial: /b.txt page 3: facts: no good; page 4: facts: no good;" in " ".join(shown.split())
    assert "and 2 more" in shown
    as_json = json.loads(run("jobs", "show", job_id, "--json")[1])
    assert (as_json["state"], as_json["done"], as_json["partial"], as_json["failed"]) == ("done", 2, 1, 0)
    [item] = as_json["items"]
    assert item["outcome"] == "partial"
    assert [failure["page"] for failure in item["failures"]] == [*range(3, 10)]


def test_a_foreground_job_whose_process_is_gone_goes_to_a_worker(fresh, monkeypatch):
    job_id = job_of(fresh, "/a.txt", background=False)
    claim(fresh, job_id)
    assert "in the foreground" in told(fresh, job_id)[0]
    fresh.parts.jobs.abandon("host@1")
    reasons, advice = told(fresh, job_id)
    assert "gives no sign of life" in reasons
    assert f"midspan jobs retry {job_id}" in advice
    delivered = []
    monkeypatch.setattr(fresh.parts.background, "deliver", delivered.append)
    fresh.retry(job_id)
    assert delivered == [job_id]


def test_an_unknown_job(fresh):
    with pytest.raises(NotFound, match="jobs ls"):
        fresh.why("job-none")


def test_groups_name_a_few_paths_and_say_whether_a_retry_helps():
    failures = [Failure(f"/{n}", "reading", "SourceVanished", f"gone {n}", n > 0) for n in range(9)]
    [group] = failure_groups(failures)
    assert (group.count, group.retryable, group.message, len(group.paths)) == (9, False, "gone 0", 5)


@pytest.fixture
def run(fresh, command):
    return functools.partial(command, "--workspace", fresh.folder)


def test_why_and_workers_on_the_command_line(fresh, run):
    note_worker(fresh, "documents")
    job_id = job_of(fresh, "/a.txt")
    code, printed, complaint = run("jobs", "why", job_id)
    assert code == 0, complaint
    assert "1 items wait in the queue 'documents'" in printed
    as_json = json.loads(run("jobs", "why", job_id, "--json")[1])
    assert set(as_json) == {field.name for field in dataclasses.fields(fresh.why(job_id))}
    [worker] = json.loads(run("jobs", "workers", "--json")[1])
    assert (worker["name"], worker["queues"], worker["alive"]) == ("host@1", ["documents"], True)
    assert "host@1" in run("jobs", "workers")[1]
    assert run("jobs", "why", "job-none")[0] == 2


def test_cancelling_says_what_became_of_the_job(fresh, run):
    waiting, held, done = (job_of(fresh, "/a.txt") for _ in range(3))
    claim(fresh, held)
    fresh.parts.store.commit(Commit(items=[ItemResult(lease, "done", "new") for lease in claim(fresh, done)]))
    fresh.parts.jobs.settle(done)
    assert f"job {waiting} is cancelled" in run("jobs", "cancel", waiting)[1]
    assert f"job {held} is stopping" in run("jobs", "cancel", held)[1]
    assert f"job {done} had ended already (done); nothing was stopped" in run("jobs", "cancel", done)[1]
    asked = json.loads(run("jobs", "cancel", done, "--json")[1])
    assert asked == {"job": done, "cancel_requested": False, "state": "done"}


def test_an_unknown_queue_is_refused(run):
    code, _, complaint = run("worker", "--queues", "documents,music")
    assert code == 2
    assert "known: documents, projection, videos" in complaint
