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
SERVED = ("alembic", "celery", "kglite", "neo4j", "redis", "streamlit", "sqlalchemy.dialects.postgresql")
"""What a command has no use for that asks an embedded workspace whose schema is current."""
STORES_ARE_BUILT_ON = ("sqlalchemy", "numpy", "pydantic_settings", "structlog", "faiss")
RUN = """
import sys
from midspan.platform.cli import app

try:
    app(sys.argv[1:], standalone_mode=False)
except BaseException as error:
    print(repr(error))
print("LOADED", *sys.modules)
"""


def loaded_by(*arguments: str) -> tuple[str, set[str]]:
    """(what the command printed, the modules that are loaded at its end)"""
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=True)
    printed, _, loaded = done.stdout.rpartition("LOADED")
    return printed, set(loaded.split())


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("--help",), "Read documents and videos"),
        (("search", "--help"), "Search documents"),
        (("train", "--help"), "atlas"),
        (("train", "atlas", "--help"), "--epochs"),
        (("models",), "atlas.small"),
        (("ingest", "/no/such/file", "--json"), '"failed": 1'),
        (("ingest", "/no/such/file", "/no/such/folder/"), "no such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_that_needs_no_workspace_loads_no_store(
    command: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    folder = tmp_path / "workspace"
    printed, loaded = loaded_by("--workspace", str(folder), *command)
    assert told in printed
    assert not loaded & {*MODELS_ARE_BUILT_ON, *SERVED, *STORES_ARE_BUILT_ON}
    assert not folder.exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "told", "also_loads"),
    [
        (("ingest", "DOCUMENTS", "--json"), '"unchanged": 4', ()),
        (("ingest", "/no/such/file", "DOCUMENTS", "--json"), '"failed": 1', ()),
        (("jobs", "ls"), "done", ()),
        (("show", "SEGMENT"), "source:", ()),
        (("facts", "--all"), "facts", ()),
        (("atlas", "ls"), "mird-adult", ()),
        (("search", "Warsaw"), "hits in", ()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_loads_no_model_that_it_does_not_need(
    command: tuple[str, ...],
    told: str,
    also_loads: tuple[str, ...],
    ingested: tuple[Path, Path, IngestReport],
    tmp_path: Path,
) -> None:
    folder = shutil.copytree(ingested[0], tmp_path / "workspace")
    with Workspace.open(folder) as workspace:
        segment = workspace.parts.store.segments(workspace.sources()[0].source.id)[0]
    names = {"DOCUMENTS": str(ingested[1]), "SEGMENT": segment.id}
    filled = [names.get(word, word) for word in command]
    printed, loaded = loaded_by("--workspace", str(folder), *filled)
    assert told in printed
    assert loaded & {*MODELS_ARE_BUILT_ON, *SERVED} == set(also_loads)


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
    assert len(set(ids.split())) == 6
