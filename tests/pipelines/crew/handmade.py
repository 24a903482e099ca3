"""Stages that the processes of a crew can import; a sentence says what befalls the process that reads it."""

import os
import signal
import time

from midspan.pipelines.action import ActionStage
from midspan.pipelines.stage import Stage
from midspan.records import Provenance, Run, SceneArrangement, record_id


def scene(segment, run, text):
    place = Provenance(segment.source_id, run.id, segment.id, "char", segment.start, segment.end)
    made = record_id("scene", segment.source_id, run.id, int(segment.start), text)
    return SceneArrangement(made, place, text, (), (), 1.0)


class Split(Stage):
    """Leaves the words of each sentence, in a shape that cannot be sent anywhere."""

    name, unit, run = "split", "char", None
    requires, produces = ("sentence",), ("words",)

    def __call__(self, batch):
        batch.shared["words"] = [lambda segment=segment: segment.text.split() for segment in batch.segments]
        return []


class Words(Stage):
    """Says how many words a sentence has, and passes that on."""

    name, unit, run = "words", "char", Run("words", 1)
    requires, produces = ("words",), ("scene", "count")

    def __call__(self, batch):
        for segment in batch.segments:
            _obey(segment.text)
        batch.shared["count"] = [len(words()) for words in batch.shared["words"]]
        return [
            scene(segment, self.run, f"{count} words")
            for segment, count in zip(batch.segments, batch.shared["count"], strict=True)
        ]


class Letters(Stage):
    """Says how many letters a sentence has."""

    name, unit, run = "letters", "char", Run("letters", 1)
    requires, produces = ("sentence",), ("scene",)

    def __call__(self, batch):
        return [scene(segment, self.run, f"{len(segment.text)} letters") for segment in batch.segments]


class Before(Stage):
    """Says how many sentences came before one, and what it was told about this one."""

    name, unit, run = "before", "char", Run("before", 1)
    requires, produces, uses = ("sentence",), ("scene",), ("count",)

    def open(self, source):
        return set()

    def __call__(self, batch):
        for segment in batch.segments:
            batch.memories[segment.source_id].add(segment.ordinal)
        told = batch.shared.get("count", ["?"] * len(batch.segments))
        return [
            scene(segment, self.run, f"{self._before(batch, segment)} before, {count} words")
            for segment, count in zip(batch.segments, told, strict=True)
        ]

    def _before(self, batch, segment):
        return sum(ordinal < segment.ordinal for ordinal in batch.memories[segment.source_id])

    def finish(self, memory):
        return []


def make():
    return [Split(), Words(), Letters(), Before(), ActionStage()]


def make_none():
    raise ValueError("there are no stages")


def _obey(text):
    if "raise" in text:
        raise ValueError("no good")
    if "kill" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "exit" in text:
        os._exit(3)
    if "sleep" in text:
        time.sleep(600)
