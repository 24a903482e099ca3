"""What finds nothing to do loads no model: the libraries behind the models stay out of the process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from midspan import Workspace
from midspan.platform.answers import IngestReport

MODELS_ARE_BUILT_ON = (
    "torch",
    "spacy",
    "cv2",
    "scipy",
    "transformers",
    "sentence_transformers",
    "safetensors",
)
RUN = f"""
import sys
from midspan.platform.cli import app

try:
    app(sys.argv[1:], standalone_mode=False)
except BaseException as error:
    print(repr(error))
print("LOADED", *(name for name in {MODELS_ARE_BUILT_ON!r} if name in sys.modules))
"""


def loaded_by(*arguments: str) -> tuple[str, list[str]]:
    """(what the command printed, the heavy libraries that it loaded)"""
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=True)
    printed, _, loaded = done.stdout.rpartition("LOADED")
    return printed, loaded.split()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("ingest", "DOCUMENTS", "--json"), '"unchanged": 4'),
        (("ingest", "/no/such/file", "--json"), '"failed": 1'),
        (("jobs", "ls"), "done"),
        (("show", "SEGMENT"), "source:"),
        (("--help",), "Read documents and videos"),
        (("train", "--help"), "atlas"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_that_needs_no_model_loads_none(
    command: tuple[str, ...], told: str, ingested: tuple[Path, Path, IngestReport], tmp_path: Path
) -> None:
    folder = shutil.copytree(ingested[0], tmp_path / "workspace")
    with Workspace.open(folder) as workspace:
        segment = workspace.parts.store.segments(workspace.sources()[0].source.id)[0]
    names = {"DOCUMENTS": str(ingested[1]), "SEGMENT": segment.id}
    filled = [names.get(word, word) for word in command]
    printed, loaded = loaded_by("--workspace", str(folder), *filled)
    assert told in printed
    assert loaded == []


def test_a_run_is_stated_without_a_model(tmp_path: Path) -> None:
    """Of every stage that a workspace has."""
    code = (
        "import sys; from midspan import Workspace\n"
        f"stages = Workspace.open({str(tmp_path / 'w')!r}).parts.stages\n"
        "print(*(stage.run.id for stage in stages if stage.run), sep=' ')\n"
        f"print('LOADED', *(name for name in {MODELS_ARE_BUILT_ON!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ids, loaded = done.stdout.splitlines()
    assert loaded == "LOADED"
    assert len(set(ids.split())) == 5
