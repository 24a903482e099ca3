"""An ingest in the foreground shares its work among processes of its own."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from midspan import Workspace
from midspan.platform import cores
from midspan.platform.settings import Settings

SENTENCES = 800
"""More than starts a crew."""


@pytest.fixture
def large(tmp_path):
    """A document over which a parser sits for seconds."""
    (tmp_path / "large.txt").write_text("The cup stands to the left of the lamp.\n\n" * SENTENCES)
    return tmp_path / "large.txt"


def started(parent):
    """The processes that run stages for this one."""
    return [child for child in parent.children() if "midspan.pipelines.crew" in " ".join(child.cmdline())]


def wait_for(condition, seconds=120.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


def test_the_settings_say_how_many(monkeypatch):
    monkeypatch.delenv("MIDSPAN_WORKERS")
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(3)))
    assert cores.workers(Settings(workers=5)) == 5
    most = psutil.virtual_memory().available // cores.PROCESS_BYTES
    assert cores.workers(Settings()) == min(3, most)
    assert cores.workers(Settings(broker_url="redis://nowhere")) == 1
    assert cores.workers(Settings(database_url="postgresql://nowhere", workers=2)) == 2


def test_threads_share_the_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))
    assert [cores.threads(Settings(threads=0), processes) for processes in (1, 3, 8, 9)] == [8, 2, 1, 1]
    assert cores.threads(Settings(threads=4), 8) == 4


SCRIPT = """
import sys
from midspan import Workspace

print("once")
with Workspace.open(sys.argv[1]) as workspace:
    report = workspace.ingest([sys.argv[2]], stages=["scene"], workers=2)
    print(report.records["scene"])
"""


@pytest.mark.slow
def test_a_plain_script_may_ingest(large, tmp_path):
    """It is not run again in the processes, though it guards nothing by ``__name__``."""
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, tmp_path / "script.py", tmp_path / "workspace", large]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as script:
        assert len(wait_for(lambda: started(psutil.Process(script.pid)))) > 0
        said, _ = script.communicate()
    assert said.split() == ["once", str(SENTENCES)]


@pytest.mark.slow
def test_an_interrupt_stops_a_command_and_its_processes(large, tmp_path):
    """Ctrl-C reaches every process of the terminal."""
    command = [sys.executable, "-m", "midspan.platform", "--workspace", tmp_path / "workspace"]
    command += ["ingest", large, "--stage", "scene", "--workers", "2"]
    with (
        (tmp_path / "stderr").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True) as ingest,
    ):
        crew = wait_for(lambda: started(psutil.Process(ingest.pid)))
        os.killpg(ingest.pid, signal.SIGINT)
        assert ingest.wait(timeout=60) == 130
    assert not any(process.is_running() for process in crew)
    said = (tmp_path / "stderr").read_text()
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    again = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, text=True, check=True)
    assert json.loads(again.stdout)["failures"] == []
    with Workspace.open(tmp_path / "workspace") as workspace:
        assert workspace.counts()["scene"] == SENTENCES
