"""Whatever a reader does in its process, the one that asked for it hears of it, and goes on."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from midspan.errors import CorruptSource, ProcessLost, ReaderCrashed, ReadingLimit
from midspan.pipelines.confined import confined as module
from midspan.pipelines.confined.confined import Confined
from midspan.pipelines.confined.limits import Limits
from midspan.pipelines.stopping import Stopped
from tests.pipelines.confined import handmade


@pytest.fixture
def confined():
    made = Confined(Limits(seconds=1, memory_mb=128))
    yield made
    made.close()


def pid_of(confined):
    [pid] = confined.run(handmade.pid)
    return pid


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(what, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    return what()


def test_what_a_function_yields_comes_in_order_from_one_process_that_is_used_again(confined):
    first = pid_of(confined)
    assert [*confined.run(handmade.count, 1000)] == [*range(1000)]
    assert pid_of(confined) == first != psutil.Process().pid


def test_an_error_of_ours_comes_as_it_was_and_the_process_stays(confined):
    first = pid_of(confined)
    items = confined.run(handmade.complain)
    assert next(items) == "before"
    with pytest.raises(CorruptSource, match=r"^page 3 is damaged; get it again$") as raised:
        next(items)
    assert raised.value.page == 3
    assert pid_of(confined) == first


@pytest.mark.parametrize(
    ("function", "kind", "message", "retryable"),
    [
        (
            handmade.stumble,
            ReaderCrashed,
            r"failed over it \(KeyError: .*nobody foresaw.*get it again",
            False,
        ),
        (handmade.segfault, ReaderCrashed, r"crashed over it \(SIGSEGV\).*get it again", False),
        (handmade.exit_early, ReaderCrashed, r"crashed over it \(status 3\)", False),
        (handmade.say_nonsense, ReaderCrashed, r"crashed over it \(it sent a message that cannot", False),
        (handmade.spin, ReadingLimit, r"more than 1 s of computing.*MIDSPAN_READ_SECONDS \(now 1\)", False),
        (handmade.fill, ReadingLimit, r"more than 128 MB of memory.*MIDSPAN_READ_MEMORY_MB", False),
        (handmade.abort_when_full, ReadingLimit, r"more than 128 MB of memory", False),
        (handmade.say_too_much, ReadingLimit, r"larger than 64 MB", False),
        (handmade.be_killed, ProcessLost, r"ended from outside \(SIGKILL\).*ingest it again", True),
    ],
)
def test_what_a_reader_does_to_its_process_is_said_and_the_next_file_is_read(
    function, kind, message, retryable, monkeypatch
):
    monkeypatch.setattr(module, "CLOCK", 60)  # the machine may be busy
    confined = Confined(Limits(seconds=1, memory_mb=256 if function is handmade.say_too_much else 128))
    with pytest.raises(kind, match=message) as raised:
        list(confined.run(function))
    assert raised.value.retryable == retryable
    assert [*confined.run(handmade.count, 3)] == [0, 1, 2]
    confined.close()


def test_a_reader_that_was_taken_over_cannot_have_this_process_do_anything(tmp_path):
    with pytest.raises(ReaderCrashed, match="mkdir is no answer"):
        list(Confined().run(handmade.command, tmp_path / "made"))
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("function", [handmade.hang, handmade.stop_in_mid_message])
def test_what_hangs_is_ended_by_the_clock(function, monkeypatch):
    monkeypatch.setattr(module, "CLOCK", 1)
    confined = Confined(Limits(seconds=2))
    with pytest.raises(ProcessLost, match=r"waited for 2 s in vain.*MIDSPAN_READ_SECONDS") as raised:
        list(confined.run(function))
    assert raised.value.retryable
    assert confined.pids == []


def test_the_time_that_the_asker_takes_is_not_counted(monkeypatch):
    monkeypatch.setattr(module, "CLOCK", 1)
    confined = Confined(Limits(seconds=3))
    taken = []
    for number in confined.run(handmade.count, 3):
        time.sleep(1.2)
        taken.append(number)
    assert taken == [0, 1, 2]
    confined.close()


def test_a_large_file_may_take_longer(confined):
    limits = Limits(seconds=45)
    assert (limits.cpu_seconds(1 << 20), limits.cpu_seconds(100 << 20)) == (45, 800)


def test_each_file_has_the_whole_time(confined):
    """The limit is a new one for each, in a process that has computed before."""
    first = pid_of(confined)
    for _ in range(4):
        assert sum(confined.run(handmade.compute, 0.4)) == 1
    assert pid_of(confined) == first


def test_who_asks_may_stop_meanwhile_and_nothing_is_left(confined, tmp_path):
    stopping = threading.Event()
    items = confined.run(handmade.start_and_hang, tmp_path / "pid", stop=stopping.is_set)
    next(items)
    stopping.set()
    with pytest.raises(Stopped):
        next(items)
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_who_asks_no_further_leaves_no_process_behind(confined, tmp_path):
    items = confined.run(handmade.start_and_hang, tmp_path / "pid")
    next(items)
    items.close()
    assert is_gone(int((tmp_path / "pid").read_text()))
    assert confined.pids == []


def test_a_process_that_has_grown_makes_room_for_a_new_one(confined):
    first = pid_of(confined)
    assert [*confined.run(handmade.hold, 60)] == [first]
    assert confined.pids == []
    assert is_gone(first)
    assert pid_of(confined) != first


def test_a_process_that_died_while_free_is_not_asked(confined):
    first = pid_of(confined)
    psutil.Process(first).kill()
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)  # with all its threads, which a zombie may still have
    assert pid_of(confined) != first


def test_two_may_ask_at_the_same_time(confined):
    one, other = confined.run(handmade.count, 2), confined.run(handmade.count, 2)
    assert [next(one), next(other), next(one), next(other)] == [0, 0, 1, 1]


def test_where_no_process_can_be_started_this_is_said(confined, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ProcessLost, match="cannot be started"):
        list(confined.run(handmade.count, 2))


ASKER = """
import sys
from pathlib import Path
from midspan.pipelines.confined.confined import Confined
from tests.pipelines.confined import handmade
for item in Confined().run(handmade.start_and_hang, Path(sys.argv[1])):
    print(item, flush=True)
"""


def test_a_process_ends_with_the_one_that_asked_however_it_ends(tmp_path):
    root = str(Path(__file__).parents[3])
    command = [sys.executable, "-c", ASKER, str(tmp_path / "pid")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as asker:
        assert asker.stdout is not None
        assert asker.stdout.readline() == b"before\n"
        asker.kill()
    pid = int((tmp_path / "pid").read_text())
    assert wait_until(lambda: is_gone(pid))


def test_a_task_that_cannot_be_read_there_is_no_hang(confined, monkeypatch):
    monkeypatch.setattr(handmade, "not_there", handmade.count, raising=False)
    monkeypatch.setattr(handmade.count, "__qualname__", "not_there")
    with pytest.raises(ReaderCrashed, match="status 1"):
        list(confined.run(handmade.not_there, 2))
