"""What workers tell of themselves."""

from __future__ import annotations

from sqlalchemy import Engine, update

from midspan.db.jobs.workers import WorkerStore
from midspan.db.records.engine import writing
from midspan.db.records.tables import worker


def test_workers_tell_of_themselves(engine: Engine) -> None:
    workers = WorkerStore(engine)
    told = {"host": "h", "pid": 7, "queues": ["videos"]}
    workers.note("w", **told, doing="", rss_bytes=1)
    workers.note("w", **told, doing="ingest", rss_bytes=2)
    (row,) = workers.all()
    assert (row.name, row.queues, row.doing, row.rss_bytes, row.alive) == (
        "w",
        ("videos",),
        "ingest",
        2,
        True,
    )
    with writing(engine) as connection:
        connection.execute(update(worker).values(seen_at=worker.c.seen_at - 120))
    assert not workers.all()[0].alive
    workers.forget("w")
    assert workers.all() == []
