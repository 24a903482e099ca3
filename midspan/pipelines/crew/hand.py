"""A hand: a process that makes the stages once and runs them over the segments that it is given.

Its one tie is the connection to the ingest loop's process, where :class:`~midspan.pipelines.crew.crew.Crew`
has the other end. It writes to no store, so that it may be killed at any moment.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from queue import SimpleQueue

import structlog

from midspan.pipelines.batch_run import run_batch
from midspan.pipelines.crew.errand import Answer, Errand, key_of
from midspan.pipelines.stage import Stage

log = structlog.get_logger(__name__)


def main(descriptor: int) -> None:
    """Serve the connection with this file descriptor: first comes what makes the stages, then errands.

    While it works, the key of each stage is sent whenever the stage begins a portion.
    """
    os.dup2(2, 1)  # what libraries print is no answer of the command
    connection = Connection(descriptor)
    make = connection.recv()
    errands: SimpleQueue[Errand] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, errands), name="listener", daemon=True).start()
    stages = {key_of(stage): stage for stage in make()}
    while True:
        connection.send(run(errands.get(), stages, lambda stage: connection.send(key_of(stage))))


def _listen(connection: Connection, errands: SimpleQueue[Errand]) -> None:
    """End at once when the other process is gone, also in the middle of an errand."""
    while True:
        try:
            errands.put(connection.recv())
        except (EOFError, OSError):
            os._exit(0)
        except Exception as error:
            log.error("an errand cannot be read", error=repr(error))
            os._exit(1)


def run(errand: Errand, stages: Mapping[str, Stage], begin: Callable[[Stage], None]) -> Answer:
    """Do an errand. ``begin`` is called whenever a stage begins a portion."""
    memories = {stages[key]: held for key, held in errand.memories.items()}
    outcome = run_batch([stages[key] for key in errand.stages], errand.batch, memories=memories, begin=begin)
    shared = errand.batch.shared
    return Answer(outcome, errand.memories, {name: shared[name] for name in errand.wanted if name in shared})
