"""Kill -9 at seeded points of an ingest; the same command again must end with equal stores."""

import json
import random
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from midspan import Workspace
from midspan.platform.cli import app

pytestmark = pytest.mark.slow

VERBS = ("commit", "publish")
CASES = [(0, 1), (1, 1), (2, 2)]
"""(seed, processes); benchmarks/faults.py has hundreds, over stand-in stages in one process."""

DRIVER = """
import json, os, signal, sys
from functools import partial
from midspan.db.records.relational import SqlRecordStore
from midspan.pipelines.crew.crew import Crew
from midspan.pipelines.ingest import Ingest
from midspan.platform.parts import Parts, stages_of
from midspan.platform.workspace import Workspace

fatal, nth, when, workers, folder, *paths = sys.argv[1:]
calls = {"commit": 0, "publish": 0}

def dying(verb, original):
    def call(self, *arguments):
        calls[verb] += 1
        here = verb == fatal and calls[verb] == int(nth)
        if here and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        original(self, *arguments)
        if here and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
    return call

for verb in calls:
    setattr(SqlRecordStore, verb, dying(verb, getattr(SqlRecordStore, verb)))
Parts.ingest_loop = lambda self, stages=(): Ingest(self.store, self.stages, batch_weight=6)
if workers != "1":
    Parts.crew = lambda self, _: Crew(partial(stages_of, self.settings), int(workers), worth=1)
with Workspace.open(folder) as workspace:
    workspace.ingest(paths)
print(json.dumps(calls))
"""

TEXTS = {
    "curie.txt": "Marie Curie was born in Warsaw. She lived in Paris. " * 3,
    "kidney.md": "# Stones\n\nA stone in the left kidney causes pain. The liver is not affected.\n",
    "table.txt": "The cup stands to the left of the lamp. A cat sits under the table.\n",
    "long.txt": "\n\n".join(f"Sentence number {n} speaks of the heart and of Vienna." for n in range(40)),
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return folder


def ingest(workspace, documents, verb="commit", nth=0, when="never", workers=1):
    return subprocess.run(
        [sys.executable, "-c", DRIVER, verb, str(nth), when, str(workers), str(workspace), str(documents)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def contents(folder):
    """Everything the three stores hold, by ids that do not depend on the order of work."""
    with Workspace.open(folder, create=False) as workspace:
        store = workspace.parts.store
        records = {
            kind: {record.id: record for record in store.records(kind, None, 10_000)}
            for kind in ("scene", "atlas", "fact", "event")
        }
        segments, vectors = {}, {}
        for summary in store.sources(1000):
            found = store.segments(summary.source.id, limit=10_000)
            segments |= {s.id: (s.ordinal, s.start, s.end, s.text) for s in found}
            keys = {segment.key: segment.id for segment in found}
            held, _ = store.vectors("text", list(keys))
            vectors |= {keys[key]: None for key in held.tolist()}
            for key in held.tolist():
                [(nearest, cosine)] = workspace.parts.indexes["vectors.text"].search(
                    store.vectors("text", [key])[1][0], 1, held[held == key]
                )
                assert nearest == key
                assert cosine > 0.999
        graph = workspace.cypher(
            "MATCH (m:Mention)-[:SUPPORTS]->(a:Assertion) RETURN m.uid AS mention, a.uid AS uid, "
            "a.support AS support ORDER BY mention",
            limit=100_000,
        ).rows
        diagnosis = workspace.doctor()
        comparable = [c for c in diagnosis.checks if c.name in ("stores", "outbox")]
        return {
            "records": records,
            "segments": segments,
            "vectors": vectors,
            "graph": graph,
            "counts": diagnosis.counts,
            "checks": {check.name: check.ok for check in comparable},
        }


@pytest.fixture(scope="module")
def reference(documents, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "workspace"
    done = ingest(folder, documents)
    assert done.returncode == 0, done.stderr
    calls = json.loads(done.stdout)
    assert set(calls) == set(VERBS)
    expected = contents(folder)
    assert expected["checks"] == {"stores": True, "outbox": True}
    assert len(expected["segments"]) >= 45
    assert expected["graph"]
    return expected, calls


def test_several_processes_leave_what_one_does(documents, reference, tmp_path):
    done = ingest(tmp_path / "workspace", documents, workers=2)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "workspace") == reference[0]


@pytest.mark.parametrize(("seed", "workers"), CASES)
def test_a_killed_ingest_is_completed_by_the_same_command(seed, workers, documents, reference, tmp_path):
    expected, calls = reference
    chosen = random.Random(seed)
    verb = VERBS[seed % len(VERBS)]
    nth, when = chosen.randint(1, calls[verb]), chosen.choice(["before", "after"])
    workspace = tmp_path / "workspace"

    killed = ingest(workspace, documents, verb, nth, when, workers)
    assert killed.returncode == -9, killed.stderr

    command = ["--workspace", str(workspace), "ingest", str(documents), "--json"]
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 0, again.stderr
    assert json.loads(again.stdout)["failures"] == []
    assert contents(workspace) == expected, f"killed {when} {verb} number {nth}"
