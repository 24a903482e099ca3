"""Many claimers at once: no item is ended twice."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections import Counter
from typing import Any

import pytest

from midspan.db import migrate
from midspan.db.jobs.store import JobStore
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from tests.db.jobs.job_rows import begin, claim, end

CLAIMERS = """
import random, sys, threading
from midspan.db.records.engine import make_engine
from midspan.db.jobs.store import JobStore
from midspan.db.records.relational import SqlRecordStore
from midspan.db.record_store import Commit, ItemResult
from midspan.errors import LeaseLost
url, job_id, holder = sys.argv[1:]
engine = make_engine(url)
jobs, store = JobStore(engine), SqlRecordStore(engine)
chosen = random.Random(holder)
lines = []
def work(name):
    while True:
        claimed = jobs.claim(job_id, name, chosen.randint(1, 4), chosen.choice([-1, 60, 60]))
        if not claimed:
            return
        for lease, uri, _ in claimed:
            try:
                store.commit(Commit(items=[ItemResult(lease, "done", "new", uri)]))
                lines.append(uri)
            except LeaseLost:
                pass
threads = [threading.Thread(target=work, args=[f"{holder}-{number}"]) for number in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("\\n".join(lines))
engine.dispose()
"""


@pytest.mark.parametrize("profile", ["sqlite", "postgres"])
def test_threads_and_processes_never_end_an_item_twice(
    profile: str, sqlite_url: str, request: pytest.FixtureRequest
) -> None:
    """Some leases run out at once, so that items change hands while they are worked on."""
    url = sqlite_url if profile == "sqlite" else new_database(request.getfixturevalue("postgres"))
    engine = make_engine(url)
    jobs = JobStore(engine)
    uris = [f"/{number}" for number in range(60)]
    job_id = begin(jobs, *uris)
    command = [sys.executable, "-c", CLAIMERS, url, job_id]
    workers = [
        subprocess.Popen([*command, holder], stdout=subprocess.PIPE, text=True) for holder in ("me", "you")
    ]
    done = Counter(line for process in workers for line in process.communicate()[0].split())
    while claimed := claim(jobs, job_id):  # what a lost lease left behind when the others had ended
        end(SqlRecordStore(engine), *claimed)
        done.update(jobs.items(job_id)[lease.index].uri for lease in claimed)
    assert [process.returncode for process in workers] == [0, 0]
    failed = {item.uri for item in jobs.items(job_id, "failed")}  # by too many deaths
    assert done == Counter(set(uris) - failed)
    job = jobs.job(job_id)
    assert job is not None
    assert (job.done, job.failed) == (60 - len(failed), len(failed))
    engine.dispose()


def new_database(postgres: Any) -> str:
    name = f"jobs_{uuid.uuid4().hex[:8]}"
    with postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url: str = postgres.database_url(name)
    migrate.upgrade(url)
    return url
