"""The ingest loop with a crew writes what it writes alone, whatever happens to the processes."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import psutil
import pytest

from midspan.corpus import folder
from midspan.db import migrate
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import ProcessLost, StoreUnavailable
from midspan.pipelines.confined.confined import Confined
from midspan.pipelines.crew.crew import Crew
from midspan.pipelines.ingest import Ingest
from midspan.pipelines.stage import Batch
from tests.pipelines.crew import handmade

BATCH = 5
CONFINED = Confined()


@pytest.fixture
def new_store(tmp_path):
    made = []

    def make(name="records"):
        url = f"sqlite:///{tmp_path / name}.db"
        migrate.upgrade(url)
        made.append(SqlRecordStore(make_engine(url)))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(new_store):
    return new_store()


@pytest.fixture
def crew():
    with Crew(handmade.make, 2, worth=1) as made:
        yield made


def write(into, *texts):
    """A file for each text; returns them as items."""
    into.mkdir(exist_ok=True)
    paths = [into / f"{number}.txt" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return [(path, None) for path in paths]


def sentences(count, name="note"):
    return " ".join(f"This is sentence {number} of {name}." for number in range(count))


def ingest(store, items, crew=None, **options):
    loop = Ingest(store, handmade.make(), batch_weight=BATCH, confined=CONFINED)
    return loop(items, crew=crew, **options)


def rows(store):
    """All that is in a store, by ids that do not depend on the order of work."""
    records = {
        record.id: record for kind in ("scene", "event") for record in store.records(kind, None, 10_000)
    }
    sources = sorted(summary.source.id for summary in store.sources(1000))
    segments = [
        (segment.id, segment.ordinal, segment.text)
        for source in sources
        for segment in store.segments(source, limit=10_000)
    ]
    return records, segments, store.complete_runs(sources)


def gone(pids, seconds=60.0):
    """Whether all of these processes have ended, waiting for it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(psutil.pid_exists(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def test_a_crew_writes_what_one_process_writes(new_store, crew, tmp_path):
    counts = [1, 13, 2, 7, 1, 60, 3]
    items = write(tmp_path / "texts", *(sentences(count, f"text {count}") for count in counts))
    alone, shared = new_store("alone"), new_store("shared")
    heard_alone, heard = [], []
    assert ingest(alone, items, beat=heard_alone.append) == []
    assert ingest(shared, items, crew, beat=heard.append) == []
    assert len(set(crew.pids)) == 2
    assert rows(shared) == rows(alone)
    records = rows(shared)[0].values()
    assert Counter(record.text for record in records)["59 before, 7 words"] == 1
    assert heard == heard_alone


def test_little_work_starts_no_process(store, tmp_path):
    items = write(tmp_path / "texts", sentences(6 * BATCH))
    with Crew(handmade.make, 2, worth=6 * BATCH + 1) as crew:
        assert ingest(store, items, crew) == []
        assert not crew.started
    assert len(rows(store)[0]) == 3 * 6 * BATCH


def test_a_source_that_is_begun_here_is_ended_by_the_crew(new_store, tmp_path):
    """The windows of a video, each a batch, are little work until there are sentences."""
    video = folder() / "videos" / "tabletop-2.mp4"
    items = [(video, None), *write(tmp_path / "texts", sentences(20 * BATCH))]
    alone, shared = new_store("alone"), new_store("shared")
    assert ingest(alone, items) == []
    begun = []
    with Crew(handmade.make, 2, worth=2 * BATCH) as crew:
        assert ingest(shared, items, crew, beat=lambda beat: begun.append(crew.started)) == []
    assert (begun[0], begun[-1]) == (False, True)
    assert alone.counts()["event"] > 0
    assert shared.counts() == alone.counts()
    assert rows(shared) == rows(alone)


def test_what_is_committed_is_let_go(store, crew, tmp_path):
    """However long a source is, and though each of its batches waits for the one before."""
    gc.collect()
    others = {id(thing) for thing in gc.get_objects() if type(thing) is Batch}
    alive = []

    def count(beat):
        batches = [thing for thing in gc.get_objects() if type(thing) is Batch]
        alive.append(sum(id(thing) not in others for thing in batches))

    items = write(tmp_path / "texts", sentences(40 * BATCH))
    assert ingest(store, items, crew, beat=count) == []
    assert len(alive) >= 40
    assert max(alive) < 10


def test_a_stage_that_raises_fails_as_it_does_alone(new_store, crew, tmp_path):
    text = f"{sentences(7)} Here it shall raise. {sentences(9)}"
    items = write(tmp_path / "texts", text, sentences(4))
    alone, shared = new_store("alone"), new_store("shared")
    failures = ingest(alone, items)
    assert ingest(shared, items, crew) == failures
    assert [(failure.stage, failure.kind) for failure in failures] == [("words", "ValueError")]
    assert {record.id for record in shared.records("scene", None, 1000)} == {
        record.id for record in alone.records("scene", None, 1000)
    }
    assert rows(shared)[2] == rows(alone)[2]


def test_the_segment_that_ends_its_process_fails_alone(store, crew, tmp_path):
    items = write(tmp_path / "texts", f"{sentences(7)} Here they kill. {sentences(9)}", sentences(12))
    [failure] = ingest(store, items, crew)
    assert (failure.path, failure.stage, failure.kind) == (str(items[0][0]), "words", "ProcessLost")
    assert "SIGKILL" in failure.message
    assert failure.retryable
    records, segments, _ = rows(store)
    [failed] = [id_ for id_, _, text in segments if text == "Here they kill."]
    assert failure.segment_id == failed
    by_stage = Counter(store.run(record.provenance.run_id).stage for record in records.values())
    assert by_stage == {"words": len(segments) - 1, "letters": len(segments), "before": len(segments)}


def test_what_ends_the_only_process_at_the_end_ends_nobody_else(store, tmp_path):
    items = write(tmp_path / "texts", f"{sentences(2 * BATCH)} At last they kill.")
    loop = Ingest(store, [handmade.Split(), handmade.Words()], batch_weight=BATCH, confined=CONFINED)
    with Crew(handmade.make, 1, worth=1) as crew:
        [failure] = loop(items, crew=crew)
    assert failure.kind == "ProcessLost"
    assert len(rows(store)[0]) == 2 * BATCH


def test_how_a_process_ended_is_said(store, crew, tmp_path):
    [failure] = ingest(store, write(tmp_path / "texts", f"There is an exit. {sentences(4)}"), crew)
    assert "status 3" in failure.message


def test_the_segment_over_which_a_process_hangs_fails_alone(store, tmp_path, monkeypatch):
    monkeypatch.setattr("midspan.pipelines.crew.crew.HANG_SECONDS", 3.0)
    items = write(tmp_path / "texts", f"{sentences(3)} Here they sleep.")
    with Crew(handmade.make, 2, worth=1) as crew:
        [failure] = ingest(store, items, crew)
    assert "hung" in failure.message
    assert len(rows(store)[0]) == 3 * 4 - 1


def test_a_process_that_is_killed_costs_no_segment(new_store, crew, tmp_path):
    items = write(tmp_path / "texts", sentences(90), sentences(20))
    killed = []

    def kill(beat):
        if crew.pids[0] not in killed and len(killed) < 3:
            killed.append(crew.pids[0])
            os.kill(killed[-1], signal.SIGKILL)

    alone, shared = new_store("alone"), new_store("shared")
    ingest(alone, items)
    assert ingest(shared, items, crew, beat=kill) == []
    assert len(killed) > 1
    assert rows(shared) == rows(alone)


def test_processes_that_die_all_the_time_end_the_ingest(store, tmp_path):
    items = write(tmp_path / "texts", " ".join("They kill here." for _ in range(4 * BATCH)))
    crew = Crew(handmade.make, 1, worth=1)
    with crew, pytest.raises(ProcessLost, match=r"SIGKILL.*--workers 1"):
        ingest(store, items, crew)
    assert len(rows(store)[1]) < 4 * BATCH


def test_processes_that_cannot_make_the_stages_end_the_ingest(store, tmp_path, monkeypatch):
    monkeypatch.setattr("midspan.pipelines.crew.course.MOST_LOST", 2)
    crew = Crew(handmade.make_none, 1, worth=1)
    with crew, pytest.raises(ProcessLost, match=r"status 1.*standard error"):
        ingest(store, write(tmp_path / "texts", sentences(BATCH)), crew)


def test_a_process_that_cannot_be_started_ends_the_ingest(store, crew, tmp_path, monkeypatch):
    ingest(store, write(tmp_path / "before", "A file, so that there is a process that reads."))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ProcessLost, match=r"cannot be started .*--workers 1"):
        ingest(store, write(tmp_path / "texts", sentences(BATCH)), crew)


def test_a_source_that_breaks_off_leaves_nothing(store, crew, tmp_path):
    items = write(tmp_path / "texts", sentences(40 * BATCH, "the first"), sentences(7, "the second"))
    beats = []

    def change_the_file(beat):
        beats.append(beat)
        if len(beats) == 1:
            with items[0][0].open("a") as file:
                file.write(" And on it goes.")

    [failure] = ingest(store, items, crew, beat=change_the_file)
    assert (failure.stage, failure.kind) == ("reading", "SourceVanished")
    assert len(beats) > 10
    records, segments, _ = rows(store)
    assert len(segments) == 7
    assert len(records) == 3 * 7


def test_what_was_stopped_is_completed_by_the_same_call(new_store, crew, tmp_path):
    items = write(tmp_path / "texts", sentences(20 * BATCH), sentences(7))
    alone, shared = new_store("alone"), new_store("shared")
    ingest(alone, items)
    beats = []
    ingest(shared, items, crew, beat=beats.append, stop=lambda: len(beats) >= 2)
    assert 2 <= len(beats) < 20
    assert len(rows(shared)[1]) == len(beats) * BATCH
    assert ingest(shared, items, crew) == []
    assert rows(shared) == rows(alone)


def test_a_stop_does_not_wait_for_a_stage(store, crew, tmp_path):
    items = write(tmp_path / "texts", "They sleep here. " * BATCH)
    at_work = []

    def stop():
        at_work[:] = crew.pids
        return len(at_work) > 0

    assert ingest(store, items, crew, stop=stop) == []
    assert gone(at_work)
    assert rows(store)[0] == {}


def test_a_store_that_fails_leaves_no_process_at_work(store, crew, tmp_path, monkeypatch):
    commit, commits = store.commit, []

    def full(what):
        commits.append(what)
        if len(commits) == 2:
            raise StoreUnavailable("no space")
        commit(what)

    monkeypatch.setattr(store, "commit", full)
    items = write(tmp_path / "texts", sentences(20 * BATCH))
    with pytest.raises(StoreUnavailable, match="no space"):
        ingest(store, items, crew)
    monkeypatch.undo()
    assert len(rows(store)[1]) == BATCH
    assert ingest(store, items, crew) == []
    assert len(rows(store)[0]) == 3 * 20 * BATCH


PARENT = """
import sys
from pathlib import Path
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.pipelines.crew.crew import Crew
from midspan.pipelines.ingest import Ingest
from tests.pipelines.crew import handmade

def stop():
    if len(crew.pids) == 2:
        print(*crew.pids, flush=True)
    return False

store = SqlRecordStore(make_engine(sys.argv[1]))
with Crew(handmade.make, 2, worth=1) as crew:
    Ingest(store, handmade.make(), batch_weight=2)([(Path(sys.argv[2]), None)], crew=crew, stop=stop)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_crew_ends_with_the_process_that_it_works_for(number, new_store, tmp_path):
    store = new_store()
    [(path, _)] = write(tmp_path / "texts", "They sleep here. " * 40)
    command = [sys.executable, "-c", PARENT, f"sqlite:///{tmp_path / 'records.db'}", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.send_signal(number)
        parent.wait()
        assert gone(pids)
    assert rows(store)[0] == {}
